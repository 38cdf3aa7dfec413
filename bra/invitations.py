"""The mail to somebody who has been given a log-in: Django's own link for choosing a password, in our words."""

import uuid

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from bra import mail
from bra.models import HistoryEntry, Member, User


def password_link(user: User) -> str:
    """Return the address at which the user chooses a password: works once, and for Django's PASSWORD_RESET_TIMEOUT."""
    path = reverse(
        "account_reset_password_from_key", args=[user_pk_to_url_str(user), default_token_generator.make_token(user)]
    )
    return settings.BASE_URL + path


def invitations_of(user: User) -> list[tuple[str, str]]:
    """Return who gave the user a log-in to which council, as (member or "", council); the council's own word first."""
    members = {member.pk: member.council.name for member in user.memberships.select_related("council")}
    given = HistoryEntry.objects.filter(
        verb="member.login_given", target_type=Member._meta.model_name, target_id__in=members
    )
    actors = {entry.target_id: entry.actor for entry in given.select_related("actor").order_by("pk")}
    found = []
    for pk, council in members.items():
        actor = actors.get(pk)
        found.append((actor.label if actor is not None else "", council))
    return found


def invite(member: Member) -> None:
    """Send the member, who has a user, the mail. Raises mail.ServerAway, mail.Refused or mail.Uncertain.

    Whoever has logged in before keeps their password and gets no link. The council may read the mail in its log only
    when the user is nobody else's: a link that opens another council's door is not for its eyes.
    """
    user = member.user
    assert user is not None
    known = user.last_login is not None
    alone = not known and not user.is_administrator and user.memberships.count() == 1
    letter = mail.build(
        "invitation",
        {
            "recipient": member,
            "council": member.council,
            "address": user.email,
            "link": "" if known else password_link(user),
            "login": settings.BASE_URL + reverse("account_login"),
        },
        to=user.email,
        message_id=f"invitation.{uuid.uuid4()}@{mail.domain()}",
        sender_name=member.council.name,
        council_pk=member.council_id if alone else None,
    )
    with mail.Outbox() as box:
        box.ready()
        box.send(letter)
