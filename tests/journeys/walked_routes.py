"""Whether a walk came by every page that the router knows for its persons, so that no new page is left out."""

from collections.abc import Iterable, Mapping

from flask import Flask

from tests.journeys.every_page import NOT_PAGES
from webapp.access import Place, access_of

_FILE = "answers with a file"
_MACHINE = "answers a program"
_PART = "a part of a page, which that page asks for"
_ONWARD = "leads on to another page"
_CODE = "behind a code that is read in a mailbox: test_applying looks at it"
# Why no link leads there, or which journey looks at it.
NOT_WALKED: Mapping[str, str] = {
    "school.application_papers.custody": _FILE,
    "school.cases.custody": _FILE,
    "school.holds.custody": _FILE,
    "school.retention.certificate_proof": _FILE,
    "school.retained.certificate_proof": _FILE,
    "school.cases.progress": _PART,
    "school.register.choose": _ONWARD,
    "school.looking.show": "only while a head lets somebody look: test_masking",
    "school.masking.show": "only of footage that is there: test_masking",
    "school.panel_seats.show": "only for who sits in a panel: test_panel",
    "school.viewings.show": "a journey of its own: test_viewing",
    "agency.progress": _PART,
    "health.live": _MACHINE,
    "health.ready": _MACHINE,
    "metrics.show": _MACHINE,
    "bureau.certificates.proof": _FILE,
    "bureau.certificates.copy_proof": _FILE,
    "panel_door.seat": "behind a code that is read in a mailbox: test_panel",
    "applying.proving.enter": _CODE,
    "applying.filling.begin": _CODE,
    "applying.filling.show": _CODE,
    "applying.filling.check": _CODE,
    "applying.filling.identity": _CODE,
    "applying.following.index": _CODE,
    "applying.following.show": _CODE,
    "applying.following.receipt": _CODE,
    "bureau.rosters.progress": _PART,
}


def not_walked(app: Flask, routes: set[str], places: Iterable[Place]) -> str:
    """Pages at these places that the walk did not come by, and exceptions that are none any more; empty for none."""
    wanted = set(places)
    told = []
    for rule in app.url_map.iter_rules():
        is_page = "GET" in (rule.methods or ()) and not NOT_PAGES.match(str(rule))
        if not is_page or access_of(app, rule.endpoint).place not in wanted:
            continue
        if rule.endpoint in routes and rule.endpoint in NOT_WALKED:
            told.append(f"{rule} ({rule.endpoint}) is walked: strike it out of NOT_WALKED")
        elif rule.endpoint not in routes | NOT_WALKED.keys():
            told.append(f"{rule} ({rule.endpoint}) is not walked: let `busy_town` have a row that leads to it")
    return "\n".join(told + [f"there is no {each}" for each in NOT_WALKED if each not in app.view_functions])
