"""Every model of the product with its fields, as tests/test_no_register.py knows them.

    python -m tests.known_schema    prints the lines as they would be now

A line is changed by hand, after the question: whom does the new thing describe? Only members, users and those who
speak for an organisation may be described; nobody whom the council talks about.
"""

from collections.abc import Iterator

KNOWN = {
    "bra.Council": "accent concern_contact concern_link id name pinned_today proposal_days quorum reminder_hour slug",
    "bra.Organisation": "council id name sort_key",
    "bra.User": "email id is_active is_administrator last_login password",
    "bra.Member": "cleared council email id mandate_from mandate_to name organisation role sort_key title user",
    "bra.HistoryEntry": (
        "actor at changes content council id kind on salt seal sequence target_id target_type user verb"
    ),
    "bra.ChainHead": "council id seal sequence",
    "bra.RecoveryRequest": "asked_at email id",
    "bra.Letter": "about address attempts cause claimed_until council failure id kind on recipient sent_at state",
    "bra.MailLink": "about address digest id made_at member purpose",
    "bra.LoggedMail": "at council html id message_id recipient subject text",
    "bra.MailChoice": "frequency member paused_until",
    "bra.Unsubscription": "id kind member on",
    "bra.StoppedAddress": "address code council id on",
    "bra.Deputy": "deputy ends id member starts",
    "bra.LegalGround": "council id reference removed sort_key summary",
    "meetings.Topic": "council extremism id name sort_key",
    "meetings.StandingItem_topics": "id standingitem topic",
    "meetings.StandingItem": "council id kind minutes_planned position presenter removed title topics",
    "meetings.AgendaItem_topics": "agendaitem id topic",
    "meetings.AgendaItem": (
        "carried carried_from case id kind legal_ground meeting minutes_of minutes_planned notes position "
        "presenter removed restricted restricted_by restricted_on seconds_spent state stems title topics "
        "version"
    ),
    "meetings.Decision": "council id item kind number removed stems text version",
    "meetings.Meeting": (
        "adjourned_at cancelled_because council current_item current_since date ends_at id opened_at place "
        "registry_number sequence starts_at state summoned_agenda summoned_at summons_sequence title year"
    ),
    "meetings.Attendance": "from_item id meeting member status substitute_for to_item",
    "meetings.Guest": "from_item id meeting name organisation removed to_item",
    "meetings.Case_topics": "case id topic",
    "meetings.Case": (
        "closed_on council id legal_ground merged_into merged_on opened_on organisation outcome "
        "registry_number restricted restricted_by restricted_on situation sort_key split_from state stems "
        "title topics"
    ),
    "meetings.CaseLink": "id one other",
    "meetings.CaseWatch": "case id member seen",
    "meetings.CaseRules": "council quiet_weeks",
    "meetings.MinutesLayout": "council footer heading id kind signatures with_organisation",
    "meetings.ItemProposal": "answer council id item last_day meeting proposer reason sent_on state title",
    "meetings.Adjuster": "id meeting member",
    "meetings.SignOff": "comments_until digest id kind meeting opened_on state",
    "meetings.Signer": "answer answered_at id member reason role sign_off",
    "meetings.ItemComment": "author id item on removed sign_off text",
    "meetings.SignedMinutes": "edition id masked masked_sha256 meeting sha256 sign_off signed_at whole",
    "meetings.Unlocking": "answered_by answered_on asked_by asked_on confirmed id minutes reason",
    "meetings.Addendum": "author id legal_ground meeting on restricted restricted_by restricted_on text",
    "meetings.MeetingRules": "comment_days council sign_days summons_days",
    "meetings.SummonsReply": "answer at id meeting member substitute substitute_name",
    "actions.WorkPlan": "council ends id name starts",
    "actions.Goal": "id number plan removed title",
    "actions.Activity": "goal id indicator number removed responsible_role title",
    "actions.DueQuarter": "activity id quarter year",
    "actions.Indicator": "activity id kind name removed target_by target_day target_number unit",
    "actions.IndicatorOutcome": "day id indicator note number on removed",
    "actions.Action": (
        "activity agenda_item agreed_on approved_on closed_on council deadline decision effect id owner "
        "removed repeat_months repeats sort_key status stems title version waits_for"
    ),
    "actions.Comment": "action at author id on text",
    "actions.Mention": "comment id member",
    "actions.DeadlineRequest": "action answer asked_by asked_on id reason state until",
    "actions.ReminderLine": "action deadline id reminder step",
    "actions.ReminderRun": "council id on",
    "actions.ReminderRules": (
        "council digest_days escalate_weeks first_days grace_days second_days squeeze_days two_steps weeks_between"
    ),
    "actions.UpdateRound": "as_of asked_on council id until",
    "actions.Escalation": "action deadline id on proposal",
    "imports.ImportBatch": (
        "applied_on at by council file_name id item made_item mapping on rows sha256 state undone_on"
    ),
    "imports.ImportedAction": "action batch comment fingerprint id row",
    "finding.CalendarAddress": "digest id made_on member user",
    "reports.Report": (
        "as_of asked_at asked_by audit_seal audit_sequence claimed_until council failure file_name format id "
        "kind language period_from period_to plan previous ready_at rows_done rows_total sha256 size state "
        "variant"
    ),
    "reports.Download": "at by id report",
    "reports.ReportSchedule_recipients": "id member reportschedule",
    "reports.ReportSchedule": "council id kind made on recipients report variant",
    "reports.ReturnedFile": (
        "applied_on at by council file_name id left_out on report rows sha256 state taken unchanged undone_on"
    ),
    "reports.ReturnedAction": "action before comment file id row version",
    "records.Release": "asked closed_on council handler id notes number received_on requester state way year",
    "records.Refusal_grounds": "id legalground refusal",
    "records.Refusal": "appeal decided_by grounds on reasons release written_asked",
    "records.ReleasedCopy_grounds": "id legalground releasedcopy",
    "records.ReleasedCopy": (
        "file_name format grounds id made_at made_by masks number on reference release sha256 size source "
        "source_id whole"
    ),
    "records.ReleaseRules": "appeal council warn_after",
    "records.RetentionRule": "automatic council decided_on decision id kind years",
    "records.PurgeOrder": "by claimed_until cleared council decision done id kept left_out made_at on rows state",
    "records.Purge": "at by council decision first_key id kind last_key newest number oldest on order",
}


def now() -> Iterator[tuple[str, str]]:
    """Each model of ours and its fields, keys of both ends of a many-to-many included."""
    from django.apps import apps

    ours = ("bra", "meetings", "actions", "imports", "finding", "reports", "records", "demo")
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.split(".")[0] in ours:
            own = [*model._meta.concrete_fields, *model._meta.many_to_many]
            yield model._meta.label, " ".join(sorted(field.name for field in own))


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    for label, fields in now():
        print(f'    "{label}": "{fields}",')
