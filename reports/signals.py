"""What reports tell the floors above."""

from django.dispatch import Signal

# Sent inside the transaction, before a report is taken away by hand; arguments: report, decision, by, on.
purged_by_hand = Signal()
