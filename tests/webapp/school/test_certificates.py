"""保存與銷毀 and the certificate: of which site and cameras, by which regulation, in words."""

import json
from datetime import date

import pytest

from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.audit.actions import record
from tenants.audit.events import Event
from tests.factories import footage, ledger, retention
from tests.time_authority import TimeAuthority
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
    unknown = head.get(f"{address}?month=1-1").text
    assert [str(made[day]) in unknown for day in days] == [False, *[True] * 10], "what is no month shows the newest"
    assert desk.browser("k1-guard").get(address).status_code == 403
    assert desk.browser("e1-head").get(address).status_code == 404


@pytest.mark.req("KH-5-4a", "DR-06")
def test_a_certificate_shows_where_it_stands_in_the_chain_and_gives_the_proof(
    desk: Desk, authority: TimeAuthority
) -> None:
    k1 = desk.cast.k1
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    made = retention.destruction(k1)
    address, head = f"{desk.school}/retention/certificates/{made}", desk.browser("k1-head")
    assert "稽核證明" not in head.get(address).text, "the chain does not know this paper"
    event = Event.DESTRUCTION_CERTIFIED
    said = dict.fromkeys(event.fields, "x")
    record(event, tenant_id=k1.tenant_id, actor=system("certify_destruction"), subject_id=made, **said)
    db.session.commit()

    early = head.get(address).text
    assert "這一筆的證明明天起可以下載" in early
    assert "/proof" not in early
    refused = head.get(f"{address}/proof")
    assert (refused.status_code, "尚未錨定" in refused.text) == (404, True)

    anchored = ledger.anchored(k1)
    page = head.get(address).text
    assert anchored.root in page
    assert "未會簽" in page
    assert "當日的錨定沒有時戳" in page
    ledger.stamped(k1, authority.url)
    assert "由 Common Name: Made-up time 簽發" in head.get(address).text
    answer = head.get(f"{address}/proof")
    proof = answer.get_json()
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (proof["root"], json.loads(proof["event"])["subject_id"]) == (anchored.root, str(made))
    assert proof["timestamp"]["authority"] == "Common Name: Made-up time"
    assert desk.browser("e1-head").get(f"{address}/proof").status_code == 404
    assert desk.browser("k1-guard").get(f"{address}/proof").status_code == 403
