"""撤銷領取 and the passphrase on the school's page of a case (KH-6-5b)."""

from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.packages.models import HandoverPassphrase, Package
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("KH-6-5b")
WHY = "來文機關來電撤回"


@pytest.fixture
def offered(desk: Desk) -> UUID:
    """A case whose copy waits for its officer."""
    return desk.offered()


def test_the_school_takes_an_offered_copy_back_and_opens_it_again(desk: Desk, offered: UUID) -> None:
    handler, case = desk.browser("k1-handler"), f"{desk.school}/cases/{offered}"
    officer, mine = desk.browser("officer"), f"{desk.requests()}/{offered}"
    assert "撤銷領取" in handler.get(case).text
    nothing = handler.post(f"{case}/revocation", data={"why": " "})
    assert nothing.status_code == 422
    assert "請敘明撤銷領取的理由" in nothing.text

    assert handler.post(f"{case}/revocation", data={"why": WHY}).status_code == 303

    assert WHY in handler.get(case).text
    told = officer.get(mine).text
    assert "機構已撤銷領取" in told
    assert "影像可以領取" not in told
    for page in (officer.get("/agency/").text, told, handler.get(case).text, handler.get(f"{desk.school}/cases/").text):
        assert "已撤銷領取" in page
    refused = officer.post(f"{mine}/collection")
    assert refused.status_code == 422
    assert "機構已撤銷影像的領取" in refused.text
    assert handler.post(f"{case}/reopening", data={"reason": "撤銷有誤"}).status_code == 303
    assert "影像可以領取" in officer.get(mine).text


def test_a_passphrase_that_waits_is_offered_to_the_school_alone(desk: Desk, offered: UUID) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    package = db.session.scalars(db.select(Package)).one()
    package.collected_at, package.collected_by = clock.now(), desk.cast.ids["officer"]
    package.sealed_bytes = package.sent_bytes = 1200
    db.session.get_one(OfficialRequest, offered).state = "exported"
    db.session.add(
        HandoverPassphrase(
            tenant_id=desk.cast.k1.tenant_id, disclosure_id=offered, wrapped_secret=b"sealed", made_at=clock.now()
        )
    )
    db.session.commit()

    page = desk.browser("k1-handler").get(f"{desk.school}/cases/{offered}").text
    told = desk.browser("officer").get(f"{desk.requests()}/{offered}").text

    address = f"/media/schools/{desk.cast.k1.tenant_id}/cases/{offered}/passphrase"
    assert f'action="{address}"' in page
    assert "請先回撥公文所載的電話（07-7995678#123）" in page
    assert "請以電話向晨光幼兒園的監錄系統管理承辦人索取通行碼" in told
    assert "/passphrase" not in told


def test_nobody_else_takes_a_copy_back(desk: Desk, offered: UUID) -> None:
    address = f"{desk.school}/cases/{offered}/revocation"
    for login, status in (("k1-guard", 403), ("e1-head", 404), ("officer", 404)):
        assert desk.browser(login).post(address, data={"why": WHY}).status_code == status, login
