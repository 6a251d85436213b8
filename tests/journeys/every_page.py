"""A walk through every page that a person reaches by links, and what axe finds there (DR-32).

Two test files walk for different people, so that two processes share what takes longest of all tests.
"""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Page

from tests.components import AXE
from tests.journeys.conftest import Town
from tests.webapp.conftest import WebClient

# Nothing that answers with a file or ends the session.
NOT_PAGES = re.compile(r"^/(media|static|sign-out)\b|.*\.(csv|ods|pdf)$")
VARIABLE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
# A case looks different in each state and to each side; a guard's pages and those of a closed institution are not the
# head's. All else is looked at once.
EACH = re.compile(r"/(cases|requests)/[0-9a-f-]{36}")
# Whose pages look otherwise than those of the head, whose addresses they share.
_APART = {"k1-guard": "guard ", "keeper": "closed "}
# A telephone, and the narrowest that WCAG 1.4.10 asks for.
WIDTHS = (390, 320)
REACH = "() => document.documentElement.scrollWidth"
RUN = "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
# A table that goes on at the right gives no sign of it on a telephone: there, every row is a card.
CUT = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.ariaLabel)"
GRAVE = {"serious", "critical"}


def faults_on_every_page(town: Town, logins: Iterable[str]) -> dict[str, str]:
    """Each kind of page that one of these persons reaches, with who saw a fault there and which; empty for none."""
    seen: dict[str, str] = {}
    for login in logins:
        for page, path in _pages(town, login, seen):
            for fault in faults_on(page):
                seen[path] = f"{login}: {fault}"
    return seen


def _pages(town: Town, login: str, seen: dict[str, str]) -> Iterator[tuple[Page, str]]:
    """Every page that this person reaches by links; those of a kind that nobody before reached are handed out."""
    page, been = _visit(town, login), set[str]()
    waiting = deque([page.url])
    while waiting:
        address = waiting.popleft()
        key = _key(address, login)
        if key in been or NOT_PAGES.match(urlsplit(address).path):
            continue
        been.add(key)
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, f"a link of {login} leads to {address}, which answers {answer.status}"
        waiting += _links(page, town.origin)
        if key not in seen:
            seen[key] = ""
            yield page, key
    page.context.close()


def _key(address: str, login: str) -> str:
    """What makes a page a kind of its own."""
    path, query = urlsplit(address).path, "?" if urlsplit(address).query else ""
    if EACH.search(path):
        return f"{login} {path}"
    return _APART.get(login, "") + VARIABLE.sub("*", path) + query


def _visit(town: Town, login: str) -> Page:
    # axe comes from outside the page, which its own policy would not let in; the other journeys run under the policy.
    context = town.browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-TW", bypass_csp=True)
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
    """Nothing sticks out of the screen, and axe finds nothing grave, on the page as it stands."""
    page.wait_for_load_state()  # what was clicked may have brought a page that is still being read
    page.locator("details").evaluate_all("all => all.forEach(details => { details.open = true; })")
    width = page.viewport_size["width"] if page.viewport_size else 0
    assert page.evaluate(REACH) <= width
    page.evaluate(AXE.read_text(encoding="utf-8"))  # also where the page's own policy lets no script in
    grave = _grave(page)
    assert not grave, "\n".join(grave)


def faults_on(page: Page) -> list[str]:
    """What axe finds grave, and what sticks out of a narrow screen."""
    page.locator("details").evaluate_all("all => all.forEach(details => { details.open = true; })")
    page.add_script_tag(path=AXE)
    faults = _grave(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        reach = page.evaluate(REACH)
        faults += [f"at {width} px the page is {reach} px wide"] if reach > width else []
        cut: list[str] = page.locator(".sy-scroll").evaluate_all(CUT)
        faults += [f"at {width} px the table 「{caption}」 is cut" for caption in cut]
    page.set_viewport_size({"width": 1440, "height": 900})
    return faults


def _grave(page: Page) -> list[str]:
    found: list[dict[str, Any]] = page.evaluate(RUN)
    return [
        f"{fault['id']}: {[node['html'][:160] for node in fault['nodes']]}"
        for fault in found
        if fault["impact"] in GRAVE
    ]
