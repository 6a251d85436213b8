"""What follows from what is known: which faults to open, which cameras to add to one, which are back. Pure.

One failure is one fault (DR-31): cameras of a site that stopped within minutes hang on the same switch or box, and a
cause that took several at once is told once. A fault that is open is never opened again, however often it comes and
goes, and none is ever closed here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tenants.upkeep.faults.facts import Fact, Known
from tenants.upkeep.faults.kinds import FaultKind, FaultState, LineCode

# A camera or box that starts anew is back within three minutes; a heartbeat that is late for five is silence already.
DOWN_FOR = timedelta(minutes=5)
# A switch takes its cameras within a minute; their streams time out at different moments, and a look is every ten.
TOGETHER = timedelta(minutes=10)
# Two cameras that stop in the same minutes are one failure; a picture or clock may well be wrong twice by chance.
SEVERAL_DOWN, SEVERAL = 2, 3
# What comes and goes is told once an hour at most.
TURNS_EVERY = timedelta(hours=1)
_JOINABLE = frozenset({FaultState.FOUND, FaultState.REPORTED, FaultState.IN_WORK})
# One look at a time: each is opened for cameras together where so many have it.
_ALONE = tuple(
    kind
    for kind in FaultKind
    if kind
    not in {
        FaultKind.BOX_OR_SWITCH,
        FaultKind.DAMAGE,
        FaultKind.DISK,
        FaultKind.HOST,
        FaultKind.NOT_RECORDING,
        FaultKind.OTHER,
    }
)


@dataclass(frozen=True, kw_only=True)
class OpenCamera:
    """A camera in an open fault, and since when it is back."""

    camera_id: UUID
    kind: FaultKind
    found_at: datetime
    normal_since: datetime | None


@dataclass(frozen=True, kw_only=True)
class OpenFault:
    """An open fault. `turned_at` is when it last was noted as back or wrong again, and `is_back` which."""

    id: UUID
    site_id: UUID
    kind: FaultKind
    state: FaultState
    whole_site: bool
    cameras: Sequence[OpenCamera]
    is_back: bool
    turned_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A fault to open."""

    kind: FaultKind
    site_id: UUID
    camera_ids: Sequence[UUID]
    found_at: datetime
    words: str
    whole_site: bool = False


@dataclass(frozen=True, kw_only=True)
class Joining:
    """Cameras that belong to a fault that is open already."""

    fault_id: UUID
    camera_ids: Sequence[UUID]
    found_at: datetime
    words: str


@dataclass(frozen=True, kw_only=True)
class Turning:
    """A fault whose cameras are all back, or one of which is wrong again."""

    fault_id: UUID
    code: LineCode
    words: str = ""


Move = Opening | Joining | Turning


def moves(known: Known, open_faults: Sequence[OpenFault], now: datetime) -> list[Move]:
    """All that is to be done; nothing where nothing changed."""
    taken = {(each.camera_id, each.kind) for fault in open_faults for each in fault.cameras}
    return [
        *_down(known, open_faults, taken, now),
        *_alone(known, open_faults, taken),
        *_of_sites(known, open_faults),
        *_turns(known, open_faults, now),
    ]


def _down(
    known: Known, open_faults: Sequence[OpenFault], taken: set[tuple[UUID, FaultKind]], now: datetime
) -> Iterator[Move]:
    """Cameras that stopped, by site: together where the box is silent or they stopped together."""
    by_site: dict[UUID, list[tuple[Fact, UUID]]] = {}
    for camera_id, facts in known.of_cameras.items():
        fact = facts.get(FaultKind.NOT_RECORDING)
        if fact and fact.wrong and not fact.elsewhere and (camera_id, FaultKind.NOT_RECORDING) not in taken:
            by_site.setdefault(known.cameras[camera_id].site_id, []).append((fact, camera_id))
    for site_id, found in by_site.items():
        here = [each for each in open_faults if each.site_id == site_id]
        if _is_silent(known, site_id):
            yield from _silent(site_id, found, here, now)
            continue
        for cluster in _clusters(found):
            if now - cluster[0][0].since < DOWN_FOR:
                continue
            held = _same_fall(cluster, here)
            if held is not None:
                yield _joining(held, cluster)
            else:
                yield _opening(site_id, cluster)


def _is_silent(known: Known, site_id: UUID) -> bool:
    fact = known.of_sites.get(site_id, {}).get(FaultKind.BOX_OR_SWITCH)
    return fact is not None and fact.wrong


def _silent(
    site_id: UUID, found: Sequence[tuple[Fact, UUID]], here: Sequence[OpenFault], now: datetime
) -> Iterator[Move]:
    began = min(fact.since for fact, _ in found)
    if now - began < DOWN_FOR:
        return
    held = next((each for each in here if each.kind is FaultKind.BOX_OR_SWITCH and each.whole_site), None)
    if held is not None:
        yield _joining(held, found)
        return
    ids = [camera_id for _, camera_id in found]
    words = "與邊緣主機失去聯絡，主機、交換器、網路或電源都可能是原因"
    yield Opening(
        kind=FaultKind.BOX_OR_SWITCH, site_id=site_id, camera_ids=ids, found_at=began, words=words, whole_site=True
    )


def _clusters(found: Sequence[tuple[Fact, UUID]]) -> Iterator[Sequence[tuple[Fact, UUID]]]:
    """Cameras that stopped within minutes of one another, the earliest first."""
    cluster: list[tuple[Fact, UUID]] = []
    for fact, camera_id in sorted(found, key=lambda each: (each[0].since, each[1])):
        if cluster and fact.since - cluster[-1][0].since > TOGETHER:
            yield cluster
            cluster = []
        cluster.append((fact, camera_id))
    if cluster:
        yield cluster


def _same_fall(cluster: Sequence[tuple[Fact, UUID]], here: Sequence[OpenFault]) -> OpenFault | None:
    """The open fault of cameras that stopped in the same minutes."""
    first, last = cluster[0][0].since - TOGETHER, cluster[-1][0].since + TOGETHER
    for fault in here:
        fell = [each for each in fault.cameras if each.kind is FaultKind.NOT_RECORDING]
        if fault.state in _JOINABLE and any(first <= each.found_at <= last for each in fell):
            return fault
    return None


def _joining(held: OpenFault, cluster: Sequence[tuple[Fact, UUID]]) -> Joining:
    return Joining(
        fault_id=held.id,
        camera_ids=[camera_id for _, camera_id in cluster],
        found_at=min(fact.since for fact, _ in cluster),
        words=_words(cluster),
    )


def _opening(site_id: UUID, cluster: Sequence[tuple[Fact, UUID]]) -> Opening:
    several = len(cluster) >= SEVERAL_DOWN
    return Opening(
        kind=FaultKind.BOX_OR_SWITCH if several else FaultKind.NOT_RECORDING,
        site_id=site_id,
        camera_ids=[camera_id for _, camera_id in cluster],
        found_at=cluster[0][0].since,
        words=_words(cluster),
    )


def _words(found: Sequence[tuple[Fact, UUID]]) -> str:
    """Each cause once, in the order in which they began."""
    return "、".join(dict.fromkeys(fact.words for fact, _ in found if fact.words))


def _alone(known: Known, open_faults: Sequence[OpenFault], taken: set[tuple[UUID, FaultKind]]) -> Iterator[Move]:
    """Every other kind of a camera: one fault each, or one for all where a cause took several at once."""
    for kind in _ALONE:
        by_site: dict[UUID, list[tuple[Fact, UUID]]] = {}
        for camera_id, facts in known.of_cameras.items():
            fact = facts.get(kind)
            if fact is not None and fact.wrong and (camera_id, kind) not in taken:
                by_site.setdefault(known.cameras[camera_id].site_id, []).append((fact, camera_id))
        for site_id, found in by_site.items():
            held = _same_key(open_faults, site_id) if kind is FaultKind.KEY else None
            if held is not None:
                yield _joining(held, found)
                continue
            together = kind is FaultKind.KEY or len(found) >= SEVERAL
            for part in [found] if together else [[each] for each in found]:
                yield Opening(
                    kind=kind,
                    site_id=site_id,
                    camera_ids=[camera_id for _, camera_id in part],
                    found_at=min(fact.since for fact, _ in part),
                    words=_words(part),
                )


def _same_key(open_faults: Sequence[OpenFault], site_id: UUID) -> OpenFault | None:
    """A key is the site's, so the cameras that lack it are one fault."""
    return next((each for each in open_faults if each.site_id == site_id and each.kind is FaultKind.KEY), None)


def _of_sites(known: Known, open_faults: Sequence[OpenFault]) -> Iterator[Move]:
    held = {each.site_id for each in open_faults if each.kind is FaultKind.DISK and each.whole_site}
    for site_id, facts in known.of_sites.items():
        fact = facts.get(FaultKind.DISK)
        if fact is not None and fact.wrong and site_id not in held:
            yield Opening(
                kind=FaultKind.DISK,
                site_id=site_id,
                camera_ids=(),
                found_at=fact.since,
                words=fact.words,
                whole_site=True,
            )


def _turns(known: Known, open_faults: Sequence[OpenFault], now: datetime) -> Iterator[Turning]:
    for fault in open_faults:
        if fault.turned_at is not None and now - fault.turned_at < TURNS_EVERY:
            continue
        facts = list(facts_of(known, fault))
        wrong = [fact for fact in facts if fact is not None and fact.wrong]
        if wrong and fault.is_back:
            yield Turning(fault_id=fault.id, code=LineCode.WRONG_AGAIN, words=wrong[0].words)
        elif not fault.is_back and facts and not wrong and None not in facts:
            yield Turning(fault_id=fault.id, code=LineCode.BACK_TO_NORMAL)


def facts_of(known: Known, fault: OpenFault) -> Iterator[Fact | None]:
    """What is known of each thing that the fault is about; None where nothing is. A retired camera is about nothing."""
    of_site: Mapping[FaultKind, Fact] = known.of_sites.get(fault.site_id, {})
    if fault.whole_site and fault.kind in {FaultKind.DISK, FaultKind.BOX_OR_SWITCH}:
        yield of_site.get(fault.kind)
    for each in fault.cameras:
        if each.camera_id in known.cameras:
            yield known.of_cameras[each.camera_id].get(each.kind)
