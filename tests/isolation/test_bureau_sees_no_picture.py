"""Every page and file of the bureau's, on a city with footage: no picture, no way to one, no key (DR-09, KH-1-3)."""

import base64
import io
import re
import zipfile
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from infra import spreadsheets
from tenants.compliance.articles.catalogue import ARTICLES
from tests import printouts
from tests.apps import dispose, web_settings
from tests.isolation.browser import Browser
from tests.isolation.conftest import City
from tests.isolation.test_routes import Door, _ids
from webapp import create_app
from webapp.access import Place
from webapp.bureau.exports import LISTS
from webapp.bureau.listing import Ending

pytestmark = pytest.mark.req("DR-09", "KH-1-3")

FILES = {"text/csv", spreadsheets.ODS, "application/pdf", "application/json"}
PICTURE = re.compile(
    r"<(img|video|audio|source|picture|canvas|image|iframe|object|embed)\b|data:(image|video|application)|\.(m3u8|mp4|m4s)"
    r"|AGE-SECRET-KEY|-----BEGIN|age-encryption\.org",
    re.IGNORECASE,
)
LINK = re.compile(r'(?:href|src|action|xlink:href|poster|data-\w+)="([^"]*)"')
# Where footage is, and the schools' own pages, which lead to it.
FORBIDDEN = re.compile(r"/media/|/schools/|/ingest/|^https?:|^//|^data:")


@pytest.fixture(scope="module")
def app(city: City) -> Iterator[Flask]:
    made = create_app(web_settings(city.urls))
    made.test_client_class = Browser
    yield made
    dispose(made)


@pytest.fixture(scope="module")
def secrets(city: City) -> set[str]:
    """What opens or names footage in this city: keys as they are kept, whose they are, and its segments."""
    with city.superuser() as connection:
        wrapped = [
            bytes(each)
            for table in ("day_keys", "records_keys")
            for each in connection.scalars(text(f"select wrapped_secret from {table}"))  # noqa: S608 - two names of ours
            if each is not None
        ]
        named = [
            str(each)
            for query in ("select recipient from day_keys", "select id from segments")
            for each in connection.scalars(text(query))
        ]
    assert wrapped
    assert named
    return {*named, *(each.hex() for each in wrapped), *(base64.b64encode(each).decode() for each in wrapped)}


def addresses(app: Flask, city: City) -> list[str]:
    """Every page of the bureau's with ids that are real, each list in each form, and each article."""
    doors = [Door(app, rule, "GET") for rule in app.url_map.iter_rules() if "GET" in (rule.methods or set())]
    ids = _ids(city.theirs)
    pages = [door.path({name: ids[name] for name in door.ids}) for door in doors if door.access.place is Place.BUREAU]
    files = [f"/bureau/exports/{key}.{ending}" for key in LISTS for ending in Ending]
    return [*pages, *files, *(f"/bureau/articles/{article.key}" for article in ARTICLES)]


def words_of(answer: TestResponse) -> str:
    """All that a file or a page says, and refuses one that holds an image."""
    kind = answer.mimetype
    if kind == "application/pdf":
        assert printouts.images(answer.data) == 0
        return printouts.words(answer.data)
    if kind == spreadsheets.ODS:
        with zipfile.ZipFile(io.BytesIO(answer.data)) as opened:
            assert not [name for name in opened.namelist() if name.startswith("Pictures")]
            return opened.read("content.xml").decode()
    return answer.text


def faults(answer: TestResponse, secrets: set[str]) -> Iterator[str]:
    """What of a picture, of a way to one, or of a key is in an answer."""
    if answer.mimetype not in FILES | {"text/html"}:
        yield f"it is {answer.mimetype}"
        return
    said = words_of(answer)
    content = re.sub(r"<head>.*?</head>", "", said, flags=re.DOTALL)  # the site's own icon and style
    yield from (f"it shows {found[0]}" for found in PICTURE.finditer(content))
    yield from (f"it leads to {link}" for link in LINK.findall(content) if FORBIDDEN.search(link))
    yield from (f"it tells {secret[:20]}" for secret in secrets if secret in said)


def test_no_page_and_no_file_of_the_bureaus_shows_a_picture_leads_to_one_or_tells_a_key(
    city: City, app: Flask, secrets: set[str]
) -> None:
    opened = 0
    for officer in city.bureau_people:
        browser = app.test_client()
        assert isinstance(browser, Browser)
        browser.become(officer)
        for address in addresses(app, city):
            answer = browser.get(address)
            assert answer.status_code in {200, 302, 303, 403, 404}, f"{address} answered {answer.status_code}"
            opened += answer.status_code == 200
            found = list(faults(answer, secrets))
            assert not found, f"{address}: {found}"
    assert opened > 100, "this test looks at nothing"


@pytest.mark.parametrize(
    "body",
    [
        '<img src="/x">',
        '<a href="/media/schools/1/playlist">',
        '<a href="/schools/1/timeline">',
        "AGE-SECRET-KEY-1",
        '<p style="x">data:image/png',
    ],
)
def test_this_test_would_see_one(app: Flask, body: str) -> None:
    assert list(
        faults(
            TestResponse([body.encode()], "200 OK", {"Content-Type": "text/html"}, app.test_request_context().request),
            set(),
        )
    )  # type: ignore[arg-type]
