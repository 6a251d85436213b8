"""Signing in through the page, and how a session ends."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.audit import queries as audit
from tenants.audit.events import Event
from tenants.people import actions, roles
from tenants.people.models import User
from tenants.permissions import Role
from tests.factories import people
from tests.factories.registry import institution
from tests.webapp.conftest import WebClient

OPERATOR = Actor(kind=ActorKind.PERSON, id=uuid4(), name="operator", roles=frozenset({Role.OPERATOR}))
HEAD = Actor(kind=ActorKind.PERSON, id=uuid4(), name="head", roles=frozenset({Role.HEAD}))


@pytest.fixture
def head(domain: Flask) -> UUID:
    assert domain
    people.bureau()
    return people.head(institution().tenant_id)


def enter(client: WebClient, login: str, password: str, *, where: str = "/sign-in") -> int:
    page = client.get(where).text
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    client.token = found[1]
    return client.post(where, data={"login": login, "password": password}).status_code


def events(user_id: UUID) -> list[str]:
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    db.session.rollback()
    return [event.event for event in audit.latest(tenant_id=bureau_id) if event.subject_id == user_id][::-1]


def test_a_person_signs_in_with_the_right_password(web_client: WebClient, head: UUID) -> None:
    assert enter(web_client, " HEAD ", people.PASSWORD) == 303
    assert web_client.get("/account").status_code == 200
    assert events(head) == [Event.ACCOUNT_SIGNED_IN.key]


def test_a_weak_hash_is_made_again_at_sign_in(web_client: WebClient, head: UUID) -> None:
    before = db.session.get_one(User, head).password_hash
    enter(web_client, "head", people.PASSWORD)
    db.session.expire_all()
    assert db.session.get_one(User, head).password_hash != before


@pytest.mark.req("KH-5-1a")
def test_five_failures_lock_the_account_also_for_the_right_password(web_client: WebClient, head: UUID) -> None:
    for _ in range(5):
        assert enter(web_client, "head", "wrong") == 401
    assert enter(web_client, "head", people.PASSWORD) == 401
    assert events(head) == [Event.ACCOUNT_SIGN_IN_FAILED.key] * 5 + [Event.ACCOUNT_LOCKED.key]


@pytest.mark.req("KH-5-1a")
@pytest.mark.usefixtures("head")
def test_a_lock_tells_how_long_and_whom_to_ask_and_not_whether_the_name_exists(
    web_client: WebClient, other_client: WebClient
) -> None:
    def told(client: WebClient, login: str) -> list[str]:
        enter(client, "x", "x")  # so that the cookie and its token are there
        pages = [client.post("/sign-in", data={"login": login, "password": "wrong"}).text for _ in range(6)]
        return [re.sub(r'value="[^"]*"', "", page) for page in pages]

    real, made_up = told(web_client, "head"), told(other_client, "nobody")

    assert real == made_up
    assert ["暫停登入 15 分鐘" in page for page in real] == [False] * 4 + [True] * 2
    assert re.search(r"請於 \d\d:\d\d 以後再試；在此之前，輸入正確的密碼也不能登入", real[4])
    assert "請洽平台維運人員" in real[4]
    right = web_client.post("/sign-in", data={"login": " HEAD ", "password": people.PASSWORD})
    assert right.status_code == 401
    assert "暫停登入 15 分鐘" in right.text


@pytest.mark.usefixtures("head")
def test_tries_under_other_names_and_in_other_browsers_are_not_counted_together(
    web_client: WebClient, other_client: WebClient
) -> None:
    for login in ("a", "b", "c", "d", "e"):
        enter(web_client, login, "wrong")
    assert "暫停登入 15 分鐘" not in web_client.post("/sign-in", data={"login": "f", "password": "wrong"}).text

    for _ in range(5):
        enter(web_client, "head", "wrong")
    enter(other_client, "x", "x")
    elsewhere = other_client.post("/sign-in", data={"login": "head", "password": "wrong"}).text
    assert "暫停登入 15 分鐘" not in elsewhere, "a stranger's browser would learn that the name exists"
    assert "帳號會暫停 15 分鐘" in elsewhere


@pytest.mark.usefixtures("head")
def test_after_the_lock_the_sentence_counts_anew(web_client: WebClient) -> None:
    for _ in range(5):
        enter(web_client, "nobody", "wrong")
    with web_client.session_transaction() as kept:
        kept["tries"] = {name: [count, until - 16 * 60] for name, (count, until) in kept["tries"].items()}

    assert "暫停登入" not in web_client.post("/sign-in", data={"login": "nobody", "password": "wrong"}).text


def test_guesses_at_the_same_moment_are_counted_one_by_one(web_app: Flask, head: UUID) -> None:
    def guess(number: int) -> int:
        client = web_app.test_client()
        assert isinstance(client, WebClient)
        return enter(client, "head", f"wrong {number}")

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(guess, range(8))) == {401}
    user = db.session.get_one(User, head, populate_existing=True)
    assert user.failed_sign_ins == 5
    assert user.locked_until is not None


def test_a_lock_runs_out(web_client: WebClient, head: UUID) -> None:
    for _ in range(5):
        enter(web_client, "head", "wrong")
    user = db.session.get_one(User, head, populate_existing=True)
    user.locked_until = clock.now() - timedelta(seconds=1)
    db.session.commit()
    assert enter(web_client, "head", "wrong again") == 401
    assert enter(web_client, "head", people.PASSWORD) == 303


@pytest.mark.usefixtures("head")
def test_an_unknown_name_and_a_wrong_password_get_the_same_page(web_client: WebClient) -> None:
    def refused(login: str) -> str:
        enter(web_client, "x", "x")  # so that the cookie is the same in both
        answer = web_client.post("/sign-in", data={"login": login, "password": "wrong"})
        return re.sub(r'value="[^"]*"', "", answer.text)

    assert refused("head") == refused("nobody")


@pytest.mark.req("KH-5-2", "DR-15")
def test_a_deactivated_person_is_out_at_the_next_request(web_client: WebClient, head: UUID) -> None:
    web_client.sign_in("head")
    assert web_client.get("/account").status_code == 200
    actions.deactivate(user_id=head, actor=OPERATOR)
    db.session.commit()
    answer = web_client.get("/account")
    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=/account"
    assert db.session.get_one(User, head).name == "王園長"


@pytest.mark.req("KH-5-2", "DR-15")
def test_a_person_whose_role_ended_is_out_at_the_next_request(web_client: WebClient) -> None:
    people.bureau()
    school = institution()
    people.head(school.tenant_id)
    handler = people.handler(school.tenant_id)
    successor = people.staff(school.tenant_id)
    web_client.sign_in("handler")
    bind(db.session, Binding(tenant_id=school.tenant_id))
    roles.end_role(tenant_id=school.tenant_id, user_id=handler, role=Role.HANDLER, successor_id=successor, actor=HEAD)
    db.session.commit()
    assert web_client.get("/account").status_code == 303


@pytest.mark.usefixtures("head")
def test_signing_out_ends_a_copied_cookie_too(web_client: WebClient, other_client: WebClient) -> None:
    web_client.sign_in("head")
    with web_client.session_transaction() as kept:
        stolen = dict(kept)
    with other_client.session_transaction() as kept:
        kept.update(stolen)
    assert other_client.get("/account").status_code == 200
    assert web_client.post("/sign-out").status_code == 303
    assert other_client.get("/account").status_code == 303


@pytest.mark.usefixtures("head")
@pytest.mark.parametrize(("begun", "seen"), [(0, -31 * 60), (-8 * 3600 - 1, 0)])
def test_a_session_ends_when_idle_and_after_a_working_day(web_client: WebClient, begun: int, seen: int) -> None:
    web_client.sign_in("head")
    with web_client.session_transaction() as kept:
        kept["begun"] += begun
        kept["seen"] += seen
    assert web_client.get("/account").status_code == 303


@pytest.mark.usefixtures("head")
def test_a_person_keeps_a_session_alive_and_a_page_that_asks_by_itself_does_not(web_client: WebClient) -> None:
    web_client.sign_in("head")

    def seen_after(headers: dict[str, str]) -> int:
        with web_client.session_transaction() as kept:
            kept["seen"] -= 20 * 60
            before: int = kept["seen"]
        assert web_client.get("/account", headers=headers).status_code == 200
        with web_client.session_transaction() as kept:
            return int(kept["seen"]) - before

    assert seen_after({}) > 19 * 60
    assert seen_after({"HX-Request": "true"}) == 0


@pytest.mark.usefixtures("head")
@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/account", "/account"),
        ("https://evil.example/", "/home"),
        ("//evil.example/", "/home"),
        ("/\\evil.example/", "/home"),
        ("javascript:alert(1)", "/home"),
    ],
)
def test_signing_in_leads_back_to_our_own_pages_only(web_client: WebClient, target: str, leads_to: str) -> None:
    page = web_client.get("/sign-in").text
    web_client.token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]  # type: ignore[index]
    answer = web_client.post(
        "/sign-in", query_string={"next": target}, data={"login": "head", "password": people.PASSWORD}
    )
    assert answer.location == leads_to


@pytest.mark.usefixtures("head")
def test_a_new_password_must_be_long_and_ends_other_sessions(web_client: WebClient, other_client: WebClient) -> None:
    web_client.sign_in("head")
    other_client.sign_in("head")
    new = "a quite new lantern"
    short = web_client.post("/account/password", data={"current": people.PASSWORD, "password": "s", "again": "s"})
    assert short.status_code == 422
    assert "至少要 12 個字元" in short.text
    wrong = web_client.post("/account/password", data={"current": "no", "password": new, "again": new})
    assert "目前的密碼不正確" in wrong.text
    good = web_client.post("/account/password", data={"current": people.PASSWORD, "password": new, "again": new})
    assert good.status_code == 303
    assert web_client.get("/account").status_code == 200
    assert other_client.get("/account").status_code == 303
