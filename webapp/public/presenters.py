"""What an institution's notice says about each of its sites."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from infra import clock
from tenants.profiles import Clause, RuleProfile
from tenants.registry import classes, regulations
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


@dataclass(frozen=True)
class Found:
    """Institutions of a name: the first few, and whether there are more."""

    tenants: Sequence[Tenant]
    more: bool


def found(tenants: Iterable[Tenant], typed: str) -> Found:
    """The institutions that bear what was typed in their name or district; nobody when nothing was typed."""
    fitting = [tenant for tenant in tenants if typed and is_called(_names(tenant), typed)]
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


def _names(tenant: Tenant) -> str:
    return f"{tenant.name} {tenant.short_name} {tenant.district}"
