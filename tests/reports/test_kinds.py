"""Kinds, variants and languages: what each report shows, and what must not stand in one for outside."""

import dataclasses
import zipfile
from collections import Counter
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.db.models import Count, Q
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from python_calamine import CalamineWorkbook

from actions import lifecycle
from actions.models import LIVE, Action, Status
from bra.models import STOCKHOLM, Role
from meetings import lifecycle as meeting_verbs
from meetings.models import AgendaItem, Case, CaseState, Decision, Meeting, MeetingState
from reports import kinds, selection, workbook
from reports.models import Language, ReportKind, Variant
from reports.questions import Question, plan_so_far
from tests import make
from tests.reports.story import DAY, Story, make_story
from tests.reports.test_workbook import opened, table_rows

pytestmark = [pytest.mark.django_db, pytest.mark.wide]

JAN, MARCH = date(2017, 1, 16), date(2017, 3, 1)
NUMBER = "701063-2391"
ALL = [(kind, variant, language) for kind in ReportKind for variant in Variant for language in Language]
TABLES = {
    ReportKind.STATUS: [
        *("Mal", "Fordelning", "Aktiviteter", "Atgarder", "Arenden", "Extremism", "Moten", "Manader"),
        *("Forandringar", "Statusord"),
    ],
    ReportKind.FOLLOW_UP: ["Organisationer", "Oppna", "AttGodkanna", "Beslut", "Statusord"],
    ReportKind.EXTREMISM: ["Mal", "Fordelning", "Extremism", "Arenden", "Manader", "Statusord"],
    ReportKind.CASES: ["Arenden", "Arendeatgarder", "Arendebeslut", "Statusord"],
}


def decide(story: Story, item: AgendaItem, number: int, text: str, **fields: Any) -> Decision:
    return Decision.objects.create(council=story.council, item=item, number=number, text=text, **fields)


@pytest.fixture
def story() -> Story:
    """Something for every sheet of every kind, of which some is restricted, related to extremism, or holds a number."""
    story = make_story()
    topic = make.make_topic(story.council, extremism=True)
    grey, black = (make.make_case(story.council, title=title) for title in ("Belysningen", "Svartmålningen"))
    Case.objects.filter(pk=black.pk).update(registry_number="BRÅ 2016/900")
    black.topics.add(topic)
    closed = make.make_case(story.council, title="Cykelstölder")
    Case.objects.filter(pk=closed.pk).update(state=CaseState.CLOSED)
    secret_case = make.make_case(story.council, title="Fjolårskvasten", restricted=True)

    plain = story.meet(JAN, case=grey, title="Lampor")
    story.agree(JAN, item=plain, title=f"Ring {NUMBER} om lampan")
    done = story.agree(JAN, item=plain, owner=story.owners[1])
    lifecycle.report_done(action=done, by=story.owners[1], on=date(2017, 2, 1), effect=f"Lyser igen, sade {NUMBER}")
    approved = story.agree(JAN, item=plain, owner=story.owners[2], activity=None)
    lifecycle.report_done(action=approved, by=story.secretary, on=date(2017, 2, 2), effect="Klart")
    lifecycle.approve(action=Action.objects.get(pk=approved.pk), by=story.secretary, on=date(2017, 2, 3))

    marked = story.meet(MARCH, case=black, title="Svartlistan", topics=[topic])
    story.agree(MARCH, item=marked, title="Svartrensa väggen", activity=story.activities[2])
    burnt = story.agree(MARCH, item=marked, title="Svartsyn", owner=story.owners[1])
    lifecycle.report_done(action=burnt, by=story.owners[1], on=date(2017, 3, 9), effect="Svartarbetet är gjort")
    # Not marked itself, but about a case that is.
    aside = make.make_item(marked.meeting, title="Svartvitt", case=black, state="treated")
    story.agree(MARCH, item=aside, title="Svartkonst")
    decide(story, marked, 12, "Svartmålning saneras inom ett dygn")
    decide(story, aside, 13, "Svartpengar söks")
    decide(
        story, make.make_item(marked.meeting, title="Lampor igen", case=grey, state="treated"), 14, f"Köp av {NUMBER}"
    )

    secret = make.make_item(marked.meeting, title="Fjolårskvasten", restricted=True, case=secret_case, topics=[topic])
    hidden = story.agree(MARCH, item=secret, title="Fjolårskvasten")
    lifecycle.report_done(action=hidden, by=story.secretary, on=date(2017, 3, 8), effect="Fjolårskvasten")
    decide(story, secret, 15, "Fjolårskvasten sopas")
    make.make_meeting(story.council, MeetingState.SUMMONED, date=date(2017, 4, 5), starts_at=time(9), opened_at=None)
    return story


def asked(story: Story, kind: str = ReportKind.STATUS, variant: str = Variant.WORKING, **more: Any) -> Question:
    return dataclasses.replace(story.ask(), kind=kind, variant=variant, **more)


def built(story: Story, kind: str, variant: str = Variant.WORKING, **more: Any) -> bytes:
    return workbook.build(selection.load(asked(story, kind, variant, **more)))


def parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def told(content: bytes, *texts: str) -> list[str]:
    """Those of the texts that stand anywhere in the file."""
    everything = "\n".join(parts(content).values())
    return [text for text in texts if text in everything]


@pytest.mark.parametrize(("kind", "variant", "language"), ALL)
def test_every_kind_variant_and_language_opens_in_two_readers(
    story: Story, kind: str, variant: str, language: str
) -> None:
    content = built(story, kind, variant, language=language)
    assert content == built(story, kind, variant, language=language)
    cover, *sheets = opened(content).worksheets
    assert [list(sheet.tables) for sheet in sheets] == [[name] for name in TABLES[ReportKind(kind)]]
    with translation.override(language):
        assert cover["A1"].value == kinds.title(asked(story, kind))
    assert opened(content).properties.language == {"sv": "sv-SE", "en": "en-GB"}[language]
    theirs = CalamineWorkbook.from_filelike(BytesIO(content))
    assert theirs.sheet_names == [sheet.title for sheet in (cover, *sheets)]
    for sheet in (cover, *sheets):
        (table,) = sheet.tables.values() or [None]
        rows = theirs.get_sheet_by_name(sheet.title).to_python()
        assert rows[0][0] == sheet["A1"].value
        if table is not None:
            headers = [cell.value for cell in sheet[4] if cell.value]
            assert [column.name for column in table.tableColumns] == headers == rows[3][: len(headers)]
            assert len(set(headers)) == len(headers)


@pytest.mark.parametrize("kind", ReportKind)
def test_a_copy_for_publication_has_no_panes_filters_or_choices(story: Story, kind: str) -> None:
    def aids(variant: str) -> list[tuple[bool, bool, int]]:
        return [
            (bool(sheet.freeze_panes), bool(table.autoFilter), len(sheet.data_validations.dataValidation))
            for sheet in opened(built(story, kind, variant)).worksheets
            for table in sheet.tables.values()
        ]

    assert {(panes, filters) for panes, filters, _choices in aids(Variant.WORKING)} == {(True, True)}
    # The status alone, or with the day and the texts of what is filled in.
    expected = {ReportKind.EXTREMISM: 0, ReportKind.CASES: 1}.get(ReportKind(kind), 3)
    assert sum(choices for _panes, _filters, choices in aids(Variant.WORKING)) == expected
    assert set(aids(Variant.PUBLISH)) == {(False, False, 0)}


@pytest.mark.parametrize(("kind", "variant", "language"), ALL)
def test_restricted_matter_stands_in_no_part_of_the_file(story: Story, kind: str, variant: str, language: str) -> None:
    assert told(built(story, kind, variant, language=language), "kvasten") == []


@pytest.mark.parametrize("kind", ReportKind)
@pytest.mark.parametrize("language", Language)
def test_outside_nothing_is_told_of_extremism_and_of_who_does_it(story: Story, kind: str, language: str) -> None:
    content = built(story, kind, Variant.PUBLISH, language=language)
    names = [member.name for member in story.council.members.all()]
    assert told(content, "Svart", "svart", NUMBER, "-2391", *names) == []


@pytest.mark.parametrize("language", Language)
def test_the_report_of_extremism_has_neutral_titles_among_colleagues_too(story: Story, language: str) -> None:
    content = built(story, ReportKind.EXTREMISM, language=language)
    assert told(content, "Svart", "svart") == []
    marked = Action.objects.extremism_related().filter(agenda_item__restricted=False).order_by("pk")
    item = marked[0].agenda_item
    names = {
        "sv": ("Punkt %d, möte %s", "Åtgärd %d"),
        "en": ("Item %d of meeting %s", "Action %d"),
    }[language]
    titles = [row[1] for row in table_rows(content, "Extremism")]
    if language == "en":  # the Swedish words come with the catalogue
        assert titles == [names[0] % (item.position, item.meeting.number), *(names[1] % one.pk for one in marked)]
    assert len(titles) == 3


def test_among_colleagues_owners_are_named_and_titles_are_as_they_were_written(story: Story) -> None:
    content = built(story, ReportKind.STATUS)
    owners = [row[6] for row in table_rows(content, "Atgarder")]
    names = [owner.label for owner in story.owners]
    assert Counter(owners) == Counter([names[0]] * 3 + [names[1]] * 2 + [names[2]])
    assert told(content, "Svartlistan", NUMBER) == ["Svartlistan", NUMBER]
    outside = [row[6] for row in table_rows(built(story, ReportKind.STATUS, Variant.PUBLISH), "Atgarder")]
    assert Counter(outside) == Counter(["kommunpolis"] * 3 + ["rektor"] * 2 + ["kurator"])


def test_a_masked_number_leaves_the_words_around_it(story: Story) -> None:
    content = built(story, ReportKind.STATUS, Variant.PUBLISH, language="en")
    rows = table_rows(content, "Atgarder")
    assert (rows[0][1], rows[1][14]) == ("Ring [number masked] om lampan", "Lyser igen, sade [number masked]")


def test_the_cover_says_which_copy_it_is_and_what_is_masked(story: Story) -> None:
    def copy(kind: str, variant: str) -> Any:
        facts = cover_of(built(story, kind, variant, language="en"))
        return facts["Copy"]

    assert copy(ReportKind.STATUS, Variant.WORKING) == "Working copy, for colleagues."
    # Two actions' texts; two marked actions, one of a marked case, one item, one case.
    assert copy(ReportKind.STATUS, Variant.PUBLISH) == (
        "For publication. 2 numbers that looked like personal identity numbers are masked. "
        "5 rows related to violent extremism have neutral titles and no text."
    )
    assert copy(ReportKind.EXTREMISM, Variant.WORKING) == (
        "Working copy, for colleagues. 4 rows related to violent extremism have neutral titles and no text."
    )


def cover_of(content: bytes) -> dict[Any, Any]:
    cover = opened(content).worksheets[0]
    return {label.value: value.value for label, value in cover.iter_rows(min_row=4, max_col=2)}


def test_the_contact_is_reached_by_mail_among_colleagues_only(story: Story) -> None:
    seat = make.make_member(story.council, Role.COORDINATOR, title="samordnare", email="eva.ek@example.org")
    role = f"samordnare, {seat.organisation.name}"
    contacts = {variant: selection.load(asked(story, variant=variant)).contact for variant in Variant}
    assert contacts == {Variant.WORKING: f"{role}, eva.ek@example.org", Variant.PUBLISH: role}


def counted(story: Story) -> Any:
    return Action.objects.agreed().filter(council=story.council, agenda_item__restricted=False)


def test_a_follow_up_counts_what_the_database_counts(story: Story) -> None:
    data = selection.load(asked(story, ReportKind.FOLLOW_UP))
    here = counted(story)
    total = data.figures.total
    assert (total.open, total.overdue, total.done) == (
        here.live().count(),
        here.overdue(DAY).count(),
        here.awaiting_approval().count(),
    )
    per = (
        here.unsettled()
        .values_list("owner__organisation__name")
        .annotate(
            open=Count("pk", filter=Q(status__in=LIVE)),
            late=Count("pk", filter=Q(status__in=LIVE, deadline__lt=DAY)),
            done=Count("pk", filter=Q(status=Status.DONE)),
        )
        .order_by("owner__organisation__name")
    )
    content = workbook.build(data)
    assert table_rows(content, "Organisationer") == list(per)
    assert [row[1] for row in table_rows(content, "Oppna")] == list(
        here.live().order_by("owner__organisation__name", "deadline", "pk").values_list("pk", flat=True)
    )
    assert {row[1] for row in table_rows(content, "AttGodkanna")} == set(
        here.awaiting_approval().values_list("pk", flat=True)
    )
    days = {row[1]: row[5] for row in table_rows(content, "Oppna")}
    assert days == {one.pk: one.days_overdue(DAY) or None for one in here.live()}
    assert [(row[0], row[4]) for row in table_rows(content, "Beslut")] == [
        ("§ 12", "Svartmålning saneras inom ett dygn"),
        ("§ 13", "Svartpengar söks"),
        ("§ 14", f"Köp av {NUMBER}"),
    ]
    assert data.left_out == selection.LeftOut(1, 0, 0, 1)


def test_a_follow_up_holds_what_is_open_of_an_earlier_plan_too(story: Story) -> None:
    earlier = make.make_plan(story.council, name="2014-2015", starts=date(2014, 1, 1), ends=date(2015, 12, 31))
    old = story.agree(JAN, activity=make.make_activity(earlier))
    found = {
        kind: old.pk in {row.pk for row in selection.load(asked(story, kind)).actions}
        for kind in (ReportKind.STATUS, ReportKind.FOLLOW_UP)
    }
    assert found == {ReportKind.STATUS: False, ReportKind.FOLLOW_UP: True}


def test_the_cover_of_a_follow_up_names_the_meetings_around_it(story: Story) -> None:
    facts = cover_of(built(story, ReportKind.FOLLOW_UP, language="en"))
    last, coming = Meeting.objects.filter(date=MARCH).get(), Meeting.objects.get(date=date(2017, 4, 5))
    assert (facts["Last meeting"], facts["Next meeting"]) == (
        f"{last.number}, 2017-03-01",
        f"{coming.number}, 2017-04-05 at 09:00",
    )


def test_a_report_of_extremism_counts_what_the_database_counts(story: Story) -> None:
    data = selection.load(asked(story, ReportKind.EXTREMISM))
    here = counted(story).extremism_related()
    states = dict.fromkeys(Status.values, 0) | dict(here.order_by().values_list("status").annotate(Count("pk")))
    assert data.figures.total.by_status == states
    goals = Counter(here.values_list("activity__goal__number", flat=True))
    assert {goal.number if goal else None: counts.total for goal, counts in data.figures.goals} == goals
    organisations = Counter(here.values_list("owner__organisation__name", flat=True))
    assert {name: counts.total for name, counts in data.figures.organisations} == organisations
    assert (len(data.items), len(data.cases)) == (1, 1)
    assert data.left_out == selection.LeftOut(1, 0, 1)
    assert data.rows == sum(len(table_rows(workbook.build(data), name)) for name in ("Extremism", "Arenden"))


def test_a_report_of_cases_counts_what_the_database_counts(story: Story) -> None:
    data = selection.load(asked(story, ReportKind.CASES))
    content = workbook.build(data)
    here = counted(story).filter(agenda_item__case__restricted=False)
    cases = Case.objects.filter(council=story.council, restricted=False).order_by("opened_on", "pk")
    assert [(row[0], row[6]) for row in table_rows(content, "Arenden")] == [
        (case.registry_number, here.live().filter(agenda_item__case=case).count()) for case in cases
    ]
    assert [row[2] for row in table_rows(content, "Arendeatgarder")] == list(
        here.order_by("agenda_item__case__opened_on", "agenda_item__case", "agreed_on", "pk").values_list(
            "pk", flat=True
        )
    )
    decisions = Decision.objects.live().filter(item__case__in=cases, item__restricted=False)
    assert {row[4] for row in table_rows(content, "Arendebeslut")} == {f"§ {one.number}" for one in decisions}
    assert [(fact.label, fact.value) for fact in kinds.in_short(data)][:3] == [
        ("Cases", 3),
        ("Of which not closed", 2),
        ("Decisions about them", 3),
    ]
    assert data.left_out == selection.LeftOut(1, 1, 0, 1)
    assert data.rows == sum(len(table_rows(content, name)) for name in ("Arenden", "Arendeatgarder", "Arendebeslut"))


def test_a_case_opened_after_the_day_takes_nothing_along(story: Story) -> None:
    later = make.make_case(story.council, opened_on=DAY)
    item = story.meet(JAN, case=later)
    action = story.agree(JAN, item=item)
    decide(story, item, 40, "Senare")
    data = selection.load(asked(story, ReportKind.CASES, as_of=DAY - timedelta(days=1)))
    assert action.pk not in {row.pk for row in data.actions}
    assert "Senare" not in {row.text for row in data.decisions}
    assert table_rows(workbook.build(data), "Arendeatgarder") != []


@pytest.mark.parametrize(("kind", "variant"), [(kind, variant) for kind in ReportKind for variant in Variant])
def test_a_report_rebuilt_later_is_the_report_of_the_day(story: Story, kind: str, variant: str) -> None:
    on_the_day = built(story, kind, variant)
    after = {"by": story.secretary, "on": DAY + timedelta(days=1)}
    story.agree(date(2017, 3, 16))
    live = Action.objects.live().order_by("pk").first()
    assert live is not None
    lifecycle.postpone(action=live, until=date(2017, 8, 1), **after)
    waiting = Action.objects.awaiting_approval().filter(agenda_item__restricted=False).first()
    assert waiting is not None
    lifecycle.approve(action=waiting, **after)
    settled = (
        Action.objects.exclude(approved_on=None).filter(agenda_item__restricted=False).exclude(pk=waiting.pk).get()
    )
    lifecycle.reopen(action=settled, **after)
    meeting_verbs.close_case(case=Case.objects.get(title="Belysningen"), outcome="Ljust", **after)
    planned = Meeting.objects.get(date=date(2017, 4, 5))
    hours = {"starts_at": time(10), "ends_at": time(12), "place": "Rådhuset", "title": ""}
    meeting_verbs.replan_meeting(meeting=planned, date=date(2017, 4, 19), **hours, **after)
    meeting_verbs.plan_meeting(council=story.council, date=date(2017, 3, 20), starts_at=time(9), **after)
    meeting_verbs.open_meeting(
        meeting=Meeting.objects.get(date=date(2017, 3, 20)),
        by=story.secretary,
        at=datetime(2017, 3, 20, 9, tzinfo=STOCKHOLM),
    )
    assert built(story, kind, variant) == on_the_day


def test_what_waits_for_approval_since_before_the_period_is_in_the_follow_up(story: Story) -> None:
    data = selection.load(asked(story, ReportKind.FOLLOW_UP, period_from=date(2017, 3, 5)))
    waiting = Action.objects.awaiting_approval().filter(agenda_item__restricted=False)
    assert {row.pk for row in data.actions if row.awaits} == set(waiting.values_list("pk", flat=True))
    assert data.figures.total.done == waiting.count() == 2


def test_an_action_dated_before_its_marked_meeting_is_neutral_before_that_meeting_too(story: Story) -> None:
    """A list that is brought in keeps the days of its rows, though it is logged at a later meeting."""
    AgendaItem.objects.filter(title="Svartlistan").update(case=None)
    Action.objects.filter(title="Svartrensa väggen").update(agreed_on=JAN)
    content = built(story, ReportKind.STATUS, Variant.PUBLISH, as_of=date(2017, 2, 15))
    assert told(content, "Svartrensa") == []


@pytest.mark.parametrize("kind", [ReportKind.STATUS, ReportKind.FOLLOW_UP, ReportKind.EXTREMISM])
def test_an_activity_is_judged_by_all_its_actions_whatever_the_report_counts(story: Story, kind: str) -> None:
    """Done before the period, or in no table of the kind, is done all the same."""
    activity = story.activities[1]
    activity.due_quarters.update(year=2016, quarter=4)
    done = story.agree(date(2016, 11, 1), activity=activity)
    lifecycle.report_done(action=done, by=story.secretary, on=date(2016, 12, 1), effect="Klart")
    lifecycle.approve(action=Action.objects.get(pk=done.pk), by=story.secretary, on=date(2016, 12, 2))
    data = selection.load(asked(story, kind, period_from=date(2017, 1, 1)))
    (row,) = [one for one in data.activities if one.pk == activity.pk]
    assert (data.progress(row).state, data.progress(row).late) == ("done", False)
    assert activity.pk not in data.figures.activities
    # As of a day when it wasn't done yet.
    before = selection.load(asked(story, kind, as_of=date(2016, 11, 15)))
    assert before.progress(row).state == "todo"


@pytest.mark.parametrize("kind", ReportKind)
def test_a_plan_with_nothing_opens_with_words(kind: str) -> None:
    plan = make.make_plan(make.make_council())
    question = dataclasses.replace(plan_so_far(plan, DAY), kind=kind)
    for sheet in opened(workbook.build(selection.load(question))).worksheets[1:-1]:
        assert list(sheet.tables) == []
        assert [cell.value is not None for cell in sheet["A"]] == [True, True, False, True]


@pytest.mark.parametrize("kind", ReportKind)
@pytest.mark.parametrize("variant", Variant)
def test_the_number_of_queries_does_not_grow_with_the_rows(kind: str, variant: str) -> None:
    def queries(number: int) -> int:
        story = make_story()
        topic = make.make_topic(story.council, extremism=True)
        for index in range(number):
            day = DAY - timedelta(days=20 + index)
            item = story.meet(day, topics=[topic], case=make.make_case(story.council, topics=[topic]))
            decide(story, item, index + 1, "Så")
            action = story.agree(day, item=item)
            lifecycle.report_done(action=action, by=story.owners[0], on=day, effect="Klart")
            story.agree(day, item=item, owner=story.owners[index % 3])
            make.make_meeting(story.council, MeetingState.DRAFT, date=DAY + timedelta(days=9 + index))
        with CaptureQueriesContext(connection) as seen:
            workbook.build(selection.load(asked(story, kind, variant)))
        return len(seen)

    assert queries(1) == queries(3)


def test_each_kind_has_a_word_for_its_file_in_each_language() -> None:
    words = {kinds.file_word(kind, language) for kind in ReportKind for language in Language}
    assert words == {
        *("statusrapport", "uppfoljning", "extremism", "arenden"),
        *("status-report", "follow-up", "cases"),
    }
