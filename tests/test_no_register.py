"""The product is no register of persons: nothing in it describes anybody but members and those who log in.

What is new, a model, a field, a filter, a column, a part of an address, fails here until somebody has answered the
question whom it describes. The answers stand in the lists below and in tests/known_schema.py.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar

import django_filters
import django_tables2
import pytest
from django import forms
from django.apps import apps
from django.db import models
from django.urls import URLResolver, get_resolver
from django.utils import translation

from bra.models import Member, User
from finding.forms import SearchForm, YearForm
from finding.selection import KINDS
from imports.forms import MEANINGS
from meetings.models import Topic
from ops.translations import in_file
from records.release_forms import FindForm
from reports.returning.columns import heads
from tests.known_schema import KNOWN, now

T = TypeVar("T")
OURS = ("bra", "meetings", "actions", "imports", "finding", "reports", "records", "demo")
ASK = "Whom does it describe? Nobody but members and users may be described. If that holds, add it to"

# Words of which a person is described, in the code's English and in the interface's Swedish.
PERSONAL = re.compile(
    r"\b(\w*name|\w*namn\w*|e-?mail\w*|e-post\w*|mail|address\w*|adress\w*|phone\w*|telefon\w*|mobil\w*|persons?|person\w*|"
    r"birth\w*|born|född\w*|födelse\w*|age|ålder\w*|gender|sex|kön\w*|ethnic\w*|etni\w*|religi\w*|nationalit\w*|"
    r"suspect\w*|misstänk\w*|victims?|\w*offer|perpetrator\w*|gärningsm\w*|pupils?|elev\w*|students?|child\w*|barn\w*|"
    r"youth|ungdom\w*|parents?|förälder\w*|vårdnad\w*|famil\w*|health\w*|hälsa\w*|diagnos\w*|client\w*|klient\w*|"
    r"patient\w*|sympath\w*|plate|vehicle\w*|fordon\w*|photo\w*|foto\w*|ssn|pnr|requester|who asked|decided by)\b",
    re.IGNORECASE,
)

# What sounds like a person, and why it is right.
MEMBERS, MAIL, THING = "a member's own", "where mail to members goes", "the name of a thing, not of a person"
SOUNDS_PERSONAL = {
    "bra.Council.name": THING,
    "bra.Council.slug": "the council's address on the web",
    "bra.Organisation.name": THING,
    "bra.Organisation.sort_key": THING,
    "bra.User.email": "what one logs in with",
    "bra.Member.name": MEMBERS,
    "bra.Member.email": MEMBERS,
    "bra.Letter.address": MAIL,
    "bra.RecoveryRequest.email": "where a new password was asked for; the row goes within minutes",
    "bra.MailLink.address": MAIL,
    "bra.StoppedAddress.address": MAIL,
    "meetings.Topic.name": THING,
    "meetings.Guest.name": "who was present at a meeting, as the minutes say",
    "meetings.SummonsReply.substitute_name": "who comes in a member's place",
    "actions.WorkPlan.name": THING,
    "actions.Indicator.name": THING,
    "imports.ImportBatch.file_name": THING,
    "reports.Report.file_name": THING,
    "reports.ReturnedFile.file_name": THING,
    # Nobody may be asked who they are (TF 2:18): empty unless whoever asks gives it to be reached. It is gone with the
    # request when that is purged, and neither sought nor filtered by.
    "records.Release.requester": "how a copy reaches who asked for it",
    "records.Refusal.decided_by": "the official who answers for a decision, as the letter says",
    "records.ReleasedCopy.file_name": THING,
    "ActionFilter.person": "the owner of an action: a member",
    "AuditFilter.person": "who did it: a member",
}

# As what a row refers to a member or a user: always somebody who does, owns or receives something.
ROLES = {
    "bra.User_groups.user": "Django's own, not used",
    "bra.User_user_permissions.user": "Django's own, not used",
    "bra.Member.user": "who logs in",
    "bra.HistoryEntry.actor": "who did it",
    "bra.HistoryEntry.user": "who was logged in",
    "bra.Letter.recipient": "who gets the mail",
    "bra.MailLink.member": "who got the link",
    "bra.MailChoice.member": "whose choice it is",
    "bra.Unsubscription.member": "whose choice it is",
    "bra.Deputy.member": "who is away",
    "bra.Deputy.deputy": "who stands in",
    "meetings.AgendaItem.restricted_by": "who decided it",
    "meetings.Attendance.member": "who was there",
    "meetings.Attendance.substitute_for": "in whose place",
    "meetings.Case.restricted_by": "who decided it",
    "meetings.CaseWatch.member": "who follows the question",
    "meetings.ItemProposal.proposer": "who proposed it",
    "meetings.Adjuster.member": "who is to sign",
    "meetings.Signer.member": "who is to sign",
    "meetings.ItemComment.author": "who wrote it",
    "meetings.Unlocking.asked_by": "who asked",
    "meetings.Unlocking.answered_by": "who answered",
    "meetings.Addendum.restricted_by": "who decided it",
    "meetings.Addendum.author": "who wrote it",
    "meetings.SummonsReply.member": "who answered",
    "meetings.SummonsReply.substitute": "who comes instead",
    "actions.Action.owner": "who is to do it",
    "actions.Comment.author": "who wrote it",
    "actions.Mention.member": "who is told of a comment",
    "actions.DeadlineRequest.asked_by": "who asked",
    "imports.ImportBatch.by": "who took it in",
    "finding.CalendarAddress.member": "whose calendar it is",
    "finding.CalendarAddress.user": "who reads it",
    "reports.Report.asked_by": "who asked",
    "reports.Download.by": "who fetched it",
    "reports.ReportSchedule.recipients": "who is told",
    "reports.ReportSchedule_recipients.member": "who is told",
    "reports.ReturnedFile.by": "who took it in",
    "records.Release.handler": "who answers it",
    "records.ReleasedCopy.made_by": "who made it",
    "records.PurgeOrder.by": "who decided it",
    "records.Purge.by": "who did it",
}
# Tables of others' code that know a user.
OTHERS = {
    "account.EmailAddress": "what one logs in with",
    "mfa.Authenticator": "the second step of the log-in",
    "socialaccount.SocialAccount": "the municipality's own log-in",
    "usersessions.UserSession": "the browsers that are logged in",
}
# Where a topic, and with it the mark of violent extremism, may stand. Decisions and actions have it from their item,
# actions from their activity's goal too; an activity has none of its own yet.
TOPICS = {
    "meetings.AgendaItem.topics": "what an item is about",
    "meetings.Case.topics": "what a question is about",
    "meetings.StandingItem.topics": "the template that items are copied from",
}
FILTERS = {
    "ActionFilter": "activity extremism goal in_time late_from late_to meeting organisation overdue owner person plan"
    " q status",
    "MyActionFilter": "activity extremism goal in_time late_from late_to meeting overdue plan q status",
    "MeetingFilter": "extremism since state until",
    "AuditFilter": "group kind number person since thing until",
    "CaseFilter": "organisation text topic watched year",
}
TABLES = {
    "MeetingTable": "actions date decision_count item_count number place state",
    "AuditTable": "actor kind on seal sequence target_type verb",
    "CaseTable": "last_treated organisation state title topics",
    "ActionTable": "agreed deadline owner status title",
}
INDEXES = {
    "member_by_name": "members, for lists sorted by owner",
    "history_by_actor": "what a member did",
    "action_live_by_owner": "whose actions",
    "letter_by_subject": "which row a mail is about",
}
ADDRESSES = {"council_slug", "pk", "item_pk", "secret", "token", "uidb64", "key", "path", "provider_id"}
REPORT_COLUMNS = "closed comment effect id status version"


@cache
def swedish() -> dict[str, str]:
    """{English: Swedish} of the catalogue as it stands in the sources."""
    return {message.id: str(message.string) for message in in_file() if isinstance(message.id, str)}


def said(words: Any, language: str) -> str:
    """The words in the language; the Swedish where the catalogue has it."""
    with translation.override("en"):
        english = str(words)
    return swedish().get(english, english) if language == "sv" else english


def models_of_ours() -> list[type[models.Model]]:
    return [one for one in apps.get_models(include_auto_created=True) if one.__module__.split(".")[0] in OURS]


def below(kind: type[T]) -> Iterator[type[T]]:
    for one in kind.__subclasses__():
        yield one
        yield from below(one)


def fields() -> Iterator[tuple[str, "models.Field[Any, Any]"]]:
    for model in models_of_ours():
        for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
            yield f"{model._meta.label}.{field.name}", field


def test_every_model_and_field_is_known() -> None:
    found = dict(now())
    new = {label: sorted(set(own.split()) - set(KNOWN.get(label, "").split())) for label, own in found.items()}
    assert {label: more for label, more in new.items() if more} == {}, f"{ASK} KNOWN in tests/known_schema.py."
    gone = {label: sorted(set(own.split()) - set(found.get(label, "").split())) for label, own in KNOWN.items()}
    assert {label: less for label, less in gone.items() if less} == {}, "KNOWN names what there is no longer."


@pytest.mark.parametrize("language", ["en", "sv"])
def test_no_field_sounds_like_a_person_but_for_members_and_users(language: str) -> None:
    found = {
        label
        for label, field in fields()
        if not field.is_relation
        and PERSONAL.search(f"{field.name} {field.name.replace('_', ' ')} {said(field.verbose_name, language)}")
    }
    assert sorted(found - set(SOUNDS_PERSONAL)) == [], f"{ASK} SOUNDS_PERSONAL."


def test_every_reference_to_a_member_or_user_is_a_role() -> None:
    found = {label for label, field in fields() if field.is_relation and field.related_model in (Member, User)}
    assert sorted(found - set(ROLES)) == [], f"{ASK} ROLES, with what the member does."


def test_other_code_refers_to_users_only() -> None:
    found = {
        model._meta.label
        for model in apps.get_models()
        if model.__module__.split(".")[0] not in OURS
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model in (Member, User)
    }
    assert sorted(found - set(OTHERS)) == [], f"{ASK} OTHERS."


def test_extremism_is_marked_on_questions_and_never_on_anybody() -> None:
    marked = [label for label, field in fields() if "extrem" in field.name]
    assert marked == ["meetings.Topic.extremism"]
    carriers = {
        label
        for label, field in fields()
        if field.is_relation and field.related_model is Topic and not label.split(".")[1].endswith("_topics")
    }
    assert carriers == set(TOPICS)
    # From a member or a user no topic can be reached but through what the council does.
    for person in (Member, User):
        assert not [one for one in person._meta.get_fields() if one.is_relation and one.related_model is Topic]


@pytest.mark.parametrize("language", ["en", "sv"])
def test_no_filter_nor_column_of_a_table_describes_a_person(language: str) -> None:
    assert get_resolver().url_patterns
    filters = {one.__name__: " ".join(sorted(one.base_filters)) for one in below(django_filters.FilterSet)}
    tables = {one.__name__: " ".join(sorted(one.base_columns)) for one in below(django_tables2.Table)}
    own: list[type[Any]] = [*below(django_filters.FilterSet), *below(django_tables2.Table)]
    own_names = {one.__name__ for one in own if one.__module__.split(".")[0] in OURS}
    assert {name: said for name, said in filters.items() if name in own_names} == FILTERS, f"{ASK} FILTERS."
    assert {name: said for name, said in tables.items() if name in own_names} == TABLES, f"{ASK} TABLES."
    sounding = {
        f"{kind.__name__}.{name}"
        for kind in below(django_filters.FilterSet)
        if kind.__name__ in own_names
        for name, one in kind.base_filters.items()
        if PERSONAL.search(f"{name} {said(one.label, language)}")
    }
    assert sorted(sounding - set(SOUNDS_PERSONAL) - {"MyActionFilter.person"}) == []


def test_no_index_is_for_finding_persons() -> None:
    found = {index.name for model in models_of_ours() for index in model._meta.indexes}
    personal = {name for name in found if re.search("name|actor|owner|email|person|subject|member", name)}
    assert personal == set(INDEXES), f"{ASK} INDEXES."


def test_one_searches_for_questions() -> None:
    assert sorted(FindForm.base_fields) == ["ground", "state", "text", "year"]  # requests for records
    assert (sorted(SearchForm.base_fields), sorted(YearForm.base_fields)) == (["kind", "q"], [])
    assert [kind.name for kind in KINDS] == ["item", "decision", "action", "case"]


def test_no_address_names_a_person() -> None:
    def walk(resolver: URLResolver) -> Iterator[str]:
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from walk(entry)
            else:
                yield from entry.pattern.converters

    assert set(walk(get_resolver())) - ADDRESSES == set(), f"{ASK} ADDRESSES."


def test_no_column_of_a_list_that_is_brought_in_describes_a_person() -> None:
    meanings = " ".join(name for name, _label in MEANINGS)
    assert meanings == "ignore title owner deadline status agreed effect activity case comment", ASK
    assert " ".join(sorted(heads())) == REPORT_COLUMNS, ASK


def test_no_form_asks_for_a_persons_traits() -> None:
    assert get_resolver().url_patterns
    traits = re.compile(r"birth|gender|ethnic|religi|suspect|victim|pupil|phone|nationalit|personal_?id", re.IGNORECASE)
    found = [
        f"{form.__name__}.{name}"
        for form in below(forms.BaseForm)
        if form.__module__.split(".")[0] in OURS
        for name, field in form.base_fields.items()  # type: ignore[attr-defined]  # the metaclass puts them there
        if traits.search(f"{name} {field.label}")
    ]
    assert found == []
