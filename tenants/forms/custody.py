"""監錄資料保管鏈紀錄: the paper inside a package that says what left, who let it go, and how anybody compares it.

No regulation prints one; its words are ours. Everything that is long, such as a fingerprint, breaks and is never cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.forms.sheet import TEMPLATES, Imprint, Sheet, frame, plain, written, written_span

CUSTODY_TITLE = "監錄資料保管鏈紀錄"
_NONE = "無"
# Millimetres; each line adds up to the same width.
_FACTS = (40, 134)
_WINDOWS = ("鏡頭", 34), ("申請時段", 46), ("核准時段", 46), ("錄影主機時鐘", 48)
_GAPS = ("鏡頭", 40), ("缺漏時段", 60), ("秒數", 20), ("原因（錄影主機回報）", 54)
_FILES = ("檔名", 40), ("位元組", 24), ("SHA-256", 110)
_ACTS = ("序號", 16), ("時間", 40), ("事項", 34), ("事件雜湊（SHA-256）", 48), ("錨定", 36)


@dataclass(frozen=True, kw_only=True)
class CustodyWindow:
    """One camera: what was asked, what was approved, and what had to be added to its box's clock."""

    camera: str
    asked: tuple[datetime, datetime]
    approved: tuple[datetime, datetime]
    clock: str


@dataclass(frozen=True, kw_only=True)
class CustodyGap:
    """A span without footage, to the microsecond, and the causes in words."""

    camera: str
    started_at: datetime
    ended_at: datetime
    causes: str


@dataclass(frozen=True, kw_only=True)
class CustodyFile:
    """A file of the package."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class CustodyAct:
    """One event of the institution's chain about this case; `anchored` says in which signed tree it is proven."""

    seq: int
    at: datetime
    words: str
    hash: str
    anchored: str


@dataclass(frozen=True, kw_only=True)
class Custody:
    """Everything the paper says. `case` and `proofs` are labels and values in their order."""

    case: Sequence[tuple[str, str]]
    windows: Sequence[CustodyWindow]
    gaps: Sequence[CustodyGap]
    files: Sequence[CustodyFile]
    proofs: Sequence[tuple[str, str]]
    acts: Sequence[CustodyAct]
    how: Sequence[str]
    duty: str


def custody_sheet(custody: Custody, *, imprint: Imprint) -> Sheet:
    """The paper as a sheet to typeset."""
    sections = [
        _facts("一、案件", custody.case),
        _table("二、核准範圍", _WINDOWS, [_window(window) for window in custody.windows]),
        _table("三、核准時段內的缺漏", _GAPS, [_gap(gap) for gap in custody.gaps]),
        _table("四、檔案", _FILES, [[file.name, f"{file.bytes:,}", file.sha256] for file in custody.files]),
        _facts("五、指紋、簽章與時戳", custody.proofs),
        _table("六、處理經過（機構稽核軌跡）", _ACTS, [_act(act) for act in custody.acts]),
        _words("七、如何核對", custody.how),
        _words("八、取得者的義務", [custody.duty]),
    ]
    data = frame(title=CUSTODY_TITLE, imprint=imprint) | {"sections": sections}
    return Sheet(template=TEMPLATES / "custody_1.typ", data=data, at=imprint.printed_at)


def _facts(title: str, facts: Sequence[tuple[str, str]]) -> dict[str, Any]:
    rows = [[label, plain(value) or _NONE] for label, value in facts]
    return {"title": title, "columns": [], "widths": list(_FACTS), "rows": rows, "words": []}


def _words(title: str, words: Sequence[str]) -> dict[str, Any]:
    return {"title": title, "columns": [], "widths": [], "rows": [], "words": list(words)}


def _table(title: str, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[str]]) -> dict[str, Any]:
    names, widths = zip(*columns, strict=True)
    return {
        "title": title,
        "columns": list(names),
        "widths": list(widths),
        "rows": [[plain(cell) for cell in row] for row in rows],
        "words": [] if rows else [_NONE],
    }


def _window(window: CustodyWindow) -> list[str]:
    return [window.camera, written_span(*window.asked), written_span(*window.approved), window.clock]


def _gap(gap: CustodyGap) -> list[str]:
    seconds = (gap.ended_at - gap.started_at).total_seconds()
    return [gap.camera, written_span(gap.started_at, gap.ended_at), f"{seconds:,.3f}", gap.causes]


def _act(act: CustodyAct) -> list[str]:
    return [str(act.seq), written(act.at), act.words, act.hash, act.anchored]
