"""A finished copy's parts as the player's page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tenants.disclosures.models import Package


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A span of the approved window of which there is no footage."""

    span: str
    length: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file of the copy: a camera's approved span."""

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
    """Every part in the copy's order."""
    return [Part(**part) for part in package.parts]
