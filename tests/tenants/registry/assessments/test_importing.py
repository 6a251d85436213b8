"""Many cameras by a table: forbidden places fail alone, slips of the pen all together, each by its line (KH-3-6)."""

from uuid import uuid4

import pytest

from infra import spreadsheets
from infra.db import db
from tenants.actor import Actor, ActorKind
from tenants.errors import Invalid, NotAllowed
from tenants.permissions import Role
from tenants.registry import queries as registry
from tenants.registry.assessments import importing, queries
from tenants.registry.assessments.importing import HEADINGS, Imported
from tests.factories.registry import Institution

HANDLER = Actor(kind=ActorKind.PERSON, id=uuid4(), name="林組長", roles=frozenset({Role.HANDLER}))
GUARD = Actor(kind=ActorKind.PERSON, id=uuid4(), name="警衛", roles=frozenset({Role.GUARD}))

pytestmark = pytest.mark.req("KH-3-6")


def load(of: Institution, *rows: tuple[str, ...], actor: Actor = HANDLER) -> Imported:
    content = spreadsheets.as_csv([HEADINGS, *rows])
    found = importing.import_cameras(actor=actor, tenant_id=of.tenant_id, content=content)
    db.session.commit()
    return found


def names(of: Institution) -> set[str]:
    return {camera.name for camera in registry.cameras(tenant_id=of.tenant_id)}


def test_a_row_inside_a_washroom_fails_with_its_line_and_the_others_load(k1: Institution) -> None:
    found = load(
        k1,
        ("K1", "C-HALL", "廁所入口前走廊", "盥洗室（包括廁所）之入口前空間", ""),
        ("K1", "C-WC", "2F 女廁", "其他室內空間", "否"),
        ("k1", "c-yard", "遊戲場", "outdoor_activity", "是"),
    )
    assert found.added == 2
    assert [(fault.line, fault.is_forbidden) for fault in found.faults] == [(3, True)]
    assert "內不得設置鏡頭" in found.faults[0].message
    assert "要點第三點" in found.faults[0].message
    assert {"廁所入口前走廊", "遊戲場"} < names(k1)
    assert [each.typed for each in queries.attempts(tenant_id=k1.tenant_id)] == ["2F 女廁"]


def test_any_other_fault_stops_all_and_every_one_is_told_by_its_line(k1: Institution) -> None:
    before = names(k1)
    found = load(
        k1,
        ("K9", "C-A", "遊戲場", "室外活動空間", ""),
        ("K1", "代 碼", "遊戲場", "月球", "也許"),
        ("K1", "C-GATE", "大門", "前門出入口", ""),
        ("K1", "C-B", "大門", "前門出入口", ""),
        ("K1", "C-B", "側門", "前門出入口", ""),
        ("K1", "C-D", "", "前門出入口", ""),
        ("K1", "C-E", "更衣室", "辦公室", ""),
    )
    assert found.added == 0
    assert [fault.line for fault in found.faults] == [2, 3, 3, 3, 4, 6, 7, 8]
    assert names(k1) == before
    assert len(queries.attempts(tenant_id=k1.tenant_id)) == 1, "a forbidden place is kept all the same"


def test_three_hundred_faults_are_told_at_once(k1: Institution) -> None:
    rows = [("K9", f"C-{number}", "遊戲場", "室外活動空間", "") for number in range(300)]
    found = load(k1, *rows)
    assert (found.added, len(found.faults)) == (0, 300)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "第一列應為欄位名稱"),
        ("代碼,名稱\n".encode(), "第一列應為欄位名稱"),
        ("場所代碼".encode("big5"), "UTF-8"),
        (spreadsheets.as_csv([HEADINGS]), "沒有鏡頭"),
        (b"x" * (513 * 1024), "過大"),
        (spreadsheets.as_csv([HEADINGS, *[("K1",) * 5] * 501]), "最多 500"),
    ],
    ids=["nothing", "other headings", "Big5", "no camera", "too large", "too many"],
)
def test_a_file_that_is_no_such_table_is_refused(k1: Institution, content: bytes, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence) as refused:
        importing.import_cameras(actor=HANDLER, tenant_id=k1.tenant_id, content=content)
    assert refused.value.field == "file"


def test_who_may_not_manage_cameras_imports_none(k1: Institution) -> None:
    with pytest.raises(NotAllowed):
        load(k1, ("K1", "C-A", "遊戲場", "室外活動空間", ""), actor=GUARD)
