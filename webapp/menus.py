"""Links of an area's menu, of which that of the open part is marked, also on pages without a link of their own."""

from collections.abc import Iterable, Mapping

from flask import request, url_for


def marked(pages: Iterable[tuple[str, str]], *, under: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Words, address and endpoint of each page; that of the open part bears the endpoint of the page itself.

    `under` says under which link a page lies, by its endpoint or by that of its blueprint.
    """
    here = request.endpoint or ""
    part = under.get(here) or under.get(here.rpartition(".")[0], here)
    return [(words, url_for(endpoint), here if endpoint == part else endpoint) for words, endpoint in pages]
