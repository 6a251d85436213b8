"""The acceptance sheet: its verdict, and what stands of each camera."""

from contextlib import closing
from datetime import date
from uuid import uuid4

import pytest

from infra.clock import now
from infra.manifest import microseconds
from tests.workers.edge.disks import CAMERA, DAY, GATE, Disk, config_document, enrol
from workers.edge.doctor import kept
from workers.edge.doctor.findings import Finding
from workers.edge.ledger import Entry, Ledger, State
from workers.edge.local_page.addresses import own_addresses
from workers.edge.local_page.sheet import sheet
from workers.edge.masked import Masked
from workers.edge.picture import kept as pictures
from workers.edge.picture.measuring import COLUMNS, ROWS, Measures
from workers.edge.words import moment_words

ADDRESS = "rtsp://192.0.2.3/1"
SHOWN = Measures(brightness=100, contrast=40, sharpness=90, colour=10, edges=(0,) * (COLUMNS * ROWS))


def found(check: str, *, good: bool | None) -> Finding:
    return Finding(check=check, title=f"項目 {check}", good=good, words="說明。")


@pytest.fixture
def room(disk: Disk) -> Disk:
    """A box with one camera that needs a mask."""
    enrol(disk.home, config_document(days=[DAY], cameras=[{**GATE, "needs_mask": True}], tenant_name="守園幼兒園"))
    disk.home.keep_address(CAMERA, ADDRESS)
    return disk


@pytest.mark.parametrize(
    ("judged", "verdict"),
    [
        ([], "結論：尚未檢查"),
        ([True, None], "結論：全部合格"),
        ([True, False, None, False], "結論：不合格（2 項）"),
    ],
)
def test_the_verdict_stands_under_the_title_and_beside_the_signatures(
    room: Disk, judged: list[bool | None], verdict: str
) -> None:
    if judged:
        kept.keep(room.home, [found(str(number), good=one) for number, one in enumerate(judged)], {}, at=now())
    said = sheet(room.home, now())
    assert said.index("</h1>") < said.index(verdict) < said.index("<table")
    signing = said.split('class="signing"')[1]
    assert (verdict in signing, "守園幼兒園" in signing) == (True, True)
    assert said.count("<strong>不合格</strong>") == judged.count(False)


def test_the_libraries_stand_below_what_is_judged(room: Disk) -> None:
    kept.keep(room.home, [found("libraries", good=None), found("disk", good=True)], {}, at=now())
    said = sheet(room.home, now())
    assert said.index("項目 disk") < said.index("項目 libraries")


@pytest.mark.req("DR-30")
def test_of_each_camera_it_says_whether_it_records_was_sent_is_accepted_and_masked(room: Disk) -> None:
    before = sheet(room.home, now())
    for words in ("沒有錄影", "從未錄到", "未設定", "未確認"):
        assert f">{words}</td>" in before
    at = now()
    entry = Entry(uuid4(), CAMERA, date(2026, 11, 20), microseconds(at) - 60_000_000, microseconds(at))
    with closing(Ledger(room.home.ledger)) as ledger:
        ledger.enter(entry)
        assert ">待上傳 1 段</td>" in sheet(room.home, at)
        ledger.mark([entry.segment_id], State.STORED)
    pictures.keep_reference(room.home, CAMERA, SHOWN, at=at)
    Masked(room.home).taken(CAMERA, ADDRESS, 1)
    after = sheet(room.home, at)
    for words in ("錄影中", "全部已上傳", f"畫面已確認，{moment_words(at)}", "已開啟"):
        assert f">{words}</td>" in after


def test_a_broken_index_leaves_the_rest_of_the_sheet(room: Disk) -> None:
    room.home.ledger.write_bytes(b"no index" * 1000)
    assert "未知（索引損壞）" in sheet(room.home, now())


def test_own_addresses_are_reached_from_elsewhere() -> None:
    assert all(not one.startswith("127.") and one.count(".") == 3 for one in own_addresses())
