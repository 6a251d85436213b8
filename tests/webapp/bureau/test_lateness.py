"""The bureau's page of floor, ceiling and holds: figures by institution, what breaks the law first, no picture."""

import pytest
from flask import Flask

from infra.db import db
from infra.tenancy import Binding, bind
from tests.factories import compliance, people
from tests.factories.registry import institution
from tests.webapp.conftest import WebClient


@pytest.mark.req("KH-5-4a", "KH-5-3c", "DR-09")
def test_the_bureau_sees_lateness_floor_and_stops_of_each_institution(domain: Flask, web_client: WebClient) -> None:
    assert domain
    people.bureau_officer()
    numbers = {
        "晨光": {"floor_missing": 2},
        "向陽": {"late_minutes": 3 * 24 * 60 + 125, "days_overdue": 3, "stopped_runs": 1},
        "海濱": {"open_holds": 2},
    }
    for number, (name, law) in enumerate(numbers.items()):
        made = institution(f"K{number + 1}", name=name)
        bind(db.session, Binding(tenant_id=made.tenant_id))
        compliance.now(made)
        compliance.law(made, **law)
    institution("K9", name="無訊")
    page = web_client.sign_in("bureau").get("/bureau/retention").text
    assert [name for name in ("無訊", "晨光", "向陽", "海濱") if name in page] == sorted(
        ("無訊", "晨光", "向陽", "海濱"), key=page.index
    )
    assert "3 日 2 時" in page
    assert "2 段影像未滿保存天數即遺失" in page
    assert "3 日份逾期未完成銷毀、銷毀作業暫停，等候首長核可" in page
    assert "/schools/" not in page
    assert "<img" not in page
