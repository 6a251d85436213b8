"""What every answer has: hardened headers, an error in words, nothing half done."""

import re
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from flask import Flask, request
from werkzeug.datastructures import Headers
from werkzeug.exceptions import TooManyRequests

from infra.db import db
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind
from tenants import errors
from tenants.audit import queries as audit
from tenants.people.models import User
from tests.apps import dispose, web_settings, with_compiled_templates
from tests.factories import people
from tests.factories.registry import institution
from tests.webapp.conftest import WebClient
from webapp import create_app
from webapp.access import signed_in
from webapp.errors import PAGES, STATUS, status_of


def test_every_answer_is_hardened(web_client: WebClient) -> None:
    for address in ("/", "/sign-in", "/nothing", "/health/live", "/static/shouyuan.css"):
        with web_client.get(address) as answer:
            check_hardened(answer.headers)


def check_hardened(headers: Headers) -> None:
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_pages_are_kept_by_no_computer_and_styles_are(web_client: WebClient) -> None:
    page = web_client.get("/sign-in")
    assert page.headers["Cache-Control"] == "no-store"
    found = re.search(r'href="(/static/shouyuan\.css\?v=[0-9a-f]{12})"', page.text)
    assert found is not None
    with web_client.get(found[1]) as kept, web_client.get("/static/shouyuan.css?v=old") as asked_again:
        assert "immutable" in kept.headers["Cache-Control"]
        assert asked_again.headers["Cache-Control"] == "no-cache"
    assert web_client.get("/static/../__init__.py").status_code == 404


def test_cookies_are_for_our_pages_over_tls_only(database: DatabaseUrls) -> None:
    app = create_app(web_settings(database, BASE_URL="https://shouyuan.example"))
    answer = app.test_client().get("/sign-in", base_url="https://shouyuan.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-shouyuan=")
    assert all(flag in cookie for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "max-age" in answer.headers["Strict-Transport-Security"]
    dispose(app)


def test_a_form_without_its_token_changes_nothing(web_client: WebClient) -> None:
    people.bureau()
    people.person("someone")
    web_client.sign_in("someone")
    answer = web_client.post("/sign-out", csrf=False)
    assert answer.status_code == 400
    assert "請重新整理頁面，再送出一次" in answer.text
    assert web_client.get("/account").status_code == 200


def test_a_stranger_is_sent_to_sign_in_and_back(web_client: WebClient) -> None:
    answer = web_client.get("/account?x=1")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/account%3Fx%3D1")
    problem = web_client.get("/account", headers={"Accept": "application/json"})
    assert (problem.status_code, problem.mimetype) == (401, "application/problem+json")
    part = web_client.get("/account", headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Redirect"]) == (401, "/sign-in?next=/account")


def test_an_error_says_what_happened_and_what_to_do(web_client: WebClient) -> None:
    for method, address, status in (
        ("GET", "/nothing", HTTPStatus.NOT_FOUND),
        ("POST", "/about-access", HTTPStatus.METHOD_NOT_ALLOWED),
        ("GET", "/schools/not-a-uuid/", HTTPStatus.NOT_FOUND),
    ):
        answer = web_client.open(address, method=method)
        assert answer.status_code == status
        for words in (*PAGES[status], "回到首頁"):
            assert words in answer.text


def test_every_domain_error_has_a_status_and_every_status_a_page() -> None:
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.DomainError)}
    assert kinds == set(STATUS)
    assert set(STATUS.values()) <= set(PAGES)


def test_a_kind_of_error_made_later_takes_the_status_of_its_base() -> None:
    class TooYoung(errors.HeldByLaw):
        pass

    assert status_of(TooYoung("x")) is HTTPStatus.CONFLICT


@pytest.fixture
def breaking(domain: Flask, database: DatabaseUrls) -> Iterator[WebClient]:
    """Somebody in an app of the test's own, with routes that fail in every way."""
    app = with_compiled_templates(create_app(web_settings(database)))
    app.test_client_class = WebClient

    @signed_in
    def fail(kind: str) -> str:
        for user in db.session.scalars(db.select(User)):
            user.title = "half done"
        db.session.flush()
        match kind:
            case "bug":
                raise ZeroDivisionError
            case "busy":
                raise TooManyRequests
            case "invalid":
                raise errors.Invalid("日期不對。", field="day", code="bad_day")
            case _:
                return str(len(request.get_data()))

    app.add_url_rule("/fail/<kind>", "fail", fail, methods=["GET", "POST"])
    people.bureau()
    people.person("someone", title="老師")
    browser = app.test_client()
    assert isinstance(browser, WebClient)
    yield browser.sign_in("someone")
    dispose(app)
    assert domain


def test_what_failed_leaves_nothing_half_done(breaking: WebClient) -> None:
    for kind, status, words in (
        ("bug", 500, "沒有留下一半的資料"),
        ("busy", 429, "請稍候"),
        ("invalid", 422, "日期不對。"),
    ):
        answer = breaking.get(f"/fail/{kind}")
        assert answer.status_code == status
        assert words in answer.text
        assert "ZeroDivisionError" not in answer.text
    db.session.rollback()
    assert db.session.scalars(db.select(User.title).where(User.login == "someone")).one() == "老師"


def test_a_device_or_script_gets_a_problem_in_json(breaking: WebClient) -> None:
    answer = breaking.get("/fail/invalid", headers={"Accept": "application/json"})
    assert answer.mimetype == "application/problem+json"
    assert answer.json == {
        "type": "urn:shouyuan:problem:bad_day",
        "title": "資料有誤",
        "status": 422,
        "code": "bad_day",
        "detail": "日期不對。",
        "field": "day",
    }


def test_a_part_of_a_page_gets_only_the_sentence(breaking: WebClient) -> None:
    answer = breaking.get("/fail/invalid", headers={"HX-Request": "true"})
    assert "日期不對。" in answer.text
    assert "<html" not in answer.text


def test_a_body_that_is_too_large_is_refused(breaking: WebClient) -> None:
    answer = breaking.post("/fail/none", data=b"0" * (33 * 1024 * 1024))
    assert answer.status_code == 413
    assert "檔案太大" in answer.text


@pytest.mark.req("KH-1-3")
def test_a_refused_person_is_in_the_institutions_chain_once(web_client: WebClient) -> None:
    school = institution("K1")
    people.guard(school.tenant_id)
    assert web_client.sign_in("guard").get(f"/schools/{school.tenant_id}/cases/").status_code == 403
    bind(db.session, Binding(tenant_id=school.tenant_id))
    denied = audit.latest(tenant_id=school.tenant_id)[0]
    assert (denied.event, denied.actor_name) == ("access:denied", "陳警衛")
    assert denied.fields == {"permission": "disclosure:read", "route": "/schools/<uuid:tenant_id>/cases/"}


def test_health_says_which_part_is_missing_and_not_why(web_client: WebClient) -> None:
    assert web_client.get("/health/live").json == {"status": "ok"}
    ready = web_client.get("/health/ready")
    assert (ready.status_code, ready.json) == (200, {"database": "ok", "queue": "down"})
