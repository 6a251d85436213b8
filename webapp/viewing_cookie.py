"""What binds a viewing session to the browser in which the companion typed the PIN (DR-12): a token, and a key share.

The token goes wherever the sign-in's cookie goes. The share is sent to this one session's pictures and nowhere else:
the pages that gave it never get it back, and whoever has a sign-in's cookie alone does not have it.
"""

from uuid import UUID

from flask import current_app, request, session
from werkzeug import Response

from tenants.disclosures.viewing import rules
from tenants.disclosures.viewing.actions import Running
from webapp import addresses

_VIEWING = "viewing"


def remember(answer: Response, running: Running) -> Response:
    """The answer, which gives both; one session at a time, since a companion is in one room."""
    found = running.viewing
    session[_VIEWING] = [str(found.id), running.token]
    answer.set_cookie(
        share_name(),
        running.share,
        path=addresses.viewing_pictures(tenant_id=found.tenant_id, viewing_id=found.id),
        max_age=rules.LONGEST,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Strict",
    )
    return answer


def token_of(viewing_id: UUID) -> str:
    """The token of this session in this browser; empty where there is none, which opens nothing."""
    held, token = session.get(_VIEWING) or ("", "")
    return str(token) if held == str(viewing_id) else ""


def share_of_pictures() -> str:
    """The share of the session whose picture is asked for; empty where there is none, which opens nothing."""
    return request.cookies.get(share_name(), "")


def share_name() -> str:
    """The cookie's name. A browser takes the longer one over TLS only."""
    return "__Secure-shouyuan-viewing" if current_app.config["SESSION_COOKIE_SECURE"] else "shouyuan-viewing"
