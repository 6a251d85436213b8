"""The ledger of equipment as a school enters, reads, prints and takes it with it (KH-8-2, TY-6-2, DR-24, DR-35)."""

import io
from datetime import timedelta
from zipfile import ZipFile

import pytest

from infra import clock, spreadsheets
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.registry import queries as registry
from tenants.registry.assessments.importing import HEADINGS
from tenants.registry.models import Tenant
from tenants.roc_dates import short_date
from tenants.upkeep.property import queries
from tests.factories import assets
from tests.printouts import words as words_of
from tests.webapp.desk import Desk

TODAY = clock.today()


def typed(desk: Desk, **changed: str) -> dict[str, str]:
    return {
        "site": str(desk.cast.k1.site_id),
        "kind": "recorder",
        "number_kind": "own",
        "name": "監錄主機",
        "brand": "自行組裝",
        "origin": "臺灣",
        "acquired_on": "113/08/20",
        "cost": "28,000",
        "service_years": "４",
        "place": "辦公室",
        "custodian": str(desk.cast.ids["k1-handler"]),
        "camera": "",
        "device": "",
        **changed,
    }


def entered(desk: Desk, **changed: str) -> str:
    """The address of a new entry."""
    answer = desk.browser("k1-head").post(f"{desk.school}/property/new", data=typed(desk, **changed))
    assert answer.status_code == 303, answer.text
    return str(answer.location)


@pytest.mark.req("KH-8-2a", "KH-8-2b", "KH-8-2c")
def test_a_private_preschool_enters_its_recorder_without_a_public_number(desk: Desk) -> None:
    page = desk.browser("k1-guard").get(entered(desk)).text
    for words in ("自有財產", "28,000 元", "4 年", "民國113年8月20日", "k1的handler"):
        assert words in page
    assert "交接保管" not in page, "a guard reads and changes nothing"


@pytest.mark.req("KH-8-2a")
def test_all_that_lacks_is_told_at_once_and_what_was_typed_stays(desk: Desk) -> None:
    lacking = typed(desk, number_kind="property", name="", brand="", cost="很貴", service_years="", origin="", place="")
    answer = desk.browser("k1-head").post(f"{desk.school}/property/new", data=lacking)
    sentences = ("財產或物品編號", "請填寫名稱", "請填寫廠牌", "請填寫金額", "請填寫使用年限", "產地", "放置地點")
    assert (answer.status_code, [words for words in sentences if words not in answer.text]) == (422, [])
    assert "很貴" in answer.text


@pytest.mark.req("KH-8-2a")
def test_a_number_that_is_there_is_refused(desk: Desk) -> None:
    entered(desk, number_kind="property", number="314-1")
    answer = desk.browser("k1-head").post(
        f"{desk.school}/property/new", data=typed(desk, number_kind="property", number="３１４-1")
    )
    assert (answer.status_code, "編號不能重複" in answer.text) == (422, True)


@pytest.mark.req("KH-8-2a", "KH-8-2c")
def test_a_recorder_is_handed_over_destroyed_and_scrapped_in_this_order(desk: Desk) -> None:
    page, browser = entered(desk), desk.browser("k1-handler")
    gone = {"how": "scrapped", "ended_on": short_date(TODAY), "ended_document": "簽1150001"}
    refused = browser.post(f"{page}/end", data=gone)
    assert (refused.status_code, "還有未銷毀的影像" in refused.text) == (422, True)
    handed = {"custodian": str(desk.cast.ids["k1-staff"]), "from_day": short_date(TODAY)}
    assert browser.post(f"{page}/custody", data=handed).status_code == 303
    lacking = browser.post(f"{page}/media", data={"destroyed_on": short_date(TODAY), "method": "打孔"})
    assert (lacking.status_code, "請填寫監毀人" in lacking.text) == (422, True)
    media = {"destroyed_on": short_date(TODAY), "method": "打孔", "carried_out_by": "廠商", "witness": "主任"}
    assert browser.post(f"{page}/media", data=media).status_code == 303
    assert "請填寫核准報廢" in browser.post(f"{page}/end", data=gone | {"ended_document": " "}).text
    assert browser.post(f"{page}/end", data=gone).status_code == 303
    text = browser.get(page).text
    for words in ("報廢（", "k1的staff", "打孔", "簽1150001"):
        assert words in text
    assert "登記報廢或移撥" not in text


@pytest.mark.req("KH-8-2a")
def test_a_camera_that_is_seen_and_not_listed_is_entered_from_the_list(desk: Desk) -> None:
    browser = desk.browser("k1-handler")
    page = browser.get(f"{desk.school}/property/").text
    assert "偵測到而未列帳的設備" in page
    camera_id = desk.cast.k1.cameras["C-GATE"]
    form = browser.get(f"{desk.school}/property/new?camera={camera_id}").text
    assert "網路攝影機" in form
    entered(desk, kind="camera", camera=str(camera_id))
    assert f"camera={camera_id}" not in browser.get(f"{desk.school}/property/").text


@pytest.mark.req("DR-35")
def test_a_restricted_brand_is_entered_by_the_head_with_both_notes(desk: Desk) -> None:
    assets.restricted("危視科技")
    said = typed(desk, brand="危視科技")
    answer = desk.browser("k1-head").post(f"{desk.school}/property/new", data=said)
    assert (answer.status_code, "教育局同意列冊管理的文號" in answer.text) == (422, True)
    both = {"head_note": "汰換前續用", "bureau_document": "教資字第1號"}
    refused = desk.browser("k1-handler").post(f"{desk.school}/property/new", data=said | both)
    assert (refused.status_code, "須由首長登記" in refused.text) == (422, True)
    page = desk.browser("k1-head").get(entered(desk, brand="危視科技", **both)).text
    assert "列冊管理" in page
    assert "教資字第1號" in page


@pytest.mark.req("DR-35")
def test_a_brand_that_is_restricted_later_is_noted_by_the_head_and_planned_to_go(desk: Desk) -> None:
    page = entered(desk, brand="危視科技")
    assets.restricted("危視科技")
    head, handler = desk.browser("k1-head"), desk.browser("k1-handler")
    assert "限制廠牌，待首長與教育局載明" in head.get(page).text
    assert "載明繼續使用限制廠牌" not in handler.get(page).text
    assert "文號" in head.post(f"{page}/restricted", data={"head_note": "續用"}, follow_redirects=True).text
    said = {"head_note": "續用", "bureau_document": "教資字第2號"}
    assert "已載明" in head.post(f"{page}/restricted", data=said, follow_redirects=True).text
    planned = {"planned_replacement": short_date(TODAY + timedelta(days=200))}
    assert "已登記預定汰換日" in head.post(f"{page}/replacement", data=planned, follow_redirects=True).text
    wrong = {"planned_replacement": "2027/08/01"}
    assert "請輸入民國年" in head.post(f"{page}/replacement", data=wrong, follow_redirects=True).text


@pytest.mark.req("DR-24", "KH-8-2a")
def test_the_ledger_leaves_as_a_spreadsheet_in_which_nothing_runs(desk: Desk) -> None:
    entered(desk, name="=cmd|'/c calc'!A0", serial="@SUM(A1)")
    browser = desk.browser("k1-head")
    table = browser.get(f"{desk.school}/property/ledger.csv")
    assert table.mimetype == "text/csv"
    text = table.data.decode("utf-8-sig")
    assert "'=cmd|" in text
    assert "'@SUM" in text
    assert ",=cmd" not in text
    sheet = browser.get(f"{desk.school}/property/ledger.ods")
    with ZipFile(io.BytesIO(sheet.data)) as opened:
        content = opened.read("content.xml").decode()
    assert "table:formula" not in content
    assert "'=cmd|" in content.replace("&apos;", "'")


@pytest.mark.req("KH-8-2b", "TY-6-3a", "TY-6-3b")
@pytest.mark.parametrize(
    ("authority", "words"),
    [("教育部", "國有公用財產管理手冊"), ("直轄市", "直轄市政府或縣(市)政府公用財產管理相關規定")],
)
def test_the_printed_ledger_names_the_rule_of_the_supervising_authority(desk: Desk, authority: str, words: str) -> None:
    e1 = desk.cast.e1
    bind(db.session, Binding(tenant_id=e1.tenant_id))
    db.session.get_one(Tenant, e1.tenant_id).supervising_authority = authority
    db.session.commit()
    assets.asset(e1, custodian=desk.cast.ids["e1-handler"], number_kind="property", number="314-1")
    browser, school = desk.browser("e1-head"), f"/schools/{e1.tenant_id}"
    assert words in browser.get(f"{school}/property/").text
    printed = words_of(browser.get(f"{school}/property/ledger.pdf").data)
    for part in (words, "314-1", "計畫陸、二"):
        assert part in printed


@pytest.mark.req("KH-3-6")
def test_a_table_of_cameras_is_entered_and_its_forbidden_row_is_told_by_its_line(desk: Desk) -> None:
    browser, page = desk.browser("k1-handler"), f"{desk.school}/assessments/cameras/import"
    assert "場所代碼" in browser.get(f"{page}/template.csv").data.decode("utf-8-sig")
    rows = [HEADINGS, ("K1", "C-YARD", "遊戲場", "室外活動空間", ""), ("K1", "C-WC", "2F 女廁", "辦公室", "")]
    answer = browser.post(page, data={"file": (io.BytesIO(spreadsheets.as_csv(rows)), "鏡頭.csv")})
    assert answer.status_code == 422
    for words in ("已匯入 1 支，1 列未匯入", "第 3 列", "內不得設置鏡頭"):
        assert words in answer.text
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    assert "遊戲場" in {each.name for each in registry.cameras(tenant_id=desk.cast.k1.tenant_id)}
    assert "2F 女廁" in browser.get(f"{desk.school}/assessments/").text
    nothing = browser.post(page, data={})
    assert (nothing.status_code, "第一列應為欄位名稱" in nothing.text) == (422, True)
    whole = [HEADINGS, ("K1", "C-BACK", "後門", "後門出入口", "")]
    sent = {"file": (io.BytesIO(spreadsheets.as_csv(whole)), "鏡頭.csv")}
    assert browser.post(page, data=sent).status_code == 303


def test_who_may_not_keep_the_ledger_enters_nothing(desk: Desk) -> None:
    assert desk.browser("k1-guard").post(f"{desk.school}/property/new", data=typed(desk)).status_code == 403
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    assert queries.assets(tenant_id=desk.cast.k1.tenant_id) == []
