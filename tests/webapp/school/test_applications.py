"""An insider's application at the school's desk: checked, signed in turn, decided, and hidden from whom it concerns."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.insider import filing
from tenants.disclosures.insider.models import InsiderRequest
from tenants.permissions import Role
from tests.factories.insiders import LOOKUP, application
from tests.webapp.desk import START, Desk

PARENT = Actor(kind=ActorKind.APPLICANT, roles=frozenset({Role.APPLICANT}), address="127.0.0.1", client="test")


@dataclass(frozen=True)
class Case:
    """One application at E1, and where its page is."""

    desk: Desk
    tenant_id: UUID
    id: UUID

    @property
    def address(self) -> str:
        return f"/schools/{self.tenant_id}/applications/{self.id}/"

    def row(self) -> InsiderRequest:
        bind(db.session, Binding(tenant_id=self.tenant_id))
        db.session.rollback()
        return db.session.get_one(InsiderRequest, self.id)

    def step(self, login: str, name: str, expected: int = 303, **typed: object) -> str:
        answer = self.desk.browser(login).post(f"{self.address}{name}", data=typed)
        assert answer.status_code == expected, answer.text
        return answer.text

    def check(self, **typed: object) -> str:
        return self.step("e1-handler", "check", **({"eligibility": "eligible"} | typed))  # type: ignore[arg-type]

    def up_to_the_head(self) -> None:
        self.check()
        self.step("e1-handler", "signature", box="cctv_handler")
        self.step("e1-handler", "signature", box="office_head")  # nobody heads the office: 兼任


@pytest.fixture
def case(desk: Desk) -> Case:
    """A father asks about a bicycle; nobody has looked at it yet."""
    e1 = desk.cast.e1
    bind(db.session, Binding(tenant_id=e1.tenant_id))
    window = AskedWindow(camera_id=e1.cameras["E-GATE"], started_at=START, ended_at=START + timedelta(minutes=10))
    made = application(
        window, ground="personal_rights", incident=None, reason="<b>腳踏車</b>於校門口遭人損壞，需了解經過"
    )
    filed = filing.file_application(actor=PARENT, tenant_id=e1.tenant_id, application=made, lookup=LOOKUP)
    db.session.commit()
    return Case(desk, e1.tenant_id, filed.id)


@pytest.mark.req("KH-A1-16", "TY-5-1f", "TY-A1-13", "TY-A1-14", "TY-A1-15")
def test_an_application_is_checked_signed_in_turn_and_decided_by_the_head(case: Case) -> None:
    page = case.desk.browser("e1-handler").get(case.address).text
    assert "請先記錄申請人資格的查核結果" in page
    assert "&lt;b&gt;腳踏車&lt;/b&gt;" in page
    assert "身分證號" in page
    assert "專案小組" not in page
    assert "核定並簽核" not in page

    home = f"/schools/{case.tenant_id}/"
    assert "請查核申請人並簽核" in case.desk.browser("e1-handler").get(home).text
    assert "請核定是否同意調閱" not in case.desk.browser("e1-head").get(home).text
    case.check()
    case.step("e1-handler", "signature", box="cctv_handler")
    assert "請簽核處室主管欄" in case.desk.browser("e1-handler").get(home).text
    case.step("e1-handler", "signature", box="office_head")
    assert "請核定是否同意調閱" in case.desk.browser("e1-head").get(home).text
    head = case.desk.browser("e1-head").get(case.address).text
    assert "兼任" in head
    assert "核定並簽核" in head
    windows = {"grants-0-window_id": _window(head), "grants-0-verdict": "all"}
    case.step("e1-head", "decision", **windows)

    row = case.row()
    assert (row.state, row.decided_by is not None) == ("approved", True)
    assert "僅得調閱，不得複製" in case.desk.browser("e1-handler").get(case.address).text


def _window(page: str) -> str:
    return page.split('name="grants-0-window_id"')[1].split('value="')[1].split('"', maxsplit=1)[0]


@pytest.mark.req("KH-A1-13", "KH-A1-15")
def test_a_step_out_of_turn_or_by_another_is_refused(case: Case) -> None:
    assert "申請人資格" in case.step("e1-handler", "signature", 422, box="cctv_handler")
    case.check()
    case.step("e1-handler", "decision", 403)
    case.step("e1-staff", "signature", 403)
    case.step("officer", "signature", 404)
    case.step("k1-handler", "signature", 404)


@pytest.mark.req("KH-A1-14", "KH-A1-16")
def test_a_second_click_does_not_sign_the_next_box(case: Case) -> None:
    case.check()
    case.step("e1-handler", "signature", box="cctv_handler")
    case.step("e1-handler", "signature", 409, box="cctv_handler")
    case.step("e1-handler", "signature", 400, box="every")
    assert case.desk.browser("e1-handler").get(case.address).text.count("尚未簽核") == 2


@pytest.mark.req("KH-6-2a", "DR-27")
def test_a_check_that_lacks_something_is_shown_again_beside_its_field(case: Case) -> None:
    assert "請選擇申請人資格" in case.step("e1-handler", "check", 422, eligibility="")
    assert "請說明理由" in case.step("e1-handler", "check", 422, eligibility="ineligible")
    assert "清單" in case.step("e1-handler", "check", 422, eligibility="neither")


@pytest.mark.req("DR-27", "DR-37")
def test_whom_a_case_concerns_sees_nothing_of_it(case: Case) -> None:
    case.check(excluded=str(case.desk.cast.ids["e1-head"]), conflict_note="被申訴人")

    browser = case.desk.browser("e1-head")
    assert browser.get(case.address).status_code == 404
    assert case.row().serial not in browser.get(f"/schools/{case.tenant_id}/cases/").text
    case.step("e1-head", "refusal", 404, refusal="other", reasons="無")


@pytest.mark.req("DR-37", "KH-6-2c2")
def test_a_list_shows_a_sealed_case_under_its_number_only(case: Case) -> None:
    row = case.row()
    row.sealed = True
    serial = row.serial
    db.session.commit()
    listed = case.desk.browser("e1-handler").get(f"/schools/{case.tenant_id}/cases/").text
    assert serial in listed
    assert "密封案件" in listed
    assert "林小惠" not in listed


@pytest.mark.req("KH-6-3b", "DR-01")
def test_refusing_offers_only_what_is_true_and_tells_why(case: Case) -> None:
    page = case.desk.browser("e1-head").get(case.address).text
    assert 'value="past_retention_and_deleted"' not in page
    assert "請選擇不同意的事由" in case.step(
        "e1-head", "refusal", 422, refusal="past_retention_and_deleted", reasons="逾期"
    )
    assert "敘明理由" in case.step("e1-head", "refusal", 422, refusal="no_ground", reasons="")
    case.step("e1-head", "refusal", refusal="no_ground", reasons="事由不具體，可向警察機關報案。")
    assert case.row().state == "refused"


@pytest.mark.req("KH-A1-16")
def test_a_returned_form_shows_why_and_its_signatures_are_void(case: Case) -> None:
    case.up_to_the_head()
    assert "請說明需要補正的內容" in case.step("e1-handler", "return", 422, note="")
    case.step("e1-handler", "return", note="請說明車子停放的位置")
    page = case.desk.browser("e1-handler").get(case.address).text
    assert "請說明車子停放的位置" in page
    assert page.count("尚未簽核") == 3


@pytest.mark.req("KH-6-4a")
def test_a_granted_case_cannot_be_closed_before_it_was_watched(case: Case) -> None:
    case.up_to_the_head()
    head = case.desk.browser("e1-head").get(case.address).text
    case.step("e1-head", "decision", **{"grants-0-window_id": _window(head), "grants-0-verdict": "all"})
    assert "尚未調閱" in case.step("e1-handler", "closing", 422)
    row = case.row()
    row.decided_at = row.replied_at = clock.now() - timedelta(days=31)
    db.session.commit()
    case.step("e1-handler", "closing")
    assert case.row().state == "closed"
