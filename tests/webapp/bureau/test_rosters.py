"""The operator uploads a roster, sees what it would do or all that is wrong with it, and confirms exactly that."""

import io
import re
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from infra import spreadsheets
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.onboarding import carrying
from tenants.onboarding import columns as c
from tenants.onboarding.models import Roster
from tenants.registry import queries as registry
from tests.factories import people
from tests.factories.cast import Cast, cast
from tests.tenants.onboarding.conftest import SERVICE, Of, file, fresh, go_on
from tests.webapp.conftest import WebClient

pytestmark = pytest.mark.req("DR-24", "DR-33")
ADDRESS = "/bureau/rosters"


@pytest.fixture
def city(domain: Flask, monkeypatch: pytest.MonkeyPatch) -> Cast:
    assert domain
    monkeypatch.setattr("infra.queues.enqueue", lambda *_job, **_arguments: None)
    made = cast()
    people.operator()
    people.auditor()
    return made


def roster(**changes: str) -> bytes:
    row = {**c.SAMPLE, c.DISTRICT: "左營區", **changes}
    return spreadsheets.as_csv([c.HEADINGS, tuple(row.get(each, "") for each in c.HEADINGS)])


def send(client: WebClient, content: bytes, **typed: str) -> TestResponse:
    # By hand: what werkzeug's client makes of a large file is a temporary one that it never closes.
    parts = [f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}\r\n' for name, said in typed.items()]
    parts.append('--x\r\nContent-Disposition: form-data; name="file"; filename="roster.csv"\r\n\r\n')
    body = "".join(parts).encode() + content + b"\r\n--x--\r\n"
    return client.post(ADDRESS, data=body, content_type="multipart/form-data; boundary=x")


def kept() -> list[Roster]:
    bind(db.session, Binding(tenant_id=people.bureau()))
    db.session.rollback()
    return list(db.session.scalars(db.select(Roster)))


def test_without_a_file_one_is_asked_for(web_client: WebClient, city: Cast) -> None:
    assert city
    client = web_client.sign_in("operator")
    for sent in ({}, {"file": (io.BytesIO(), "")}):
        answer = client.post(ADDRESS, data=sent, content_type="multipart/form-data")
        assert (answer.status_code, "請選擇檔案。" in answer.text) == (422, True)


def test_a_roster_is_looked_at_confirmed_and_carried_out(web_client: WebClient, city: Cast) -> None:
    assert city
    client = web_client.sign_in("operator")
    answer = send(client, roster())
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "已試算，待確認" in page
    assert "開通機構，場所 K101" in page
    assert "王園長" not in page
    sha256 = re.search(r'name="sha256" value="(\w+)"', page)
    assert sha256 is not None
    wrong = client.post(f"{answer.location}/confirmation", data={"sha256": "0"})
    assert (wrong.status_code, "與試算的不同" in wrong.text) == (422, True)
    assert client.post(f"{answer.location}/confirmation", data={"sha256": sha256[1]}).status_code == 303
    (made,) = kept()
    assert registry.tenant_by_code(code="K101") is None, "it is done by the worker"
    of: Of = {"tenant_id": made.tenant_id, "roster_id": made.id}
    carrying.begin(actor=SERVICE, **of)
    go_on(of)
    page = client.get(answer.location).text
    assert "已完成" in page
    assert "確認辦理" not in page
    assert client.post(f"{answer.location}/confirmation", data={"sha256": sha256[1]}).status_code == 409
    opened = registry.tenant_by_code(code="K101")
    assert opened is not None
    assert f"/bureau/tenants/{opened.id}" in page
    table = client.get(f"{answer.location}/outcomes.csv").data.decode("utf-8-sig")
    assert "K101" in table
    assert "已辦理" in table


def confirmed(client: WebClient) -> tuple[str, Of]:
    """The page of a roster of two that was confirmed, and which it is."""
    rows = [fresh(1), fresh(2, **{c.NAME: "秋月幼兒園"})]
    page = str(send(client, file(*rows)).location)
    (made,) = kept()
    of: Of = {"tenant_id": made.tenant_id, "roster_id": made.id}
    assert client.post(f"{page}/confirmation", data={"sha256": made.sha256}).status_code == 303
    db.session.rollback()
    return page, of


def test_the_page_tells_how_far_the_work_is_and_asks_again_until_it_is_over(web_client: WebClient, city: Cast) -> None:
    assert city
    client = web_client.sign_in("operator")
    page, of = confirmed(client)
    again = f'hx-get="{page}/progress" hx-trigger="every 3s"'
    assert again in client.get(page).text
    assert "等待開始，共 2 個機構" in client.get(f"{page}/progress").text
    carrying.begin(actor=SERVICE, **of)
    carrying.carry_out_line(actor=SERVICE, **of, line=2)
    db.session.commit()
    part = client.get(f"{page}/progress").text
    assert "已辦理 1／2 個機構，還有 1 個" in part
    assert '<progress class="sy-meter" max="2" value="1"' in part
    assert again in part
    go_on(of)
    part = client.get(f"{page}/progress").text
    assert "已辦理 2／2 個機構。" in part
    assert "hx-get" not in part


def test_what_could_not_be_done_is_listed_with_its_reason(web_client: WebClient, city: Cast) -> None:
    assert city
    client = web_client.sign_in("operator")
    page, of = confirmed(client)
    people.person("n2-head", name="別人")
    bind(db.session, Binding(tenant_id=of["tenant_id"]))
    carrying.begin(actor=SERVICE, **of)
    db.session.commit()
    go_on(of)
    told = client.get(page).text
    for part in ("已結束，部分未辦理", "已辦理 1／2 個機構，未辦理 1 個", "未辦理的機構", "秋月幼兒園", "姓名不同"):
        assert part in told
    assert "別人" not in told
    table = client.get(f"{page}/outcomes.csv").data.decode("utf-8-sig")
    assert "姓名不同" in table


def test_all_faults_stand_on_the_page_and_nothing_is_kept(web_client: WebClient, city: Cast) -> None:
    assert city
    client = web_client.sign_in("operator")
    answer = send(client, roster(**{c.KIND: "高中", c.EMAIL: "x", c.DISTRICT: "火星區"}))
    assert answer.status_code == 422
    for part in ("共 3 項問題", "第 2 列", c.KIND, c.EMAIL, "火星區"):
        assert part in answer.text
    assert kept() == []


def test_the_faults_come_as_a_file_in_which_nothing_runs(web_client: WebClient, city: Cast) -> None:
    assert city
    answer = send(web_client.sign_in("operator"), roster(**{c.DISTRICT: "=cmd|x"}).replace(b"'=", b"="), as_file="y")
    assert answer.mimetype == "text/csv"
    assert not re.search(r"(^|,)[=+@-]", answer.data.decode("utf-8-sig"), re.MULTILINE)
    assert kept() == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("機構代碼".encode("cp950"), "Big5"),
        (b"", "第一列應為欄位名稱"),
        (b"x" * (1024 * 1024 + 1), "檔案過大"),
        (b"PK\x03\x04", "XLSX"),
    ],
    ids=["Big5", "nothing", "too large", "workbook"],
)
def test_a_file_that_is_no_roster_is_told_on_the_page(
    web_client: WebClient, city: Cast, content: bytes, said: str
) -> None:
    assert city
    answer = send(web_client.sign_in("operator"), content)
    assert (answer.status_code, said in answer.text) == (422, True)


def test_fifty_megabytes_are_refused_before_they_are_read(web_client: WebClient, city: Cast) -> None:
    assert city
    answer = send(web_client.sign_in("operator"), b"x" * (50 * 1024 * 1024))
    assert answer.status_code == 413


def test_a_new_district_is_named_on_purpose(web_client: WebClient, city: Cast) -> None:
    assert city
    client = web_client.sign_in("operator")
    assert send(client, roster(**{c.DISTRICT: "新區"})).status_code == 422
    assert send(client, roster(**{c.DISTRICT: "新區"}), new_districts="新區、另區").status_code == 303


def test_the_template_passes_as_it_is_but_for_its_district(web_client: WebClient, city: Cast) -> None:
    assert city
    client = web_client.sign_in("operator")
    assert send(client, client.get(f"{ADDRESS}/template.csv").data, new_districts="向陽區").status_code == 303


@pytest.mark.parametrize("who", ["auditor", "k1-head"])
def test_nobody_else_gets_there(web_client: WebClient, city: Cast, who: str) -> None:
    assert city
    statuses: Any = {"auditor": 403, "k1-head": 404}
    client = web_client.sign_in(who)
    for page in (ADDRESS, f"{ADDRESS}/{uuid4()}", f"{ADDRESS}/{uuid4()}/progress"):
        assert client.get(page).status_code == statuses[who]


def test_a_roster_that_is_none_is_not_found(web_client: WebClient, city: Cast) -> None:
    assert city
    assert web_client.sign_in("operator").get(f"{ADDRESS}/{uuid4()}/progress").status_code == 404
