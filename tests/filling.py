"""A council in which every text that somebody can write is a payload of tests/payloads.py.

The rows are those of the doors (tests/test_doors.py), more of the kinds that stand in lists, and signed minutes.
"""

from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models

from bra import history
from bra.models import Letter, LoggedMail
from meetings.models import (
    Addendum,
    Decision,
    Guest,
    ItemComment,
    ItemProposal,
    Meeting,
    MinutesLayout,
    SignedMinutes,
    SignOff,
    StandingItem,
    SummonsReply,
)
from records.models import ReleaseRules, RetentionRule
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY
from tests.meetings.signed import sign
from tests.payloads import PAYLOADS
from tests.second_steps import make_passkey
from tests.test_doors import Furnished
from tests.test_guard_coverage import ADDRESS, KEY, MADE, MASKED, OURS, SUM, WRITTEN_BY, texts

# What nobody types: written by the code, chosen, or an address that was checked.
SPARED = {
    *("bra.Council.slug", "bra.Council.concern_link", "bra.RecoveryRequest.email", "imports.ImportBatch.mapping"),
    *("bra.Member.email", "reports.Report.audit_seal"),
    *(f"records.ReleasedCopy.{name}" for name in ("reference", "format", "file_name", "sha256")),
    *(f"records.{name}" for name in ("RetentionRule.kind", "Purge.kind", "PurgeOrder.rows", "PurgeOrder.kept")),
}
MANY = 20  # rows of what stands in lists
AT_ONCE = 25  # payloads in one long text
# An address that passes for one, with what would break out of the attribute.
LINK = "https://example.org/?\"onmouseover=__hit=1//'><script>__hit=2</script>"


def written() -> dict[type[models.Model], list[Any]]:
    """The texts that somebody writes, by model."""
    found: dict[type[models.Model], list[Any]] = {}
    for label in texts():
        if WRITTEN_BY.get(label) in (OURS, SUM, MADE, ADDRESS, MASKED, KEY) or label in SPARED:
            continue
        model = apps.get_model(label.rpartition(".")[0])
        found.setdefault(model, []).append(model._meta.get_field(label.rpartition(".")[2]))
    return found


class Filler:
    """Gives out the payloads in turn, as many as a field has room for."""

    def __init__(self) -> None:
        self._turn: Iterator[str] = cycle(PAYLOADS)
        self.given: set[str] = set()

    def text(self, field: Any) -> str:
        """One payload that fits the field; many where there is room for a long text."""
        room = field.max_length or 50_000
        if room >= 1000:
            return "\n\n".join(self._next(100) for _n in range(min(AT_ONCE, room // 100)))
        return self._next(room)

    def _next(self, room: int) -> str:
        payload = next(one for one in self._turn if len(one) <= room)
        self.given.add(payload)
        return payload

    def fill(self, model: type[models.Model], fields: list[Any]) -> None:
        """Write into every row of the model."""
        for row in model._base_manager.order_by("pk"):
            for field in fields:
                setattr(row, field.name, self.text(field))
            row.save()


class Filled:
    """The council, its cast, and the objects behind its doors."""

    def __init__(self, cast: Cast, report_file: Callable[[str], Any]) -> None:
        self.cast, self.filler = cast, Filler()
        self.home = Furnished(cast.council, cast.owner, report_file)
        self.objects: dict[str, Any] = dict(self.home.objects)
        self.passkey: Authenticator = make_passkey(cast.coordinator.user, "tom")
        self._more()
        for model, fields in written().items():
            self.filler.fill(model, fields)
        cast.council.refresh_from_db()
        cast.council.concern_link = LINK[:200]
        cast.council.save()
        self._name_keys()
        self._history()
        self.signed = self._signed()

    def _more(self) -> None:
        """Rows of each kind that stands in a list, and of those that the doors don't need."""
        cast, objects = self.cast, self.objects
        council, meeting, case = cast.council, objects["meeting"], objects["case"]
        topics = [make.make_topic(council, extremism=number == 0) for number in range(5)]
        for number in range(MANY):
            item = make.make_item(meeting, topics[number % 5 : number % 5 + 1], case=case, presenter="x", notes="x")
            decision = Decision.objects.create(council=council, item=item, text="x")
            owner = cast.owner if number % 2 else cast.member
            make.make_action(agenda_item=item, decision=decision, owner=owner, activity=objects["activity"])
            make.make_case(council, topics[:1], situation="x", outcome="x")
            make.make_member(council)
        done = make.make_action(
            agenda_item=item, owner=cast.owner, status="done", closed_on=TODAY, effect="x", activity=objects["activity"]
        )
        done.comments.create(author=cast.chair, on=TODAY, text="x")
        objects["action"].comments.create(author=cast.chair, on=TODAY, text="x")
        planned = make.make_meeting(council, "draft", title="x", place="x")
        self.planned = planned
        make.make_item(planned)
        SummonsReply.objects.create(
            meeting=meeting, member=cast.member, answer="substitute", at=NOW, substitute_name="x"
        )
        make.make_meeting(council, "cancelled", cancelled_because="x", date=make.date(2017, 2, 1))
        ItemProposal.objects.create(
            council=council, meeting=meeting, proposer=cast.coordinator, title="x", sent_on=TODAY, last_day=TODAY
        )
        StandingItem.objects.create(council=council, position=2, title="x")
        MinutesLayout.objects.get_or_create(council=council, kind="minutes")
        ReleaseRules.objects.create(council=council)
        RetentionRule.objects.create(council=council, kind="case", years=5, decision="x", decided_on=TODAY)
        Letter.objects.filter(council=council).update(failure="x")
        adjourned = objects["adjourned"]
        item = make.make_item(adjourned, topics[:1], notes="x", presenter="x")
        Decision.objects.create(council=council, item=item, text="x", number=900)
        sign_off = SignOff.objects.create(
            meeting=adjourned, kind="minutes", opened_on=TODAY, comments_until=TODAY, digest="0" * 64
        )
        ItemComment.objects.create(sign_off=sign_off, item=item, author=cast.chair, on=TODAY, text="x")
        Guest.objects.create(meeting=adjourned, name="x", organisation="x")
        Addendum.objects.create(meeting=adjourned, author=cast.chair, on=TODAY, text="x")

    def _name_keys(self) -> None:
        """A passkey's name, and mail as it would stand in the log."""
        self.passkey.data["name"] = self.filler.text(models.CharField(max_length=80))
        self.passkey.save()
        text = "\n".join(PAYLOADS)
        LoggedMail.objects.create(
            council=self.cast.council,
            recipient="a@example.org",
            subject=PAYLOADS[0],
            message_id="1@x",
            text=text,
            html="",
        )

    def _history(self) -> None:
        """What was changed, from payload to payload."""
        room = models.CharField(max_length=200)
        for kind, verb, name in (
            ("item", "item.edited", "title"),
            ("item", "item.noted", "notes"),
            ("case", "case.edited", "title"),
            ("case", "case.edited", "registry_number"),
            ("action", "action.edited", "title"),
            ("decision", "decision.amended", "text"),
            ("meeting", "meeting.replanned", "place"),
            ("member", "member.edited", "name"),
            ("item", "guard.overridden", "reason"),
        ):
            history.record(
                council=self.cast.council,
                by=self.cast.coordinator,
                on=TODAY,
                verb=verb,
                target=self.objects[kind],
                changes={name: (self.filler.text(room), self.filler.text(room))},
            )

    def _signed(self) -> SignedMinutes:
        """Signed minutes of a meeting whose items, decisions and guests are payloads."""
        council = self.cast.council
        meeting = make.make_meeting(council, "adjourned", date=make.date(2016, 12, 1), place="x", title="x")
        for number in range(5):
            item = make.make_item(meeting)
            Decision.objects.create(council=council, item=item, text="x", number=100 + number)
        fields = written()
        for model, where in ((Meeting, {"pk": meeting.pk}), (type(item), {"meeting": meeting})):
            for row in model._base_manager.filter(**where):
                for field in fields[model]:
                    setattr(row, field.name, self.filler.text(field))
                row.save()
        for decision in Decision.objects.filter(item__meeting=meeting):
            decision.text = self.filler.text(Decision._meta.get_field("text"))
            decision.save()
        meeting.refresh_from_db()
        return sign(meeting, self.cast.coordinator)
