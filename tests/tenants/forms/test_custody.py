"""The paper of custody as a reader sees it: as many pages as it needs, and nothing cut."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from infra.typesetting import MissingGlyph, typeset
from tenants.forms.custody import Custody, CustodyAct, CustodyFile, CustodyGap, CustodyWindow, custody_sheet
from tenants.forms.sheet import Imprint, Sheet
from tests import printouts

pytestmark = [pytest.mark.req("DR-07", "DR-23"), pytest.mark.needs("faces", "pdftotext")]
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
FILES = tuple(
    CustodyFile(name=f"C-GATE-{number}.mp4", bytes=1_234_567, sha256=hashlib.sha256(bytes([number])).hexdigest())
    for number in range(60)
)


def sheet(name: str = "王園長") -> Sheet:
    """A paper about many files, with a camera whose name is long."""
    span = (NOON, NOON + HOUR)
    camera = "一樓東側樓梯間轉角處面向中庭的鏡頭" * 4
    return custody_sheet(
        Custody(
            case=[("機構", "高雄市私立晨光幼兒園"), ("核決", f"同意 {name}"), ("來文機關", "")],
            windows=[CustodyWindow(camera=camera, asked=span, approved=span, clock="相符")],
            gaps=[
                CustodyGap(camera=camera, started_at=NOON, ended_at=NOON + timedelta(seconds=4.5), causes="原因不明")
            ],
            files=FILES,
            proofs=[("清單指紋", "ab" * 32)],
            acts=[CustodyAct(seq=7, at=NOON, words="先行保全", hash="cd" * 32, anchored="尚未錨定")],
            how=["核對指紋。"],
            duty="遵守個人資料保護法。",
        ),
        imprint=Imprint(institution="晨光幼兒園", printed_at=NOON, printed_by="系統", case="調閱-115-000001"),
    )


def printed(of: Sheet) -> bytes:
    return typeset(of.template, of.data, at=of.at)


def test_every_file_stands_there_whole_over_as_many_pages_as_it_takes() -> None:
    pdf = printed(sheet())

    words = printouts.words(pdf)
    assert printouts.pages(pdf) > 2
    for file in FILES:
        assert f"{file.name}1,234,567{file.sha256}" in words
    for expected in ("面向中庭的鏡頭", "4.500", "ab" * 32, "cd" * 32, "115年11月20日12:00", "第1頁／共", "來文機關無"):
        assert expected in words, expected
    assert "遵守個人資料保護法。" in words


def test_rare_characters_print_and_a_missing_one_is_refused() -> None:
    assert "𡃁堃喆峯温‧" in printouts.words(printed(sheet("𡃁堃喆峯温‧")))
    with pytest.raises(MissingGlyph) as refused:
        printed(sheet("王\U0001f600"))
    assert refused.value.characters == ("\U0001f600",)


def test_the_same_facts_make_the_same_bytes() -> None:
    assert printed(sheet()) == printed(sheet())
