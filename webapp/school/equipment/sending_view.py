"""How the boxes of each site send, as the page about boxes shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from tenants.registry import queries as registry
from tenants.registry.models import Site

_KILOBITS = 1000


@dataclass(frozen=True, kw_only=True)
class Line:
    """One site in words."""

    name: str
    speed: str
    closed: str
    order: str


def lines(*, tenant_id: UUID) -> Sequence[Line]:
    """Every site of the institution."""
    return [
        Line(
            name=site.name,
            speed="不限制" if site.sending_kilobits is None else f"{site.sending_kilobits / _KILOBITS:g} Mbps",
            closed=_closed(site),
            order="先上傳最新的影像" if site.newest_first else "依錄影時間先後",
        )
        for site in registry.sites(tenant_id=tenant_id)
    ]


def _closed(site: Site) -> str:
    begins, ends = site.sending_closed_from, site.sending_closed_until
    if begins is None or ends is None:
        return "無，隨時上傳"
    return f"上班日 {begins:%H:%M} 至{' ' if begins < ends else '翌日 '}{ends:%H:%M}"
