"""What the floors above may say no to, without being known here."""

from django.dispatch import Signal

# Sent inside the transaction, before an agenda item is restricted; arguments: item. A receiver refuses by RuleBroken.
restricting_item = Signal()
# Sent inside the transaction, before an agenda item is removed; arguments: item. A receiver refuses by RuleBroken.
removing_item = Signal()
# Sent inside the transaction, before a meeting's opening is taken back; arguments: meeting. A receiver refuses by
# RuleBroken.
unopening_meeting = Signal()
# Asks what was agreed at agenda items, for the minutes; arguments: items (their keys), meeting. A receiver returns a
# list of meetings.documents.selection.Agreed.
listing_agreed = Signal()
