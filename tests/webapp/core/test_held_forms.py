"""A form that was sent after the session was over: nothing happened, and nothing that was typed is lost."""

import re
from html import unescape

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.factories.cast import cast
from tests.webapp.conftest import WebClient
from tests.webapp.desk import Desk, Shelf, letter

OURS = {"Origin": "http://localhost"}


@pytest.fixture
def desk(web_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr("infra.queues.enqueue", lambda *_job, **_arguments: None)
    web_app.extensions["store"] = Shelf()
    return Desk(web_app, cast(), Shelf())


def end_session(browser: WebClient) -> None:
    with browser.session_transaction() as kept:
        kept["seen"] -= 31 * 60


def held(page: TestResponse) -> dict[str, list[str]]:
    """The fields that a page holds."""
    form = page.text.split("<main")[1]
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form):
        found.setdefault(name, []).append(unescape(value))
    return found


def test_a_letter_typed_for_an_hour_is_filed_after_signing_in_again(desk: Desk) -> None:
    browser, address = desk.browser("officer"), f"{desk.requests()}/new"
    end_session(browser)
    typed = letter(desk.cast.k1.cameras["C-GATE"], purpose='查明"行竊"經過 <b>')

    late = browser.post(address, data=typed, headers=OURS)

    assert late.status_code == 401
    assert "登入已逾時，內容未送出" in late.text
    assert '<a href="/sign-in" target="_blank"' in late.text
    assert "檔案無法保留" in late.text
    kept = held(late)
    assert "csrf_token" not in kept
    assert kept == {name: [str(value)] for name, value in typed.items() if name != "scan"}
    assert desk.cases() == []

    browser.sign_in("officer")
    again = browser.post(address, data=kept, headers=OURS, csrf=False)
    assert again.status_code == 400
    assert "內容還在，請按「送出」" in again.text
    fresh = held(again)
    token = fresh.pop("csrf_token")
    assert fresh == kept
    assert desk.cases() == []

    # The file has to be chosen again, so the form comes back with everything else in it.
    form = browser.post(address, data=fresh | {"csrf_token": token}, headers=OURS, csrf=False)
    assert form.status_code == 422
    assert "請上傳公文掃描檔" in form.text
    assert "查明&#34;行竊&#34;經過 &lt;b&gt;" in form.text


def test_a_short_form_without_a_file_goes_through_with_what_was_held(desk: Desk) -> None:
    head, address = desk.browser("k1-head"), f"{desk.school}/people/roles"
    end_session(head)
    late = head.post(address, data={"login": "k1-staff", "role": "guard", "unit": "總務處"}, headers=OURS)

    head.sign_in("k1-head")
    again = head.post(address, data=held(late), headers=OURS, csrf=False)
    done = head.post(address, data=held(again), headers=OURS, csrf=False)

    assert (late.status_code, again.status_code, done.status_code) == (401, 400, 303)
    assert "已指派" in head.get(f"{desk.school}/people/").text


def test_no_password_is_held(desk: Desk) -> None:
    browser = desk.browser("officer")
    end_session(browser)

    late = browser.post(
        "/account/password", data={"current": "SECRET-1", "password": "SECRET-2", "again": "SECRET-2"}, headers=OURS
    )

    assert late.status_code == 401
    assert "SECRET" not in late.text


@pytest.mark.parametrize("origin", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_what_a_strangers_page_sends_is_not_put_into_ours(desk: Desk, origin: dict[str, str]) -> None:
    browser, address = desk.browser("k1-head"), f"{desk.school}/people/roles"

    forged = browser.post(address, data={"login": "FORGED"}, headers=origin, csrf=False)
    end_session(browser)
    late = browser.post(address, data={"login": "FORGED"}, headers=origin)

    assert (forged.status_code, late.status_code) == (400, 303)
    assert "FORGED" not in forged.text + late.text


def test_a_form_too_large_to_be_read_is_not_held(desk: Desk) -> None:
    browser = desk.browser("officer")
    end_session(browser)

    # Only the length is announced: a server that read on would wait for bytes that never come.
    late = browser.post(
        f"{desk.requests()}/new",
        headers=OURS,
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(200 * 1024 * 1024)},
    )

    assert (late.status_code, late.location) == (303, "/sign-in")
