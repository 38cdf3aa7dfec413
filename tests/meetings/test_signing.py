"""Signing off: who signs what, what stops it, and what is kept."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail

from actions import lifecycle as actions
from actions.models import Action
from bra import post
from bra.errors import RuleBroken
from bra.models import HistoryEntry, Letter, LetterState, Member, Role
from meetings import lifecycle
from meetings.documents.content import Block, Paper, Run
from meetings.documents.freezing import checksum, frozen, thawed
from meetings.documents.sealing import is_intact, kept_paper
from meetings.documents.selection import paper_of
from meetings.models import (
    Adjuster,
    AgendaItem,
    Attendance,
    Decision,
    DecisionKind,
    ItemComment,
    Meeting,
    MeetingRules,
    MeetingState,
    MinutesLayout,
    PaperKind,
    SignedMinutes,
    SignerAnswer,
    SignOff,
    SignOffState,
    Unlocking,
    current_minutes,
)
from meetings.signals import listing_agreed
from meetings.signing_sheet import signing_sheet, to_sign
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY
from tests.meetings.signing import SECRET, asked, held, sent, signed, state_of, with_secret

pytestmark = pytest.mark.django_db


def refused(verb: Callable[[], object]) -> str:
    """The sentence with which the verb says no."""
    with pytest.raises(RuleBroken) as error:
        verb()
    return error.value.sentence


# Naming and sending


def test_adjusters_are_named_from_the_planning_on(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.DRAFT)
    for members in ([cast.member, cast.secretary], [cast.member]):
        lifecycle.name_adjusters(meeting=meeting, members=members, by=cast.secretary, on=TODAY)
    assert list(Adjuster.objects.values_list("member", flat=True)) == [cast.member.pk]
    changes = [entry.changes for entry in HistoryEntry.objects.filter(verb="meeting.adjusters").order_by("pk")]
    both = sorted([cast.member.pk, cast.secretary.pk])
    assert changes == [{"adjusters": [[], both]}, {"adjusters": [both, [cast.member.pk]]}]


@pytest.mark.parametrize("who", ["chair", "owner", "stranger", "without_login", "over"])
def test_who_can_not_sign_beside_the_chair_is_not_named(cast: Cast, who: str) -> None:
    others = {
        "without_login": make.make_member(cast.council),
        "over": make.make_member(cast.council, user=make.make_user(), mandate_to=TODAY - timedelta(days=1)),
    }
    member = others.get(who) or getattr(cast, who)
    meeting = make.make_meeting(cast.council)
    refused(lambda: lifecycle.name_adjusters(meeting=meeting, members=[member], by=cast.secretary, on=TODAY))
    assert Adjuster.objects.count() == 0


def test_the_chair_who_was_there_and_the_adjusters_are_asked(cast: Cast) -> None:
    sign_off = sent(cast)
    asked_of = list(sign_off.signers.values_list("member", "role", "answer"))
    assert asked_of == [(cast.chair.pk, "chair", "waiting"), (cast.member.pk, "adjuster", "waiting")]
    assert sign_off.comments_until == TODAY + timedelta(days=5)
    assert set(Letter.objects.filter(kind="sign").values_list("recipient", flat=True)) == {
        cast.chair.pk,
        cast.member.pk,
    }
    assert ([row.pk for row in to_sign(cast.member)], to_sign(cast.secretary)) == ([sign_off.pk], [])


def test_without_a_chair_who_was_there_somebody_present_is_named(cast: Cast) -> None:
    meeting = held(cast)
    Attendance.objects.filter(member=cast.chair).delete()
    Attendance.objects.create(meeting=meeting, member=cast.coordinator, status="present")
    here = {"meeting": meeting, "adjusters": [cast.member], "by": cast.secretary, "on": TODAY}
    refused(lambda: lifecycle.send_for_sign_off(**here))
    refused(lambda: lifecycle.send_for_sign_off(**here, chair=cast.chair))
    refused(lambda: lifecycle.send_for_sign_off(**here, chair=cast.member))
    sign_off = lifecycle.send_for_sign_off(**here, chair=cast.coordinator)
    assert list(sign_off.signers.values_list("member", flat=True)) == [cast.coordinator.pk, cast.member.pk]


def test_minutes_take_an_adjuster_and_notes_take_none(cast: Cast) -> None:
    meeting = held(cast)
    refused(lambda: lifecycle.send_for_sign_off(meeting=meeting, by=cast.secretary, on=TODAY))
    MinutesLayout.objects.create(council=cast.council, kind=PaperKind.NOTES)
    sign_off = lifecycle.send_for_sign_off(meeting=meeting, by=cast.secretary, on=TODAY)
    lifecycle.sign(sign_off=sign_off, by=cast.chair, at=NOW)
    minutes = current_minutes(Meeting.objects.get(pk=meeting.pk))
    assert minutes is not None
    assert (thawed(minutes.whole).title, sign_off.signers.count()) == (f"Meeting notes {meeting.number}", 1)


@pytest.mark.parametrize("state", [state for state in MeetingState if state != MeetingState.ADJOURNED])
def test_only_an_adjourned_meeting_is_sent(cast: Cast, state: MeetingState) -> None:
    meeting = make.make_meeting(cast.council, state, opened_at=NOW)
    here = {"meeting": meeting, "adjusters": [cast.member], "by": cast.secretary, "on": TODAY}
    refused(lambda: lifecycle.send_for_sign_off(**here))
    assert SignOff.objects.count() == 0


def test_it_is_sent_once_and_never_with_a_last_day_that_has_passed(cast: Cast) -> None:
    meeting = held(cast)
    here = {"meeting": meeting, "adjusters": [cast.member], "by": cast.secretary, "on": TODAY}
    refused(lambda: lifecycle.send_for_sign_off(**here, comments_until=TODAY - timedelta(days=1)))
    lifecycle.send_for_sign_off(**here, comments_until=TODAY)
    refused(lambda: lifecycle.send_for_sign_off(**here))
    assert SignOff.objects.count() == 1


def test_who_may_not_see_a_restricted_item_does_not_sign_it(cast: Cast) -> None:
    meeting, _item = with_secret(cast)
    Member.objects.filter(pk=cast.member.pk).update(cleared=False)
    here = {"meeting": meeting, "adjusters": [cast.member], "by": cast.secretary, "on": TODAY}
    refused(lambda: lifecycle.send_for_sign_off(**here))
    Member.objects.filter(pk=cast.chair.pk).update(cleared=False)
    Member.objects.filter(pk=cast.member.pk).update(cleared=True)
    assert lifecycle.presiding(meeting, TODAY) is None


# While the minutes lie with their signers


def test_nobody_changes_what_lies_with_the_signers(cast: Cast) -> None:
    sign_off = sent(cast)
    meeting, here = sign_off.meeting, {"by": cast.secretary, "on": TODAY}
    item, decision = AgendaItem.objects.get(), Decision.objects.get()
    before = sign_off.digest
    verbs: list[Callable[[], object]] = [
        lambda: lifecycle.save_notes(item=item, text="Annat", version=1, **here),
        lambda: lifecycle.amend_decision(decision=decision, text="Annat", kind=DecisionKind.FILED, version=0, **here),
        lambda: lifecycle.edit_item(item=item, title="Annat", **here),
        lambda: lifecycle.mark_attendance(meeting=meeting, member=cast.secretary, status="present", **here),
        lambda: lifecycle.add_guest(meeting=meeting, name="Gun", **here),
        lambda: lifecycle.name_adjusters(meeting=meeting, members=[], **here),
        lambda: lifecycle.register_minutes(meeting=meeting, registry_number="1", **here),
        lambda: lifecycle.reopen_meeting(meeting=meeting, **here),
    ]
    for verb in verbs:
        refused(verb)
    again = lifecycle.withdraw_sign_off(sign_off=sign_off, **here)
    assert (again.state, state_of(meeting)) == (SignOffState.WITHDRAWN, MeetingState.ADJOURNED)
    assert sent(cast, meeting).digest == before


def test_a_comment_stands_at_its_item_until_the_last_day(cast: Cast) -> None:
    sign_off, item = sent(cast), AgendaItem.objects.get()
    comment = lifecycle.comment_on_item(item=item, text=" Fel vägg. ", by=cast.coordinator, on=TODAY)
    assert (comment.text, comment.sign_off) == ("Fel vägg.", sign_off)
    late = sign_off.comments_until + timedelta(days=1)
    refused(lambda: lifecycle.comment_on_item(item=item, text="Fel", by=cast.coordinator, on=late))
    refused(lambda: lifecycle.comment_on_item(item=item, text="  ", by=cast.coordinator, on=TODAY))
    refused(lambda: lifecycle.remove_comment(comment=comment, by=cast.secretary, on=TODAY))
    for removed in (True, False):
        lifecycle.remove_comment(comment=comment, by=cast.coordinator, on=TODAY, removed=removed)
    assert list(ItemComment.objects.live().values_list("text", flat=True)) == ["Fel vägg."]
    verbs = list(HistoryEntry.objects.filter(verb__startswith="item.comment").order_by("pk").values_list("verb"))
    assert verbs == [("item.commented",), ("item.comment_removed",), ("item.comment_restored",)]
    assert "Fel vägg" not in json.dumps(list(HistoryEntry.objects.values_list("changes", flat=True)))
    lifecycle.withdraw_sign_off(sign_off=sign_off, by=cast.secretary, on=TODAY)
    refused(lambda: lifecycle.comment_on_item(item=item, text="Fel", by=cast.coordinator, on=TODAY))


def test_comments_on_a_restricted_item_do_not_exist_for_the_uncleared(cast: Cast) -> None:
    meeting, item = with_secret(cast)
    sent(cast, meeting)
    lifecycle.comment_on_item(item=item, text=SECRET, by=cast.chair, on=TODAY)
    Member.objects.filter(pk=cast.member.pk).update(cleared=False)
    cast.member.refresh_from_db()
    counts = [ItemComment.objects.visible_to(member).count() for member in (cast.chair, cast.member, cast.stranger)]
    assert counts == [1, 0, 0]


def test_a_signer_who_declines_sends_it_back_with_a_reason(cast: Cast) -> None:
    sign_off = sent(cast)
    refused(lambda: lifecycle.decline(sign_off=sign_off, reason=" ", by=cast.chair, at=NOW))
    lifecycle.sign(sign_off=sign_off, by=cast.member, at=NOW)
    lifecycle.decline(sign_off=sign_off, reason="Fel vägg", by=cast.chair, at=NOW)
    sheet = signing_sheet(sign_off.meeting, cast.secretary, TODAY)
    assert sheet.declined is not None
    assert (sheet.declined.member, sheet.declined.reason, sheet.open) == (cast.chair, "Fel vägg", None)
    assert (state_of(sign_off.meeting), SignedMinutes.objects.count()) == (MeetingState.ADJOURNED, 0)
    lifecycle.save_notes(item=AgendaItem.objects.get(), text="Rätt vägg.", version=1, by=cast.secretary, on=TODAY)
    # What was signed in that round doesn't count in the next.
    assert set(sent(cast, sign_off.meeting).signers.values_list("answer", flat=True)) == {SignerAnswer.WAITING}
    refused(lambda: lifecycle.sign(sign_off=sign_off, by=cast.member, at=NOW))


@pytest.mark.parametrize("who", ["secretary", "coordinator", "stranger"])
def test_only_those_who_were_asked_sign_or_decline(cast: Cast, who: str) -> None:
    sign_off, by = sent(cast), getattr(cast, who)
    refused(lambda: lifecycle.sign(sign_off=sign_off, by=by, at=NOW))
    refused(lambda: lifecycle.decline(sign_off=sign_off, reason="Nej", by=by, at=NOW))
    assert set(sign_off.signers.values_list("answer", flat=True)) == {SignerAnswer.WAITING}


def test_nobody_signs_twice(cast: Cast) -> None:
    sign_off = sent(cast)
    lifecycle.sign(sign_off=sign_off, by=cast.member, at=NOW)
    assert refused(lambda: lifecycle.sign(sign_off=sign_off, by=cast.member, at=NOW)) == "You have signed already."


def test_what_was_changed_behind_the_signers_backs_stops_the_round(cast: Cast) -> None:
    sign_off = sent(cast)
    lifecycle.sign(sign_off=sign_off, by=cast.member, at=NOW)
    action = Action.objects.get()
    actions.amend(
        action=action,
        title="Måla väggen",
        deadline=action.deadline,
        activity=None,
        version=action.version,
        by=cast.secretary,
        on=TODAY,
    )
    refused(lambda: lifecycle.sign(sign_off=sign_off, by=cast.chair, at=NOW))
    assert (state_of(sign_off.meeting), SignedMinutes.objects.count()) == (MeetingState.ADJOURNED, 0)


# What is kept


def test_what_is_kept_is_what_was_signed_even_if_somebody_changes_it_at_that_moment(cast: Cast) -> None:
    sign_off = sent(cast)
    sign_off = lifecycle.sign(sign_off=sign_off, by=cast.member, at=NOW)
    read: list[int] = []

    def somebody_else(**_rest: object) -> list[object]:
        # Reading the minutes asks what was agreed, for the whole and for the masked text: here the check is over.
        read.append(1)
        if len(read) == 2:
            Member.objects.filter(pk=cast.member.pk).update(title="En annan titel")
        return []

    listing_agreed.connect(somebody_else)
    try:
        with pytest.raises(RuleBroken, match="Something in the minutes was changed"):
            lifecycle.sign(sign_off=sign_off, by=cast.chair, at=NOW)
    finally:
        listing_agreed.disconnect(somebody_else)
    assert (SignedMinutes.objects.count(), state_of(sign_off.meeting)) == (0, MeetingState.ADJOURNED)


def test_the_last_signature_keeps_the_text_with_its_checksum(cast: Cast) -> None:
    minutes = signed(cast)
    assert state_of(minutes.meeting) == MeetingState.SIGNED
    canonical = json.dumps(minutes.whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert minutes.sha256 == hashlib.sha256(canonical.encode()).hexdigest()
    assert (minutes.edition, minutes.signed_at, is_intact(minutes)) == (1, NOW, True)
    paper = thawed(minutes.whole)
    assert paper.signed == (
        f"{cast.chair.label}, chair, 15 March 2017",
        f"{cast.member.label}, adjuster, 15 March 2017",
    )
    assert (paper.draft, paper.caution, paper.signatures) == ("", "", ())
    assert [ruling.text for point in paper.points for ruling in point.rulings] == [("Väggen tvättas.",)]
    assert minutes.whole["items"] == [AgendaItem.objects.get().pk]


def test_a_paper_that_was_frozen_comes_back_whole(cast: Cast) -> None:
    meeting = held(cast)
    paper = paper_of(meeting, cast.secretary)
    assert thawed(json.loads(json.dumps(frozen(paper)))) == paper
    notes = paper.points[0].notes
    assert notes[0] == Block("paragraph", runs=(Run("Väggen är "), Run("full", bold=True), Run(".")))


def test_fields_that_a_paper_does_not_know_break_nothing(cast: Cast) -> None:
    paper = paper_of(held(cast), cast.secretary)
    kept = frozen(paper)
    kept["new"], kept["words"]["new"], kept["points"][0]["new"] = [1], "x", {"y": None}
    for name in ("across", "caution", "signed", "seal", "addenda"):
        del kept[name]
    read: Paper = thawed(kept)
    assert read == paper_of(Meeting.objects.get(), cast.secretary).__class__(
        **{name: getattr(paper, name) for name in paper.__dataclass_fields__} | {"across": False, "caution": ""}
    )


def test_the_masked_text_holds_nothing_restricted(cast: Cast) -> None:
    meeting, item = with_secret(cast)
    minutes = signed(cast, meeting)
    assert SECRET in json.dumps(minutes.whole)
    assert SECRET not in json.dumps(minutes.masked)
    assert minutes.masked["items"][1] == item.pk
    assert minutes.masked_sha256 == checksum(minutes.masked)


def test_what_is_restricted_after_the_signing_is_masked_for_readers_and_stays_in_what_was_signed(cast: Cast) -> None:
    minutes = signed(cast)
    before = minutes.masked_sha256
    AgendaItem.objects.update(**make.lock_of(cast.council))
    paper, _items = kept_paper(minutes, masked=True)
    assert [(point.title, point.masked, point.notes) for point in paper.points] == [("Masked: secrecy", True, ())]
    assert len(paper.remarks) == 1
    whole, _items = kept_paper(minutes, masked=False)
    assert [point.title for point in whole.points] == ["Klotter"]
    minutes.refresh_from_db()
    assert (checksum(minutes.masked), is_intact(minutes)) == (before, True)


def test_a_checksum_that_does_not_match_is_told(cast: Cast) -> None:
    minutes = signed(cast)
    minutes.whole["title"] = "Annat"
    assert not is_intact(minutes)


# Addenda, and opening them again


def test_a_correction_is_an_addendum_of_its_own_day(cast: Cast) -> None:
    meeting = held(cast)
    here = {"by": cast.secretary, "on": TODAY}
    refused(lambda: lifecycle.add_addendum(meeting=meeting, text="Rätt", **here))
    minutes = signed(cast, meeting)
    refused(lambda: lifecycle.add_addendum(meeting=meeting, text=" ", **here))
    lifecycle.add_addendum(meeting=meeting, text="Rätt vägg", **here)
    lifecycle.add_addendum(meeting=meeting, text=SECRET, ground=make.ground_of(cast.council), **here)
    Member.objects.filter(pk=cast.secretary.pk).update(cleared=False)
    cast.secretary.refresh_from_db()
    refused(
        lambda: lifecycle.add_addendum(
            meeting=meeting, text="x", ground=make.ground_of(cast.council), by=cast.secretary, on=TODAY
        )
    )
    read = [
        [row.text for row in signing_sheet(minutes.meeting, member, TODAY).addenda]
        for member in (cast.chair, cast.member)
    ]
    assert read == [["Rätt vägg", SECRET], ["Rätt vägg"]]


def test_opening_signed_minutes_again_takes_two_and_keeps_the_edition(cast: Cast) -> None:
    minutes = signed(cast)
    unlocking = asked(cast, minutes)
    refused(lambda: asked(cast, minutes))
    refused(lambda: lifecycle.confirm_unlock(unlocking=unlocking, by=cast.secretary, on=TODAY))
    refused(lambda: lifecycle.confirm_unlock(unlocking=unlocking, by=cast.member, on=TODAY))
    lifecycle.confirm_unlock(unlocking=unlocking, by=cast.chair, on=TODAY)
    assert (state_of(minutes.meeting), current_minutes(minutes.meeting)) == (MeetingState.ADJOURNED, None)
    item = AgendaItem.objects.get()
    lifecycle.save_notes(item=item, text="Rätt vägg.", version=1, by=cast.secretary, on=TODAY)
    again = signed(cast, minutes.meeting)
    assert [row.edition for row in SignedMinutes.objects.all()] == [1, 2]
    assert again.sha256 != minutes.sha256
    verbs = HistoryEntry.objects.filter(verb__startswith="meeting.unlock").order_by("pk")
    assert [(entry.verb, entry.actor) for entry in verbs] == [
        ("meeting.unlock_asked", cast.secretary),
        ("meeting.unlocked", cast.chair),
    ]


@pytest.mark.parametrize("who", ["secretary", "coordinator"])
def test_a_question_is_answered_with_no_or_taken_back(cast: Cast, who: str) -> None:
    minutes = signed(cast)
    unlocking = asked(cast, minutes)
    lifecycle.refuse_unlock(unlocking=unlocking, by=getattr(cast, who), on=TODAY)
    refused(lambda: lifecycle.confirm_unlock(unlocking=unlocking, by=cast.chair, on=TODAY))
    assert (state_of(minutes.meeting), Unlocking.objects.get().confirmed) == (MeetingState.SIGNED, False)
    assert asked(cast, minutes).confirmed is None


# Days


@pytest.mark.parametrize(("days", "left", "late"), [(0, 14, 0), (14, 0, 0), (16, -2, 2)])
def test_minutes_have_fourteen_days(cast: Cast, days: int, left: int, late: int) -> None:
    sheet = signing_sheet(held(cast), cast.member, TODAY + timedelta(days=days))
    assert (sheet.days_left, sheet.days_late) == (left, late)


def test_notes_have_no_last_day(cast: Cast) -> None:
    MinutesLayout.objects.create(council=cast.council, kind=PaperKind.NOTES)
    assert signing_sheet(held(cast), cast.member, TODAY).last_day is None


def test_the_council_chooses_its_days(cast: Cast) -> None:
    here = {"council": cast.council, "by": cast.coordinator, "on": TODAY}
    lifecycle.choose_meeting_rules(summons_days=10, comment_days=3, sign_days=20, **here)
    refused(lambda: lifecycle.choose_meeting_rules(summons_days=10, comment_days=0, sign_days=20, **here))
    refused(lambda: lifecycle.choose_meeting_rules(summons_days=10, comment_days=3, sign_days=61, **here))
    rules = MeetingRules.of(cast.council)
    assert (rules.summons_days, rules.comment_days, rules.sign_days) == (10, 3, 20)
    sign_off = sent(cast)
    sheet = signing_sheet(sign_off.meeting, cast.member, TODAY)
    assert (sign_off.comments_until, sheet.last_day) == (TODAY + timedelta(days=3), TODAY + timedelta(days=20))


# Mail


def delivered(cast: Cast) -> list[tuple[list[str], str]]:
    """What goes out now: to whom, and the subject."""
    mail.outbox.clear()
    post.deliver(cast.council, today=TODAY, clock=lambda: NOW)
    return sorted((message.to, message.subject) for message in mail.outbox)


def test_signers_get_a_mail_without_a_word_of_the_text(cast: Cast) -> None:
    sign_off = sent(cast)
    subject = f"BRÅ Granby: minutes {sign_off.meeting.number} to sign"
    told = sorted([([cast.chair.address], subject), ([cast.member.address], subject)])
    assert delivered(cast) == told
    parts = [
        str(part.get_payload(decode=True), "utf-8")
        for message in mail.outbox
        for part in message.message().walk()
        if not part.is_multipart()
    ]
    assert [word for word in ("Klotter", "Väggen", "Tvätta") if any(word in part for part in parts)] == []
    address = f"/{cast.council.slug}/moten/{sign_off.meeting_id}/justering/"
    assert [address in part for part in parts] == [True] * 4


def test_who_has_answered_before_the_mail_went_out_gets_none(cast: Cast) -> None:
    sign_off = sent(cast)
    lifecycle.sign(sign_off=sign_off, by=cast.member, at=NOW)
    assert [to for to, _subject in delivered(cast)] == [[cast.chair.address]]
    dropped = Letter.objects.get(recipient=cast.member)
    assert (dropped.state, dropped.failure) == (LetterState.DROPPED, "closed")


@pytest.mark.parametrize("declines", [True, False])
def test_the_secretary_hears_what_became_of_it(cast: Cast, declines: bool) -> None:
    if declines:
        lifecycle.decline(sign_off=sent(cast), reason=SECRET, by=cast.chair, at=NOW)
    else:
        signed(cast)
    told = delivered(cast)
    assert [to for to, _subject in told] == [[cast.secretary.address]]
    assert SECRET not in str(mail.outbox[0].message())


def test_without_a_secretary_the_coordinator_hears(cast: Cast) -> None:
    Member.objects.filter(pk=cast.secretary.pk).update(role=Role.MEMBER)
    signed(cast)
    assert [to for to, _subject in delivered(cast)] == [[cast.coordinator.address]]
