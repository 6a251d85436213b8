"""A walk through every page that a person reaches, and what is wrong there for who sees, hears or moves differently.

Two test files walk for different people, so that two processes share what takes longest of all tests (DR-32).
"""

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Page, ViewportSize

from tests.components import AXE
from tests.journeys.conftest import Town
from tests.journeys.keyboard import keyboard_faults
from tests.webapp.conftest import WebClient

# Nothing that answers with a file or ends the session. A viewing is a journey of its own: test_viewing.
NOT_PAGES = re.compile(r"^/(media|static|sign-out)\b|.*\.(csv|ods|pdf|ics|svg)$|.*/viewings/[0-9a-f]{8}-[^/]+$")
VARIABLE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
# A case looks different in each state and to each side; a guard's pages and those of a closed institution are not the
# head's. All else is looked at once.
EACH = re.compile(r"/(cases|requests)/[0-9a-f-]{36}")
# Whose pages of an institution look otherwise than those of the head, whose addresses they share.
_APART = {"k1-guard": "guard ", "keeper": "closed "}
# A desk; one at 200 % (1.4.4), which halves its height too; a telephone; and the narrowest that 1.4.10 asks for.
_DESK = (1440, 900)
_ENLARGED = (640, 400)
_TELEPHONES = ((390, 844), (320, 640))
LOOKS = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")
# Also what a finger needs, which axe leaves out unless it is asked (2.5.8).
OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
GRAVE = {"serious", "critical"}
RUN = "async options => (await axe.run(document, options)).violations"
# A menu's groups lie over the page and open one at a time: `test_menus` opens them.
OPEN = "all => all.forEach(details => { details.open = true; })"
_PLAIN = "｜"  # between the name of a page and ours


@dataclass
class Walk:
    """What a walk saw: the faults of each kind of page, and the routes that it came by."""

    faults: dict[str, list[str]] = field(default_factory=dict)
    routes: set[str] = field(default_factory=set)

    def told(self) -> str:
        """All faults at once, a line each; empty for none."""
        return "\n".join(f"{path} {fault}" for path, faults in self.faults.items() for fault in faults)


def walk(town: Town, logins: Iterable[str], *, also: Mapping[str, Iterable[str]]) -> Walk:
    """Visit every page that one of these persons reaches; each kind of page is looked at once.

    `also`: by login, pages that no link leads to. The login "" is somebody without an account.
    """
    made = Walk()
    for login in logins:
        for page, path in _pages(town, login, made, also.get(login, ())):
            made.faults[path] += [f"{login}: {fault}" for fault in faults_on(page)]
    return made


def _pages(town: Town, login: str, made: Walk, also: Iterable[str]) -> Iterator[tuple[Page, str]]:
    """Every page that this person reaches; those of a kind that nobody before reached are handed out."""
    page, been, titles = _visit(town, login), set[str](), dict[str, str]()
    waiting = deque([page.url, *(town.origin + path for path in also)])
    while waiting:
        address = waiting.popleft()
        path = _without_ids(address)
        if path in been or NOT_PAGES.match(urlsplit(address).path):
            continue
        been.add(path)
        answer = page.goto(address)
        routes = [_route(town, each) for each in (address, page.url)]
        made.routes.update(routes)
        if answer is None or not answer.ok:
            made.faults[path] = [f"{login}: a link leads to {address}, which answers {answer and answer.status}"]
            continue
        waiting += _links(page, town.origin)
        kind = _kind(routes[0], address, login)
        if kind not in made.faults:
            made.faults[kind] = _title_faults(page, routes[1], titles)
            yield page, kind
    page.context.close()


def _route(town: Town, address: str) -> str:
    """The endpoint that answers at an address."""
    return str(town.web.url_map.bind("").match(urlsplit(address).path)[0])


def _title_faults(page: Page, route: str, titles: dict[str, str]) -> list[str]:
    """Whether a person can tell this page from the others by its name alone, among tabs and bookmarks (2.4.2)."""
    title = page.title()
    other = titles.setdefault(title, route)
    faults = [f"the title 「{title}」 is also that of {other}"] if other != route else []
    return faults + ([] if title.partition(_PLAIN)[0].strip() else [f"the title 「{title}」 does not name the page"])


def _without_ids(address: str) -> str:
    """Of pages that differ by a number alone one is visited, except of cases."""
    path, query = urlsplit(address).path, "?" if urlsplit(address).query else ""
    return (path if EACH.search(path) else VARIABLE.sub("*", path)) + query


def _kind(route: str, address: str, login: str) -> str:
    """What makes a page one to be looked at."""
    query = "?" if urlsplit(address).query else ""
    if EACH.search(address):
        return f"{login} {urlsplit(address).path}"
    apart = _APART.get(login, "") if route.startswith("school.") else ""
    return apart + route + query


def _visit(town: Town, login: str) -> Page:
    # axe comes from outside the page, which its own policy would not let in; the other journeys run under the policy.
    context = town.browser.new_context(viewport=_size(_DESK), locale="zh-TW", bypass_csp=True)
    page = context.new_page()
    page.goto(town.origin)
    if login:
        signed_in = town.web.test_client()
        assert isinstance(signed_in, WebClient)
        cookie = signed_in.sign_in(login).get_cookie("shouyuan")
        assert cookie is not None
        context.add_cookies([{"name": "shouyuan", "value": cookie.value, "url": town.origin}])
        page.goto(f"{town.origin}/home")
    return page


def _links(page: Page, origin: str) -> list[str]:
    found: list[str] = page.locator("a[href]:not([download])").evaluate_all(
        # Also what is drawn has links, whose `href` is no text.
        "links => links.map(link => new URL(link.getAttribute('href'), document.baseURI).href.split('#')[0])"
    )
    return [link for link in dict.fromkeys(found) if urljoin(link, "/") == f"{origin}/"]


def looks_right(page: Page) -> None:
    """Nothing sticks out of the screen, and axe finds nothing grave, in the midst of a journey."""
    page.wait_for_load_state()  # what was clicked may have brought a page that is still being read
    _prepare(page)
    faults = page.evaluate("looks.frame()") + page.evaluate("looks.tooWide()") + axe_faults(page, GRAVE)
    assert not faults, "\n".join(faults)


def faults_on(page: Page) -> list[str]:
    """What is wrong with a page at a desk, enlarged, on a telephone, and with the keyboard alone."""
    _prepare(page)
    faults: list[str] = page.evaluate("looks.frame()") + axe_faults(page)
    for size in (_DESK, _ENLARGED, *_TELEPHONES):
        page.set_viewport_size(_size(size))
        faults += page.evaluate("looks.atThisWidth()")
        if size == _ENLARGED or page.evaluate("looks.sticks()"):
            faults += keyboard_faults(page)
    page.set_viewport_size(_size(_DESK))
    return faults


def axe_faults(page: Page, impacts: Collection[str] = ()) -> list[str]:
    """What axe finds on the page as it stands: all, or what weighs as much as these words of its own say."""
    page.evaluate(AXE.read_text(encoding="utf-8"))  # also where the page's own policy lets no script in
    found: list[dict[str, Any]] = page.evaluate(RUN, OPTIONS)
    told = [fault for fault in found if not impacts or fault["impact"] in impacts]
    return [f"{fault['id']}: {[node['html'][:160] for node in fault['nodes']]}" for fault in told]


def _prepare(page: Page) -> None:
    page.locator("details:not([data-group])").evaluate_all(OPEN)
    page.evaluate(LOOKS)


def _size(of: tuple[int, int]) -> ViewportSize:
    return {"width": of[0], "height": of[1]}
