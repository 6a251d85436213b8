"""A form that came too late: the page that says so keeps what was typed, so that it can be sent once more.

Browsers do not bring a page back that must not be stored (`Cache-Control: no-store`), and the page that was sent from
would ask a person whose session is over to sign in: going back loses everything. So the answer itself holds the fields,
for the person who sent them and in the same tab. Passwords and files are never held.
"""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Response, make_response, render_template, request
from flask_login import current_user
from werkzeug.exceptions import HTTPException

# What must not stand in a page, and a token that is of no use any more.
_NOT_HELD = frozenset({"again", "csrf_token", "current", "password"})


def page() -> Response | None:
    """The answer to a form whose session or token is over, or None where there is nothing to hold.

    Only for a form of our own pages: a stranger's page must not put words into ours for a person to send (RFC 6454).
    A person who is signed in gets a fresh token; somebody who is not is asked to sign in beside this page first.
    """
    if request.method != "POST" or "HX-Request" in request.headers or not _from_our_page():
        return None
    try:
        typed = [(name, value) for name, value in request.form.items(multi=True) if name not in _NOT_HELD]
        files = any(file.filename for file in request.files.values())
    except HTTPException:  # too large to be read, which is an answer of its own
        return None
    signed_in = bool(current_user.is_authenticated)
    address = request.full_path.rstrip("?")
    answer = make_response(
        render_template("errors/held.html", typed=typed, files=files, signed_in=signed_in, address=address)
    )
    answer.status_code = HTTPStatus.BAD_REQUEST if signed_in else HTTPStatus.UNAUTHORIZED
    return answer


def _from_our_page() -> bool:
    origin = urlsplit(request.headers.get("Origin", ""))
    return (origin.scheme, origin.netloc) == (request.scheme, request.host)
