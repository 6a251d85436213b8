"""The parts of a finished package as its row keeps them in JSON, with types."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from infra.manifest import instant
from infra.playlists import Piece
from tenants.disclosures.packages.models import Package


@dataclass(frozen=True, kw_only=True)
class PartGap:
    """A span of the approved window of which there is no footage, and the causes that the edge gave (`GapCause`)."""

    from_us: int
    until_us: int
    causes: tuple[str, ...]

    @property
    def started_at(self) -> datetime:
        """The first instant without footage."""
        return instant(self.from_us)

    @property
    def ended_at(self) -> datetime:
        """The first instant with footage again, or the window's end."""
        return instant(self.until_us)


@dataclass(frozen=True, kw_only=True)
class PackagePart:
    """One video file: what it shows, its hash, the gaps of its window, and its pieces for the browser."""

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
    gaps: tuple[PartGap, ...]
    pieces: tuple[Piece, ...]

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
        return asdict(self) | {"window_id": str(self.window_id), "camera_id": str(self.camera_id)}


def parts_of(package: Package) -> Sequence[PackagePart]:
    """Every part in the package's order; nothing before it was built."""
    return [_from_json(dict(part)) for part in package.parts]


def _from_json(raw: dict[str, Any]) -> PackagePart:
    return PackagePart(
        **raw
        | {
            "window_id": UUID(raw["window_id"]),
            "camera_id": UUID(raw["camera_id"]),
            "gaps": tuple(PartGap(**gap | {"causes": tuple(gap["causes"])}) for gap in raw["gaps"]),
            "pieces": tuple(Piece(**piece) for piece in raw["pieces"]),
        }
    )
