"""備查複製本 on its pages: what is kept, what to do now and by which article, and who may do it."""

from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.packages.models import Package
from tenants.disclosures.retained.models import RetainedCopy
from tenants.permissions import Role
from tenants.roc_dates import format_date, short_date
from tests.factories import disclosures, insiders, people, retained
from tests.factories.registry import Institution
from tests.webapp.desk import Desk

DAY = timedelta(days=1)
LATER = short_date(clock.today() + 90 * DAY)
BEYOND = short_date(clock.today() + 365 * DAY)
REVIEW = {
    "basis": "request",
    "reference": "",
    "document": "",
    "necessity": "",
    "review_on": LATER,
    "reason": "申訴審理中",
}
BY_LAW = REVIEW | {
    "basis": "other_law",
    "reference": "檔案法第8條",
    "document": "高市教字第11500123號",
    "review_on": BEYOND,
}


def copied(desk: Desk, of: Institution | None = None, *, profile: str = "KH_PRESCHOOL", **changes: object) -> UUID:
    """The copy of a case that was carried out at K1, or elsewhere; its case is closed."""
    of = of or desk.cast.k1
    bind(db.session, Binding(tenant_id=of.tenant_id, agency_id=desk.cast.agency_id))
    camera = next(iter(of.cameras))
    made = disclosures.case(of, agency_id=desk.cast.agency_id, filed_by=desk.cast.ids["officer"], camera=camera)
    package = db.session.get_one(Package, made.package_id)
    package.state = "ready"
    window = db.session.get_one(DisclosureWindow, made.window_id)
    window.approved_from, window.approved_until = window.started_at, window.ended_at
    bind(db.session, Binding(tenant_id=of.tenant_id))
    copy_id = retained.copy(of, package_id=made.package_id, **changes)
    case = desk_case(made.disclosure_id)
    case.profile = profile
    case.decided_at, case.decided_by = clock.now(), desk.cast.ids["k1-head"]
    case.replied_at, case.replied_by = clock.now(), desk.cast.ids["k1-head"]
    case.state, case.closed_at, case.closed_by = "closed", clock.now(), desk.cast.ids["k1-head"]
    db.session.commit()
    return copy_id


def desk_case(disclosure_id: UUID) -> disclosures.OfficialRequest:
    return db.session.get_one(disclosures.OfficialRequest, disclosure_id)


def copy_of(desk: Desk, copy_id: UUID) -> RetainedCopy:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    db.session.rollback()
    return db.session.get_one(RetainedCopy, copy_id, populate_existing=True)


@pytest.mark.req("KH-6-4a", "KH-6-4b")
def test_the_list_says_what_is_kept_where_and_what_to_do_by_which_article(desk: Desk) -> None:
    copied(desk, custodian="事務組長", place="總務處")
    copied(desk, made_at=None, sha256="", review_on=None, failures=3, last_error="store_unavailable: 沒有回應。")
    page = desk.browser("k1-handler").get(f"{desk.school}/retention/retained").text
    assert "事務組長" in page
    assert "總務處" in page
    assert "保存中" in page
    assert "製作連續失敗 3 次：沒有回應。請平台維運人員處理。" in page
    assert "要點第六點第一項第四款" in page
    overview = desk.browser("k1-handler").get(f"{desk.school}/retention").text
    assert "2 份</a>" in overview
    assert "其中 1 份需要處理" in overview
    assert "備查複製本</td>" in overview, "its age is one of the clocks"


@pytest.mark.req("KH-6-4b", "TY-5-3b")
@pytest.mark.parametrize(
    ("profile", "mark", "words"),
    [("KH_PRESCHOOL", "sy-bad", "應予銷毀"), ("TY_ELEMENTARY", "sy-warn", "得予銷毀")],
)
def test_an_overdue_review_is_red_where_it_must_go_and_a_reminder_where_it_may(
    desk: Desk, profile: str, mark: str, words: str
) -> None:
    custody = {"custodian": "事務組長", "place": "總務處"}
    copy_id = copied(desk, profile=profile, review_on=clock.today() - DAY, **custody)
    head = desk.browser("k1-head")
    page = head.get(f"{desk.school}/retention/retained/{copy_id}").text
    assert f"sy-badge {mark}" in page.split("製作時間")[0]
    assert words in page
    assert "的備查複製本已逾複查日" in head.get(f"{desk.school}/").text


@pytest.mark.req("TY-5-3a")
def test_who_keeps_a_copy_is_asked_at_a_school_and_its_history_is_shown(desk: Desk) -> None:
    copy_id = copied(desk, profile="TY_ELEMENTARY")
    handler, address = desk.browser("k1-handler"), f"{desk.school}/retention/retained/{copy_id}"
    assert "待登記保管" in handler.get(address).text
    wrong = handler.post(f"{address}/custody", data={"custodian": "事務組長", "place": ""})
    assert (wrong.status_code, "請填寫保管處所" in wrong.text) == (422, True)
    for custodian in ("事務組長", "總務主任"):
        told = handler.post(
            f"{address}/custody", data={"custodian": custodian, "place": "總務處"}, follow_redirects=True
        )
        assert "已登記保管人與保管處所" in told.text
    assert "事務組長" in told.text, "what was said before stays"
    other = copied(desk, profile="TY_ELEMENTARY")
    assert 'value="總務主任"' in handler.get(f"{desk.school}/retention/retained/{other}").text, "most often the same"


@pytest.mark.req("KH-6-4b", "KH-5-4a", "KH-5-4b")
def test_the_head_keeps_it_on_or_has_it_destroyed(desk: Desk) -> None:
    copy_id = copied(desk)
    head, address = desk.browser("k1-head"), f"{desk.school}/retention/retained/{copy_id}"
    blocked = head.post(f"{address}/extension", data=REVIEW | {"review_on": BEYOND})
    assert (blocked.status_code, "逾一年仍須保存者" in blocked.text) == (422, True)
    for wrong in ({"reason": " "}, {"review_on": ""}):
        assert head.post(f"{address}/extension", data=REVIEW | wrong).status_code == 422, wrong
    assert head.post(f"{address}/extension", data=BY_LAW | {"document": ""}).status_code == 422
    assert "已續存" in head.post(f"{address}/extension", data=REVIEW, follow_redirects=True).text
    kept = head.post(f"{address}/extension", data=BY_LAW, follow_redirects=True).text
    assert "高市教字第11500123號" in kept
    assert head.post(f"{address}/end", data={"end_reason": " "}).status_code == 422
    gone = head.post(f"{address}/end", data={"end_reason": "無保存之必要"}, follow_redirects=True).text
    assert "已決定銷毀" in gone
    assert "續存</h2>" not in gone
    assert head.post(f"{address}/end", data={"end_reason": "再一次"}).status_code == 422
    assert copy_of(desk, copy_id).end_reason == "無保存之必要"


@pytest.mark.req("KH-6-4a", "KH-6-2j", "KH-4-2")
def test_only_who_operates_opens_it_and_says_why_first(desk: Desk) -> None:
    copy_id = copied(desk)
    handler, head = desk.browser("k1-handler"), desk.browser("k1-head")
    address = f"{desk.school}/retention/retained/{copy_id}"
    assert handler.get(f"{address}/play/1").status_code == 403
    assert handler.post(f"{address}/opening", data={"open_reason": " "}).status_code == 422
    assert head.post(f"{address}/opening", data={"open_reason": "看一下"}).status_code == 403
    assert "開啟與驗證" not in head.get(address).text
    page = handler.post(f"{address}/opening", data={"open_reason": "救濟程序核對"}, follow_redirects=True).text
    assert f"/media/schools/{desk.cast.k1.tenant_id}/retained/{copy_id}/check" in page
    assert "救濟程序核對" in page
    assert "download" not in page
    assert handler.get(f"{address}/play/1").status_code == 404, "this one has no part"


def test_whoever_may_only_read_decides_nothing_and_a_guard_reads_nothing(desk: Desk) -> None:
    copy_id = copied(desk)
    address = f"{desk.school}/retention/retained/{copy_id}"
    handler, guard = desk.browser("k1-handler"), desk.browser("k1-guard")
    assert "銷毀</h2>" not in handler.get(address).text
    assert handler.post(f"{address}/end", data={"end_reason": "x"}).status_code == 403
    assert handler.post(f"{address}/extension", data=REVIEW).status_code == 403
    assert guard.get(address).status_code == 403
    elsewhere = desk.browser("e1-head").get(f"/schools/{desk.cast.e1.tenant_id}/retention/retained/{copy_id}")
    assert elsewhere.status_code == 404
    assert copy_of(desk, copy_id).ended_at is None


@pytest.mark.req("KH-6-4b", "DR-05")
def test_its_certificate_stands_with_the_others(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id, agency_id=desk.cast.agency_id))
    made = disclosures.case(desk.cast.k1, agency_id=desk.cast.agency_id, filed_by=desk.cast.ids["officer"])
    copy_id = retained.ended(desk.cast.k1, package_id=made.package_id)
    head = desk.browser("k1-head")
    listed = head.get(f"{desk.school}/retention/certificates").text
    assert f"/retention/retained/{copy_id}/certificate" in listed
    paper = head.get(f"{desk.school}/retention/retained/{copy_id}/certificate").text
    assert "無保存之必要" in paper
    assert "要點第六點第一項第四款" in paper
    assert head.get(f"{desk.school}/retention/retained/{copied(desk)}/certificate").status_code == 404


@pytest.mark.req("KH-6-4a", "KH-6-4b", "TY-5-3a")
def test_the_cases_page_shows_its_copy_and_its_next_review_to_whoever_may_see_it(desk: Desk) -> None:
    copy_id = copied(desk, custodian="事務組長", place="總務處")
    people.membership(desk.cast.ids["k1-staff"], Role.OFFICE_HEAD, tenant_id=desk.cast.k1.tenant_id)
    review_on, case = copy_of(desk, copy_id).review_on, f"{desk.school}/cases/{copy_of(desk, copy_id).disclosure_id}"
    db.session.get_one(Package, copy_id).size = 2**20
    db.session.commit()
    page = desk.browser("k1-handler").get(case).text
    assert f"/retention/retained/{copy_id}" in page
    assert "保存中" in page
    assert f"下次複查：{format_date(review_on)}" in page
    assert "retention/retained" not in desk.browser("k1-staff").get(case).text


@pytest.mark.req("KH-6-4a", "TY-5-3a", "DR-27")
def test_an_applications_page_shows_its_copy_too(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    case = insiders.request(desk.cast.k1)
    package = Package(tenant_id=desk.cast.k1.tenant_id, disclosure_id=case, state="ready", ordered_at=clock.now())
    db.session.add(package)
    db.session.flush()
    copy_id = retained.copy(desk.cast.k1, package_id=package.id, made_at=None, sha256="", review_on=None)
    page = desk.browser("k1-handler").get(f"{desk.school}/applications/{case}/").text
    assert f"/retention/retained/{copy_id}" in page
    assert "製作中" in page
    assert "下次複查" not in page


@pytest.mark.req("KH-6-4a", "DR-06", "DR-07")
def test_what_became_of_the_copy_is_in_the_cases_record_of_custody(desk: Desk) -> None:
    copy_id = copied(desk, custodian="事務組長", place="總務處")
    case = f"{desk.school}/cases/{copy_of(desk, copy_id).disclosure_id}"
    head = desk.browser("k1-head")
    before = head.get(f"{case}/custody").get_json()
    assert head.post(f"{desk.school}/retention/retained/{copy_id}/extension", data=REVIEW).status_code == 303
    paper = head.get(f"{case}/custody").get_json()
    assert paper["retained_copy"]["sha256"] == copy_of(desk, copy_id).sha256
    told = [each["step"] for each in paper["retained_copy"]["history"]]
    assert told[len(before["retained_copy"]["history"]) :] == ["extended"]
    assert len(paper["not_anchored_yet"]) == len(before["not_anchored_yet"]) + 1
