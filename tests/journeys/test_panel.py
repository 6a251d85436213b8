"""In a browser: who asks is checked, a panel meets and resolves, and the head signs the last box (S1, P1)."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.insider import filing
from tenants.disclosures.packages.models import Package
from tenants.permissions import Role
from tests.factories import people
from tests.factories.insiders import LOOKUP, PARENT, application
from tests.factories.shelf import Shelf
from tests.journeys.conftest import WIDTHS, Town
from tests.journeys.every_page import looks_right
from tests.webapp.desk import Desk
from tests.webapp.panel.conftest import PanelDesk

COMPLAINED_OF = "張老師"


@pytest.mark.needs("chromium", "axe")
@pytest.mark.req("KH-6-2h", "KH-6-2b", "KH-6-Pa", "KH-6-Pb", "KH-6-Pc", "KH-A1-16", "DR-27", "DR-32")
@pytest.mark.parametrize("width", WIDTHS)
def test_a_guardians_request_from_its_filing_to_the_heads_signature(town: Town, width: int) -> None:
    panel = _filed(town)
    office = town.visit("k1-handler", width=width)
    _check_who_asks(office, town, panel)
    _convene(office, town, panel)
    teacher = town.visit("k1-staff", width=width)
    _declare(teacher, f"{town.school}/panel-seats/{panel.seats()['educator_rep'].id}")
    head = town.visit("k1-head", width=width)
    _declare(head, f"{town.school}/panel-seats/{panel.seats()['head'].id}")
    mother = _mother(town, panel, width)
    _meet(office, town, panel)
    mother.reload()
    expect(mother.get_by_role("heading", name="第 1 次決議：同意")).to_be_visible()
    looks_right(mother)
    _sign_last_box(head, town, panel)


def _filed(town: Town) -> PanelDesk:
    """A guardian asks about the minute of which there is footage; a teacher of the class is complained of."""
    k1 = town.cast.k1
    people.membership(people.person("k1-teacher", name=COMPLAINED_OF), Role.STAFF, tenant_id=k1.tenant_id)
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    over = town.recorded_from + timedelta(minutes=1)
    asked = AskedWindow(camera_id=k1.cameras["C-GATE"], started_at=town.recorded_from, ended_at=over)
    made = application(asked, ground="suspected_mistreatment")
    filed = filing.file_application(actor=PARENT, tenant_id=k1.tenant_id, application=made, lookup=LOOKUP)
    db.session.commit()
    return PanelDesk(Desk(town.web, town.cast, Shelf()), filed.id)


def _check_who_asks(office: Page, town: Town, panel: PanelDesk) -> None:
    """What was seen is ticked, the teacher is kept out, and both of the handler's boxes are signed."""
    office.goto(f"{town.school}/applications/{panel.disclosure_id}/")
    expect(office.get_by_text("24小時內向主管機關通報").first).to_be_visible()
    office.get_by_label("查得的身分").select_option("guardian")
    office.get_by_label("幼兒（學生）名冊").check()
    office.get_by_label("戶口名簿或戶籍謄本").check()
    office.get_by_label("申請人資格").select_option("eligible")
    office.get_by_label("事由是否具體").select_option("yes")
    office.get_by_label(COMPLAINED_OF).check()
    office.get_by_label("利害關係", exact=False).last.fill("被申訴人")
    office.get_by_role("button", name="記錄查核結果").click()
    expect(office.get_by_text("已記錄查核結果。")).to_be_visible()
    looks_right(office)
    for _box in ("handler", "office"):  # nobody heads the office: 兼任
        office.get_by_role("button", name="簽核", exact=True).click()
    expect(office.get_by_text("兼任").first).to_be_visible()


def _sign_last_box(head: Page, town: Town, panel: PanelDesk) -> None:
    """同意 as resolved; the copy that is watched is made by itself, and the applicant is told by mail."""
    head.goto(f"{town.school}/applications/{panel.disclosure_id}/")
    head.get_by_label("同意全部").check()
    head.get_by_role("button", name="核定並簽核").click()
    expect(head.get_by_text("已核定。影像複製完成後，可以約定調閱時間。")).to_be_visible()
    looks_right(head)
    town.work()
    panel.at_school()
    package = db.session.scalars(db.select(Package)).one()
    assert (package.disclosure_id, package.agency_id, package.state) == (panel.disclosure_id, None, "ready")


def _convene(office: Page, town: Town, panel: PanelDesk) -> None:
    office.goto(f"{town.school}/panel-seats/")
    looks_right(office)
    office.get_by_role("link", name=panel.case().serial).click()
    offered = office.get_by_label("教保服務人員代表", exact=True)
    expect(offered).to_be_visible()
    assert COMPLAINED_OF not in offered.inner_text()
    looks_right(office)
    typed = panel.convening()
    for label, name in (("開會日期", "day"), ("開會時間", "time"), ("地點", "place"), ("家長代表姓名", "parent_name")):
        office.get_by_label(label, exact=True).fill(typed[name])
    office.get_by_label("家長代表電子郵件").fill(typed["parent_email"])
    office.get_by_label("教保服務人員代表", exact=True).select_option(typed["educator"])
    office.get_by_role("button", name="召集並寄送開會通知").click()
    expect(office.get_by_text("已召集專案小組")).to_be_visible()
    looks_right(office)


def _declare(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("沒有，我可以擔任").check()
    page.get_by_label("我已閱讀保密切結").check()
    page.get_by_role("button", name="送出聲明與切結").click()
    expect(page.get_by_role("heading", name="案件摘要")).to_be_visible()
    looks_right(page)


def _mother(town: Town, panel: PanelDesk, width: int) -> Page:
    """Link, code, declaration, brief and opinion; what she reads names nobody."""
    page = town.browser.new_context(viewport={"width": width, "height": 900}, locale="zh-TW").new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda said: town.faults.append(said.text) if "Content Security" in said.text else None)
    page.goto(f"{town.origin}{panel.link()}")
    looks_right(page)
    page.get_by_role("button", name="寄送驗證碼").click()
    page.get_by_label("驗證碼").fill(panel.code())
    page.get_by_role("button", name="進入").click()
    _declare(page, f"{town.origin}{panel.public}/seat")
    expect(page.get_by_text("林可可")).to_have_count(0)
    page.get_by_label("您的意見").fill("建議縮短五分鐘")
    page.get_by_role("button", name="送出意見").click()
    expect(page.get_by_label("您的意見")).to_have_value("建議縮短五分鐘")
    return page


def _meet(office: Page, town: Town, panel: PanelDesk) -> None:
    office.goto(f"{town.school}/panels/{panel.meeting().id}")
    expect(office.get_by_text("建議縮短五分鐘")).to_be_visible()
    for box in office.get_by_label("到場").all():
        box.check()
    office.get_by_role("button", name="現在開會並登記出席情形").click()
    expect(office.get_by_label("同意全部")).to_be_visible()
    for box in office.get_by_label("同意", exact=True).all():
        box.check()
    office.get_by_label("同意全部").check()
    office.get_by_label("會議紀錄").fill("全體同意調閱一支鏡頭十五分鐘")
    looks_right(office)
    office.get_by_role("button", name="登記決議").click()
    expect(office.get_by_role("heading", name="第 1 次決議：同意")).to_be_visible()
