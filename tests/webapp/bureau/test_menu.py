"""The bureau's menu: by duty, of what a role may open and nothing else, with the open page marked (DR-32)."""

import re
from collections import Counter

import pytest
from flask import Flask

from tenants.permissions import GRANTS, Role
from tests.factories import people
from tests.webapp.conftest import WebClient
from webapp.bureau.menu import PAGES, Group

pytestmark = pytest.mark.req("DR-32")
LINK = re.compile(r'<a href="([^"]+)"[^>]*>([^<]+)</a>')
WHO = {"bureau": Role.BUREAU_OFFICER, "operator": Role.OPERATOR, "auditor": Role.AUDITOR}


@pytest.fixture
def client(web_client: WebClient, domain: Flask) -> WebClient:
    assert domain
    people.bureau_officer("bureau")
    people.operator("operator")
    people.auditor("auditor")
    return web_client


def menu(client: WebClient, address: str) -> str:
    page = client.get(address).text
    return page[page.index('aria-label="教育局選單"') :].split("</nav>")[0]


def test_a_page_is_in_one_group_once() -> None:
    assert len({endpoint for _, _, endpoint, _ in PAGES}) == len({words for _, words, _, _ in PAGES}) == len(PAGES)
    assert [group for group in Group if not any(group is each for each, *_ in PAGES)] == []
    order = [list(Group).index(group) for group, *_ in PAGES]
    assert order == sorted(order), "the table is read as the menu is"


@pytest.mark.parametrize("login", WHO)
def test_each_role_is_offered_what_it_may_open_and_nothing_else(client: WebClient, login: str) -> None:
    client.sign_in(login)
    first = client.get("/home").headers["Location"]
    offered = LINK.findall(menu(client, first))
    mine = [words for _, words, _, needed in PAGES if WHO[login] in GRANTS[needed]]
    assert [words for _, words in offered] == mine
    assert {client.get(address).status_code for address, _ in offered} == {200}


def test_the_open_page_is_marked_and_its_name_stands_beside_its_group(client: WebClient) -> None:
    client.sign_in("bureau")
    shown = menu(client, "/bureau/zones")
    assert 'aria-current="page">設置區域統計</a>' in shown
    assert shown.count("aria-current") == 1
    assert re.search(r'<summary class="sy-here">查核<span>：設置區域統計</span>', shown)
    assert shown.count("sy-here") == 1


def test_one_page_alone_is_a_link_and_no_group(client: WebClient) -> None:
    client.sign_in("auditor")
    shown = menu(client, client.get("/home").headers["Location"])
    mine = Counter(group for group, _, _, needed in PAGES if Role.AUDITOR in GRANTS[needed])
    assert min(mine.values()) == 1, "or nothing is shown of it"
    assert re.findall(r"<summary[^>]*>([^<]+)", shown) == [each for each in Group if mine[each] > 1]
