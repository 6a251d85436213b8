"""What an institution's notice says about each of its sites."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from infra import clock
from tenants.closing import queries as closings
from tenants.closing.lifecycle import KIND_NAMES
from tenants.closing.models import ClosingKind
from tenants.disclosures.closed import WhatIsLeft
from tenants.profiles import Clause, RuleProfile
from tenants.registry import classes, names, regulations
from tenants.registry.models import Camera, Site, Tenant
from tenants.registry.rules import is_called
from tenants.registry.zones import GROUP_NAMES, Zone, ZoneGroup, group_of

# Whoever looks for one school has its name; a longer list is not read, and the city is no list to be taken away.
MOST_FOUND = 20


@dataclass(frozen=True)
class NoticePart:
    """One site's part of the notice."""

    name: str
    rules: RuleProfile
    retention_days: int
    places: str
    has_sound: bool

    @property
    def recording(self) -> str:
        """錄影, or 錄影及錄音 as soon as one camera records sound (KH-3-11)."""
        return "錄影及錄音" if self.has_sound else "錄影"

    def article(self, clause: str) -> str:
        """The article that an item of the notice rests on."""
        return self.rules.article(Clause(clause))

    def words(self, clause: str) -> str:
        """The words of that article."""
        return self.rules.text(Clause(clause))


@dataclass(frozen=True)
class Found:
    """Institutions of a name: the first few, and whether there are more."""

    tenants: Sequence[Tenant]
    more: bool


def found(tenants: Iterable[Tenant], typed: str, *, former: Mapping[UUID, str]) -> Found:
    """The institutions that bear, or once bore, what was typed in their name or district; nobody for nothing."""
    fitting = [
        tenant for tenant in tenants if typed and is_called(f"{_names(tenant)} {former.get(tenant.id, '')}", typed)
    ]
    return Found(fitting[:MOST_FOUND], len(fitting) > MOST_FOUND)


def notice_of(site: Site, cameras: Sequence[Camera]) -> NoticePart:
    """A site's part: the kinds of places that are recorded, in the article's order, and never a single camera."""
    own = [camera for camera in cameras if camera.site_id == site.id]
    groups = {group_of(Zone(camera.zone)) for camera in own}
    return NoticePart(
        name=site.name,
        rules=regulations.profile(site.profile, clock.today()),
        retention_days=classes.class_of(site=site, day=clock.today()),
        places="、".join(GROUP_NAMES[group] for group in ZoneGroup if group in groups) or "目前未設置",
        has_sound=any(camera.audio for camera in own),
    )


def former_name(tenant: Tenant) -> str:
    """What the institution was called before, for who knows it by that; empty where it was always called so."""
    begun = [each for each in names.changes(tenant_id=tenant.id) if each.begun_at is not None]
    return next((each.former_name for each in begun if each.former_name != tenant.name), "")


def closed_notice(tenant: Tenant, left: WhatIsLeft) -> dict[str, Any]:
    """What everybody may know of a closed institution: since when, by which document, and whom to ask (DR-33)."""
    act = closings.living(tenant_id=tenant.id)
    return {
        "tenant": tenant,
        "left": left,
        "former": former_name(tenant),
        "kind": KIND_NAMES[ClosingKind(act.kind)] if act is not None else "停辦",
        "document": act.document if act is not None else "",
        "merged": tenant.successor_id is not None,
    }


def _names(tenant: Tenant) -> str:
    return f"{tenant.name} {tenant.short_name} {tenant.district}"
