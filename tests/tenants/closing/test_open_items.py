"""What an operator reads before closing an institution (DR-33)."""

import pytest

from infra import clock
from tenants.closing.open_items import open_items
from tests.factories import disclosures as cases
from tests.factories import footage, retention
from tests.factories import people as make
from tests.tenants.closing.conftest import Scene

pytestmark = pytest.mark.req("DR-33")

TODAY = clock.today()


def test_before_closing_the_operator_reads_what_is_open_as_numbers(scene: Scene) -> None:
    device = footage.device(scene.k1)
    footage.day_key(scene.k1)
    footage.segment(scene.k1, device_id=device)
    footage.status(scene.k1)
    footage.token(scene.k1)
    retention.hold(scene.k1)
    cases.case(scene.k1, agency_id=make.agency(), filed_by=make.person())
    found = open_items(tenant_id=scene.k1.tenant_id, today=TODAY, now=clock.now())
    counts = {item.what: item.count for item in found}
    assert counts["尚未結案的調閱案件"] == 1
    assert counts["使用中的邊緣主機"] == 1
    assert counts["尚未使用的主機註冊碼"] == 1
    assert counts["人員指派"] == 2
    assert counts["保全與延長保存"] >= 1
    assert counts["仍在保存中的錄影日"] == 1
    scene.enter(scene.e1)
    empty = {item.what for item in open_items(tenant_id=scene.e1.tenant_id, today=TODAY, now=clock.now())}
    assert empty == {"人員指派", "使用中的鏡頭"}
