"""The auditor's first page: heads of every chain checked now, the bureau's own acts, and no institution's events."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import text

from infra import clock, object_keys
from infra.db import db
from infra.stack.postgres import DatabaseUrls
from infra.tenancy import Binding, bind
from tests.factories import footage, ledger, people
from tests.factories.ledger import Bureau
from tests.factories.registry import Institution, institution
from tests.factories.sweeps import superuser
from tests.time_authority import TimeAuthority
from tests.webapp.conftest import WebClient

PAGE = "/bureau/audit"


@pytest.fixture
def k1(domain: Flask) -> Institution:
    assert domain
    people.auditor()
    people.bureau_officer()
    people.operator()
    of = institution()
    bind(db.session, Binding(tenant_id=of.tenant_id))
    return of


def line_of(page: str, name: str) -> str:
    return next(row for row in page.split("<tr>") if f">{name}</a>" in row)


@pytest.mark.req("DR-06", "DR-30")
def test_the_auditor_begins_with_the_chains_that_lack_yesterdays_head(web_client: WebClient, k1: Institution) -> None:
    bind(db.session, Binding(tenant_id=people.bureau()))
    ledger.anchored(Institution(people.bureau(), uuid4(), {}), bureau=Bureau())
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    auditor = web_client.sign_in("auditor")
    assert auditor.get("/home").location == PAGE
    page = auditor.get(PAGE).text
    assert "1 個機構的稽核軌跡沒有昨日的錨定" in page
    assert "尚無錨定" in line_of(page, "晨光幼兒園")
    ledger.anchored(k1)
    page = auditor.get(PAGE).text
    assert "沒有昨日的錨定" not in page
    assert "1 個機構有未經教育局金鑰會簽的錨定" in page
    assert "逾期" not in line_of(page, "晨光幼兒園")


@pytest.mark.req("DR-06")
def test_each_signature_is_checked_now_and_by_the_key_that_was_published(
    web_client: WebClient, k1: Institution, database: DatabaseUrls
) -> None:
    bureau, other = Bureau(), Bureau()
    days = [clock.today() - timedelta(days=back) for back in (4, 3, 2, 1)]
    ledger.anchored(k1, day=days[0], bureau=bureau)
    ledger.anchored(k1, day=days[1], bureau=other)
    ledger.anchored(k1, day=days[2])
    ledger.anchored(k1, day=days[3], bureau=bureau)
    superuser(database, f"update audit_tree_heads set root = repeat('0', 64) where day = '{days[3]}'")  # noqa: S608
    auditor, address = web_client.sign_in("auditor"), f"{PAGE}/chains/{k1.tenant_id}"
    page = auditor.get(address).text
    told = ["會簽與內容不符", "未會簽", "由另一把金鑰會簽", "會簽相符"]
    assert re.findall(r"會簽與內容不符|未會簽(?=</span>)|由另一把金鑰會簽|會簽相符", page) == told
    assert "採信最早的會簽" in page
    assert f"flask audit verify --tenant K1 --bureau-key {bureau.key_id}".replace("+", "&#43;") in page.replace(
        "+", "&#43;"
    )
    judged = auditor.get(address, query_string={"key": other.key_id}).text
    assert re.findall(r"由另一把金鑰會簽|會簽相符", judged) == ["會簽相符", "由另一把金鑰會簽"]
    assert "不是 Base64" in auditor.get(address, query_string={"key": "abc"}).text


@pytest.mark.req("DR-06", "DR-07")
def test_each_heads_time_is_told_with_whose_it_is_and_checked_now(
    web_client: WebClient, k1: Institution, authority: TimeAuthority, database: DatabaseUrls
) -> None:
    days = [clock.today() - timedelta(days=back) for back in (3, 2, 1)]
    for day in days[:2]:
        ledger.anchored(k1, day=day)
        ledger.stamped(k1, authority.url)
    ledger.anchored(k1, day=days[2])
    superuser(database, f"update audit_tree_stamps set token = '' where day = '{days[0]}'")  # noqa: S608 - ours
    auditor = web_client.sign_in("auditor")

    page = auditor.get(f"{PAGE}/chains/{k1.tenant_id}").text

    told = re.findall(r"沒有時戳(?=</span>)|時戳相符(?=</span>)|時戳不屬於這個樹頭", page)
    assert told == ["沒有時戳", "時戳相符", "時戳不屬於這個樹頭"]
    assert page.count("由 Common Name: Made-up time 簽發") == 2
    first = auditor.get(PAGE).text
    assert "1 個機構最近一次的錨定沒有時戳機構的時戳" in first
    assert '<td data-label="沒有時戳" class="sy-num">1</td>' in line_of(first, "晨光幼兒園")
    ledger.stamped(k1, authority.url)
    assert "最近一次的錨定沒有時戳" not in auditor.get(PAGE).text


@pytest.mark.req("DR-06", "DR-30")
def test_an_anchor_is_there_only_as_far_as_a_sweep_has_looked(web_client: WebClient, k1: Institution) -> None:
    ledger.anchored(k1)
    auditor, address = web_client.sign_in("auditor"), f"{PAGE}/chains/{k1.tenant_id}"
    assert "尚未巡檢" in auditor.get(address).text
    footage.swept(k1, area=object_keys.ledger_prefix(tenant_id=k1.tenant_id))
    assert "巡檢時在" in auditor.get(address).text
    db.session.execute(text("update swept_areas set missing = 1"))
    db.session.commit()
    assert "巡檢發現有缺漏" in auditor.get(address).text


@pytest.mark.req("DR-09", "KH-1-3")
def test_the_bureaus_own_acts_are_read_and_no_institutions(web_client: WebClient, k1: Institution) -> None:
    officer = web_client.sign_in("bureau")
    officer.get(f"/schools/{k1.tenant_id}/")  # refused, and in the institution's chain
    auditor = web_client.sign_in("auditor")
    page = auditor.get(f"{PAGE}/events?verify=1").text
    assert "軌跡完整" in page
    assert "開始稽核軌跡" in page
    assert "拒絕存取" not in page
    for address in (PAGE, f"{PAGE}/chains/{k1.tenant_id}"):
        assert "拒絕存取" not in auditor.get(address).text
    assert auditor.get(f"{PAGE}/chains/{uuid4()}").status_code == 404
    assert auditor.get(f"{PAGE}/events?before=99999999999999999999&who=people").status_code == 200
    assert auditor.get(f"{PAGE}?page=99999999999999999999").status_code == 200


@pytest.mark.req("DR-08")
def test_nobody_else_of_the_bureau_audits(web_client: WebClient, k1: Institution) -> None:
    for login in ("bureau", "operator"):
        client = web_client.sign_in(login)
        for address in (PAGE, f"{PAGE}/events", f"{PAGE}/chains/{k1.tenant_id}", "/bureau/certificates/quarantine"):
            assert client.get(address).status_code == 403


@pytest.mark.req("KH-5-4a", "DR-09")
def test_the_auditor_reads_the_quarantine_and_decides_nothing(web_client: WebClient, k1: Institution) -> None:
    assert k1
    bureau_id = people.bureau()
    bind(db.session, Binding(tenant_id=bureau_id))
    stray_id = footage.stray(Institution(bureau_id, uuid4(), {}), area="elsewhere")
    auditor = web_client.sign_in("auditor")
    page = auditor.get("/bureau/certificates/quarantine").text
    assert "不屬於任何機構的位置" in page
    assert str(stray_id) not in page
    assert auditor.post(f"/bureau/quarantine/{bureau_id}/{stray_id}/proposal", data={"reason": "x"}).status_code == 403
