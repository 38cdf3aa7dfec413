"""What every page's shell needs."""

from typing import Any

from django.http import HttpRequest

from bra import permissions


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give the templates the council, the member and what the menu may show; empty on pages without a council."""
    member = getattr(request, "member", None)
    # Whoever came by a link in a mail hasn't logged in: no menu, whose pages would ask for that.
    nonce = getattr(request, "csp_nonce", "")
    if member is None or hasattr(request, "about"):
        return {"council": getattr(request, "council", None), "member": None, "csp_nonce": nonce}
    return {
        "csp_nonce": nonce,
        "council": member.council,
        "member": member,
        "today": getattr(request, "today", None),
        "may_read_council": permissions.may_read_council(member),
        "may_take_part": permissions.may_take_part(member),
        "may_log": permissions.may_log(member),
        "may_coordinate": permissions.may_coordinate(member),
        "may_audit": permissions.may_audit(member),
    }
