"""Logging actions at an agenda item: on the live page, without JavaScript, and what is refused."""

from datetime import date, timedelta

import pytest
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import reverse

from actions.models import Action, Status
from bra.models import HistoryEntry
from meetings.models import AgendaItem, Decision, DecisionKind, MeetingState
from tests import make
from tests.cast import Cast
from tests.make import TODAY

HTMX = {"HX-Request": "true"}


@pytest.fixture
def item(cast: Cast) -> AgendaItem:
    """An item of a meeting in session."""
    return make.make_item(make.make_meeting(cast.council), title="Klotter")


def agree_url(item: AgendaItem) -> str:
    return reverse("actions:agree", args=[item.meeting.council.slug, item.pk])


def typed(cast: Cast, **overrides: object) -> dict[str, object]:
    return {
        "title": "Sanera väggen",
        "owner": cast.owner.pk,
        "deadline": "2017-05-15",
        "activity": "",
    } | overrides


def test_an_action_is_logged_without_javascript(cast: Cast, item: AgendaItem) -> None:
    answer = cast.browse(cast.secretary).post(agree_url(item), typed(cast))
    live = reverse("meetings:live", args=["granby", item.meeting_id])
    assert (answer.status_code, answer["Location"]) == (302, f"{live}?punkt={item.pk}")
    action = Action.objects.get()
    assert (action.title, action.owner, action.deadline, action.status, action.agreed_on) == (
        "Sanera väggen",
        cast.owner,
        date(2017, 5, 15),
        Status.NOT_STARTED,
        TODAY,
    )
    assert HistoryEntry.objects.get(target_type="action").actor == cast.secretary


def test_htmx_gets_the_items_container_with_a_fresh_form(cast: Cast, item: AgendaItem) -> None:
    answer = cast.browse(cast.secretary).post(agree_url(item), typed(cast), headers=HTMX)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert text.count(f'id="item-actions-{item.pk}"') == 1
    assert "<html" not in text
    assert "Sanera väggen" in text
    assert 'value="Sanera väggen"' not in text, "the form is a fresh one"
    assert "autofocus" in text
    assert 'hx-swap-oob="true"' in text
    removal = reverse("actions:remove", args=["granby", Action.objects.get().pk])
    assert text.count(f'action="{removal}"') == 2, "at the row, and as Undo in the message"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("deadline", "2017-03-14", "The deadline can&#x27;t be before the meeting, 2017-03-15."),
        ("deadline", "", "Choose a deadline."),
        ("deadline", "15/5", "Write the day as 2017-05-15."),
        ("owner", "", "Choose who owns the action."),
        ("owner", "999999", "Choose an owner of this council."),
        ("title", "   ", "Write what is to be done."),
        ("activity", "999999", "Choose an activity of this council&#x27;s plan."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_bad_input_is_told_at_the_field_and_nothing_typed_is_lost(
    cast: Cast, item: AgendaItem, field: str, value: str, sentence: str, headers: dict[str, str]
) -> None:
    entered = typed(cast, **{field: value})
    answer = cast.browse(cast.secretary).post(agree_url(item), entered, headers=headers)
    assert answer.status_code == 422
    form = answer.context["form"]
    assert list(form.errors) == [field]
    assert f'id="item-{item.pk}-{field}_error"' in answer.content.decode()
    assert sentence in answer.content.decode()
    assert {name: form[name].value() for name in entered} == {name: str(text) for name, text in entered.items()}
    assert Action.objects.count() == 0


def test_owner_and_activity_of_another_council_are_refused(cast: Cast, item: AgendaItem) -> None:
    foreign = make.make_activity(make.make_plan(cast.stranger.council))
    answer = cast.browse(cast.secretary).post(agree_url(item), typed(cast, owner=cast.stranger.pk, activity=foreign.pk))
    assert answer.status_code == 422
    assert sorted(answer.context["form"].errors) == ["activity", "owner"]
    text = answer.content.decode()
    assert cast.stranger.name not in text
    assert foreign.title not in text


def test_a_decision_of_another_item_is_refused(cast: Cast, item: AgendaItem) -> None:
    def decide(at: AgendaItem) -> Decision:
        return Decision.objects.create(council=cast.council, item=at, kind=DecisionKind.DECIDED, text="Ja.")

    decide(item)
    other = decide(make.make_item(item.meeting))
    answer = cast.browse(cast.secretary).post(agree_url(item), typed(cast, decision=other.pk))
    assert list(answer.context["form"].errors) == ["decision"]


def test_an_owner_whose_mandate_has_ended_is_refused_by_name(cast: Cast, item: AgendaItem) -> None:
    former = make.make_member(cast.council, name="Folke Före", mandate_to=TODAY - timedelta(days=1))
    answer = cast.browse(cast.secretary).post(agree_url(item), typed(cast, owner=former.pk))
    assert answer.context["form"].errors == {
        "owner": [f"The mandate of {former.label} has ended. Choose another owner."]
    }


def test_owners_are_offered_by_organisation_and_only_those_who_may(cast: Cast, item: AgendaItem) -> None:
    make.make_member(cast.council, name="Folke Före", mandate_to=TODAY - timedelta(days=1))
    AgendaItem.objects.update(**make.lock_of(cast.council))
    form = cast.browse(cast.secretary).get(agree_url(item)).context["form"]
    offered = {name for _organisation, members in form.fields["owner"].choices[1:] for _pk, name in members}
    assert offered == {cast.coordinator.label, cast.chair.label, cast.secretary.label}


def test_what_looks_like_a_personnummer_is_asked_about_and_the_reason_is_kept(cast: Cast, item: AgendaItem) -> None:
    browser = cast.browse(cast.secretary)
    entered = typed(cast, title="Ring 19821105-9954")
    answer = browser.post(agree_url(item), entered, headers=HTMX)
    assert answer.status_code == 422
    assert "not_personnummer_reason" in answer.content.decode()
    answer = browser.post(agree_url(item), entered | {"not_personnummer_reason": "a serial number"}, headers=HTMX)
    assert answer.status_code == 200
    assert list(HistoryEntry.objects.filter(target_type="action").values_list("verb", flat=True)) == [
        "action.agreed",
        "guard.overridden",
    ]


def test_removing_and_undoing(cast: Cast, item: AgendaItem) -> None:
    action = make.make_action(agenda_item=item, title="Boka lokal")
    browser = cast.browse(cast.secretary)
    url = reverse("actions:remove", args=["granby", action.pk])
    answer = browser.post(url, headers=HTMX | {"HX-Target": f"item-actions-{item.pk}"})
    assert "Boka lokal" not in answer.content.decode()
    restore = reverse("actions:restore", args=["granby", action.pk])
    assert answer.content.decode().count(f'action="{restore}"') == 1
    action.refresh_from_db()
    assert action.removed
    live = reverse("meetings:live", args=["granby", item.meeting_id])
    assert browser.post(restore)["Location"] == f"{live}?punkt={item.pk}"
    action.refresh_from_db()
    assert not action.removed


@pytest.mark.parametrize("who", ["chair", "member", "owner"])
def test_only_those_who_log_agree_on_actions(cast: Cast, item: AgendaItem, who: str) -> None:
    assert cast.browse(getattr(cast, who)).post(agree_url(item), typed(cast)).status_code == 404
    assert Action.objects.count() == 0


def test_a_stranger_and_an_adjourned_meeting_are_404(cast: Cast, item: AgendaItem) -> None:
    assert cast.browse(cast.stranger).post(agree_url(item), typed(cast)).status_code == 404
    over = make.make_item(make.make_meeting(cast.council, MeetingState.ADJOURNED))
    assert cast.browse(cast.secretary).post(agree_url(over), typed(cast)).status_code == 404
    elsewhere = make.make_item(make.make_meeting(cast.stranger.council))
    url = reverse("actions:agree", args=["granby", elsewhere.pk])
    assert cast.browse(cast.secretary).post(url, typed(cast)).status_code == 404
    assert Action.objects.count() == 0


def render_all(cast: Cast, who: str, items: list[AgendaItem]) -> str:
    request = RequestFactory().get("/")
    request.council, request.member, request.today = cast.council, getattr(cast, who), TODAY  # type: ignore[attr-defined]  # as the middleware does
    page = Template("{% load item_actions %}{% for item in items %}{% item_actions item %}{% endfor %}")
    return page.render(Context({"request": request, "items": items}))


def test_items_of_a_meeting_share_one_query_and_offer_no_form_afterwards(
    cast: Cast, django_assert_num_queries: object
) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED)
    items = [make.make_item(meeting) for _ in range(3)]
    for item in items:
        make.make_action(agenda_item=item, title=f"Göra {item.pk}", owner=cast.owner)
    items = list(AgendaItem.objects.filter(meeting=meeting).select_related("meeting__council"))
    with django_assert_num_queries(1):  # type: ignore[operator]  # pytest-django's fixture
        text = render_all(cast, "secretary", items)
    assert [text.count(f"Göra {item.pk}") for item in items] == [1, 1, 1]
    assert "<form" not in text


def test_a_restricted_items_actions_are_not_in_the_tag_for_the_uncleared(cast: Cast) -> None:
    meeting = make.make_meeting(cast.council, MeetingState.ADJOURNED)
    item = make.make_item(meeting, restricted=True)
    make.make_action(agenda_item=item, title="Hemligheten", owner=cast.chair)
    assert "Hemligheten" in render_all(cast, "chair", [item])
    assert "Hemligheten" not in render_all(cast, "member", [item])


def test_the_address_of_the_form_shows_it_without_javascript(cast: Cast, item: AgendaItem) -> None:
    browser: Client = cast.browse(cast.secretary)
    answer = browser.get(agree_url(item))
    assert answer.status_code == 200
    assert answer.content.decode().count("<h1>") == 1
