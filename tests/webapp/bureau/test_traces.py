"""An auditor types the code of a leaked picture and finds the institution; both chains say that it was asked."""

from uuid import UUID

import pytest
from flask import Flask

from infra.db import bureau_session, db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit import queries as audit
from tenants.audit.picture_codes import codes_of
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.packages.models import Package
from tests.factories import disclosures, people, reviews, rights, viewings
from tests.factories.registry import Institution, institution
from tests.webapp.conftest import WebClient

pytestmark = pytest.mark.req("KH-5-1c", "TY-4-1b", "DR-13")
PAGE = "/bureau/traces/"
ASKED = {"code": "V7K3M2 115-0001", "reason": "新聞媒體刊出翻拍畫面"}


@pytest.fixture
def k1(domain: Flask) -> Institution:
    assert domain
    people.auditor()
    people.bureau_officer()
    people.operator()
    agency_id, officer, helper = people.agency(), people.person(), people.person(name="張老師")
    of = institution()
    institution("E1", kind="elementary_school", name="向陽國小", profile="TY_ELEMENTARY", cameras=("E-GATE",))
    bind(db.session, Binding(tenant_id=of.tenant_id, agency_id=agency_id))
    case = disclosures.case(of, agency_id=agency_id, filed_by=officer)
    row = db.session.get_one(DisclosureWindow, case.window_id)
    row.approved_from, row.approved_until = row.started_at, row.ended_at
    seen = {"disclosure_id": case.disclosure_id, "window_id": case.window_id}
    viewings.viewing(of, operator_id=helper, **seen)
    return of


def last(tenant_id: UUID) -> tuple[str, str, int]:
    bind(db.session, Binding(tenant_id=tenant_id))
    (event,) = audit.latest(tenant_id=tenant_id, limit=1)
    return event.event, event.actor_name, len(event.fields.get("viewings", []))


def test_an_auditor_finds_the_session_of_any_institution_and_both_chains_say_so(
    web_client: WebClient, k1: Institution
) -> None:
    auditor = web_client.sign_in("auditor")
    found = auditor.post(PAGE, data=ASKED)
    assert found.status_code == 200
    for part in ("在 1 所機構找到", "晨光幼兒園", "偵查佐 陳志明", "張老師", "C-GATE", "場次 S9F2QX"):
        assert part in found.text
    assert "向陽國小" not in found.text
    for chain in (k1.tenant_id, people.bureau()):
        event, _name, viewings_found = last(chain)
        assert (event, viewings_found) == ("viewing:traced", 1)
    assert "以畫面上的代碼追查調閱場次" in auditor.get("/bureau/audit/events").text


def test_an_auditor_finds_whose_review_a_picture_shows_and_not_the_event_of_that_number_elsewhere(
    web_client: WebClient, k1: Institution
) -> None:
    case = db.session.scalars(db.select(Package)).one().disclosure_id
    link = reviews.review(people.acting(people.person(name="林怡君")), disclosure_id=case)
    _viewer, code = codes_of(link.seq, link.hash())
    auditor = web_client.sign_in("auditor")

    found = auditor.post(PAGE, data=ASKED | {"code": code}).text

    for part in ("在 1 所機構找到", "晨光幼兒園", "林怡君", "播放影像", code):
        assert part in found
    assert "陳志明" not in found, "the sessions have another code"
    for chain in (k1.tenant_id, people.bureau()):
        bind(db.session, Binding(tenant_id=chain))
        (event,) = audit.latest(tenant_id=chain, limit=1)
        assert (event.event, event.fields["openings"], event.fields["viewings"]) == ("viewing:traced", [link.seq], [])
    wrong = f"{code[:-1]}{'0' if code[-1] != '0' else '1'}"
    assert "沒有這組代碼的調閱" in auditor.post(PAGE, data=ASKED | {"code": wrong}).text


@pytest.mark.req("DR-28")
def test_an_auditor_reads_the_case_of_a_handed_copy_and_not_who_asked_for_it(
    web_client: WebClient, k1: Institution
) -> None:
    handler_id = people.person(name="林怡君")
    rights_id = rights.request(k1, entered_by=handler_id)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    link = rights.taken(people.acting(handler_id), rights_id=rights_id, medium_serial="USB-7")
    _viewer, code = codes_of(link.seq, link.hash())
    found = web_client.sign_in("auditor").post(PAGE, data=ASKED | {"code": code}).text
    for part in ("交給請求人的遮蔽複製本", "個資-115-", "USB-7", "林怡君"):
        assert part in found, part
    assert "林小惠" not in found


def test_a_code_that_nobody_knows_is_asked_in_the_bureaus_chain_only(web_client: WebClient, k1: Institution) -> None:
    auditor = web_client.sign_in("auditor")
    assert "沒有這組代碼的調閱" in auditor.post(PAGE, data=ASKED | {"code": "V7K3M3"}).text
    assert last(people.bureau())[::2] == ("viewing:traced", 0)
    assert last(k1.tenant_id)[0] != "viewing:traced"
    refused = auditor.post(PAGE, data=ASKED | {"code": "115-0001"})
    assert (refused.status_code, "V 或 S 開頭" in refused.text) == (422, True)


@pytest.mark.req("DR-09", "KH-1-3")
@pytest.mark.parametrize("login", ["bureau", "operator"])
def test_nobody_else_of_the_bureau_asks(web_client: WebClient, k1: Institution, login: str) -> None:
    assert k1
    assert web_client.sign_in(login).post(PAGE, data=ASKED).status_code == 403


@pytest.mark.req("DR-09")
def test_the_bureaus_own_connection_learns_which_institution_and_nothing_else(k1: Institution) -> None:
    with bureau_session() as session:
        query = db.text("select * from places_of_code('V7K3M2', '%')")
        assert session.execute(query).all() == [(k1.tenant_id,)]
    link = reviews.review(system("test"), disclosure_id=db.session.scalars(db.select(Package)).one().disclosure_id)
    with bureau_session() as session:
        query = db.text("select * from places_of_opening(array[:seq]::bigint[], '%')")
        assert session.execute(query, {"seq": link.seq}).all() == [(k1.tenant_id,)]
        assert session.execute(query, {"seq": link.seq - 1}).all() == [], "of other events nothing is told"
