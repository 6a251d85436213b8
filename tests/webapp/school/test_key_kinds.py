"""Which box keeps an institution on classic keys, on the school's page and on the operator's."""

from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask

from infra import clock
from infra.age_keys import Kind
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.registry.models import EdgeDevice
from tests.factories import footage, people
from tests.webapp.desk import Desk

pytestmark = pytest.mark.req("KH-5-1a")
WORDS = "尚未表示能使用抗量子金鑰，本機構每日的影像金鑰因此仍為一般金鑰"


@pytest.fixture
def hybrid(web_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform makes post-quantum keys."""
    monkeypatch.setitem(web_app.config, "SETTINGS", replace(web_app.config["SETTINGS"], key_kind=Kind.HYBRID))


def add(desk: Desk, name: str, *, takes_hybrid: bool, is_revoked: bool = False) -> None:
    """A box of K1."""
    bind(db.session, Binding(tenant_id=desk.cast.k1.tenant_id))
    box = db.session.get_one(EdgeDevice, footage.device(desk.cast.k1, takes_hybrid=takes_hybrid))
    box.name = name
    if is_revoked:
        box.revoked_at, box.revoked_by = clock.now(), uuid4()
    db.session.commit()


def pages(desk: Desk) -> list[str]:
    """Both, as they are now."""
    people.operator()
    school = desk.browser("k1-head").get(f"{desk.school}/devices/").text
    return [school, desk.browser("operator").get(f"/bureau/tenants/{desk.cast.k1.tenant_id}").text]


@pytest.mark.usefixtures("hybrid")
def test_the_box_that_does_not_take_them_is_named_once_and_no_other_is(desk: Desk) -> None:
    add(desk, "老主機", takes_hybrid=False)
    add(desk, "新主機", takes_hybrid=True)
    add(desk, "撤銷的主機", takes_hybrid=False, is_revoked=True)
    school, operator = pages(desk)
    assert school.count(WORDS) == 1
    (row,) = [row for row in school.split("<tr>") if WORDS in row]
    assert "老主機" in row
    (line,) = [line for line in operator.splitlines() if WORDS in line]
    assert ("老主機" in line, "新主機" in line, "撤銷的主機" in line) == (True, False, False)


@pytest.mark.usefixtures("hybrid")
def test_nothing_is_said_where_every_box_takes_them(desk: Desk) -> None:
    add(desk, "新主機", takes_hybrid=True)
    assert not any(WORDS in page for page in pages(desk))


def test_nothing_is_said_while_the_platform_makes_classic_keys(desk: Desk) -> None:
    add(desk, "老主機", takes_hybrid=False)
    assert not any("抗量子" in page for page in pages(desk))
