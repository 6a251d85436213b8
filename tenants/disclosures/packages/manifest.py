"""The manifest inside a package: what was approved, what each file is, who recorded it, and what is missing. Pure.

It holds no personal data of anybody in the picture and none of the officer's; the case number and the 字號 lead there.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib import resources
from typing import Any
from uuid import UUID

from infra.archives import Entry
from infra.manifest import ManifestLine, SignedLine, microseconds, parse
from tenants.disclosures.official.handover import DUTY_NOTICE
from tenants.disclosures.packages.parts import PackagePart, PartGap
from tenants.roc_dates import format_instant, format_span

FORMAT = "shouyuan-package/1"
MANIFEST_NAME, NOTES_NAME, VERIFIER_NAME = "manifest.json", "說明.txt", "verify.py"


@dataclass(frozen=True, kw_only=True)
class ApprovedWindow:
    """One approved span with the code under which its camera's files are named."""

    id: UUID
    camera_id: UUID
    camera: str
    code: str
    asked_from: datetime
    asked_until: datetime
    started_at: datetime
    ended_at: datetime

    @property
    def shown(self) -> str:
        """The span in words."""
        return format_span(self.started_at, self.ended_at)


@dataclass(frozen=True, kw_only=True)
class Heading:
    """Whose package it is. `ordered_at` is the moment of the decision, so that two builds write the same manifest."""

    package_id: UUID
    serial: str
    institution_id: UUID
    institution: str
    agency: str
    document_number: str
    document_date: str
    decision: str
    rule: str
    ordered_at: datetime


@dataclass(frozen=True, kw_only=True)
class Contents:
    """Everything that was put together."""

    windows: Sequence[ApprovedWindow]
    gaps: dict[UUID, Sequence[PartGap]]
    parts: Sequence[PackagePart]
    files: Sequence[Entry]
    lines: Sequence[SignedLine]
    public_keys: dict[UUID, str]


def manifest_text(heading: Heading, contents: Contents) -> str:
    """The manifest as JSON, the same for the same contents."""
    lines = [parse(signed.line) for signed in contents.lines]
    document = {
        "format": FORMAT,
        "package_id": str(heading.package_id),
        "serial": heading.serial,
        "institution": {"id": str(heading.institution_id), "name": heading.institution},
        "agency": heading.agency,
        "document_number": heading.document_number,
        "document_date": heading.document_date,
        "decision": heading.decision,
        "rule": heading.rule,
        "ordered_at": heading.ordered_at.isoformat(),
        "notice": DUTY_NOTICE,
        "windows": [_window(window, contents, lines) for window in contents.windows],
        "files": [_file(entry, contents.parts) for entry in contents.files],
        "devices": [
            {"device_id": str(device_id), "public_key": key} for device_id, key in sorted(contents.public_keys.items())
        ],
        "segments": [{"line": signed.line, "signature": signed.signature} for signed in contents.lines],
    }
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def notes_text(heading: Heading, missing: Iterable[tuple[str, PartGap]], parts: Sequence[PackagePart]) -> str:
    """說明.txt: what is in the package, how to check it, and the duties of whoever holds it (KH-6-5a)."""
    listed = [
        f"  {part.file}　{part.camera}　{format_span(part.started_at, part.ended_at)}"
        + (f"　（檔內另有 {part.pre_roll_ms} 毫秒解碼所需之前導畫面，播放時不顯示）" if part.pre_roll_ms else "")
        for part in parts
    ]
    gaps = [f"  {camera}　{format_span(gap.started_at, gap.ended_at)}" for camera, gap in missing]
    return "\n".join(
        [
            f"{heading.institution}　監錄資料複製　案號 {heading.serial}",
            f"申請機關：{heading.agency}　公文：{heading.document_number}",
            f"核准時間：{format_instant(heading.ordered_at)}",
            "",
            "一、內容（原始影像，未重新編碼；以一般播放程式開啟）",
            *listed,
            "",
            "二、核准時段內的缺漏",
            *(gaps or ["  無"]),
            "",
            "三、驗證",
            "  解壓縮後在資料夾內執行（Python 3.9 以上，不需網路、不需安裝其他程式）：",
            "    python3 verify.py --fingerprint 函復所載的清單指紋",
            "  在 Windows，請將 python3 改為 py。不加 --fingerprint 也能驗證，但不會與函復核對。",
            "  程式會比對每一個檔案與清單、檢查錄影裝置的簽章，並指出任何被變更的檔案與位置。",
            "  程式也會顯示清單指紋，請與機構函復所載者核對。",
            "",
            "四、義務",
            f"  {DUTY_NOTICE}",
            "",
        ]
    )


def verifier_text() -> bytes:
    """verify.py, to the byte."""
    return (resources.files("tenants.disclosures.packages") / VERIFIER_NAME).read_bytes()


def _window(window: ApprovedWindow, contents: Contents, lines: Sequence[ManifestLine]) -> dict[str, Any]:
    own = [line for line in lines if line.camera_id == window.camera_id and _meets(line, window)]
    return {
        "window_id": str(window.id),
        "camera_id": str(window.camera_id),
        "camera": window.camera,
        "shown": window.shown,
        "asked_from_us": microseconds(window.asked_from),
        "asked_until_us": microseconds(window.asked_until),
        "from_us": microseconds(window.started_at),
        "until_us": microseconds(window.ended_at),
        "gaps": [asdict(gap) for gap in contents.gaps[window.id]],
        # What had to be added to the box's clock: a player shows the box's time, a court asks for the true one.
        "clock_offset_us": sorted({line.clock_offset_us for line in own}),
        "clock_sources": sorted({line.clock_source for line in own}),
    }


def _meets(line: ManifestLine, window: ApprovedWindow) -> bool:
    return line.started_at < window.ended_at and line.ended_at > window.started_at


def _file(entry: Entry, parts: Sequence[PackagePart]) -> dict[str, Any]:
    about = next((part for part in parts if part.file == entry.name), None)
    plain: dict[str, Any] = {
        "name": entry.name,
        "bytes": entry.bytes,
        "sha256": entry.sha256,
        "chunks": list(entry.chunks),
    }
    if about is None:
        return plain
    kept = ("started_us", "ended_us", "pre_roll_ms", "codec", "width", "height", "audio")
    ids = {"camera_id": str(about.camera_id), "window_id": str(about.window_id)}
    return plain | ids | {name: getattr(about, name) for name in kept}


def safe_name(code: str) -> str:
    """A camera's code as a file name on any system: letters, digits and hyphens."""
    plain = "".join(character if character.isascii() and character.isalnum() else "-" for character in code)
    return plain.strip("-") or "camera"
