"""How reminders get out: a real mail server that refuses, breaks off or is away, a worker that dies, two at once."""

import socket
import threading
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from actions import lifecycle, reminders, tasks
from actions.models import ReminderLine, reminder_letters
from bra import post
from bra.models import Council, Deputy, Letter, LetterState, LoggedMail, MailLink, Member, Role, Unsubscription
from tests import make
from tests.actions.smtp_sink import Sink, smtp_sink

pytestmark = pytest.mark.django_db

DAY = make.TODAY


@pytest.fixture
def council() -> Council:
    return make.make_council()


@pytest.fixture
def sink() -> Iterator[Sink]:
    with smtp_sink() as running:
        yield running


def planned(council: Council, *owners: Member) -> list[Letter]:
    """One due action per owner, and the reminders that wait for it, in the owners' order."""
    for owner in owners:
        make.make_action(council, owner=owner, deadline=DAY)
    reminders.plan_day(council=council, on=DAY)
    return [reminder_letters().get(recipient=owner) for owner in owners]


def deliver(council: Council, connect: Any = None, later: timedelta = timedelta()) -> post.Delivered:
    more = {"connect": connect} if connect else {}
    return post.deliver(council, today=DAY, clock=lambda: timezone.now() + later, **more)


def states(*rows: Letter) -> list[tuple[str, str]]:
    found = {row.pk: (row.state, row.failure) for row in reminder_letters().filter(pk__in=[row.pk for row in rows])}
    return [found[row.pk] for row in rows]


@pytest.mark.service
def test_a_mail_says_number_meeting_dates_and_link_and_nothing_of_what_was_said(council: Council, sink: Sink) -> None:
    topic = make.make_topic(council, name="Hemligämne", extremism=True)
    meeting = make.make_meeting(council, date=date(2017, 1, 16), year=2017, sequence=31)
    item = make.make_item(meeting, topics=[topic], title="Hemligpunkt", notes="Hemliganteckning", restricted=True)
    owner = make.make_member(council, name="Eva Ek", cleared=True)
    action = make.make_action(agenda_item=item, owner=owner, title="Hemligåtgärd", deadline=DAY)
    lifecycle.comment(action=action, text="Hemligkommentar", by=owner, on=DAY)
    coordinator = make.make_member(council, Role.COORDINATOR)
    reminders.plan_day(council=council, on=DAY)
    reminder = reminder_letters().get()
    assert deliver(council, sink.connect) == post.Delivered(sent=1)
    [mail] = sink.taken
    assert (mail["Message-ID"], mail["Auto-Submitted"]) == (f"<{post.message_id(reminder)}>", "auto-generated")
    assert (mail["To"], mail["Reply-To"]) == (owner.email, coordinator.email)
    assert mail["Subject"] == f"Reminder from {council.name}: 1 action"
    parts = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
    assert sorted(parts) == ["text/html", "text/plain"]
    for text in parts.values():
        assert f"Action {action.pk} from meeting 2017-31 (16 January 2017)" in text
        assert "To be done today, Wednesday 15 March 2017" in text
        assert "/ansvarig/" in text
    assert "hemlig" not in mail.as_string().lower()
    assert "hemlig" not in "".join(parts.values()).lower()


@pytest.mark.service
def test_one_that_is_refused_stops_no_other_and_one_connection_does_for_all(council: Council, sink: Sink) -> None:
    owners = [make.make_member(council) for _number in range(5)]
    rows = planned(council, *owners)
    sink.answers = {owners[1].email: "550 5.1.1 no such user", owners[3].email: "451 4.7.1 try again"}
    assert deliver(council, sink.connect) == post.Delivered(sent=3, failed=1, later=1)
    assert sink.recipients == [owners[0].email, owners[2].email, owners[4].email]
    assert states(*rows) == [
        ("sent", ""), ("failed", "refused 550"), ("sent", ""), ("pending", "refused 451"), ("sent", "")
    ]  # fmt: skip
    assert sink.connections == 1


@pytest.mark.service
def test_a_server_that_takes_its_leave_at_one_recipient_gets_the_others_over_a_new_connection(
    council: Council, sink: Sink
) -> None:
    owners = [make.make_member(council) for _number in range(5)]
    rows = planned(council, *owners)
    # Two of five, and never two in a row.
    sink.answers = dict.fromkeys([owners[1].email, owners[3].email], "421 4.7.0 try again later")
    assert deliver(council, sink.connect) == post.Delivered(sent=3, later=2)
    assert sink.recipients == [owners[0].email, owners[2].email, owners[4].email]
    assert states(*rows)[1::2] == [("pending", "refused 421")] * 2
    assert sink.connections == 3
    sink.answers = {}
    assert deliver(council, sink.connect) == post.Delivered(sent=2)
    assert list(reminder_letters().order_by("pk").values_list("attempts", flat=True)) == [1, 2, 1, 2, 1]


@pytest.mark.service
def test_a_server_that_takes_its_leave_at_two_recipients_in_a_row_is_away(council: Council, sink: Sink) -> None:
    owners = [make.make_member(council) for _number in range(4)]
    rows = planned(council, *owners)
    sink.answers = dict.fromkeys([owner.email for owner in owners[1:]], "421 4.3.2 shutting down")
    assert deliver(council, sink.connect) == post.Delivered(sent=1, later=1, away=True)
    assert states(*rows) == [("sent", ""), ("pending", "refused 421"), ("pending", "away"), ("pending", "away")]
    # Whom it refuses for good so holds the others up for five rounds at most.
    sink.answers = dict.fromkeys([owners[1].email, owners[2].email], "421 4.7.0 not you")
    for _round in range(3):
        assert deliver(council, sink.connect).away
    assert deliver(council, sink.connect) == post.Delivered(failed=1, away=True)
    assert deliver(council, sink.connect) == post.Delivered(sent=1, later=1)
    assert states(*rows) == [("sent", ""), ("failed", "refused 421"), ("pending", "refused 421"), ("sent", "")]


@pytest.mark.service
def test_a_refusal_for_now_is_tried_again_with_the_same_message_id_but_not_for_ever(
    council: Council, sink: Sink
) -> None:
    owner, patient = make.make_member(council), make.make_member(council)
    row, second = planned(council, owner, patient)
    sink.answers = dict.fromkeys([owner.email, patient.email], "451 4.7.1 try again")
    for _attempt in range(4):
        assert deliver(council, sink.connect).later == 2
    del sink.answers[patient.email]
    assert deliver(council, sink.connect) == post.Delivered(sent=1, failed=1)
    assert states(row, second) == [("failed", "refused 451"), ("sent", "")]
    assert sink.taken[0]["Message-ID"] == f"<{post.message_id(second)}>"
    assert deliver(council, sink.connect) == post.Delivered()


@pytest.mark.service
def test_a_connection_that_breaks_after_the_mail_leaves_it_unknown_and_the_others_go(
    council: Council, sink: Sink
) -> None:
    owners = [make.make_member(council) for _number in range(3)]
    rows = planned(council, *owners)
    sink.hang_up_on = {owners[1].email}
    assert deliver(council, sink.connect) == post.Delivered(sent=2, unknown=1)
    assert states(*rows) == [("sent", ""), ("unknown", "broken"), ("sent", "")]
    assert deliver(council, sink.connect) == post.Delivered()
    assert sink.recipients == [owner.email for owner in owners]


@pytest.mark.service
def test_while_the_mail_server_is_away_everything_waits_and_no_attempt_is_counted(council: Council, sink: Sink) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, but nobody listens
        away = Sink(port=nobody.getsockname()[1])
        rows = planned(council, make.make_member(council), make.make_member(council))
        for _time in range(7):
            assert deliver(council, away.connect) == post.Delivered(away=True)
    assert states(*rows) == [("pending", "away")] * 2
    assert MailLink.objects.count() == 0
    assert deliver(council, sink.connect) == post.Delivered(sent=2)
    assert states(*rows) == [("sent", "")] * 2


class Killed(BaseEmailBackend):
    """The worker is killed while the mail server has the mail."""

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        raise SystemExit


def test_a_worker_that_dies_leaves_one_unknown_mail_and_the_rest_waiting(
    council: Council, mailoutbox: list[Any]
) -> None:
    owners = [make.make_member(council) for _number in range(3)]
    rows = planned(council, *owners)
    with pytest.raises(SystemExit):
        deliver(council, Killed)
    assert states(*rows) == [("claimed", ""), ("pending", ""), ("pending", "")]
    # Its lease still runs: nobody touches it, the others go.
    assert deliver(council) == post.Delivered(sent=2)
    assert states(rows[0]) == [("claimed", "")]
    assert deliver(council, later=timedelta(minutes=11)) == post.Delivered(unknown=1)
    assert states(rows[0]) == [("unknown", "lease")]
    assert deliver(council, later=timedelta(days=1)) == post.Delivered()
    assert [mail.to for mail in mailoutbox] == [[owners[1].email], [owners[2].email]]


def test_a_mail_that_cannot_be_written_stops_no_other(council: Council, mailoutbox: list[Any]) -> None:
    owners = [make.make_member(council, email="two\nlines@example.org"), make.make_member(council)]
    rows = planned(council, *owners)
    assert deliver(council) == post.Delivered(sent=1, failed=1)
    assert states(*rows) == [("failed", "unsendable"), ("sent", "")]
    assert [mail.to for mail in mailoutbox] == [[owners[1].email]]


def test_what_was_closed_moved_or_given_away_meanwhile_is_not_in_the_mail(
    council: Council, mailoutbox: list[Any]
) -> None:
    owner, other = make.make_member(council), make.make_member(council)
    stays, closed, moved, given = [make.make_action(council, owner=owner, deadline=DAY) for _number in range(4)]
    reminders.plan_day(council=council, on=DAY)
    lifecycle.report_done(action=closed, by=owner, on=DAY)
    lifecycle.postpone(action=moved, until=DAY + timedelta(days=30), by=owner, on=DAY)
    lifecycle.hand_over(action=given, to=other, by=owner, on=DAY)
    assert deliver(council) == post.Delivered(sent=3)
    assert list(ReminderLine.objects.values_list("action", flat=True)) == [stays.pk]
    reminder, *_about_handing_over = mailoutbox
    for gone in (closed, moved, given):
        assert f"Action {gone.pk} " not in reminder.body


def test_when_nothing_is_left_to_remind_of_no_mail_goes_out(council: Council, mailoutbox: list[Any]) -> None:
    owner = make.make_member(council)
    [row] = planned(council, owner)
    lifecycle.report_done(action=row.lines.get().action, by=owner, on=DAY)
    assert deliver(council) == post.Delivered(dropped=1)
    assert states(row) == [("dropped", "closed")]
    assert mailoutbox == []


def end_of_standing_in(row: Letter, owner: Member) -> None:
    Deputy.objects.all().delete()


def mandate_over(row: Letter, owner: Member) -> None:
    Member.objects.filter(pk=row.recipient_id).update(mandate_to=DAY - timedelta(days=1))
    Deputy.objects.all().delete()


@pytest.mark.parametrize("happens", [end_of_standing_in, mandate_over])
def test_what_was_told_to_nobody_falls_due_again_for_whoever_answers_for_it(
    council: Council, mailoutbox: list[Any], happens: Any
) -> None:
    owner, deputy = make.make_member(council), make.make_member(council)
    Deputy.objects.create(member=owner, deputy=deputy, starts=DAY, ends=DAY + timedelta(days=5))
    action = make.make_action(council, owner=owner, deadline=DAY)
    reminders.plan_day(council=council, on=DAY)
    row = reminder_letters().get(recipient=deputy)
    happens(row, owner)
    assert deliver(council) == post.Delivered(dropped=1)
    reminders.plan_day(council=council, on=DAY + timedelta(days=1))
    lines = ReminderLine.objects.values_list("reminder__recipient", "action", "step")
    assert list(lines) == [(owner.pk, action.pk, 0)]
    # The log still tells of the one that was dropped: to those from whom nothing is hidden.
    for cleared, seen in ((True, [row.pk]), (False, [])):
        coordinator = make.make_member(council, Role.COORDINATOR, cleared=cleared)
        assert list(post.visible_letters(coordinator).filter(pk=row.pk).values_list("pk", flat=True)) == seen


def test_a_letter_that_breaks_its_writer_stops_no_other(council: Council, mailoutbox: list[Any]) -> None:
    owners = [make.make_member(council) for _number in range(3)]
    rows = [make.make_letter(owner, kind="deadline", cause=f"request {owner.pk}", on=DAY) for owner in owners]
    planned(council, owners[0])
    Letter.objects.filter(pk=rows[1].pk).update(cause="request x")
    assert deliver(council) == post.Delivered(sent=3, failed=1)
    assert Letter.objects.get(pk=rows[1].pk).failure == "unsendable"


def test_a_kind_that_is_not_known_yet_waits(council: Council, mailoutbox: list[Any]) -> None:
    row = make.make_letter(make.make_member(council), kind="tomorrow", cause="x", on=DAY)
    planned(council, make.make_member(council))
    assert deliver(council) == post.Delivered(sent=1)
    assert Letter.objects.get(pk=row.pk).state == LetterState.PENDING


def test_a_reminder_is_claimed_once(council: Council) -> None:
    [row] = planned(council, make.make_member(council))
    [written] = reminders.write_reminders(post.Desk(council, DAY, "", timezone.now()), [row])
    now = timezone.now()
    assert [post.claim(written, now=now) for _time in range(3)] == [True, False, False]


def test_a_line_added_after_the_mail_was_written_falls_due_again(council: Council) -> None:
    owner = make.make_member(council)
    [row] = planned(council, owner)
    [written] = reminders.write_reminders(post.Desk(council, DAY, "", timezone.now()), [row])
    added = make.make_action(council, owner=owner, deadline=DAY)
    assert reminders.plan_day(council=council, on=DAY) == reminders.Planned(0, 1, 0)
    assert post.claim(written, now=timezone.now())
    reminder_letters().update(state=LetterState.SENT, sent_at=timezone.now())
    reminders.plan_day(council=council, on=DAY + timedelta(days=1))
    assert list(ReminderLine.objects.filter(reminder__on__gt=DAY).values_list("action", "step")) == [(added.pk, 0)]


def test_claiming_takes_no_line_of_another_mail(council: Council) -> None:
    rows = planned(council, make.make_member(council), make.make_member(council))
    lines = list(ReminderLine.objects.order_by("pk").values_list("pk", "reminder"))
    [written, _other] = reminders.write_reminders(post.Desk(council, DAY, "", timezone.now()), rows)
    assert post.claim(written, now=timezone.now())
    assert list(ReminderLine.objects.order_by("pk").values_list("pk", "reminder")) == lines
    reminders.untell(rows[0])
    assert list(ReminderLine.objects.values_list("reminder", flat=True)) == [rows[1].pk]


def test_a_kind_that_nobody_can_unsubscribe_goes_out_whatever_a_row_says(
    council: Council, mailoutbox: list[Any]
) -> None:
    [row] = planned(council, make.make_member(council))
    Unsubscription.objects.create(member=row.recipient, kind="reminder", on=DAY)
    assert deliver(council) == post.Delivered(sent=1)
    assert [mail.to for mail in mailoutbox] == [[row.recipient.email]]


class Counting(BaseEmailBackend):
    """Notes every mail, and that no transaction is open while the mail server has it."""

    seen: list[str] = []
    in_transaction: list[bool] = []
    lock = threading.Lock()

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        with self.lock:
            self.seen += [mail.to[0] for mail in email_messages]
            self.in_transaction.append(connection.in_atomic_block)
        return len(email_messages)


@pytest.fixture
def counting() -> type[Counting]:
    Counting.seen, Counting.in_transaction = [], []
    return Counting


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_the_mail_server_has_the_mail(counting: type[Counting]) -> None:
    council = make.make_council()
    planned(council, make.make_member(council), make.make_member(council))
    assert deliver(council, counting) == post.Delivered(sent=2)
    assert counting.in_transaction == [False, False]


@pytest.mark.service
@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_send_each_mail_once(counting: type[Counting]) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("the tests' SQLite is in memory and has one writer at a time anyway")
    council = make.make_council()
    owners = [make.make_member(council) for _number in range(20)]
    planned(council, *owners)
    together, results = threading.Barrier(4), []

    def work() -> None:
        together.wait()
        results.append(deliver(council, counting).sent)
        connections.close_all()

    threads = [threading.Thread(target=work) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counting.seen) == sorted(owner.email for owner in owners)
    assert (len(results), sum(results)) == (4, 20)


def test_writing_the_mails_takes_as_many_queries_for_thirty_as_for_one(council: Council) -> None:
    def queries(people: int) -> int:
        pks = [row.pk for row in planned(council, *[make.make_member(council) for _number in range(people)])]
        rows = list(reminder_letters().filter(pk__in=pks).select_related("recipient__user"))
        with CaptureQueriesContext(connection) as captured:
            written = reminders.write_reminders(post.Desk(council, DAY, "", timezone.now()), rows)
        assert [one.mail.to for one in written if one.mail] == [row.recipient.address for row in rows]
        return len(captured)

    assert (queries(1), queries(30)) == (3, 3)


def test_without_a_mail_server_mails_stand_in_the_log(council: Council, settings: Any) -> None:
    settings.EMAIL_BACKEND = "bra.mail.LogBackend"
    owner = make.make_member(council)
    [row] = planned(council, owner)
    assert deliver(council) == post.Delivered(sent=1)
    kept = LoggedMail.objects.get()
    assert (kept.council, kept.recipient, kept.message_id) == (council, owner.email, post.message_id(row))
    assert (kept.text.startswith("Hello"), kept.html.startswith("<!doctype html>")) == (True, True)
    # The secret of the link stands in the mail only.
    secret = kept.text.partition("/ansvarig/")[2].partition("/")[0]
    assert len(secret) == 43
    assert [link.digest == secret for link in MailLink.objects.all()] == [False]


def test_the_task_does_every_council_whose_hour_has_come_once(mailoutbox: list[Any]) -> None:
    early = make.make_council(pinned_today=None, reminder_hour=6)
    late = make.make_council(pinned_today=None, reminder_hour=8)
    pinned = make.make_council(reminder_hour=6)
    owners = [make.make_action(council, deadline=DAY).owner for council in (early, late, pinned)]
    sent = {"05:30": [], "06:10": [0, 2], "06:20": [0, 2], "08:00": [0, 2, 1], "08:10": [0, 2, 1]}
    for clock, so_far in sent.items():
        with time_machine.travel(f"2017-03-15T{clock}+01:00", tick=False):
            tasks.send_due_reminders()
        assert [mail.to for mail in mailoutbox] == [[owners[number].email] for number in so_far]


# The command


def command(*arguments: str) -> list[str]:
    """What the command prints, as lines without the empty ones."""
    out = StringIO()
    call_command("send_reminders", *arguments, stdout=out)
    return [line for line in out.getvalue().splitlines() if line]


def test_the_command_prints_who_gets_what_and_why_and_sends_it_once(mailoutbox: list[Any]) -> None:
    council = make.make_council(name="BRÅ Granby", slug="granby")
    meeting = make.make_meeting(council, date=date(2017, 1, 16), year=2017, sequence=31)
    eva = make.make_member(council, name="Eva Ek", title="kommunpolis", email="eva@example.org")
    bo = make.make_member(council, name="Bo By", title="rektor", email="")
    one = make.make_action(agenda_item=make.make_item(meeting), owner=eva, deadline=DAY + timedelta(days=3))
    two = make.make_action(agenda_item=make.make_item(meeting), owner=bo, deadline=DAY)
    late = f"  Action {two.pk} from meeting 2017-31 (16 January 2017), 2017-03-15, Bo By, rektor"
    told = [
        "Eva Ek, kommunpolis <eva@example.org>",
        f"  Action {one.pk} from meeting 2017-31 (16 January 2017), 2017-03-18: 3 days before the deadline",
        "Held back:",
        f"{late}: the owner has no e-mail address",
    ]
    asked = ("--council", "granby", "--date", "2017-03-15")
    heading = "BRÅ Granby, reminders of 2017-03-15"
    assert command(*asked, "--dry-run") == [f"{heading} (dry run: nothing is sent)", *told]
    assert mailoutbox == []
    assert command(*asked) == [heading, *told, "1 reminder sent."]
    assert command(*asked) == [
        heading, "Nobody is to be reminded of anything new.", *told[2:], "0 reminders sent."
    ]  # fmt: skip
    assert [mail.to for mail in mailoutbox] == [["eva@example.org"]]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--council", "ingen"], "There is no council “ingen”."),
        (["--council", "granby", "--date", "15/3"], "“15/3” isn't a date. Write it as 2017-03-15."),
        (
            ["--council", "granby", "--date", "2017-03-16"],
            "2017-03-16 is still to come for this council. See what would be sent with --dry-run.",
        ),
    ],
)
def test_a_wrong_argument_is_one_sentence_and_status_2(arguments: list[str], sentence: str) -> None:
    make.make_council(slug="granby")
    with pytest.raises(CommandError) as refused:
        command(*arguments)
    assert (str(refused.value), refused.value.returncode) == (sentence, 2)
