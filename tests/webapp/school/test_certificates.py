"""保存與銷毀 and the certificate: of which site and cameras, by which regulation, in words."""

from datetime import date

import pytest

from infra.db import db
from infra.tenancy import Binding, bind
from tests.factories import footage, retention
from tests.webapp.desk import Desk


@pytest.mark.req("KH-5-4a", "DR-11")
def test_a_certificate_names_site_cameras_and_regulation_in_words(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    destruction_id = retention.destruction(desk.cast.k1)

    page = desk.browser("k1-head").get(f"{desk.school}/retention/certificates/{destruction_id}").text

    assert "監錄系統實施要點（高雄市政府教育局）" in page
    assert "前門（C-GATE）" in page
    assert "要點第五點第四款" in page
    assert "KH_PRESCHOOL" not in page


@pytest.mark.req("DR-11")
def test_what_is_kept_names_its_site_and_cameras(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    box = footage.device(desk.cast.k1)
    footage.day_key(desk.cast.k1)
    footage.segment(desk.cast.k1, device_id=box, camera="C-ROOM2")
    retention.destruction(desk.cast.k1)

    page = desk.browser("k1-handler").get(f"{desk.school}/retention").text

    kept = page.split("<h2>保存中的影像</h2>")[1].split("</section>")[0]
    assert "晨光幼兒園：C-ROOM2（C-ROOM2）" in kept
    assert "C-GATE" not in kept
    assert "晨光幼兒園" in page.split("<h2>銷毀證明</h2>")[1].split("</section>")[0]


@pytest.mark.req("KH-5-4a")
def test_every_certificate_is_found_under_the_month_of_its_footage(desk: Desk) -> None:
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    days = [date(2026, 9, 30), *(date(2026, 10, number) for number in range(1, 11))]
    made = {day: retention.destruction(desk.cast.k1, day=day) for day in days}
    head, address = desk.browser("k1-head"), f"{desk.school}/retention/certificates"

    newest, october = head.get(f"{desk.school}/retention").text, head.get(address).text
    september = head.get(f"{address}?month=115-09").text

    assert f'href="{address}"' in newest
    assert str(made[date(2026, 10, 10)]) in newest
    assert str(made[date(2026, 10, 1)]) not in newest
    assert [str(made[day]) in october for day in days] == [False, *[True] * 10]
    assert [str(made[day]) in september for day in days] == [True, *[False] * 10]
    assert head.get(f"{address}?month=1-1").text == october
    assert desk.browser("k1-guard").get(address).status_code == 403
    assert desk.browser("e1-head").get(address).status_code == 404
