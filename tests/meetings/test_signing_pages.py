"""The pages of signing off: who is led to what, what is shown to whom, and forms that lose nothing."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from actions import lifecycle as actions
from actions.models import Action
from bra.models import HistoryEntry, Member
from meetings import lifecycle
from meetings.models import (
    Addendum,
    Adjuster,
    AgendaItem,
    Decision,
    DecisionKind,
    ItemComment,
    Meeting,
    MeetingRules,
    MeetingState,
    MinutesLayout,
    PaperKind,
    SignOff,
    SignOffState,
)
from meetings.signals import listing_agreed
from tests import make
from tests.cast import Cast
from tests.make import NOW, TODAY
from tests.meetings.signing import SECRET, asked, held, sent, signed, state_of, with_secret

pytestmark = pytest.mark.django_db

PERSONNUMMER = "701063-2391"


def address(name: str, cast: Cast, *args: int) -> str:
    return reverse(f"meetings:{name}", args=[cast.council.slug, *args])


def sentences(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return cast.browse(cast.secretary)


def page(cast: Cast, member: Member, meeting: Meeting) -> str:
    return cast.browse(member).get(address("detail", cast, meeting.pk)).text


def shown(meeting: Meeting) -> dict[str, Any]:
    """What a page that shows the meeting's latest round sends along."""
    return {"round": SignOff.objects.filter(meeting=meeting).order_by("pk").last().pk}  # type: ignore[union-attr]  # there is one


def test_minutes_go_from_the_secretary_to_the_signers_and_are_signed(cast: Cast, secretary: Client) -> None:
    meeting = held(cast)
    own = address("detail", cast, meeting.pk)
    secretary.post(address("adjusters", cast, meeting.pk), {"adjusters": [cast.member.pk]})
    assert Adjuster.objects.get().member == cast.member
    assert address("sign_off_send", cast, meeting.pk) in secretary.get(own).text
    form = secretary.get(address("sign_off_send", cast, meeting.pk)).context["form"]
    assert (form.initial["adjusters"], sorted(form.fields)) == ([cast.member.pk], ["adjusters", "comments_until"])
    answer = secretary.post(
        address("sign_off_send", cast, meeting.pk), {"adjusters": [cast.member.pk], "comments_until": "2017-03-20"}
    )
    assert (answer.status_code, answer["Location"]) == (302, own)
    for member in (cast.member, cast.chair):
        assert "Read and sign" in page(cast, member, meeting)
        browser = cast.browse(member)
        assert "Your answer" in browser.get(address("sign_off", cast, meeting.pk)).text
        assert browser.post(address("sign", cast, meeting.pk), shown(meeting))["Location"] == own
    text = page(cast, cast.member, meeting)
    assert state_of(meeting) == MeetingState.SIGNED
    assert [word in text for word in ("<b>full</b>", "Väggen tvättas.", "SHA-256", "intact", "Tvätta väggen")] == [
        True
    ] * 5


def test_each_role_has_its_own_buttons(cast: Cast) -> None:
    sign_off = sent(cast)
    words = ("Read and sign", "Read and comment", "Take it back")
    seen = {
        role: [word in page(cast, getattr(cast, role), sign_off.meeting) for word in words]
        for role in ("chair", "secretary", "coordinator")
    }
    assert seen == {
        "chair": [True, False, False],
        "secretary": [False, True, True],
        "coordinator": [False, True, True],
    }


def test_notes_are_approved_by_the_chair(cast: Cast, secretary: Client) -> None:
    MinutesLayout.objects.create(council=cast.council, kind=PaperKind.NOTES)
    meeting = held(cast)
    secretary.post(address("sign_off_send", cast, meeting.pk), {"comments_until": "2017-03-20"})
    chair = cast.browse(cast.chair)
    assert "Approve</button>" in chair.get(address("sign_off", cast, meeting.pk)).text
    chair.post(address("sign", cast, meeting.pk), shown(meeting))
    assert "The meeting notes were approved" in page(cast, cast.member, meeting)


def test_who_declines_without_a_reason_keeps_the_page(cast: Cast) -> None:
    meeting = sent(cast).meeting
    chair = cast.browse(cast.chair)
    url = address("sign_off_decline", cast, meeting.pk)
    assert chair.post(url, {"reason": ""} | shown(meeting)).status_code == 422
    refused = chair.post(url, {"reason": f"Det gäller {PERSONNUMMER}"} | shown(meeting))
    assert (refused.status_code, refused.context["decline_form"]["reason"].value()) == (
        422,
        f"Det gäller {PERSONNUMMER}",
    )
    assert chair.post(url, {"reason": "Fel <vägg>"} | shown(meeting)).status_code == 302
    assert "Fel &lt;vägg&gt;" in page(cast, cast.secretary, meeting)
    assert SignOff.objects.get().state == SignOffState.DECLINED


def test_a_page_left_open_answers_only_for_the_text_that_it_showed(cast: Cast) -> None:
    first = sent(cast)
    meeting, chair = first.meeting, cast.browse(cast.chair)
    old = shown(meeting)
    assert f'name="round" value="{first.pk}"' in chair.get(address("sign_off", cast, meeting.pk)).text
    lifecycle.withdraw_sign_off(sign_off=first, by=cast.secretary, on=TODAY)
    decision = Decision.objects.get()
    lifecycle.amend_decision(
        decision=decision, text="Väggen rivs.", kind=DecisionKind.DECIDED, version=0, by=cast.secretary, on=TODAY
    )
    second = sent(cast, meeting)
    answers = [
        chair.post(address("sign", cast, meeting.pk), old),
        chair.post(address("sign", cast, meeting.pk)),
        cast.browse(cast.secretary).post(address("sign_off_withdraw", cast, meeting.pk), old),
    ]
    assert [sentences(answer)[-1:] for answer in answers] == [
        ["The minutes have been taken back to be changed."],
        ["The page was of another round of signing. Nothing has been changed: read the text again."],
        ["The minutes have been taken back to be changed."],
    ]
    second.refresh_from_db()
    assert (second.state, {signer.answer for signer in second.signers.all()}) == (SignOffState.OPEN, {"waiting"})


def test_a_reason_that_comes_too_late_is_not_lost(cast: Cast) -> None:
    sign_off = sent(cast)
    old, url = shown(sign_off.meeting), address("sign_off_decline", cast, sign_off.meeting_id)
    lifecycle.withdraw_sign_off(sign_off=sign_off, by=cast.secretary, on=TODAY)
    refused = cast.browse(cast.chair).post(url, {"reason": "Det var norra väggen"} | old)
    assert refused.status_code == 422
    assert "The minutes have been taken back to be changed." in refused.text
    assert "Det var norra väggen</textarea>" in refused.text
    assert "Sign</button>" not in refused.text
    lost = cast.browse(cast.chair).post(url, {"reason": "Det var norra väggen"})
    assert (lost.status_code, "Det var norra väggen</textarea>" in lost.text) == (422, True)


def test_a_comment_is_written_removed_and_brought_back(cast: Cast) -> None:
    meeting, item = sent(cast).meeting, AgendaItem.objects.get()
    browser = cast.browse(cast.coordinator)
    assert browser.post(address("comment", cast, item.pk), {"text": ""}).status_code == 422
    browser.post(address("comment", cast, item.pk), {"text": "Fel <b>vägg</b>"})
    comment = ItemComment.objects.get()
    text = cast.browse(cast.member).get(address("sign_off", cast, meeting.pk)).text
    assert ("Fel &lt;b&gt;vägg&lt;/b&gt;" in text, address("comment_remove", cast, comment.pk) in text) == (True, False)
    url = address("comment_remove", cast, comment.pk)
    assert cast.browse(cast.member).post(url).status_code == 404
    *_earlier, message = get_messages(browser.post(url).wsgi_request)
    assert message.extra_tags == f"undo={url}?tillbaka=1"
    browser.post(f"{url}?tillbaka=1")
    comment.refresh_from_db()
    assert comment.removed is False


def test_the_secretary_sees_comments_at_their_items_and_tidies_up(cast: Cast, secretary: Client) -> None:
    sign_off, item = sent(cast), AgendaItem.objects.get()
    lifecycle.comment_on_item(item=item, text="Fel vägg", by=cast.member, on=TODAY)
    secretary.post(address("sign_off_withdraw", cast, sign_off.meeting_id), shown(sign_off.meeting))
    links = [address(name, cast, item.pk) for name in ("item_notes", "item_edit")]
    links.append(address("decision_edit", cast, Decision.objects.get().pk))
    text = page(cast, cast.secretary, sign_off.meeting)
    assert ([link in text for link in links], "Fel vägg" in text) == ([True] * 3, True)
    assert [link in page(cast, cast.member, sign_off.meeting) for link in links] == [False] * 3
    assert [secretary.get(link).status_code for link in links] == [200] * 3
    secretary.post(links[0], {"notes": "Rätt vägg", "version": item.version})
    item.refresh_from_db()
    assert item.notes == "Rätt vägg"


def test_a_signed_meeting_has_no_forms_that_change_it(cast: Cast, secretary: Client) -> None:
    minutes = signed(cast)
    item = AgendaItem.objects.get()
    links = [address(name, cast, item.pk) for name in ("item_notes", "item_edit")]
    assert [link in page(cast, cast.secretary, minutes.meeting) for link in links] == [False] * 2
    assert secretary.get(links[0]).status_code == 302
    assert secretary.get(address("sign_off_send", cast, minutes.meeting_id)).status_code == 302
    assert secretary.post(links[0], {"notes": "x", "version": item.version}).status_code == 422


def test_the_signed_text_stands_as_signed_and_actions_as_they_go(cast: Cast) -> None:
    minutes = signed(cast)
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
    actions.report_done(action=Action.objects.get(), by=cast.owner, on=TODAY)
    text = page(cast, cast.member, minutes.meeting)
    assert ["Tvätta väggen" in text, "Måla väggen" in text, 'data-status="done"' in text] == [True] * 3


def test_who_is_not_cleared_reads_nothing_restricted_anywhere(cast: Cast) -> None:
    meeting, item = with_secret(cast)
    sent(cast, meeting)
    lifecycle.comment_on_item(item=item, text=SECRET, by=cast.chair, on=TODAY)
    plain = make.make_member(cast.council, user=make.make_user())
    pages = [cast.browse(plain).get(address(name, cast, meeting.pk)).text for name in ("detail", "sign_off")]
    lifecycle.withdraw_sign_off(sign_off=SignOff.objects.get(), by=cast.secretary, on=TODAY)
    minutes = signed(cast, meeting)
    lifecycle.add_addendum(
        meeting=meeting, text=SECRET, ground=make.ground_of(cast.council), by=cast.secretary, on=TODAY
    )
    pages += [page(cast, plain, meeting), cast.browse(plain).get(address("edition", cast, minutes.pk)).text]
    assert [(SECRET in text, minutes.sha256 in text) for text in pages] == [(False, False)] * 4
    assert (SECRET in page(cast, cast.chair, meeting), minutes.sha256 in page(cast, cast.chair, meeting)) == (
        True,
        True,
    )


def test_an_addendum_is_written_beside_the_text(cast: Cast, secretary: Client) -> None:
    minutes = signed(cast)
    url = address("addendum", cast, minutes.meeting_id)
    assert secretary.post(url, {"text": PERSONNUMMER}).status_code == 422
    reason = {"text": PERSONNUMMER, "not_personnummer_reason": "Ett ordernummer"}
    assert secretary.post(url, reason)["Location"].endswith("#addenda")
    assert (Addendum.objects.get().text, HistoryEntry.objects.filter(verb="guard.overridden").count()) == (
        PERSONNUMMER,
        1,
    )


def test_opening_again_is_asked_by_one_and_confirmed_by_another(cast: Cast, secretary: Client) -> None:
    minutes = signed(cast)
    meeting = minutes.meeting
    assert secretary.post(address("unlock", cast, meeting.pk), {"reason": ""}).status_code == 422
    unlocking = asked(cast, minutes)
    url = address("unlock_answer", cast, unlocking.pk)
    confirm = "Confirm: open it again"
    shown = [confirm in page(cast, member, meeting) for member in (cast.secretary, cast.chair, cast.member)]
    assert shown == [False, True, False]
    assert sentences(secretary.post(url, {"answer": "yes"})) == [
        "It takes two: another than the one who asked must confirm."
    ]
    cast.browse(cast.chair).post(url, {"answer": "yes"})
    text = page(cast, cast.member, meeting)
    assert (state_of(meeting), address("edition", cast, minutes.pk) in text) == (MeetingState.ADJOURNED, True)
    old = cast.browse(cast.member).get(address("edition", cast, minutes.pk))
    assert (old.status_code, minutes.masked_sha256 in old.text) == (200, True)


def test_late_minutes_are_said_to_be_late(cast: Cast) -> None:
    meeting = held(cast)
    cast.council.pinned_today = TODAY.replace(month=4, day=1)
    cast.council.save()
    assert "3 days late." in page(cast, cast.secretary, meeting)


def test_history_tells_the_steps(cast: Cast) -> None:
    minutes = signed(cast)
    text = page(cast, cast.member, minutes.meeting)
    told = ("Sent the minutes to those who are to sign them", "Signed the minutes", "Signed off: the text is kept")
    assert [word in text for word in told] == [True] * 3


def test_the_coordinator_chooses_the_days(cast: Cast) -> None:
    browser, url = cast.browse(cast.coordinator), address("meeting_rules", cast)
    days = {"summons_days": 10, "comment_days": 3, "sign_days": 20}
    assert browser.post(url, days | {"sign_days": 0}).status_code == 422
    browser.post(url, days)
    assert {name: getattr(MeetingRules.objects.get(), name) for name in days} == days


@pytest.mark.parametrize("name", ["detail", "sign_off"])
@pytest.mark.parametrize("is_signed", [False, True])
def test_more_items_take_no_more_queries(cast: Cast, name: str, is_signed: bool) -> None:
    def queries(items: int) -> int:
        meeting = held(cast, date=TODAY.replace(day=items))
        Meeting.objects.filter(pk=meeting.pk).update(state=MeetingState.IN_SESSION, adjourned_at=None)
        for _n in range(items):
            item = make.make_item(meeting)
            lifecycle.record_decision(item=item, text="Ja", by=cast.secretary, on=TODAY)
            make.make_action(agenda_item=item, owner=cast.member)
        lifecycle.adjourn(meeting=meeting, by=cast.secretary, at=NOW)
        if is_signed:
            signed(cast, meeting)
        else:
            sent(cast, meeting)
            for item in meeting.items.all():
                lifecycle.comment_on_item(item=item, text="Fel", by=cast.member, on=TODAY)
        browser = cast.browse(cast.member)
        with CaptureQueriesContext(connection) as captured:
            browser.get(address(name, cast, meeting.pk))
        return len(captured)

    assert queries(1) == queries(3)


def test_a_text_that_changes_while_it_is_read_is_refused_in_a_sentence(cast: Cast) -> None:
    sign_off = sent(cast)
    meeting = sign_off.meeting

    def another_item(**_arguments: object) -> list[object]:
        make.make_item(meeting, title="Kom emellan")
        return []

    # The text asks for what was agreed while it is put together: just there somebody else changes the agenda.
    listing_agreed.connect(another_item)
    try:
        page = cast.browse(cast.chair).get(f"/granby/moten/{meeting.pk}/justering/", follow=True)
    finally:
        listing_agreed.disconnect(another_item)
    assert [str(message) for message in page.context["messages"]] == ["The text was changed just now. Read it again."]
    assert page.redirect_chain == [(f"/granby/moten/{meeting.pk}/", 302)]
