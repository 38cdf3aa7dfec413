"""A word that stands in everything restricted is hunted in all that an uncleared role can fetch, files and mails too.

And nothing tells that restricted matter exists at all: with it and without it the uncleared see the same pages.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

import pypdf
import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from actions import reminders
from actions.models import Action, Comment, ReminderLine
from bra import history, links, post
from bra.models import Letter, Member, Role
from finding.lifecycle import make_address
from meetings import lifecycle as meetings
from meetings.mailing import MINUTES
from meetings.models import Addendum, AgendaItem, Attendance, Case, Decision, ItemComment, Meeting, SignOff
from records.lifecycle import purging
from records.models import PurgeOrder, Release, ReleasedCopy, RetentionRule
from reports import lifecycle as reports
from reports.models import Format, Report, ReportKind, Variant
from tests import make
from tests.cast import seat_everybody
from tests.make import NOW, TODAY
from tests.meetings.signed import sign
from tests.test_doors import ADDRESSES

pytestmark = [pytest.mark.django_db, pytest.mark.wide, pytest.mark.sqlite]

WORD = "kanariegul"
BEGINNING = "kanarieg"
UNCLEARED = ("coordinator", "chair", "secretary", "member", "owner", "auditor")
MOST_PAGES = 400
# Headers that may carry a title, or tell that a page has changed.
HEADERS = ("Location", "Content-Disposition", "Content-Length", "ETag", "Last-Modified", "HX-Redirect", "Link")
# What differs between two fetches of one page, whatever is shown.
CHANGING = re.compile(
    r'(looked_at" value="\w+"|csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|'
    r"D:\d{14}Z|<xmp:\w+Date>[^<]+|xmp\S+ID>[^<]+)"
)
# Choices of the audit log's filter lead to as many pages as one likes; the auditor reads in it that somebody read.
ENDLESS = ("sort=", "since=", "person=", "after=", "before=", "view=", "shown_")
LOG = ("audit_log", "audit_csv", "audit_xlsx")
# Minutes keep the number of an item that is masked in them, as on paper: documents.md says so.
NUMBERED = {"meetings:paper_pdf", "meetings:paper_docx", "meetings:sign_off"}


class Scene:
    """A council where everything restricted says WORD, and the same roles twice: cleared and not."""

    def __init__(self) -> None:
        self.cast = seat_everybody()
        council = self.cast.council
        self.uncleared = {
            role: make.make_member(council, Role(role), cleared=False, user=make.make_user()) for role in UNCLEARED
        }
        self.plan = make.make_plan(council)
        self.activity = make.make_activity(self.plan)
        topic = make.make_topic(council, name="Extremism", extremism=True)
        for restricted in (False, True):
            self._fill(restricted, [topic])
        self._keep()

    def _fill(self, restricted: bool, topics: list[Any]) -> None:
        """Open matter or restricted matter: a case, and an item with all that hangs on it at meetings of each state."""
        cast, text = self.cast, WORD if restricted else "öppet"
        case = make.make_case(
            cast.council,
            topics,
            title=f"{text} ärende",
            situation=f"{text} läge",
            outcome=f"{text} utfall",
            registry_number=f"{text} 2016/1",
            restricted=restricted,
        )
        for state, day in (("in_session", TODAY), ("adjourned", date(2017, 2, 15)), ("signed", date(2017, 1, 18))):
            meeting = self._meeting(state, day)
            item = make.make_item(
                meeting,
                topics,
                case=case,
                restricted=restricted,
                title=f"{text} punkt",
                notes=f"{text} anteckning",
                presenter=f"{text} föredragande",
                state="treated",
            )
            decision = Decision.objects.create(council=cast.council, item=item, text=f"{text} beslut")
            Decision.objects.create(council=cast.council, item=item, text=f"{text} borttaget", removed=True)
            self._actions(item, decision, text)
            history.record(
                council=cast.council,
                by=cast.coordinator,
                on=TODAY,
                verb="item.edited",
                target=item,
                changes={"title": (f"{text} förut", item.title)},
            )
            sign_off = SignOff.objects.filter(meeting=meeting).first()
            if sign_off:
                ItemComment.objects.create(
                    sign_off=sign_off, item=item, author=cast.chair, on=TODAY, text=f"{text} synpunkt"
                )
            if restricted:
                self._after(meeting, text)

    def _keep(self) -> None:
        """What is kept beside the pages: copies let out, what is due to be purged, mails about actions."""
        council, made = self.cast.council, {"on": TODAY, "made_at": NOW, "made_by": self.cast.coordinator}
        release = Release.objects.create(council=council, year=2017, number=1, received_on=TODAY, asked="Protokollet")
        (settings.RELEASES_DIR / "hel.pdf").write_bytes(WORD.encode())
        for whole in (False, True):
            ReleasedCopy.objects.create(
                release=release,
                number=1,
                source="minutes",
                source_id=1,
                reference=f"{WORD} 2017-1" if whole else "2017-1",
                format="pdf",
                whole=whole,
                file_name="hel.pdf" if whole else "maskad.pdf",
                size=len(WORD),
                sha256=sha256(WORD.encode()).hexdigest(),
                **made,
            )
        decided = {"decision": "KS 2016/1", "decided_on": TODAY}
        RetentionRule.objects.create(council=council, kind="case", years=1, **decided)
        closed = {"state": "closed", "opened_on": date(2013, 1, 1), "closed_on": date(2014, 1, 1)}
        for restricted, text in ((False, "öppet"), (True, WORD)):
            make.make_case(council, title=f"{text} gammalt", outcome=text, restricted=restricted, **closed)
        purging.show(council=council, kinds=["case"], by=self.cast.coordinator, at=NOW)
        Action.objects.filter(removed=False).exclude(status="done").update(deadline=TODAY)
        reminders.plan_day(council=council, on=TODAY)

    def _meeting(self, state: str, day: Any) -> Meeting:
        found = Meeting.objects.filter(council=self.cast.council, state=state).first()
        if found:
            return found
        meeting = make.make_meeting(self.cast.council, state, date=day, adjourned_at=None if day == TODAY else NOW)
        meeting.refresh_from_db()
        for member in (self.cast.chair, self.uncleared["member"]):
            Attendance.objects.create(meeting=meeting, member=member, status="present")
        if state == "adjourned":
            SignOff.objects.create(
                meeting=meeting, kind="minutes", opened_on=TODAY, comments_until=TODAY, digest="0" * 64
            )
        return meeting

    def _actions(self, item: AgendaItem, decision: Decision, text: str) -> None:
        owner = self.uncleared["owner"] if text != WORD else self.cast.coordinator
        for extra in ({}, {"removed": True}, {"status": "done", "closed_on": TODAY, "effect": f"{text} effekt"}):
            action = make.make_action(
                agenda_item=item,
                decision=decision,
                owner=owner,
                activity=self.activity,
                title=f"{text} åtgärd",
                agreed_on=item.meeting.date,
                **extra,
            )
            Comment.objects.create(action=action, author=self.cast.chair, on=TODAY, text=f"{text} kommentar")

    def _after(self, meeting: Meeting, text: str) -> None:
        """What comes once a meeting's items are all there: signed minutes, and an addendum."""
        if meeting.state == "signed":
            Meeting.objects.filter(pk=meeting.pk).update(state="adjourned")
            meeting.refresh_from_db()
            sign(meeting, self.cast.chair)
            extra = make.lock_of(self.cast.council)
            Addendum.objects.create(meeting=meeting, author=self.cast.chair, on=TODAY, text=f"{text} tillägg", **extra)

    def forget(self) -> None:
        """Delete what is restricted, as if it had never been there."""
        items = AgendaItem.with_removed.filter(restricted=True)
        keys = [
            *history_keys("agendaitem", items),
            *history_keys("action", Action.objects.filter(agenda_item__in=items)),
        ]
        assert keys
        told = Letter.objects.filter(lines__action__agenda_item__in=items)
        told.exclude(pk__in=ReminderLine.objects.exclude(action__agenda_item__in=items).values("reminder")).delete()
        ReleasedCopy.objects.filter(whole=True).delete()
        PurgeOrder.objects.filter(cleared=True).delete()
        ItemComment.objects.filter(item__in=items).delete()
        Action.objects.filter(agenda_item__in=items).delete()
        Addendum.objects.filter(restricted=True).delete()
        items.delete()
        Case.objects.filter(restricted=True).delete()


def history_keys(kind: str, rows: Any) -> list[tuple[str, int]]:
    """The targets of history that rows are."""
    return [(kind, key) for key in rows.values_list("pk", flat=True)]


@pytest.fixture
def scene(settings: Any, tmp_path: Any) -> Scene:
    """The council, filled."""
    settings.RELEASES_DIR = tmp_path
    return Scene()


def unpacked(content: bytes) -> str:
    """All that a file holds, in letters: the parts of a zip, the text and the streams of a PDF."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as packed:
            return "\n".join(unpacked(packed.read(name)) for name in packed.namelist())
    if content.startswith(b"%PDF"):
        reader = pypdf.PdfReader(BytesIO(content))
        words = [page.extract_text() for page in reader.pages] + [str(reader.metadata)]
        for stream in re.findall(rb"stream\r?\n(.*?)endstream", content, re.S):
            try:
                words.append(zlib.decompress(stream).decode("latin-1"))
            except zlib.error:
                continue
        return "\n".join(words)
    return content.decode("utf-8", errors="replace")


def fetch(client: Client, address: str) -> tuple[str, list[str]]:
    """Return what an address answers, its headers too, unpacked; and the addresses that it leads to."""
    answer = client.get(address)
    content = b"".join(answer)
    assert answer.status_code < 500, address
    heads = "\n".join(f"{name}: {answer.headers[name]}" for name in HEADERS if name in answer.headers)
    if answer.status_code in (301, 302):
        return heads, [urljoin(address, answer["Location"])]
    links = []
    if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
        links = re.findall(r'(?:href|hx-get|data-href)="([^"#]+)', content.decode())
    return f"{heads}\n{unpacked(content)}", [urljoin(address, link.replace("&amp;", "&")) for link in links]


def crawl(client: Client, slug: str) -> dict[str, str]:
    """Fetch every page that links and the table of addresses lead to, and return {address: what it holds}."""
    waiting = [reverse(name, args=[slug]) for name, arguments in ADDRESSES.items() if not arguments]
    for kind in ("case", "item", "action", "meeting", "copy", "order", "letter"):
        waiting += list(guessed(slug, kind))
    waiting += [reverse("finding:search", args=[slug]) + f"?q={word}" for word in (BEGINNING, "åtgärd", "beslut")]
    seen: dict[str, str] = {}
    while waiting:
        address = waiting.pop(0)
        # The same rows in another order tell nothing more.
        if address in seen or not address.startswith(f"/{slug}/") or any(word in address for word in ENDLESS):
            continue
        seen[address], links = fetch(client, address)
        waiting += [link for link in links if link not in seen]
        assert len(seen) < MOST_PAGES, "the crawl doesn't end: which addresses are made without end?"
    return seen


def guessed(slug: str, kind: str) -> Iterator[str]:
    """Addresses of every row of a kind, as somebody guesses them who counts keys."""
    names = {
        "case": ("meetings:case_detail", "meetings:case_edit", "actions:case_sheet"),
        "item": ("meetings:item_edit", "meetings:item_history"),
        "action": ("actions:detail", "actions:edit"),
        "meeting": ("meetings:detail", "meetings:live", "meetings:paper_pdf", "meetings:paper_docx"),
        "copy": ("release_fetch",),
        "order": ("purge_order",),
        "letter": ("actions:mail_detail",),
    }[kind]
    rows = {
        "case": Case.objects,
        "item": AgendaItem.with_removed,
        "action": Action.objects,
        "meeting": Meeting.objects,
        "copy": ReleasedCopy.objects,
        "order": PurgeOrder.objects,
        "letter": Letter.objects,
    }
    for key in rows[kind].values_list("pk", flat=True):
        yield from (reverse(name, args=[slug, key]) for name in names)


def browser(member: Member) -> Client:
    """A client of the member's own."""
    client = Client()
    assert member.user is not None
    client.force_login(member.user)
    return client


def test_the_cleared_find_the_word_everywhere(scene: Scene) -> None:
    """Otherwise the hunt below would prove nothing."""
    pages = crawl(browser(scene.cast.coordinator), scene.cast.council.slug)
    kinds = {re.sub(r"\d+", "N", urlsplit(address).path) for address, text in pages.items() if WORD in text}
    assert len(kinds) >= 12, sorted(kinds)


@pytest.mark.parametrize("role", UNCLEARED)
def test_the_uncleared_find_it_nowhere_and_see_the_same_pages_without_it(
    scene: Scene, role: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    client, slug = browser(scene.uncleared[role]), scene.cast.council.slug
    pages = crawl(client, slug)
    assert [address for address, text in pages.items() if WORD in text] == []
    assert WORD not in caplog.text
    assert len(pages) >= 40
    # A page that was never filled would look the same too.
    assert any("öppet" in text for text in pages.values()) == (role != "auditor")
    papers = {
        reverse(name, args=[slug, key]) for name in NUMBERED for key in Meeting.objects.values_list("pk", flat=True)
    }
    if role == "auditor":
        papers |= {reverse(name, args=[slug]) for name in LOG}
    with transaction.atomic():
        scene.forget()
        told = [
            address
            for address, text in pages.items()
            if address not in papers and CHANGING.sub("", text) != CHANGING.sub("", fetch(client, address)[0])
        ]
        transaction.set_rollback(True)
    assert told == []


@pytest.mark.parametrize("kind", ReportKind.values)
def test_no_report_holds_it(scene: Scene, kind: str, settings: Any, tmp_path: Any) -> None:
    settings.REPORTS_DIR = tmp_path
    client, slug = browser(scene.uncleared["coordinator"]), scene.cast.council.slug
    question = {"plan": scene.plan.pk, "period_from": "2016-01-01", "period_to": TODAY, "as_of": TODAY, "kind": kind}
    for variant in Variant.values:
        for file_format in Format.values:
            asked = question | {"variant": variant, "language": "sv", "file_format": file_format}
            assert client.post(reverse("reports:list", args=[slug]), asked).status_code == 302
            report = reports.build(Report.objects.latest("pk").pk, timezone.now)
            assert report is not None
            text, _links = fetch(client, reverse("reports:download", args=[slug, report.pk]))
            assert len(text) > 100
            assert (variant, file_format, WORD in text) == (variant, file_format, False)


def test_no_mail_holds_it(scene: Scene, mailoutbox: list[Any]) -> None:
    council = scene.cast.council
    Action.objects.filter(removed=False).update(deadline=TODAY)
    planned = make.make_meeting(council, "draft", date=TODAY + timedelta(days=7))
    make.make_item(
        planned, title=f"{WORD} punkt", restricted=True, case=Case.objects.get(restricted=True, closed_on=None)
    )
    make.make_item(planned, title="öppet")
    meetings.summon(meeting=planned, by=scene.cast.coordinator, at=NOW)
    reminders.plan_day(council=council, on=TODAY)
    post.deliver(council, today=TODAY, clock=timezone.now)
    mails = [f"{mail.subject} {mail.body} {mail.alternatives} {mail.attachments}" for mail in mailoutbox]
    assert len(mails) >= len(UNCLEARED)
    assert any("öppet" in mail for mail in mails)  # the summons carries the agenda
    assert [mail for mail in mails if WORD in mail] == []


def test_no_page_or_feed_that_opens_by_a_secret_address_holds_it(scene: Scene) -> None:
    """Not for the cleared either: a link proves less than a log-in."""
    told: list[tuple[Any, str]] = []
    for who in (scene.cast.coordinator, scene.uncleared["member"]):
        opened = {(who.pk, row.pk): (who, row.pk) for row in Meeting.objects.filter(council=scene.cast.council)}
        for (_who, about), secret in links.make_links(list(opened.values()), MINUTES).items():
            client = Client()
            pages = [reverse("reading:enter", args=[secret])]
            pages += [reverse(f"reading:{name}") for name in ("page", "paper_pdf", "paper_docx")]
            told += [(about, page) for page in pages if WORD in fetch(client, page)[0]]
    for role, who in scene.uncleared.items():
        if role != "auditor":
            feed = make_address(member=who, by=who, on=TODAY)
            text, _links = fetch(Client(), reverse("calendar_feed", args=[feed]))
            assert "BEGIN:VCALENDAR" in text
            told += [(role, "feed")] * (WORD in text)
    assert told == []
