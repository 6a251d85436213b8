"""The page that a form stands on, for who comes to the address that only takes what the form sends.

A form that is refused is answered at its own address, so a person who reloads there, goes back to it or types it asks
for a page where none is. The address of a form lies under that of its page; the media process, whose forms stand on
pages of the web process, has a table (`webapp.addresses.PAGES`). Nobody is asked who they are: the page does that.
"""

from flask import current_app, request
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import MapAdapter, RequestRedirect

from webapp import addresses


def page_behind() -> str | None:
    """The address of the page behind the one that was asked for, or None where nothing is sent to this one.

    For the front page of all that is `/`, when no page lies nearer.
    """
    known = current_app.url_map.bind_to_environ(request.environ)
    try:
        endpoint, names = known.match(method="POST")
    except (MethodNotAllowed, NotFound):
        return None
    if endpoint in addresses.PAGES:
        return addresses.PAGES[endpoint](**names)
    path = request.path
    while path := path.rstrip("/").rpartition("/")[0]:
        if (page := _page_at(known, path)) is not None:
            return page
    return "/"


def _page_at(known: MapAdapter, path: str) -> str | None:
    """The path as it is asked for, where a page answers it."""
    try:
        known.match(path, method="GET")
    except RequestRedirect:
        return f"{path}/"  # a page whose address ends so
    except (MethodNotAllowed, NotFound):
        return None
    return path
