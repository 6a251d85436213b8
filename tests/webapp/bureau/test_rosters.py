"""The operator uploads a roster, sees what it would do or all that is wrong with it, and confirms exactly that."""

import io
import re
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from infra import spreadsheets
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.onboarding import actions
from tenants.onboarding import columns as c
from tenants.onboarding.models import Roster
from tenants.registry import queries as registry
from tests.factories import people
from tests.factories.cast import Cast, cast
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
    actions.carry_out(actor=system("carry_out_roster"), tenant_id=made.tenant_id, roster_id=made.id)
    db.session.commit()
    page = client.get(answer.location).text
    assert "已完成" in page
    assert "確認辦理" not in page
    assert client.post(f"{answer.location}/confirmation", data={"sha256": sha256[1]}).status_code == 409
    assert registry.tenant_by_code(code="K101") is not None
    table = client.get(f"{answer.location}/outcomes.csv")
    assert "K101" in table.data.decode("utf-8-sig")


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
    assert web_client.sign_in(who).get(ADDRESS).status_code == statuses[who]
