"""The record of custody: what was kept and given away, each act proven to whoever trusts none of us."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit.actions import record
from tenants.audit.events import Event
from tenants.disclosures.official.models import OfficialRequest
from tests.factories import ledger
from tests.factories.stand_alone import stand_alone
from tests.webapp.desk import Desk, letter
from tests.webapp.school.one_application import father

pytestmark = pytest.mark.req("DR-06", "DR-07")


def filed(desk: Desk) -> OfficialRequest:
    officer = desk.browser("officer")
    answer = officer.post(f"{desk.requests()}/new", data=letter(desk.cast.k1.cameras["C-GATE"]))
    assert answer.status_code == 303, answer.text
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    return db.session.scalars(select(OfficialRequest)).one()


def sent(desk: Desk, case: OfficialRequest) -> None:
    said = dict.fromkeys(Event.PACKAGE_SENT.fields, "x")
    record(Event.PACKAGE_SENT, tenant_id=desk.cast.k1.tenant_id, actor=system("x"), subject_id=case.id, **said)
    db.session.commit()


def test_a_case_gives_its_custody_and_anybody_checks_it_with_python_alone(desk: Desk, tmp_path: Path) -> None:
    case = filed(desk)
    address, handler = f"{desk.school}/cases/{case.id}", desk.browser("k1-handler")
    assert "這一筆的證明明天起可以下載" in handler.get(address).text
    bureau = ledger.Bureau()
    head = ledger.anchored(desk.cast.k1, bureau=bureau)
    sent(desk, case)

    page = handler.get(address).text
    assert "保管鏈證明" in page
    assert head.root in page, "what a head covers is shown, though something happened since"
    answer = handler.get(f"{address}/custody")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    paper = answer.get_json()
    assert (paper["serial"], paper["hold"][0]["step"]) == (case.serial, "placed")
    events = [json.loads(proof["event"])["event"] for proof in paper["proofs"]]
    assert (events, len(paper["not_anchored_yet"])) == (["hold:placed"], 1)

    check = stand_alone(tmp_path)
    assert check(paper, bureau.key_id).startswith(f"event {paper['proofs'][0]['seq']} of {desk.cast.k1.tenant_id}")
    assert "not signed by this key" in check(paper, ledger.Bureau().key_id)
    paper["proofs"][0]["event"] = paper["proofs"][0]["event"].replace("hold:placed", "hold:copied")
    assert "the event is another one" in check(paper, bureau.key_id)


@pytest.mark.req("DR-27")
def test_an_application_has_its_custody_for_those_who_read_it_and_not_for_whom_it_concerns(
    desk: Desk, tmp_path: Path
) -> None:
    case = father(desk)
    address, handler = f"{case.address}custody", desk.browser("e1-handler")
    bureau = ledger.Bureau()
    head = ledger.anchored(desk.cast.e1, bureau=bureau)

    page = handler.get(case.address).text
    assert address in page
    assert head.root in page
    paper = handler.get(address).get_json()
    assert (paper["serial"], paper["hold"][0]["step"], paper["register"]) == (case.row().serial, "placed", [])
    events = [json.loads(proof["event"])["event"] for proof in paper["proofs"]]
    assert events == ["hold:placed"]
    assert stand_alone(tmp_path)(paper, bureau.key_id).startswith(f"event {paper['proofs'][0]['seq']}")

    status = {who: desk.browser(who).get(address).status_code for who in ("e1-head", "e1-staff", "k1-head")}
    assert status == {"e1-head": 200, "e1-staff": 403, "k1-head": 404}
    case.check(excluded=[str(desk.cast.ids["e1-head"])], conflict_note="被申訴人")
    assert desk.browser("e1-head").get(address).status_code == 404
    assert handler.get(f"/schools/{case.tenant_id}/cases/{case.id}/custody").status_code == 404


def test_the_custody_is_for_those_who_read_the_case(desk: Desk) -> None:
    case = filed(desk)
    hold = f"{desk.school}/retention/holds/{case.hold_id}"
    for address in (f"{desk.school}/cases/{case.id}/custody", f"{hold}/custody"):
        status = {who: desk.browser(who).get(address).status_code for who in ("k1-head", "k1-guard", "e1-head")}
        assert status == {"k1-head": 200, "k1-guard": 403, "e1-head": 404}
    paper = desk.browser("k1-head").get(f"{hold}/custody").get_json()
    assert [line["step"] for line in paper["hold"]] == ["placed"]
    assert "保管鏈證明" in desk.browser("k1-head").get(hold).text
