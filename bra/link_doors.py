"""The door of pages that a link in a mail opens without log-in.

The link is exchanged for a short session and a clean address, so that the secret doesn't stay in the address bar.
Following a link changes nothing (mail scanners follow links); only a form with a chosen answer does. The link isn't
used up. A session holds one link per purpose.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import wraps
from typing import Any, Concatenate

from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from bra import access, links
from bra.models import Council, MailLink, Member

# How long the page stays open after the last time it was used.
OPEN_FOR = timedelta(hours=2)
# The secret stands in the address of the first page only, and no header may carry it on. A page with a form needs
# more than "no-referrer", with which the browser names no origin either and the form would be refused.
_NOTHING, _NO_ADDRESS = "no-referrer", "strict-origin"


class LinkRequest(HttpRequest):
    """What a LinkDoor makes of a request (a type, never created). `about`: the key of the row that the link shows."""

    council: Council
    member: Member
    about: int | None
    now: datetime
    today: date


View = Callable[Concatenate[LinkRequest, ...], HttpResponse]


def _cycle_key(request: HttpRequest) -> None:
    """Change the key of the session; whoever is logged in with it still finds it in the list of log-ins."""
    before = request.session.session_key
    request.session.cycle_key()
    if before is not None:
        UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


class LinkDoor:
    """The door of one purpose's pages: `enter` is the view of the link, `opened` decorates the pages behind it.

    `page` is the URL name of the clean address. `forget` names keys of the session that belong to one reader and what
    the reader's link is about; a newer link to the same goes on with them.
    `longest` is how long a link lives, None without end; `alive` says of an opened request whether the link still
    has something to show.
    """

    def __init__(
        self,
        purpose: str,
        page: str,
        *,
        gone: str,
        forget: tuple[str, ...] = (),
        longest: timedelta | None = links.LONGEST,
        alive: Callable[[LinkRequest], bool] | None = None,
    ) -> None:
        self.purpose, self.page, self.gone_template, self.forget = purpose, page, gone, forget
        self.longest, self.alive = longest, alive
        self.key = f"link_{purpose}"

    def enter(self, request: HttpRequest, secret: str) -> HttpResponse:
        """Exchange the link in the mail for a session; tell kindly when it doesn't work."""
        now = timezone.now()
        link = links.follow(secret, self.purpose, clock=now, longest=self.longest)
        if link is None:
            gone = self.gone(request, status=404)
            gone["Referrer-Policy"] = _NO_ADDRESS
            return gone
        kept = request.session.get(self.key, {})
        if (kept.get("member"), kept.get("about")) != (link.member_id, link.about):
            for key in self.forget:
                request.session.pop(key, None)
        if kept.get("link") != link.pk:
            _cycle_key(request)
        request.session[self.key] = self._kept(link, now)
        response = redirect(self.page)
        response["Referrer-Policy"] = _NOTHING
        return response

    def opened(self, view: View) -> View:
        """Open the page for whoever came by a link that still works, within two hours; others are told what to do."""

        @wraps(view)
        def guarded(request: LinkRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            now = timezone.now()
            kept = request.session.get(self.key)
            if kept is None:
                return self.gone(request, status=404)
            lapsed = now.timestamp() - kept["at"] > OPEN_FOR.total_seconds()
            link = None if lapsed else self._still_open(kept["link"], now)
            if link is None:
                return self.gone(request, status=410)
            # Once for each time the link is followed: a page may be opened over and over.
            if not kept.get("noted"):
                access.note_link(link, clock=now)
            request.session[self.key] = self._kept(link, now) | {"noted": True}
            request.member, request.council, request.about = link.member, link.member.council, link.about
            request.now = request.council.now(now)
            request.today = request.now.date()
            if self.alive is not None and not self.alive(request):
                return self.gone(request, status=410, settled=True)
            return view(request, *args, **kwargs)

        return guarded

    @staticmethod
    def _kept(link: MailLink, now: datetime) -> dict[str, Any]:
        return {"link": link.pk, "member": link.member_id, "about": link.about, "at": now.timestamp()}

    def _still_open(self, pk: int, now: datetime) -> MailLink | None:
        return links.still_open(pk, self.purpose, clock=now, longest=self.longest)

    def gone(self, request: HttpRequest, *, status: int, settled: bool = False) -> HttpResponse:
        """Say how to get a new link, or that all is `settled`; what was typed is shown, so that it isn't lost."""
        written = [text for name, text in request.POST.items() if name.endswith(("text", "_name"))]
        typed = [text for text in written if str(text).strip()]
        return render(request, self.gone_template, {"typed": typed, "settled": settled}, status=status)
