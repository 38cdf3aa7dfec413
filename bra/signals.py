"""What the floors above may say no to, without being known here."""

from django.dispatch import Signal

# Sent inside the transaction, before a mandate ends; arguments: member, last_day, on (the council's day).
# A receiver refuses by RuleBroken.
ending_mandate = Signal()
# Sent inside the transaction, before a member may no longer see restricted items; arguments: member.
# A receiver refuses by RuleBroken.
ending_clearance = Signal()
