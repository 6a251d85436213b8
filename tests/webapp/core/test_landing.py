"""Every address that only takes a form leads who looks at it to the page that the form stands on (DR-32)."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from flask import Flask
from werkzeug.routing import Map, Rule

from tests.apps import dispose, media_settings
from tests.slate import Slate
from webapp.media.app import create_media_app

pytestmark = pytest.mark.req("DR-32")

_WORDS = {"token": "x", "role": "handler", "take": 1, "stretch": 1, "code": "K1"}
# Where no page is nearer, since the form stands at the head of every page.
_FROM_ANYWHERE = {"/sign-out"}


@dataclass(frozen=True)
class Apps:
    """The two processes whose pages people see."""

    web: Flask
    media: Flask

    def forms(self) -> Iterator[tuple[Flask, Rule, str]]:
        """Every route that only takes what a form sends, and an address of it."""
        for app in (self.web, self.media):
            looked_at = {str(rule) for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
            for rule in app.url_map.iter_rules():
                acts = "POST" in (rule.methods or ()) and str(rule) not in looked_at
                if acts and not str(rule).startswith("/ingest/"):
                    yield app, rule, _address(rule)


@pytest.fixture(scope="module")
def media(slate: Slate) -> Iterator[Flask]:
    made = create_media_app(media_settings(slate.lend()))
    yield made
    dispose(made)


@pytest.fixture
def apps(web_app: Flask, media: Flask) -> Apps:
    return Apps(web_app, media)


def test_who_reloads_a_refused_form_comes_to_its_page(apps: Apps) -> None:
    wrong = [f"{rule}: {said}" for app, rule, address in apps.forms() if (said := _fault(apps, app, address))]
    assert not wrong, "\n".join(wrong)


def test_the_walk_sees_forms_of_both_processes(apps: Apps) -> None:
    assert sum(app is apps.web for app, *_ in apps.forms()) > 80
    assert sum(app is apps.media for app, *_ in apps.forms()) >= 4


def test_the_page_says_that_nothing_was_sent(apps: Apps) -> None:
    browser = apps.web.test_client()
    answer = browser.get(f"/panel/{uuid4()}/seat/declaration")
    assert answer.location.endswith("/seat")
    assert "沒有送出任何內容" in browser.get("/").text


def test_a_program_is_told_that_the_address_only_takes_forms(apps: Apps) -> None:
    answer = apps.web.test_client().get("/sign-out", headers={"Accept": "application/json"})
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_page_that_takes_no_form_leads_nowhere(apps: Apps) -> None:
    assert apps.web.test_client().post("/about-access").status_code == 405


def _fault(apps: Apps, app: Flask, address: str) -> str:
    answer = app.test_client().get(address)
    if answer.status_code != 303:
        return f"answers {answer.status_code}"
    page = urlsplit(answer.location).path
    if address in _FROM_ANYWHERE:
        return "" if page == "/" else f"leads to {page}"
    return "" if _is_page(apps.web.url_map, page) and not _is_first(page) else f"leads to {page}"


def _is_page(known: Map, path: str) -> bool:
    return known.bind("localhost").test(path, method="GET")


def _is_first(path: str) -> bool:
    """Whether it is the first page of everybody, or of an institution: from there one would have to search."""
    parts = [part for part in path.split("/") if part]
    return len(parts) <= 1 or (parts[0] == "schools" and len(parts) == 2)


def _address(rule: Rule) -> str:
    ids: dict[str, UUID | str | int] = {
        name: uuid4() if name.endswith("_id") else _WORDS[name] for name in rule.arguments
    }
    built = rule.build(ids)
    assert built is not None
    return built[1]
