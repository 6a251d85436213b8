"""The parts of a finished package as its row keeps them in JSON, with types."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from infra.causes import GapCause
from infra.manifest import CLOCK_BY_HAND, NEVER_COMPARED, ManifestLine, Note, instant
from infra.signing_units import Framework
from tenants.disclosures.packages.models import Package
from tenants.footage.rules import CAUSE_NAMES

# What a line says whose box had not asked anybody for the time yet (`workers.edge.spool`).
# What a person said of a machine was never compared with anything either.
_NEVER_COMPARED = frozenset({NEVER_COMPARED, CLOCK_BY_HAND})


@dataclass(frozen=True, kw_only=True)
class PartGap:
    """A span of the approved window of which there is no footage, and the causes that the edge gave (`GapCause`)."""

    from_us: int
    until_us: int
    causes: tuple[str, ...]

    @property
    def words(self) -> str:
        """Its causes for people; empty when the edge gave none."""
        return "、".join(CAUSE_NAMES[GapCause(cause)] for cause in self.causes)

    @property
    def started_at(self) -> datetime:
        """The first instant without footage."""
        return instant(self.from_us)

    @property
    def ended_at(self) -> datetime:
        """The first instant with footage again, or the window's end."""
        return instant(self.until_us)


@dataclass(frozen=True, kw_only=True)
class ClockOffset:
    """What had to be added to the box's clock to meet the platform's while it recorded a window, least and most.

    In microseconds; both None when the box was never compared, and `partly` when for some segments it was not.
    `recovered_us` of the window were fetched off the camera's own card, at the camera's times.
    """

    least_us: int | None
    most_us: int | None
    partly: bool = False
    recovered_us: int = 0
    is_all_recovered: bool = False

    @property
    def words(self) -> str:
        """The same for whoever compares the picture with another clock."""
        told = [] if self.is_all_recovered else [self._of_box]
        if self.recovered_us:
            seconds = self.recovered_us / 1_000_000
            told.append(
                f"其中 {seconds:,.1f} 秒是事後自攝影機記憶卡回補（manifest 的 segments 註記 recovered），"
                "時間依攝影機的時鐘，已按取回時測得的差距校正"
            )
        return "；".join(told)

    @property
    def _of_box(self) -> str:
        if self.least_us is None or self.most_us is None:
            return "錄影主機的時鐘在這段期間未與平台校對，差距不明"
        least, most = _off(self.least_us), _off(self.most_us)
        said = least if least == most else f"介於{least}與{most}之間"
        return f"錄影主機的時鐘與平台時間相比：{said}" + ("（部分片段未校對）" if self.partly else "")


def clock_of(lines: Iterable[ManifestLine]) -> ClockOffset:
    """What the signed lines of a window's segments say of the box's clock."""
    all_lines = list(lines)
    recovered = [line for line in all_lines if Note.RECOVERED in line.notes.split(",")]
    every = [line for line in all_lines if line not in recovered]
    known = [line.clock_offset_us for line in every if line.clock_source not in _NEVER_COMPARED]
    return ClockOffset(
        least_us=min(known, default=None),
        most_us=max(known, default=None),
        partly=0 < len(known) < len(every),
        recovered_us=sum(line.ended_us - line.started_us for line in recovered),
        is_all_recovered=bool(recovered) and not every,
    )


@dataclass(frozen=True, kw_only=True)
class CameraSigning:
    """How many units of a camera's own signatures a film holds, and of which framework. Nobody here checked them."""

    framework: str
    units: int

    @property
    def name(self) -> str:
        """What its maker calls the framework."""
        return _FRAMEWORKS.get(self.framework, self.framework)


_FRAMEWORKS: Mapping[str, str] = {Framework.AXIS: "Axis Signed Video", Framework.ONVIF: "ONVIF Media Signing"}


def signing_of(found: Mapping[Framework, int]) -> tuple[CameraSigning, ...]:
    """What was found of a camera's own signatures, as a part keeps it."""
    return tuple(CameraSigning(framework=each.value, units=units) for each, units in sorted(found.items()))


def signing_words(found: Sequence[CameraSigning] | None) -> str:
    """The same for people, and who could check it; empty for a film of before anybody looked."""
    if found is None:
        return ""
    if not found:
        return "影像中沒有攝影機自身的簽章"
    units = "、".join(f"{each.name}，簽章單元 {each.units} 個" for each in found)
    return f"影像含攝影機自身的簽章（{units}）；未檢核，須以攝影機廠商的工具與憑證檢核"


def _off(offset_us: int) -> str:
    milliseconds = round(offset_us / 1000)
    if milliseconds == 0:
        return "相符"
    return f"{'慢' if milliseconds > 0 else '快'} {abs(milliseconds) / 1000:.3f} 秒"


@dataclass(frozen=True, kw_only=True)
class PackagePart:
    """One video file: what it shows, its hash, the gaps and clock of its window, and what it was made of.

    `browser_copy` is the file beside it that ordinary players show, or empty where they show this one. `segments` are
    the copies that were joined in it, in their order. `signing` is what the camera signed of it, None where nobody
    looked.
    """

    number: int
    file: str
    window_id: UUID
    camera_id: UUID
    camera: str
    started_us: int
    ended_us: int
    pre_roll_ms: int
    bytes: int
    sha256: str
    codec: str
    width: int
    height: int
    audio: bool
    sound: str
    browser_copy: str
    gaps: tuple[PartGap, ...]
    segments: tuple[UUID, ...]
    clock: ClockOffset
    signing: tuple[CameraSigning, ...] | None

    @property
    def started_at(self) -> datetime:
        """When its first shown frame was taken."""
        return instant(self.started_us)

    @property
    def ended_at(self) -> datetime:
        """When its last shown frame ends."""
        return instant(self.ended_us)

    def to_json(self) -> dict[str, Any]:
        """As the row keeps it."""
        return asdict(self) | {
            "window_id": str(self.window_id),
            "camera_id": str(self.camera_id),
            "segments": [str(segment) for segment in self.segments],
        }


def parts_of(package: Package) -> Sequence[PackagePart]:
    """Every part in the package's order; nothing before it was built."""
    return [_from_json(dict(part)) for part in package.parts]


# What was not noted of packages that were built before it was.
_UNKNOWN: dict[str, Any] = {"sound": "", "browser_copy": ""}


def _from_json(raw: dict[str, Any]) -> PackagePart:
    raw.pop("pieces", None)  # of packages that were built with pieces for playback
    return PackagePart(
        **_UNKNOWN
        | raw
        | {
            "window_id": UUID(raw["window_id"]),
            "camera_id": UUID(raw["camera_id"]),
            "gaps": tuple(PartGap(**gap | {"causes": tuple(gap["causes"])}) for gap in raw["gaps"]),
            "segments": tuple(UUID(segment) for segment in raw.get("segments", ())),
            "clock": ClockOffset(**raw.get("clock", {"least_us": None, "most_us": None})),
            "signing": _signing(raw.get("signing")),
        }
    )


def _signing(raw: Sequence[dict[str, Any]] | None) -> tuple[CameraSigning, ...] | None:
    return None if raw is None else tuple(CameraSigning(**each) for each in raw)
