"""The plan edited on screen: by those who log, with nothing lost and everything undone."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import translation

from actions import indicator_lifecycle, plan_lifecycle
from actions.indicators import value_words
from actions.models import Activity, Goal, Indicator, IndicatorKind, IndicatorOutcome, WorkPlan
from actions.plan_forms import OutcomeForm
from bra.models import HistoryEntry
from tests import make
from tests.cast import Cast
from tests.make import TODAY


@pytest.fixture
def plan(cast: Cast) -> WorkPlan:
    """A plan of two goals, the first with two activities."""
    plan = make.make_plan(cast.council)
    for number, title in enumerate(("Samordning", "Kunskap"), start=1):
        Goal.objects.create(plan=plan, number=number, title=title)
    for number, title in enumerate(("Utse", "Anta"), start=1):
        make.make_activity(plan, 1, number=number, title=title)
    return plan


@pytest.fixture
def secretary(cast: Cast) -> Client:
    return cast.browse(cast.secretary)


def address(name: str, *args: int) -> str:
    return reverse(f"actions:{name}", args=["granby", *args])


def said(response: Any) -> list[tuple[str, str]]:
    return [(message.level_tag, str(message)) for message in get_messages(response.wsgi_request)]


def order(plan: WorkPlan) -> list[str]:
    found = Activity.objects.live().filter(goal__plan=plan).select_related("goal").order_by("goal__number", "number")
    return [str(row) for row in [*plan.goals.live(), *found]]


def test_the_first_plan_is_begun_from_the_empty_page(cast: Cast, secretary: Client) -> None:
    assert address("plan_new") not in cast.browse(cast.member).get("/granby/plan/").text
    assert f'href="{address("plan_new")}"' in secretary.get("/granby/plan/").text
    form = secretary.get(address("plan_new")).context["form"]
    assert (form.initial["name"], "copy_of" in form.fields) == ("2017-2018", False)
    sent = {"name": "2016-2017", "starts": "2016-01-01", "ends": "2017-12-31"}
    response = secretary.post(address("plan_new"), sent)
    plan = WorkPlan.objects.get()
    assert (response.status_code, response["Location"]) == (302, address("plan_outline", plan.pk))
    assert "Add the first goal" in secretary.get(response["Location"]).text


def test_the_next_plan_begins_as_a_copy_of_the_last(secretary: Client, plan: WorkPlan) -> None:
    first = secretary.get(address("plan_new")).context["form"].initial
    assert first == {
        "name": "2018-2019",
        "starts": date(2018, 1, 1),
        "ends": date(2019, 12, 31),
        "copy_of": plan,
    }
    secretary.post(address("plan_new"), first | {"copy_of": plan.pk})
    copy = WorkPlan.objects.get(name="2018-2019")
    assert order(copy) == order(plan)
    assert secretary.get(f"/granby/plan/{copy.pk}/").status_code == 200


@pytest.mark.parametrize(
    ("name", "sent", "field"),
    [
        ("plan_new", {"name": "Ny", "starts": "2018-01-01", "ends": "2017-01-01"}, "ends"),
        ("plan_new", {"name": "2016-2017", "starts": "2018-01-01", "ends": "2019-01-01"}, "name"),
        ("plan_edit", {"name": "Om 19821105-9954", "starts": "2016-01-01", "ends": "2017-12-31"}, "name"),
        ("plan_goal_add", {"title": "  "}, "title"),
        ("plan_goal_add", {"title": "Om 19821105-9954"}, "title"),
        ("plan_goal_add", {"title": "x" * 201}, "title"),
    ],
)
def test_a_fault_is_said_at_its_field(
    secretary: Client, plan: WorkPlan, name: str, sent: dict[str, str], field: str
) -> None:
    before = order(plan)
    response = secretary.post(address(name, *([] if name == "plan_new" else [plan.pk])), sent)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert (order(plan), WorkPlan.objects.count()) == (before, 1)


def test_an_activity_is_added_with_the_quarters_that_are_ticked(secretary: Client, plan: WorkPlan) -> None:
    goal = Goal.objects.get(title="Kunskap")
    page = secretary.get(address("plan_activity_add", goal.pk)).text
    assert [f"due_{year}" in page for year in (2015, 2016, 2017, 2018)] == [False, True, True, False]
    sent = {
        "title": "Utbilda",
        "responsible_role": "Skolchef",
        "indicator": "Antal",
        "due_2016": ["4"],
        "due_2017": ["1", "3"],
    }
    response = secretary.post(address("plan_activity_add", goal.pk), sent)
    made = Activity.objects.get(title="Utbilda")
    assert (str(made), made.responsible_role, made.indicator) == ("2.1 Utbilda", "Skolchef", "Antal")
    assert [str(due) for due in made.due_quarters.all()] == ["2016-K4", "2017-K1", "2017-K3"]
    assert response["Location"] == address("plan_activity", made.pk)
    assert said(response) == [("success", "The activity “Utbilda” is in the plan.")]


def test_a_quarter_outside_the_plan_is_warned_of(secretary: Client, plan: WorkPlan) -> None:
    WorkPlan.objects.filter(pk=plan.pk).update(ends=date(2017, 6, 30))
    utse = Activity.objects.get(title="Utse")
    sent = {"title": "Utse", "responsible_role": "BRÅ", "goal": utse.goal_id, "due_2017": ["2", "3", "4"]}
    response = secretary.post(address("plan_activity_edit", utse.pk), sent)
    assert said(response) == [
        ("success", "The activity is changed."),
        ("warning", "2017-K3, 2017-K4 is outside the plan, which runs from 2016-01-01 to 2017-06-30."),
    ]
    assert utse.due_quarters.count() == 3


def test_an_activity_is_moved_to_another_goal_in_its_form(secretary: Client, plan: WorkPlan) -> None:
    utse, goal = Activity.objects.get(title="Utse"), Goal.objects.get(title="Kunskap")
    foreign = Goal.objects.create(plan=make.make_plan(utse.goal.plan.council, name="2018"), number=1, title="Annat")
    sent = {"title": "Utse", "responsible_role": "BRÅ", "due_2017": ["2"]}
    assert secretary.post(address("plan_activity_edit", utse.pk), sent | {"goal": foreign.pk}).status_code == 422
    assert secretary.post(address("plan_activity_edit", utse.pk), sent | {"goal": goal.pk}).status_code == 302
    assert order(plan) == ["1 Samordning", "2 Kunskap", "1.1 Anta", "2.1 Utse"]


@pytest.mark.parametrize(
    ("name", "title", "sent", "expected"),
    [
        ("plan_goal_move", "Kunskap", {"way": "up"}, ["1 Kunskap", "2 Samordning", "2.1 Utse", "2.2 Anta"]),
        ("plan_goal_move", "Samordning", {"way": "up"}, ["1 Samordning", "2 Kunskap", "1.1 Utse", "1.2 Anta"]),
        ("plan_activity_move", "Utse", {"way": "down"}, ["1 Samordning", "2 Kunskap", "1.1 Anta", "1.2 Utse"]),
        ("plan_activity_move", "Anta", {"place": "1"}, ["1 Samordning", "2 Kunskap", "1.1 Anta", "1.2 Utse"]),
        ("plan_activity_move", "Anta", {"place": "²"}, ["1 Samordning", "2 Kunskap", "1.1 Utse", "1.2 Anta"]),
        ("plan_activity_move", "Anta", {}, ["1 Samordning", "2 Kunskap", "1.1 Utse", "1.2 Anta"]),
    ],
)
def test_goals_and_activities_are_ordered_by_buttons_and_by_dragging(
    secretary: Client, plan: WorkPlan, name: str, title: str, sent: dict[str, str], expected: list[str]
) -> None:
    model: type[Goal | Activity] = Goal if name == "plan_goal_move" else Activity
    url = address(name, model._base_manager.get(title=title).pk)
    assert secretary.post(url, sent).status_code == 302
    assert order(plan) == expected
    partial = secretary.post(url, {}, headers={"HX-Request": "true"}).text
    assert ("<html" in partial, partial.count("data-move")) == (False, 4)


@pytest.mark.parametrize(("name", "title"), [("plan_goal_remove", "Samordning"), ("plan_activity_remove", "Utse")])
def test_a_removal_is_undone_from_the_message_and_from_the_list_of_what_was_removed(
    cast: Cast, secretary: Client, plan: WorkPlan, name: str, title: str
) -> None:
    before = order(plan)
    model: type[Goal | Activity] = Goal if name == "plan_goal_remove" else Activity
    url = address(name, model._base_manager.get(title=title).pk)
    page = secretary.post(url, follow=True).text
    assert page.count(f'action="{url}?tillbaka=1"') == 2
    assert title not in cast.browse(cast.member).get("/granby/plan/").text
    assert len(order(plan)) < len(before)
    secretary.post(f"{url}?tillbaka=1")
    assert order(plan) == before


def test_what_open_actions_serve_is_kept_and_the_page_says_why(cast: Cast, secretary: Client, plan: WorkPlan) -> None:
    utse = Activity.objects.get(title="Utse")
    make.make_action(cast.council, activity=utse)
    response = secretary.post(address("plan_activity_remove", utse.pk))
    assert [level for level, _words in said(response)] == ["error"]
    assert len(order(plan)) == 4


def test_what_was_removed_is_offered_nowhere(cast: Cast, secretary: Client, plan: WorkPlan) -> None:
    here = {"by": cast.secretary, "on": TODAY}
    make.make_activity(plan, 2, number=1, title="Utbilda")
    plan_lifecycle.remove_activity(activity=Activity.objects.get(title="Utse"), **here)
    plan_lifecycle.remove_goal(goal=Goal.objects.get(title="Kunskap"), **here)
    pages = {
        "/granby/plan/": secretary,
        f"/granby/plan/{plan.pk}/tavla/": secretary,
        f"/granby/plan/{plan.pk}/tidslinje/": secretary,
        "/granby/atgarder/": secretary,
        f"/granby/atgarder/{make.make_action(cast.council).pk}/andra/": secretary,
    }
    found = {
        url: [word for word in ("Utse", "Utbilda", "Kunskap") if word in browser.get(url).text]
        for url, browser in pages.items()
    }
    assert found == {url: [] for url in pages}
    gone = Activity.objects.get(title="Utse")
    assert secretary.get(address("plan_activity", gone.pk)).status_code == 404


def test_an_indicator_is_added_changed_removed_and_brought_back(secretary: Client, plan: WorkPlan) -> None:
    utse = Activity.objects.get(title="Utse")
    sent = {"name": "Andel", "kind": "share", "target_number": "80", "target_by": "2017-06-30"}
    secretary.post(address("plan_indicator_add", utse.pk), sent)
    made = Indicator.objects.get()
    assert (made.name, made.kind, made.target_number, made.target_by) == ("Andel", "share", 80, date(2017, 6, 30))
    secretary.post(address("plan_indicator_edit", made.pk), {"name": "Utsedda", "kind": "yes_no"})
    made.refresh_from_db()
    assert (made.name, made.kind, made.target_number) == ("Utsedda", "yes_no", 1)
    url = address("plan_indicator_remove", made.pk)
    assert secretary.post(url, follow=True).text.count(f'action="{url}?tillbaka=1"') == 2
    assert secretary.get(address("plan_indicator", made.pk)).status_code == 404
    secretary.post(f"{url}?tillbaka=1")
    assert secretary.get(address("plan_indicator", made.pk)).status_code == 200


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"kind": "share", "target_number": "101"}, "target_number"),
        ({"kind": "day", "target_number": "1"}, "target_number"),
        ({"kind": "count", "target_day": "2017-06-30"}, "target_day"),
        ({"kind": "yes_no", "target_number": "5"}, "target_number"),
        ({"kind": "weight"}, "kind"),
        ({"kind": "share", "name": "Om 19821105-9954"}, "name"),
    ],
)
def test_a_target_that_the_kind_cannot_have_is_said_at_its_field(
    secretary: Client, plan: WorkPlan, sent: dict[str, str], field: str
) -> None:
    utse = Activity.objects.get(title="Utse")
    data = {"name": "Andel", "unit": "klasser"} | sent
    response = secretary.post(address("plan_indicator_add", utse.pk), data)
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert 'value="klasser"' in response.text
    assert not Indicator.objects.exists()


@pytest.mark.parametrize(
    ("kind", "sent", "shown"),
    [
        (IndicatorKind.SHARE, {"number": "62.5"}, "62.5 %"),
        (IndicatorKind.YES_NO, {"number": "1"}, "yes"),
        (IndicatorKind.DAY, {"day": "2017-03-01"}, "2017-03-01"),
    ],
)
def test_an_outcome_is_noted_on_the_indicators_page(
    secretary: Client, plan: WorkPlan, kind: IndicatorKind, sent: dict[str, str], shown: str
) -> None:
    indicator = make.make_indicator(Activity.objects.get(title="Utse"), kind=kind)
    data = {"measured": "2017-03-14", "note": "Enligt listan"} | sent
    response = secretary.post(address("plan_outcome_note", indicator.pk), data)
    assert response["Location"] == address("plan_indicator", indicator.pk)
    outcomes = secretary.get(response["Location"]).context["outcomes"]
    assert [(outcome.on, outcome.note, words) for outcome, words in outcomes] == [
        (date(2017, 3, 14), "Enligt listan", shown)
    ]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"number": "101"}, "number"),
        ({"number": "many"}, "number"),
        ({"number": ""}, "number"),
        ({"measured": "2017-03-16"}, "measured"),
        ({"note": "Om 19821105-9954"}, "note"),
    ],
)
def test_a_refused_outcome_is_said_on_the_page_and_nothing_is_lost(
    secretary: Client, plan: WorkPlan, sent: dict[str, str], field: str
) -> None:
    indicator = make.make_indicator(Activity.objects.get(title="Utse"))
    data = {"measured": "2017-03-14", "number": "60", "note": "Enligt listan"} | sent
    response = secretary.post(address("plan_outcome_note", indicator.pk), data)
    assert (response.status_code, list(response.context["form"].errors)[:1]) == (422, [field])
    assert f'value="{data["number"]}"' in response.text or not data["number"]
    assert not IndicatorOutcome.objects.exists()


@pytest.mark.parametrize("written", ["62,5", "62.5"])
def test_a_number_is_written_as_swedes_write_it(plan: WorkPlan, written: str) -> None:
    indicator = make.make_indicator(Activity.objects.get(title="Utse"))
    with translation.override("sv"):
        form = OutcomeForm({"measured": "2017-03-14", "number": written}, indicator=indicator)
        assert form.is_valid()
        assert value_words(indicator, form.said["number"], None) == "62,5 %"


def test_an_outcome_outside_the_plan_is_warned_of(secretary: Client, plan: WorkPlan) -> None:
    indicator = make.make_indicator(Activity.objects.get(title="Utse"))
    response = secretary.post(address("plan_outcome_note", indicator.pk), {"measured": "2015-12-31", "number": "10"})
    assert [level for level, _words in said(response)] == ["success", "warning"]
    assert IndicatorOutcome.objects.count() == 1


def test_an_outcome_is_removed_and_brought_back(secretary: Client, plan: WorkPlan) -> None:
    outcome = make.make_outcome(make.make_indicator(Activity.objects.get(title="Utse")))
    url = address("plan_outcome_remove", outcome.pk)
    assert secretary.post(url, follow=True).text.count(f'action="{url}?tillbaka=1"') == 2
    page = address("plan_indicator", outcome.indicator_id)
    assert secretary.get(page).context["outcomes"] == []
    secretary.post(f"{url}?tillbaka=1")
    assert len(secretary.get(page).context["outcomes"]) == 1


def test_a_reader_sees_outcomes_and_history_but_no_way_to_change_them(cast: Cast, plan: WorkPlan) -> None:
    here = {"by": cast.secretary, "on": TODAY}
    indicator = make.make_indicator(Activity.objects.get(title="Utse"), name="Andel utbildade")
    for day, number in ((date(2017, 1, 31), 20), (TODAY, 60)):
        indicator_lifecycle.note_outcome(indicator=indicator, measured=day, number=make.Decimal(number), **here)
    reader = cast.browse(cast.member)
    page = reader.get(address("plan_indicator", indicator.pk))
    assert [words for _outcome, words in page.context["outcomes"]] == ["60 %", "20 %"]
    assert [line.what for line in page.context["lines"]] == [
        "noted 60 % as of 2017-03-15 for “Andel utbildade”",
        "noted 20 % as of 2017-01-31 for “Andel utbildade”",
    ]
    assert "From 20 % on 2017-01-31 to 60 % on 2017-03-15." in page.text
    for url in (address("plan_indicator", indicator.pk), address("plan_activity", indicator.activity_id)):
        assert 'method="post" action="/granby/plan' not in reader.get(url).text
        assert 'action="/granby/plan' in cast.browse(cast.secretary).get(url).text


def test_the_history_of_a_plan_reads_as_sentences(cast: Cast, secretary: Client, plan: WorkPlan) -> None:
    here = {"by": cast.secretary, "on": TODAY}
    utse, kunskap = Activity.objects.get(title="Utse"), Goal.objects.get(title="Kunskap")
    plan_lifecycle.edit_plan(plan=plan, name="2016-2017", starts=plan.starts, ends=date(2018, 1, 31), **here)
    plan_lifecycle.place_goal(goal=kunskap, place=1, **here)
    plan_lifecycle.edit_activity(activity=utse, title="Utse", responsible_role="BRÅ", **here)
    plan_lifecycle.edit_activity(activity=utse, title="Utse", responsible_role="BRÅ", goal=kunskap, **here)
    plan_lifecycle.set_due_quarters(activity=utse, quarters=[(2017, 1)], **here)
    added = indicator_lifecycle.add_indicator(activity=utse, name="Utsedda", kind=IndicatorKind.YES_NO, **here)
    outcome = indicator_lifecycle.note_outcome(indicator=added, measured=TODAY, number=make.Decimal(0), **here)
    indicator_lifecycle.note_outcome(indicator=added, measured=TODAY, number=make.Decimal(1), **here)
    indicator_lifecycle.remove_outcome(outcome=outcome, **here)
    plan_lifecycle.remove_goal(goal=kunskap, **here)
    lines = secretary.get(address("plan_outline", plan.pk)).context["lines"]
    assert [line.what for line in lines] == [
        "removed “Kunskap”",
        "removed an outcome of “Utsedda”",
        "corrected an outcome of “Utsedda” from no to yes",
        "noted no as of 2017-03-15 for “Utsedda”",
        "added “Utsedda”",
        "set when “Utse” is due: 2017-K1",
        "moved “Utse” to the goal “Kunskap”",
        "changed “Utse”: responsible role",
        "moved “Kunskap” from place 2 to 1",
        "changed “2016-2017”: to",
    ]
    assert "plan.edited" in HistoryEntry.objects.values_list("verb", flat=True)


def test_the_pages_ask_the_same_number_of_questions_however_long(
    cast: Cast, secretary: Client, plan: WorkPlan, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    utse = Activity.objects.get(title="Utse")

    def costs(rows: int) -> list[int]:
        while Goal.objects.count() < rows:
            goal = plan_lifecycle.add_goal(plan=plan, title="Mål", by=cast.secretary, on=TODAY)
            made = plan_lifecycle.add_activity(
                goal=goal, title="Ny", responsible_role="BRÅ", quarters=[(2017, 1)], by=cast.secretary, on=TODAY
            )
            for indicator in (make.make_indicator(made), make.make_indicator(utse)):
                for day in (date(2017, 1, 1), TODAY):
                    make.make_outcome(indicator, on=day)
            make.make_action(cast.council, activity=made)
        shown = Indicator.objects.filter(activity=utse).first()
        assert shown is not None
        counts = []
        for url in (
            address("plan_detail", plan.pk),
            address("plan_board", plan.pk),
            address("plan_timeline", plan.pk),
            address("plan_outline", plan.pk),
            address("plan_activity", utse.pk),
            address("plan_indicator", shown.pk),
        ):
            with django_assert_max_num_queries(20) as caught:
                secretary.get(url)
            counts.append(len(caught))
        return counts

    costs(3)
    assert costs(4) == costs(6)
