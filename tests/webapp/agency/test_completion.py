"""補正: what the institution sent a request back for is asked, and an empty answer is none."""

from uuid import UUID

import pytest

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.official.models import OfficialRequest
from tests.webapp.desk import Desk, letter, pdf_file

pytestmark = pytest.mark.req("KH-6-1f")
NOTHING = "請依退請補正的內容填寫或上傳補正公文。"


def returned(desk: Desk, disclosure_id: UUID, **ticked: object) -> str:
    """The officer's address of a case that was sent back."""
    address = f"{desk.school}/cases/{disclosure_id}"
    answer = desk.browser("k1-handler").post(f"{address}/return", data=ticked)
    assert answer.status_code == 303, answer.text
    return f"{desk.requests()}/{disclosure_id}"


def test_a_completion_without_anything_is_refused_where_only_a_note_asked(desk: Desk) -> None:
    address = returned(desk, desk.filed(), note="請補附件")
    officer = desk.browser("officer")

    empty = officer.post(f"{address}/completion", data={"purpose": " "})

    assert empty.status_code == 422
    assert f'<a href="#scan">公文掃描檔（PDF）：{NOTHING}' in empty.text
    assert (
        'aria-invalid="true"'
        in empty.text.split('name="scan"')[0].rsplit("<input", 1)[1]
        + (empty.text.split('name="scan"')[1].split(">")[0])
    )
    assert officer.post(f"{address}/completion", data={"scan": pdf_file("補正.pdf")}).status_code == 303


def test_a_request_sent_back_for_its_copy_is_completed_with_the_necessity(desk: Desk) -> None:
    disclosure_id = desk.filed()
    page = desk.browser("k1-handler").get(f"{desk.school}/cases/{disclosure_id}").text
    assert 'value="copy_necessity"' in page
    assert 'value="scan"' in page
    address = returned(desk, disclosure_id, missing="copy_necessity")
    officer = desk.browser("officer")
    assert "來文未載明：複製必要性" in officer.get(address).text

    other = officer.post(f"{address}/completion", data={"scan": pdf_file("補正.pdf")})
    assert other.status_code == 422
    assert '<a href="#copy_necessity">複製必要性：請依補正公文填寫複製必要性。' in other.text

    done = officer.post(f"{address}/completion", data={"copy_necessity": "移送檢察官偵辦需附證物"})
    assert done.status_code == 303
    row = desk.case(disclosure_id)
    assert (row.state, row.copy_necessity) == ("submitted", "移送檢察官偵辦需附證物")


def test_what_goes_when_it_is_sent_back_is_told_to_both(desk: Desk) -> None:
    disclosure_id = desk.filed()
    desk.case(disclosure_id).purpose = "查明行竊經過"
    db.session.commit()
    address = returned(desk, disclosure_id, missing="purpose")
    for page in (
        desk.browser("officer").get(address).text,
        desk.browser("k1-head").get(f"{desk.school}/cases/{disclosure_id}").text,
    ):
        assert "來文未載明：調閱目的（原填：查明行竊經過）" in page


def test_a_request_sent_back_for_its_scan_is_completed_with_one(desk: Desk) -> None:
    address = returned(desk, desk.filed(), missing="scan")
    officer = desk.browser("officer")
    assert "請上傳公文掃描檔" in officer.get(address).text

    assert officer.post(f"{address}/completion").status_code == 422
    assert officer.post(f"{address}/completion", data={"scan": pdf_file("補正.pdf")}).status_code == 303


def test_what_the_letter_cannot_lack_is_not_offered(desk: Desk) -> None:
    disclosure_id = desk.filed(wants_copy=None, classification="密", scan=None)

    page = desk.browser("k1-handler").get(f"{desk.school}/cases/{disclosure_id}").text

    assert 'name="missing" value="purpose"' in page.replace("  ", " ")
    assert 'value="copy_necessity"' not in page
    assert 'value="scan"' not in page
    address = returned(desk, disclosure_id, note="請補正案由")
    assert desk.browser("officer").post(f"{address}/completion").status_code == 303, "its letter comes by another way"


@pytest.mark.req("TY-5-2b")
def test_where_the_regulation_asks_for_it_the_necessity_is_owed_whatever_it_was_returned_for(desk: Desk) -> None:
    tenant_id, officer = desk.cast.e1.tenant_id, desk.browser("officer")
    typed = letter(desk.cast.e1.cameras["E-GATE"], copy_necessity="移送檢察官")
    address = officer.post(f"{desk.requests(tenant_id)}/new", data=typed).location
    disclosure_id = address.rsplit("/", 1)[-1]
    bind(db.session, Binding(tenant_id=tenant_id))
    row = db.session.get_one(OfficialRequest, UUID(disclosure_id))
    row.copy_necessity, row.state, row.returned_note = "", "returned", "請補正案由"
    db.session.commit()

    told = officer.post(f"{address}/completion", data={"scan": pdf_file("補正.pdf")})

    assert told.status_code == 422
    assert "請依補正公文填寫複製必要性。" in told.text
