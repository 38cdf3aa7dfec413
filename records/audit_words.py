"""The audit log in words: what was done, and to what kind of thing. Never a title, a text or a value."""

from django.apps import apps
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bra.administering_sentences import LOG_INS
from bra.models import HistoryEntry, Member

# What somebody did, by the whole verb or by what stands after its dot; "who" stands before it, "to what" after it.
_DONE: dict[str, Promise] = {
    "added": pgettext_lazy("audit", "added"),
    "addendum": pgettext_lazy("audit", "wrote an addendum"),
    "adjourned": pgettext_lazy("audit", "adjourned"),
    "adjusters": pgettext_lazy("audit", "chose adjusters"),
    "agreed": pgettext_lazy("audit", "logged"),
    "amended": pgettext_lazy("audit", "changed"),
    "answered": pgettext_lazy("audit", "answered the summons"),
    "applied": pgettext_lazy("audit", "brought in"),
    "approved": pgettext_lazy("audit", "approved"),
    "asked": pgettext_lazy("audit", "asked for"),
    "asked_again": pgettext_lazy("audit", "asked again for"),
    "attendance": pgettext_lazy("audit", "noted who was present"),
    "blanked": pgettext_lazy("audit", "purged texts of the log"),
    "calendar_made": pgettext_lazy("audit", "made a calendar address"),
    "calendar_renewed": pgettext_lazy("audit", "renewed a calendar address"),
    "calendar_stopped": pgettext_lazy("audit", "stopped a calendar address"),
    "cancelled": pgettext_lazy("audit", "cancelled"),
    "carried": pgettext_lazy("audit", "carried over"),
    "changed": pgettext_lazy("audit", "changed"),
    "chosen": pgettext_lazy("audit", "changed"),
    "closed": pgettext_lazy("audit", "closed"),
    "comment_removed": pgettext_lazy("audit", "removed a comment"),
    "comment_restored": pgettext_lazy("audit", "put a comment back"),
    "comment_taken_back": pgettext_lazy("audit", "took a comment back"),
    "commented": pgettext_lazy("audit", "commented"),
    "coordinator_appointed": pgettext_lazy("audit", "appointed a coordinator in"),
    "copied": pgettext_lazy("audit", "copied"),
    "copy_dropped": pgettext_lazy("audit", "threw a copy away of"),
    "corrected": pgettext_lazy("audit", "corrected"),
    "concern": pgettext_lazy("audit", "changed where a concern about an individual belongs"),
    "created": pgettext_lazy("audit", "made"),
    "data_given": pgettext_lazy("audit", "fetched all data about"),
    "data_fetched": pgettext_lazy("audit", "fetched what is held about"),
    "deadline_asked": pgettext_lazy("audit", "asked for more time"),
    "deadline_granted": pgettext_lazy("audit", "granted more time"),
    "deadline_refused": pgettext_lazy("audit", "refused more time"),
    "deadline_withdrawn": pgettext_lazy("audit", "withdrew the wish for more time"),
    "declined": pgettext_lazy("audit", "declined"),
    "deputy_ended": pgettext_lazy("audit", "ended a deputy's time"),
    "deputy_named": pgettext_lazy("audit", "named a deputy"),
    "dismissed": pgettext_lazy("audit", "let go"),
    "done": pgettext_lazy("audit", "reported as done"),
    "due": pgettext_lazy("audit", "changed when it is due"),
    "edited": pgettext_lazy("audit", "changed"),
    "effect_told": pgettext_lazy("audit", "told what it led to"),
    "ended": pgettext_lazy("audit", "ended"),
    "erased": pgettext_lazy("audit", "removed the personal data of"),
    "escalated": pgettext_lazy("audit", "told that it is late"),
    "exported": pgettext_lazy("audit", "exported"),
    "failed": pgettext_lazy("audit", "failed"),
    "fetched": pgettext_lazy("audit", "fetched a file"),
    "freed": pgettext_lazy("audit", "freed"),
    "gave_back": pgettext_lazy("audit", "gave back what was merged"),
    "ground_changed": pgettext_lazy("audit", "changed the legal ground of"),
    "guest_added": pgettext_lazy("audit", "added a guest"),
    "guest_edited": pgettext_lazy("audit", "changed a guest"),
    "guest_removed": pgettext_lazy("audit", "removed a guest"),
    "guest_restored": pgettext_lazy("audit", "put a guest back"),
    "handed_over": pgettext_lazy("audit", "handed over"),
    "imported": pgettext_lazy("audit", "brought in"),
    "joined": pgettext_lazy("audit", "joined with another"),
    "letter_fetched": pgettext_lazy("audit", "fetched the letter of"),
    "let_go": pgettext_lazy("audit", "let go"),
    "lifted": pgettext_lazy("audit", "opened for mail again"),
    "linked": pgettext_lazy("audit", "linked with another"),
    "login_given": pgettext_lazy("audit", "gave a log-in to"),
    "login_taken": pgettext_lazy("audit", "took the log-in away from"),
    "made": pgettext_lazy("audit", "made"),
    "mail_chosen": pgettext_lazy("audit", "chose how often mail is sent"),
    "merged": pgettext_lazy("audit", "merged"),
    "minutes_mailed": pgettext_lazy("audit", "mailed the minutes"),
    "minutes_named": pgettext_lazy("audit", "named minutes"),
    "moved": pgettext_lazy("audit", "moved"),
    "moved_back": pgettext_lazy("audit", "moved back"),
    "moved_on": pgettext_lazy("audit", "moved on"),
    "noted": pgettext_lazy("audit", "noted"),
    "opened": pgettext_lazy("audit", "opened"),
    "overridden": pgettext_lazy("audit", "let what looked like a personal identity number through"),
    "planned": pgettext_lazy("audit", "planned"),
    "posted_anew": pgettext_lazy("audit", "sent anew"),
    "postponed": pgettext_lazy("audit", "postponed"),
    "proposal_days": pgettext_lazy("audit", "changed when proposals are due"),
    "purged": pgettext_lazy("audit", "purged"),
    "put_back": pgettext_lazy("audit", "put back"),
    "quorum": pgettext_lazy("audit", "changed the quorum"),
    "read": pgettext_lazy("audit", "read"),
    "ready": pgettext_lazy("audit", "made the file of"),
    "recipients_changed": pgettext_lazy("audit", "chose who is told of"),
    "recorded": pgettext_lazy("audit", "recorded"),
    "registered": pgettext_lazy("audit", "noted the registry number of"),
    "removal_asked": pgettext_lazy("audit", "asked for removal of the personal data of"),
    "removed": pgettext_lazy("audit", "removed"),
    "renewed": pgettext_lazy("audit", "renewed"),
    "reopened": pgettext_lazy("audit", "opened again"),
    "repeats": pgettext_lazy("audit", "changed whether it comes again"),
    "replanned": pgettext_lazy("audit", "planned anew"),
    "resent": pgettext_lazy("audit", "sent again"),
    "restored": pgettext_lazy("audit", "put back"),
    "restricted": pgettext_lazy("audit", "restricted"),
    "resubscribed": pgettext_lazy("audit", "subscribed to mail again"),
    "return_undone": pgettext_lazy("audit", "put back what the filled-in file changed"),
    "returned": pgettext_lazy("audit", "took the filled-in file in"),
    "rules": pgettext_lazy("audit", "changed the rules of reminders"),
    "rules_chosen": pgettext_lazy("audit", "changed the rules of reports"),
    "seated": pgettext_lazy("audit", "seated"),
    "second_step_reset": pgettext_lazy("audit", "reset the second step of"),
    "sent": pgettext_lazy("audit", "sent"),
    "sent_back": pgettext_lazy("audit", "sent back"),
    "sent_for_sign_off": pgettext_lazy("audit", "sent for sign-off"),
    "sent_now": pgettext_lazy("audit", "sent reminders"),
    "sign_off_declined": pgettext_lazy("audit", "declined to sign"),
    "sign_off_withdrawn": pgettext_lazy("audit", "withdrew from sign-off"),
    "signed": pgettext_lazy("audit", "signed off"),
    "signed_by": pgettext_lazy("audit", "signed"),
    "split": pgettext_lazy("audit", "split"),
    "split_off": pgettext_lazy("audit", "split off"),
    "started": pgettext_lazy("audit", "started"),
    "state": pgettext_lazy("audit", "changed the state of"),
    "stay": pgettext_lazy("audit", "noted who came and left"),
    "stopped": pgettext_lazy("audit", "stopped mail to"),
    "summoned": pgettext_lazy("audit", "sent the summons"),
    "summoned_again": pgettext_lazy("audit", "sent a new summons"),
    "summoned_more": pgettext_lazy("audit", "sent the summons to more"),
    "taken": pgettext_lazy("audit", "took to the agenda"),
    "taken_up": pgettext_lazy("audit", "took up"),
    "took_in": pgettext_lazy("audit", "took in what was merged"),
    "unapproved": pgettext_lazy("audit", "took the approval back"),
    "uncancelled": pgettext_lazy("audit", "took the cancellation back"),
    "undone": pgettext_lazy("audit", "undid"),
    "unjoined": pgettext_lazy("audit", "separated from another"),
    "unlinked": pgettext_lazy("audit", "unlinked from another"),
    "unlock_asked": pgettext_lazy("audit", "asked to unlock the minutes"),
    "unlock_refused": pgettext_lazy("audit", "refused to unlock the minutes"),
    "unlocked": pgettext_lazy("audit", "unlocked the minutes"),
    "unmerged": pgettext_lazy("audit", "took the merging back"),
    "unopened": pgettext_lazy("audit", "took back the opening of"),
    "unplanned": pgettext_lazy("audit", "took out of the automatic reports"),
    "unrestricted": pgettext_lazy("audit", "took the restriction away"),
    "unsubscribed": pgettext_lazy("audit", "unsubscribed from mail"),
    "unwatched": pgettext_lazy("audit", "no longer watches"),
    "waits": pgettext_lazy("audit", "changed what it waits for"),
    "watched": pgettext_lazy("audit", "watches"),
    "withdrawn": pgettext_lazy("audit", "withdrew"),
    "retention.exported": pgettext_lazy("audit", "fetched the purge log of"),
    # The same endings as elsewhere, with another meaning.
    "release.copied": pgettext_lazy("audit", "made a copy for"),
    "release.exported": pgettext_lazy("audit", "fetched the register of requests of"),
    "release.registered": pgettext_lazy("audit", "entered"),
    "release.rules": pgettext_lazy("audit", "changed the settings of requests for records"),
    "user.administrator_made": pgettext_lazy("audit", "made an administrator of"),
    "user.administrator_unmade": pgettext_lazy("audit", "ended the administrator's task of"),
    "user.let_in": pgettext_lazy("audit", "let in again"),
    "user.locked_out": pgettext_lazy("audit", "locked out"),
    "link.opened": pgettext_lazy("audit", "opened the page of a link in a mail"),
    **LOG_INS,
}

# Kinds of rows that nothing is ever logged about.
_UNTOLD = {"chainhead", "recoveryrequest", "purgeorder", "download"}

# Groups of verbs by what stands before the dot.
GROUPS: dict[str, tuple[Promise, tuple[str, ...]]] = {
    "meetings": (
        gettext_lazy("Meetings"),
        ("meeting", "item", "decision", "standing", "proposal", "meeting_rules", "layout", "minutes", "addendum"),
    ),
    "cases": (gettext_lazy("Cases"), ("case", "case_rules")),
    "actions": (gettext_lazy("Actions"), ("action", "import")),
    "plan": (gettext_lazy("Plan"), ("plan", "goal", "activity", "indicator", "outcome")),
    "reports": (gettext_lazy("Reports"), ("report",)),
    "mail": (pgettext_lazy("audit", "Mail"), ("reminders", "letter", "address", "round", "calendar")),
    "releases": (gettext_lazy("Requests for records"), ("release",)),
    "retention": (gettext_lazy("Retention"), ("retention",)),
    "grounds": (gettext_lazy("Legal grounds"), ("ground",)),
    "members": (gettext_lazy("Members"), ("member", "organisation", "council")),
    "logins": (pgettext_lazy("audit", "Log-ins and links"), ("login", "link", "user")),
    "log": (pgettext_lazy("audit", "The log itself, and overrides"), ("history", "audit", "guard")),
}


def done(verb: str) -> str:
    """What somebody did, in words; a verb without any is shown as it is written."""
    return str(_DONE.get(verb) or _DONE.get(verb.partition(".")[2]) or verb)


def has_words(verb: str) -> bool:
    """Whether the verb can be said in words."""
    return verb in _DONE or verb.partition(".")[2] in _DONE


def in_group(group: str) -> Q:
    """The condition for the verbs of a group."""
    condition = Q()
    for prefix in GROUPS[group][1]:
        condition |= Q(verb__startswith=f"{prefix}.")
    return condition


def things() -> dict[str, str]:
    """The kinds of things that the log may tell of: {model's name: its word}."""
    words = {
        model._meta.model_name or "": str(model._meta.verbose_name)
        for name in ("bra", "meetings", "actions", "imports", "finding", "reports", "records")
        for model in apps.get_app_config(name).get_models()
        if model._meta.model_name not in _UNTOLD
    }
    return {**words, "installation": _("the installation")}


def thing(entry: HistoryEntry, words: dict[str, str]) -> str:
    """The kind and the key of what the entry is about; `words` as `things` gives them."""
    word = capfirst(words.get(entry.target_type, entry.target_type))
    return f"{word} {entry.target_id}" if entry.target_id else word


def who(actor: Member | None, *, by_somebody: bool) -> str:
    """The name and the role of who did it."""
    if actor is not None:
        return f"{actor.label} ({actor.get_role_display()})"
    return _("An administrator") if by_somebody else _("The system")
