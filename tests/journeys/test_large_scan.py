"""In a browser: a scan that is too large is told with everything else, and the file stays chosen."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Town


@pytest.mark.needs("chromium")
@pytest.mark.req("KH-6-1e")
def test_a_scan_that_is_too_large_is_told_together_with_the_other_faults(town: Town, tmp_path: Path) -> None:
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.7\n" + bytes(21 * 1024 * 1024))
    page = town.visit("officer")
    page.goto(f"{town.origin}/agency/institutions/{town.cast.k1.tenant_id}/requests/new")
    page.get_by_label("主旨").fill("調閱貴園監錄資料")
    page.get_by_label("公文掃描檔").set_input_files(letter)

    page.get_by_role("button", name="下一步：核對內容").click()

    told = page.get_by_role("alert")
    expect(told.get_by_role("link", name="檔案超過 20 MB")).to_be_visible()
    expect(told.get_by_role("link", name="請填寫聯絡電話")).to_be_visible()
    expect(page.get_by_label("主旨")).to_have_value("調閱貴園監錄資料")
    assert page.get_by_label("公文掃描檔").evaluate("field => field.files[0].name") == "letter.pdf"
