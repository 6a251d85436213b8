"""Every route of the real apps says who may reach it, types its ids, and lies where its access says."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.routing import Rule

from infra.stack.postgres import DatabaseUrls
from tenants.emergency.rules import LENT
from tenants.permissions import BUREAU_ROLES, GRANTS, Permission
from tests.apps import dispose, media_settings, web_settings
from webapp import create_app
from webapp.access import Place, access_of, check_every_route, public, requires
from webapp.media.app import create_media_app

PREFIXES = {
    Place.INSTITUTION: re.compile(r"(/media)?/schools/<uuid:tenant_id>(/.*)?"),
    Place.AGENCY: re.compile(r"(/media)?/agency(/.*)?"),
    Place.APPLICANT: re.compile(r"/apply/<code>(/.*)?"),
    Place.BUREAU: re.compile(r"/bureau(/.*)?"),
    Place.DEVICE: re.compile(r"/ingest/v1/.*"),
    Place.ANYWHERE: re.compile(r"/(?!schools/|agency|bureau|media/schools|media/agency).*"),
}
KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)?|\.[a-z0-9]+")  # a word, a file, or an id's ending
READ_VERBS = (":read", ":follow")
ACTING = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(scope="module")
def apps(built: DatabaseUrls) -> Iterator[list[Flask]]:
    made = [create_app(web_settings(built)), create_media_app(media_settings(built))]
    yield made
    for app in made:
        dispose(app)


def faults(app: Flask) -> Iterator[str]:
    """What is wrong with the routes of an app."""
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        yield from _misspelt(rule)
        if not PREFIXES[access.place].fullmatch(str(rule)):
            yield f"{rule}: a route for {access.place} lies under {PREFIXES[access.place].pattern}"
        if access.permission and access.permission.key.endswith(READ_VERBS) and ACTING & (rule.methods or set()):
            yield f"{rule}: {access.permission.key} is a right to read; ask for the right to act on POST"


def _misspelt(rule: Rule) -> Iterator[str]:
    for is_dynamic, part in rule._trace:  # noqa: SLF001 - werkzeug shows the parts of a rule nowhere else
        words = [] if is_dynamic else [word for word in part.strip("|").split("/") if word]
        if any(not KEBAB.fullmatch(word) for word in words):
            yield f"{rule}: spell paths in kebab-case"
    for name, converter in rule._converters.items():  # noqa: SLF001
        if name.endswith("_id") and type(converter).__name__ != "UUIDConverter":
            yield f"{rule}: write <uuid:{name}>"


def test_every_route_declares_its_access(apps: list[Flask]) -> None:
    for app in apps:
        assert len(list(app.url_map.iter_rules())) > 2
        check_every_route(app)


def test_every_route_is_spelt_and_placed_as_its_access_says(apps: list[Flask]) -> None:
    wrong = [fault for app in apps for fault in faults(app)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.req("DR-09", "KH-1-3")
def test_no_route_to_a_picture_is_open_to_anybody_at_the_bureau(apps: list[Flask]) -> None:
    media = apps[1]
    guarded = [access_of(media, rule.endpoint) for rule in media.url_map.iter_rules()]
    needed = {access.permission for access in guarded if access.permission is not None}
    assert needed
    assert not [permission for permission in needed if GRANTS[permission] & BUREAU_ROLES]
    assert not [a for a in guarded if not a.public and a.permission is None], "a picture needs a permission"
    lent = frozenset[Permission]().union(*LENT.values())
    assert not needed & lent, "an emergency access opens nothing of the process that has pictures (ADR 0060)"


def test_a_route_that_declares_nothing_stops_the_app() -> None:
    app = Flask("planted", static_folder=None)
    app.add_url_rule("/silent", "silent", lambda: "")
    with pytest.raises(LookupError, match=r"declare @requires.* on: /silent"):
        check_every_route(app)


@pytest.mark.parametrize(
    ("path", "methods", "advice"),
    [
        ("/schools/<uuid:tenant_id>/thisCamera", ["GET"], "kebab-case"),
        ("/schools/<uuid:tenant_id>/cameras/<camera_id>", ["GET"], "write <uuid:camera_id>"),
        ("/cameras/<uuid:tenant_id>", ["GET"], "lies under"),
        ("/schools/<uuid:tenant_id>/cameras", ["POST"], "right to read"),
    ],
)
def test_the_guard_sees_a_planted_route(path: str, methods: list[str], advice: str) -> None:
    app = Flask("planted", static_folder=None)
    view = requires(Permission.CAMERA_READ)(lambda **_: "")
    app.add_url_rule(path, "planted", view, methods=methods)
    assert advice in "\n".join(faults(app))


def test_a_well_made_route_has_no_fault() -> None:
    app = Flask("planted", static_folder=None)
    app.add_url_rule("/notice/<uuid:tenant_id>", "notice", public(lambda **_: ""))
    app.add_url_rule("/schools/<uuid:tenant_id>/cameras", "cameras", requires(Permission.CAMERA_READ)(lambda **_: ""))
    assert not list(faults(app))
