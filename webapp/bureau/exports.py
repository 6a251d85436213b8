"""The bureau's lists as files: the same rows and filters as the page, in the form that is asked for (DR-24)."""

from collections.abc import Callable, Mapping
from functools import partial

from flask import Blueprint, Response

from tenants.compliance.articles.catalogue import BY_KEY
from tenants.errors import NotFound
from tenants.permissions import Permission
from webapp.access import Place, requires
from webapp.bureau import listings, matters_listing
from webapp.bureau.listing import Ending, Listing, answer

blueprint = Blueprint("exports", __name__, url_prefix="/exports")

LISTS: Mapping[str, Callable[[], Listing]] = {
    "board": listings.board,
    "matters": matters_listing.matters,
    "retention": listings.lateness,
    "brands": listings.brands,
    "overview": listings.overview,
    "scores": listings.scores,
    "articles": listings.articles,
    **{key: partial(listings.article, key) for key in BY_KEY},
}


@blueprint.get("/<key>.csv", defaults={"ending": Ending.CSV})
@blueprint.get("/<key>.ods", defaults={"ending": Ending.ODS})
@blueprint.get("/<key>.pdf", defaults={"ending": Ending.PDF})
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def show(key: str, ending: Ending) -> Response:
    """One list, `key` as in the table, or an article's own. Raises `NotFound`."""
    if key not in LISTS:
        raise NotFound
    return answer(LISTS[key](), ending)
