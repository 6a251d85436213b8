"""A finished copy's parts as the player's page shows them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tenants.disclosures.packages.models import Package
from tenants.disclosures.packages.parts import PackagePart, PartGap, parts_of
from tenants.roc_dates import format_span
from webapp import addresses
from webapp.school.equipment.camera_view import duration


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A span of the approved window of which there is no footage."""

    span: str
    length: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file of the copy: a camera's span."""

    number: int
    camera: str
    span: str
    file: str
    sha256: str
    playlist: str
    started_at: datetime
    started_ms: int
    gaps: Sequence[Gap]


def parts(package: Package) -> Sequence[Part]:
    """Every part in the package's order, played from the package."""
    ids = {"tenant_id": package.tenant_id, "package_id": package.id}
    return parts_from(package, lambda number: addresses.playlist(**ids, part=number))


def parts_from(package: Package, playlist: Callable[[int], str]) -> Sequence[Part]:
    """The same, played from where `playlist` says: a copy that was made of the package has the same parts."""
    return [_part(part, playlist(part.number)) for part in parts_of(package)]


def _part(part: PackagePart, playlist: str) -> Part:
    return Part(
        number=part.number,
        camera=part.camera,
        span=format_span(_whole(part.started_at), _whole(part.ended_at)),
        file=part.file,
        sha256=part.sha256,
        playlist=playlist,
        started_at=_whole(part.started_at),
        started_ms=part.started_us // 1000,
        gaps=[_gap(gap) for gap in part.gaps],
    )


def _gap(gap: PartGap) -> Gap:
    return Gap(
        span=format_span(_whole(gap.started_at), _whole(gap.ended_at)),
        length=duration(gap.ended_at - gap.started_at),
        cause=gap.words or "原因不明",
    )


def _whole(instant: datetime) -> datetime:
    return instant.replace(microsecond=0)
