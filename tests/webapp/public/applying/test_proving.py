"""An address is proved by a code that is read in its mailbox, and nothing here tells which addresses are known."""

from datetime import timedelta

import pytest
from flask import Flask

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit.models import AuditEvent
from tenants.disclosures.applying import queries, rules, visits
from tenants.disclosures.applying.models import Visit
from tenants.errors import Invalid
from tests.webapp.public.applying.conftest import Door
from tests.webapp.visitor import PARENT, WHO, Visitor

pytestmark = pytest.mark.req("KH-6-2g")
_REFUSED = "驗證碼不正確、已過期，或已試太多次"


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_the_code_from_the_mail_opens_the_form_and_works_once(parent: Visitor, door: Door) -> None:
    assert parent.ask().location == "/apply/K1/proof"
    code = parent.read_mail()

    answer = parent.post("/proof", {"code": f" {code[:3]} {code[3:]} "})

    assert (answer.status_code, answer.location) == (303, "/apply/K1/form")
    assert parent.get("/form/who").status_code == 200
    assert parent.post("/proof", {"code": code}).status_code == 422
    assert door("K1").get("/form/who").location == "/apply/K1/code", "another browser has proved nothing"


def test_without_a_proof_every_page_behind_it_leads_to_the_code(parent: Visitor) -> None:
    for path in ("/form", "/form/who", "/form/check", "/form/identity", "/follow"):
        answer = parent.get(path)
        assert (answer.status_code, answer.location) == (303, "/apply/K1/code"), path
    assert parent.post("/form/who", WHO).location == "/apply/K1/code"


def test_after_five_wrong_tries_the_right_code_opens_nothing(parent: Visitor) -> None:
    parent.ask()
    code = parent.read_mail()
    for _ in range(rules.MOST_TRIES):
        answer = parent.post("/proof", {"code": wrong(code)})
        assert answer.status_code == 422
        assert _REFUSED in answer.text

    last = parent.post("/proof", {"code": code})

    assert (last.status_code, _REFUSED in last.text) == (422, True)
    assert parent.visits()[0].tries == rules.MOST_TRIES


def test_a_code_of_eleven_minutes_ago_opens_nothing(parent: Visitor) -> None:
    parent.ask()
    code = parent.read_mail()
    visit = parent.visits()[0]
    visit.code_sent_at = clock.now() - timedelta(minutes=11)
    db.session.commit()

    assert _REFUSED in parent.post("/proof", {"code": code}).text


def test_an_older_code_opens_nothing_once_a_newer_was_asked_for(parent: Visitor) -> None:
    parent.ask()
    first = parent.read_mail()
    parent.ask()
    second = parent.read_mail()

    assert parent.post("/proof", {"code": wrong(second) if first == second else first}).status_code == 422
    assert parent.post("/proof", {"code": second}).status_code == 303


def test_who_asks_too_often_gets_the_same_answer_and_no_further_mail(parent: Visitor) -> None:
    answers = []
    for _ in range(rules.CODES_AN_HOUR + 2):
        parent.get("/code")
        answer = parent.ask()
        answers.append((answer.status_code, answer.location))
    parent.read_mail()

    assert set(answers) == {(303, "/apply/K1/proof")}
    assert len(parent.letters) == rules.CODES_AN_HOUR
    assert _REFUSED in parent.post("/proof", {"code": "000000"}).text, "its visit is one that nothing opens"


def test_an_institution_whose_mailboxes_are_being_filled_says_so(
    parent: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "CODES_OF_INSTITUTION_AN_HOUR", 2)
    for number in range(2):
        parent.ask(f"somebody{number}@example.org")

    answer = parent.ask("somebody-else@example.org")

    assert answer.status_code == 422
    assert "目前索取驗證碼的人太多" in answer.text


@pytest.mark.parametrize("typed", ["", "  ", "parent", "a@b", "a b@example.org", "a@example.org,b@x.org", "x" * 300])
def test_what_is_no_address_is_said_beside_the_field(parent: Visitor, typed: str) -> None:
    answer = parent.ask(typed)
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert parent.visits() == []


@pytest.mark.req("DR-08")
def test_an_address_that_is_proved_at_one_institution_is_not_proved_at_another(parent: Visitor) -> None:
    parent.prove()
    parent.code = "E1"
    assert parent.get("/form/who").location == "/apply/E1/code"


def test_a_visit_is_over_after_two_hours_and_goes_on_where_it_stopped(parent: Visitor) -> None:
    parent.prove()
    assert parent.post("/form/who", WHO).status_code == 303
    visit = parent.visits()[0]
    visit.proved_at = clock.now() - rules.VISIT_LIVES
    db.session.commit()
    assert parent.get("/form/what").location == "/apply/K1/code"

    parent.prove()

    assert 'value="林小惠"' in parent.get("/form/who").text


def test_another_address_in_the_same_browser_takes_nothing_along(parent: Visitor) -> None:
    parent.prove()
    parent.post("/form/who", WHO)
    parent.visits()[0].proved_at = clock.now() - rules.VISIT_LIVES
    db.session.commit()

    parent.prove("another@example.org")

    assert "林小惠" not in parent.get("/form/who").text


def test_a_telephone_that_is_handed_back_shows_nothing(parent: Visitor) -> None:
    parent.prove()
    parent.post("/form/who", WHO)

    assert parent.post("/leave", {}).location == "/apply/K1/"

    visit = parent.visits()[0]
    assert (visit.email, visit.answers) == ("", {})
    assert parent.get("/form/who").location == "/apply/K1/code"


def test_after_a_day_what_was_not_sent_is_emptied(parent: Visitor) -> None:
    parent.prove()
    parent.post("/form/who", WHO)
    parent.visits()[0].asked_at = clock.now() - rules.FORGOTTEN_AFTER - timedelta(minutes=1)
    db.session.commit()
    assert queries.has_to_forget(tenant_id=parent.tenant_id)

    assert visits.forget(actor=system("test"), tenant_id=parent.tenant_id) == 1
    db.session.commit()

    visit = parent.visits()[0]
    assert (visit.email, visit.email_search, visit.code_hash, visit.answers) == ("", "", "", {})
    assert not queries.has_to_forget(tenant_id=parent.tenant_id)


@pytest.mark.req("DR-06")
def test_the_chain_holds_each_step_and_no_address(parent: Visitor) -> None:
    parent.ask()
    code = parent.read_mail()
    parent.post("/proof", {"code": wrong(code)})
    parent.post("/proof", {"code": code})

    bind(db.session, Binding(tenant_id=parent.tenant_id))
    db.session.rollback()
    events = list(db.session.scalars(db.select(AuditEvent).where(AuditEvent.event.like("applicant:%"))))
    assert {event.event for event in events} == {
        "applicant:code_asked",
        "applicant:code_sent",
        "applicant:proof_failed",
        "applicant:proved",
    }
    said = " ".join(f"{event.actor_name} {event.fields}" for event in events)
    assert "example.org" not in said
    assert code not in said


def test_the_code_lies_nowhere_in_plain(parent: Visitor) -> None:
    parent.ask()
    code = parent.read_mail()
    visit = parent.visits()[0]
    assert visit.code_hash.startswith("$argon2id$")
    assert code not in f"{visit.code_hash} {visit.email_search} {visit.answers}"
    assert PARENT not in visit.email_search


def test_no_cookie_carries_the_address(web_app: Flask, parent: Visitor) -> None:
    parent.prove()
    cookie = parent.browser.get_cookie("shouyuan")
    assert cookie is not None
    serializer = web_app.session_interface.get_signing_serializer(web_app)  # type: ignore[attr-defined]
    assert "example.org" not in str(serializer.loads(cookie.value))


@pytest.mark.req("KH-A1-02", "KH-A1-05")
def test_names_and_numbers_abroad_are_taken_as_they_are() -> None:
    assert rules.check_name(" 瓦歷斯‧諾幹 ", field="name", label="姓名") == "瓦歷斯‧諾幹"
    assert rules.check_name("\ufa19𡃁", field="name", label="姓名") == "\ufa19𡃁"
    for bad in ("", "　 ", "a\x00b", "王" * 51):
        with pytest.raises(Invalid):
            rules.check_name(bad, field="name", label="姓名")
    assert rules.is_number_abroad("+81 90-1234-5678")
    assert not rules.is_number_abroad("0912-345-678")


def test_a_code_is_made_once_and_for_no_visit_that_is_over(parent: Visitor) -> None:
    parent.ask()
    parent.read_mail()
    visit: Visit = parent.visits()[0]
    again = {"actor": system("test"), "tenant_id": parent.tenant_id}
    assert visits.make_code(visit_id=visit.id, **again) is None  # type: ignore[arg-type]
    assert queries.waiting_codes(tenant_id=parent.tenant_id) == []
