"""Drafts of letters: each fact with its article, a day in working days, one each or a list in one archive (DR-09)."""

import io
import re
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit.models import AuditEvent
from tenants.compliance import draft_letters
from tenants.compliance.articles.model import State
from tenants.forms import numeral
from tenants.roc_dates import format_date
from tenants.working_days import format_due, working_days_after
from tests import printouts
from tests.factories import compliance, people
from tests.factories.registry import Institution
from tests.webapp.conftest import WebClient
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("DR-09", "DR-30")

ADDRESS = "/bureau/letters"
LONG_AGO = clock.today() - timedelta(days=9)
DUE = working_days_after(clock.today(), 10)


def found(of: Institution, article: str, **changes: object) -> None:
    bind(db.session, Binding(tenant_id=of.tenant_id))
    compliance.finding(of, article, **changes)  # type: ignore[arg-type]


@pytest.fixture
def officer(desk: Desk) -> WebClient:
    """K1 inspects too late and lacks days, E1 is fine but for advice."""
    people.bureau_officer()
    people.auditor()
    found(desk.cast.k1, "inspection", since=LONG_AGO, why="逾期未檢查")
    found(desk.cast.k1, "retention_min", why="應保存 14 日，最早可查 無")
    found(desk.cast.k1, "continuity", state=State.MET)
    found(desk.cast.e1, "equipment", state=State.ADVICE)
    return desk.browser("bureau")


def of_k1(desk: Desk) -> str:
    return f"{ADDRESS}/{desk.cast.k1.tenant_id}"


def drafted(tenant_id: UUID) -> list[dict[str, object]]:
    db.session.rollback()
    bind(db.session, Binding(tenant_id=tenant_id))
    query = db.select(AuditEvent.fields).where(AuditEvent.event == "letter:drafted").order_by(AuditEvent.seq)
    return list(db.session.scalars(query))


def test_a_letter_names_each_fact_with_its_article_its_time_and_a_day_in_working_days(
    desk: Desk, officer: WebClient
) -> None:
    page = officer.get(of_k1(desk)).text
    for words in (
        "受文者：晨光幼兒園",
        "「監錄系統實施要點（高雄市政府教育局）」",
        "定期檢查（要點第八點第一款）",
        "保存天數（要點第五點第三款）",
        f"最早自{format_date(LONG_AGO)}起",
        f"於{format_due(DUE)}前函復",
    ):
        assert words in page
    assert page.count("統計時間：民國") == 2
    assert "持續正常運作" not in page, "what is met is not written about"
    for forbidden in ("<video", "/media/", ".m3u8"):
        assert forbidden not in page


def test_a_letter_is_taken_as_text_with_its_number_left_blank_and_nothing_is_sent(
    desk: Desk, officer: WebClient
) -> None:
    answer = officer.post(of_k1(desk), data={"form": "txt", "days": "20"})
    said = answer.data.decode("utf-8-sig")
    assert "發文字號：\r\n" in said
    assert "主旨：請依" in said
    assert format_due(working_days_after(clock.today(), 20)) in said
    assert re.search(r"　一、依據.*\r\n　二、經查", said)
    assert "　(一)保存天數" in said
    assert drafted(people.bureau()) == [{"institutions": 1, "form": "txt"}]


@pytest.mark.needs("faces", "pdftotext")
def test_a_letter_is_a_paper_with_room_for_date_and_number(desk: Desk, officer: WebClient) -> None:
    words = printouts.words(officer.post(of_k1(desk), data={"form": "pdf"}).data)
    for part in ("守園市政府教育局", "受文者：晨光幼兒園", "發文字號", "要點第八點第一款", "主旨", "說明", "辦法"):
        assert part in words
    for mark in ("速別：", "密等及解密條件或保密期限：", "附件：", "正本：晨光幼兒園", "副本："):
        assert mark in words


def test_what_is_wrong_the_same_way_several_times_is_told_once_with_its_number(desk: Desk, officer: WebClient) -> None:
    found(desk.cast.k1, "property", wrong=3, why="網路上有、財產清冊沒有")
    page = officer.get(of_k1(desk)).text
    assert page.count("網路上有、財產清冊沒有") == 1
    assert "C-GATE：網路上有、財產清冊沒有（3 項）" in page
    assert "3 項未符合" in page
    assert "3 項中有 3 項" not in page


def test_an_institution_with_nothing_unmet_gets_no_letter_and_the_page_says_so(desk: Desk, officer: WebClient) -> None:
    address = f"{ADDRESS}/{desk.cast.e1.tenant_id}"
    page = officer.get(address).text
    assert "目前沒有未符合的事項，沒有函稿可以產生" in page
    assert "下載 PDF" not in page
    answer = officer.post(address, data={"form": "txt"}, follow_redirects=True)
    assert "沒有函稿可以產生" in answer.text
    assert drafted(people.bureau()) == []


@pytest.mark.needs("faces")
def test_a_list_is_one_archive_with_a_letter_to_each(desk: Desk, officer: WebClient) -> None:
    found(desk.cast.e1, "inspection", why="逾期未檢查")
    answer = officer.post(f"{ADDRESS}/archive", data={"article": "inspection"})
    with zipfile.ZipFile(io.BytesIO(answer.data)) as opened:
        names = opened.namelist()
        of_e1 = opened.read(next(name for name in names if "E1" in name and name.endswith(".txt"))).decode()
    assert sorted(name.rsplit(".", 1)[1] for name in names) == ["pdf", "pdf", "txt", "txt"]
    assert "定期檢查（計畫參、三）" in of_e1
    assert "保存天數" not in of_e1, "the list was of one article"
    assert drafted(people.bureau()) == [{"institutions": 2, "form": "zip"}]


def test_a_list_without_an_institution_makes_no_archive(officer: WebClient) -> None:
    answer = officer.post(f"{ADDRESS}/archive", data={"district": "無此區"}, follow_redirects=True)
    assert "這份清單沒有未符合的機構" in answer.text
    assert drafted(people.bureau()) == []


def test_more_letters_than_one_archive_holds_are_refused_with_what_to_do(
    desk: Desk, officer: WebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draft_letters, "MOST_AT_ONCE", 1)
    found(desk.cast.e1, "inspection", why="逾期未檢查")
    answer = officer.post(f"{ADDRESS}/archive", follow_redirects=True)
    assert "清單有 2 個機構，一次最多產生 1 份" in answer.text
    assert drafted(people.bureau()) == []


def test_the_list_is_filtered_and_leads_to_the_preview(desk: Desk, officer: WebClient) -> None:
    page = officer.get(ADDRESS).text
    assert "晨光幼兒園" in page
    assert "定期檢查" in page
    assert f"{of_k1(desk)}?days=10" in page
    assert "沒有未符合的機構，不需要函稿" in officer.get(f"{ADDRESS}?kind=elementary_school").text


def test_only_the_officer_drafts(desk: Desk, officer: WebClient) -> None:
    assert officer
    assert desk.browser("auditor").get(ADDRESS).status_code == 403
    assert desk.browser("k1-head").get(ADDRESS).status_code == 404
    assert officer.post(of_k1(desk), data={"form": "exe"}).status_code == 400


def test_items_are_numbered_as_official_documents_are() -> None:
    assert [numeral(each) for each in (1, 9, 10, 11, 20, 21)] == ["一", "九", "十", "十一", "二十", "二十一"]
