"""Everything that is wrong with a request is told at once, each fault beside its field."""

import io
import re
from datetime import timedelta

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.official.models import Letter
from tenants.roc_dates import short_date
from tests.webapp.desk import Desk, letter, pdf_file

pytestmark = pytest.mark.req("KH-6-1e")
ONE_DAY = timedelta(days=1)
TOMORROW = clock.today() + ONE_DAY


@pytest.mark.req("KH-6-1f", "DR-32")
def test_all_faults_come_in_one_round_each_beside_its_field_and_linked(desk: Desk) -> None:
    answer = desk.file(
        document_date=short_date(TOMORROW),
        officer_phone="",
        purpose="",
        scan=(io.BytesIO(b"<!doctype html>"), "來文.pdf"),
        **{"windows-0-from_day": short_date(TOMORROW), "windows-0-until_day": short_date(TOMORROW + ONE_DAY)},
    )

    assert answer.status_code == 422
    for field, sentence in {
        "document_date": "發文日期不能晚於今天",
        "officer_phone": "請填寫聯絡電話",
        "purpose": "請照來文填寫，或勾選",
        "scan": "這個檔案不是 PDF",
        "windows-0-from_day": "調閱時段尚未開始",
    }.items():
        assert re.search(rf'<a href="#{field}">[^<]*{sentence}', answer.text), field
        assert f'id="{field}"' in answer.text, "the link leads somewhere"
        beside = answer.text.split(f'id="{field}-error">')[1].split("</p>")[0]
        assert sentence in beside, field
        control = re.search(rf'<(?:input|textarea)[^>]* id="{field}"[^>]*>', answer.text)
        assert control is not None, field
        assert 'aria-invalid="true"' in control[0], field


def test_what_the_page_left_out_for_its_size_is_told_with_the_other_faults(desk: Desk) -> None:
    answer = desk.file(scan=None, scan_left_out="y", subject="")

    assert answer.status_code == 422
    assert re.search('<a href="#scan">[^<]*檔案超過 20 MB', answer.text)
    assert '<a href="#subject">' in answer.text


def test_windows_that_do_not_go_together_are_told_with_the_other_faults(desk: Desk) -> None:
    first = {name: value for name, value in letter(desk.cast.k1.cameras["C-GATE"]).items() if "windows-0" in name}
    second = {name.replace("windows-0", "windows-1"): value for name, value in first.items()}

    answer = desk.file(subject="", **second)

    assert re.search('<a href="#windows">鏡頭與時段：同一支鏡頭的時段互相重疊', answer.text)
    assert answer.text.count("時段互相重疊") == 2, "in the summary and beside the windows"
    assert '<a href="#subject">' in answer.text


def test_a_scan_that_was_looked_at_by_the_form_is_kept_whole(desk: Desk) -> None:
    file, _name = pdf_file()

    disclosure_id = desk.filed()

    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    kept = db.session.scalars(db.select(Letter).where(Letter.disclosure_id == disclosure_id)).one()
    assert (kept.size, kept.pages) == (len(file.getvalue()), 1)


def test_what_a_person_should_confirm_is_told_in_the_same_round_as_the_faults(desk: Desk) -> None:
    answer = desk.file(subject="", scope="全部鏡頭", document_number="來文一")

    assert '<a href="#subject">' in answer.text
    assert "字號格式與一般公文不同" in answer.text
    assert "範圍過廣" in answer.text
    assert 'name="confirmed"' not in answer.text, "the page that shows all of it asks"


@pytest.mark.req("TY-5-2b")
def test_a_copy_without_its_necessity_is_told_with_the_other_faults_where_the_regulation_asks(desk: Desk) -> None:
    school = desk.cast.e1
    typed = letter(school.cameras["E-GATE"], subject="", copy_necessity=" ")
    officer, address = desk.browser("officer"), f"{desk.requests(school.tenant_id)}/new"

    told = officer.post(address, data=typed)

    assert told.status_code == 422
    assert re.search('<a href="#copy_necessity">複製必要性：申請複製時，請照來文敘明複製的必要性', told.text)
    assert 'id="copy_necessity-error"' in told.text
    assert '<a href="#subject">' in told.text
    looking = officer.post(address, data=letter(school.cameras["E-GATE"], wants_copy=None))
    assert looking.status_code == 303, "who only wants to look owes no necessity"
    assert desk.file(copy_necessity="").status_code == 303, "the preschools' regulation asks for none"
