"""What members ask to have on an agenda. Rows of meetings.models, which are named by their labels here."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bra.models import LOGGERS, SEATED, Council, Member


class ProposalState(models.TextChoices):
    """What became of a proposal."""

    WAITING = "waiting", pgettext_lazy("proposal", "Waiting for an answer")
    TAKEN = "taken", pgettext_lazy("proposal", "On the agenda")
    DECLINED = "declined", pgettext_lazy("proposal", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn")


class ItemProposalQuerySet(models.QuerySet["ItemProposal"]):
    """Words for proposals."""

    def visible_to(self, member: Member) -> "ItemProposalQuerySet":
        """Those that exist for the member: the own ones, and all for those who set the agenda.

        A proposal has no lock of its own. Where the item that it became got one, it is only for the cleared, and for
        the one who wrote it.
        """
        if member.role not in SEATED:
            return self.none()
        proposals = self.filter(council_id=member.council_id)
        if member.role not in LOGGERS:
            return proposals.filter(proposer=member)
        if member.cleared:
            return proposals
        return proposals.filter(Q(proposer=member) | Q(item=None) | Q(item__restricted=False))

    def waiting(self) -> "ItemProposalQuerySet":
        """Those that nobody has answered."""
        return self.filter(state=ProposalState.WAITING)

    def in_order_of_work(self) -> "ItemProposalQuerySet":
        """The waiting first, by meeting; then the answered, the latest first."""
        waits = models.Case(models.When(state=ProposalState.WAITING, then=0), default=1)
        return self.alias(waits=waits).order_by("waits", "-sent_on", "-pk")


class ItemProposal(models.Model):
    """An item that a member asks to have on the agenda of a meeting."""

    council = models.ForeignKey(Council, models.PROTECT, related_name="item_proposals")
    meeting = models.ForeignKey("meetings.Meeting", models.PROTECT, related_name="proposals", verbose_name=_("meeting"))
    proposer = models.ForeignKey(Member, models.PROTECT, related_name="item_proposals", verbose_name=_("proposed by"))
    title = models.CharField(_("title"), max_length=200)
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    sent_on = models.DateField(_("sent"))
    # The last day that held when it was sent: a meeting that is moved doesn't make it late afterwards.
    last_day = models.DateField(_("last day for proposals"))
    state = models.CharField(_("state"), max_length=9, choices=ProposalState, default=ProposalState.WAITING)
    answer = models.CharField(_("answer"), max_length=300, blank=True)
    item = models.OneToOneField(
        "meetings.AgendaItem", models.SET_NULL, related_name="proposal", null=True, blank=True, editable=False
    )

    objects = ItemProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ProposalState.values), name="proposal_state_known"),
            models.CheckConstraint(condition=Q(state="taken") | Q(item=None), name="proposal_with_item_is_taken"),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(answer=""), name="proposal_declined_says_why"),
        ]
        indexes = [models.Index(fields=["council", "state"], name="proposal_by_state")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_late(self) -> bool:
        """Whether it was sent after the last day for proposals."""
        return self.sent_on > self.last_day

    @property
    def is_off_agenda(self) -> bool:
        """Whether it was taken onto an agenda, and the item taken off since."""
        return self.state == ProposalState.TAKEN and (self.item is None or self.item.removed)

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has answered it yet."""
        return self.state == ProposalState.WAITING


def last_proposal_day(meeting_day: date, days: int) -> date:
    """The last day for proposals to a meeting on `meeting_day`, `days` days ahead."""
    return date.fromordinal(max(meeting_day.toordinal() - days, 1))
