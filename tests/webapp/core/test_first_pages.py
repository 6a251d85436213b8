"""Each role of the bureau lands on a page that is theirs; refused elsewhere, they are told which that is."""

import pytest
from flask import Flask

from tenants.permissions import BUREAU_ROLES
from tests.factories import people
from tests.webapp.conftest import WebClient
from webapp.first_pages import FIRST_PAGES


def test_every_role_of_the_bureau_has_a_page_it_begins_on() -> None:
    assert FIRST_PAGES.keys() == BUREAU_ROLES


@pytest.mark.parametrize(
    ("login", "page"),
    [
        ("bureau", ("/bureau/", "/bureau/platform", "合規總覽")),
        ("operator", ("/bureau/platform", "/bureau/", "平台健康情形")),
        ("auditor", ("/bureau/audit", "/bureau/accounts", "稽核")),
    ],
)
def test_somebody_refused_is_led_to_their_own_first_page(
    web_client: WebClient, domain: Flask, login: str, page: tuple[str, str, str]
) -> None:
    assert domain
    address, refused, words = page
    {"bureau": people.bureau_officer, "operator": people.operator, "auditor": people.auditor}[login]()
    client = web_client.sign_in(login)
    assert client.get("/home").location == address
    assert "現在該做什麼" in client.get(address).text
    answer = client.get(refused)
    assert answer.status_code == 403
    assert f"您的工作從「{words}」開始" in answer.text
    assert f'href="{address}">前往{words}</a>' in answer.text
    assert "機構首長" not in answer.text
