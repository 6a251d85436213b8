"""The manifest inside a package: what was approved, what each file is, who recorded it, and what is missing. Pure.

It holds no personal data of anybody in the picture and none of the officer's; the case number and the 字號 lead there.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from infra.archives import Entry
from infra.manifest import SignedLine, microseconds
from tenants.disclosures.official.handover import DUTY_NOTICE
from tenants.disclosures.packages.parts import CameraSigning, ClockOffset, PackagePart, PartGap, signing_words
from tenants.roc_dates import format_span

FORMAT = "shouyuan-package/1"
MANIFEST_NAME = "manifest.json"
COPY_PURPOSE = "重新編碼的副本，僅供不能播放原始檔的電腦觀看，不是證據；缺漏處以灰底字卡表示"


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
    clocks: dict[UUID, ClockOffset]
    parts: Sequence[PackagePart]
    files: Sequence[Entry]
    lines: Sequence[SignedLine]
    public_keys: dict[UUID, str]


def manifest_text(heading: Heading, contents: Contents) -> str:
    """The manifest as JSON, the same for the same contents."""
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
        "windows": [_window(window, contents) for window in contents.windows],
        "files": [_file(entry, contents) for entry in contents.files],
        "devices": [
            {"device_id": str(device_id), "public_key": key} for device_id, key in sorted(contents.public_keys.items())
        ],
        "segments": [{"line": signed.line, "signature": signed.signature} for signed in contents.lines],
    }
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _window(window: ApprovedWindow, contents: Contents) -> dict[str, Any]:
    clock = contents.clocks[window.id]
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
        "clock_offset_us": asdict(clock) | {"words": clock.words},
    }


def _file(entry: Entry, contents: Contents) -> dict[str, Any]:
    parts = contents.parts
    about = next((part for part in parts if part.file == entry.name), None)
    plain: dict[str, Any] = {
        "name": entry.name,
        "bytes": entry.bytes,
        "sha256": entry.sha256,
        "chunks": list(entry.chunks),
    }
    original = next((part for part in parts if part.browser_copy == entry.name), None)
    if original is not None:
        return plain | {"copy_of": original.file, "purpose": COPY_PURPOSE}
    if about is None:
        return plain
    kept = ("started_us", "ended_us", "pre_roll_ms", "codec", "width", "height", "audio", "sound")
    window = next(one for one in contents.windows if one.id == about.window_id)
    ids: dict[str, Any] = {"camera_id": str(about.camera_id), "window_id": str(about.window_id)}
    # Which instant the film's time zero is, as a box within it says too.
    ids["origin_us"] = microseconds(window.started_at)
    signing = {} if about.signing is None else {"camera_signing": _camera_signing(about.signing)}
    return plain | ids | {name: getattr(about, name) for name in kept} | signing


def _camera_signing(found: Sequence[CameraSigning]) -> dict[str, Any]:
    """What the camera signed of a film. `checked` is never true: that is for its maker's tool and certificate."""
    frameworks = [asdict(each) | {"name": each.name} for each in found]
    return {"signed": bool(found), "frameworks": frameworks, "checked": False, "words": signing_words(found)}


def safe_name(code: str) -> str:
    """A camera's code as a file name on any system: letters, digits and hyphens."""
    plain = "".join(character if character.isascii() and character.isalnum() else "-" for character in code)
    return plain.strip("-") or "camera"
