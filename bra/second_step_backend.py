"""Who is logged in, and whether they still owe a second step."""

from django.utils import timezone

from bra.login_backend import Backend as LogInBackend
from bra.models import User
from bra.second_step import real_day, with_debt


class Backend(LogInBackend):
    """The one that checks passwords, but each request's one query for its user also asks what they owe."""

    def get_user(self, user_id: int) -> User | None:
        """Return the active user with that key, who tells as `owes_second_step` what bra.middleware wants to know."""
        found = with_debt(User.objects.filter(pk=user_id), real_day(timezone.now())).first()
        return found if found is not None and self.user_can_authenticate(found) else None
