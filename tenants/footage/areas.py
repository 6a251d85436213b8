"""The parts into which the store is divided for a sweep: small enough for one job each, together everything there is.

An area of an institution is a prefix that names it; what lies under nobody's name is the bureau's area `ELSEWHERE`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil
from uuid import UUID

from infra import object_keys
from infra.objects import ObjectStore

ELSEWHERE = "elsewhere"
# A full sweep in a week: well within the shortest period, so that every day's footage is looked at more than once.
CYCLE_NIGHTS = 7
_CYCLE = timedelta(days=CYCLE_NIGHTS)
_CLASS = re.compile(r"seg/d([1-9][0-9]{0,2})/")
_DAY = re.compile(r"(seg/d([1-9][0-9]{0,2})/[0-9a-f-]{36}/)(\d{4}-\d{2}-\d{2})/")


@dataclass(frozen=True, kw_only=True, order=True)
class DayOfClass:
    """A civil day's footage of one retention class: what one day key protects."""

    day: date
    retention_days: int


def of_institution(*, store: ObjectStore, tenant_id: UUID, living: Iterable[DayOfClass], today: date) -> list[str]:
    """Every area of one institution: what the store shows under its name, and each day whose key still opens.

    Today is left out: it is still being filled.
    """
    found = {
        object_keys.day_prefix(retention_days=each.retention_days, tenant_id=tenant_id, day=each.day)
        for each in living
        if each.day < today
    }
    for class_folder in store.within(object_keys.SEGMENTS):
        if class_folder.endswith("/"):
            found |= {area for area in store.within(f"{class_folder}{tenant_id}/") if not _is_unfinished(area, today)}
    return sorted({*found, *(f"{root}{tenant_id}/" for root in object_keys.ROOTS if root != object_keys.SEGMENTS)})


def day_of(area: str) -> DayOfClass | None:
    """The day and class of an area of footage; None for any other."""
    found = _DAY.fullmatch(area)
    try:
        return DayOfClass(day=date.fromisoformat(found[3]), retention_days=int(found[2])) if found else None
    except ValueError:  # a folder that looks like a day
        return None


def is_of(area: str, tenant_id: UUID) -> bool:
    """Whether an area names this institution."""
    roots = {root for root in object_keys.ROOTS if root != object_keys.SEGMENTS}
    in_class = _CLASS.match(area)
    prefix = in_class[0] if in_class else next((root for root in roots if area.startswith(root)), None)
    return prefix is not None and area.startswith(f"{prefix}{tenant_id}/")


def elsewhere(store: ObjectStore, known: set[UUID]) -> Iterator[str]:
    """Folders and keys that are under no institution's name, in key order."""
    names = {f"{tenant_id}/" for tenant_id in known}
    for entry in store.within(""):
        if entry == object_keys.SEGMENTS:
            for class_folder in store.within(entry):
                yield from _strange(store, class_folder, names) if _CLASS.fullmatch(class_folder) else (class_folder,)
        elif entry in object_keys.ROOTS:
            yield from _strange(store, entry, names)
        else:
            yield entry


def due(areas: Iterable[str], swept: Mapping[str, datetime], *, now: datetime) -> list[str]:
    """Which areas to sweep tonight: a share of all of them, those never swept first, then the longest ago."""
    everything = list(areas)
    waiting = [area for area in everything if area not in swept or swept[area] <= now - _CYCLE]
    waiting.sort(key=lambda area: (area in swept, swept.get(area, now), area))
    return waiting[: ceil(len(everything) / CYCLE_NIGHTS)]


def _strange(store: ObjectStore, folder: str, names: set[str]) -> Iterator[str]:
    return (entry for entry in store.within(folder) if entry.removeprefix(folder) not in names)


def _is_unfinished(area: str, today: date) -> bool:
    found = day_of(area)
    return found is not None and found.day >= today
