"""Forty days as they went by: what was confirmed, reported and destroyed, and the facts that the bureau was given."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import product
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text

from infra import clock
from infra.age_keys import Kind
from infra.cosigning import Cosigner
from infra.db import db
from infra.kms import Kms
from infra.objects import ObjectStore
from tenants.actor import system
from tenants.audit import actions as audit
from tenants.audit import anchoring
from tenants.audit.events import Event
from tenants.compliance import actions as compliance
from tenants.compliance.articles import actions as articles
from tenants.footage import keys
from tenants.footage.heartbeats import CameraReport, GapFound, Heartbeat, record_heartbeat
from tenants.footage.models import Segment
from tenants.footage.rules import digest_of
from tenants.periods import KEYS_AHEAD_DAYS
from tenants.registry import devices
from tenants.retention import destruction
from tenants.retention.rules import DayAndClass
from workers.sample_city import recorders
from workers.sample_city.cast import PAST_DAYS
from workers.sample_city.founding import City, Place, enter
from workers.sample_city.past import STARTED, as_of, day, moment
from workers.sample_city.recorded import OUTAGES, REAL, old_index, on_day
from workers.sample_city.recorders import MINUTE, Recorder

# One day that is due today is left for the worker, so that its destruction can be watched (KH-5-4a).
LEFT_DUE = "K1"
OPENED = moment(PAST_DAYS + 1, "14:00")
# So many nights every article was judged, so that the bureau's scores have a trend.
JUDGED_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class Stores:
    """The store as the worker may use it, and as the web process may, which alone may put footage and letters there.

    `cosigner` holds the bureau's key, if this process was given one. `kind` is that of the keys that are made.
    """

    worker: ObjectStore
    uploads: ObjectStore
    kms: Kms
    cosigner: Cosigner | None
    scratch: Path
    kind: Kind


def equip(city: City, stores: Stores) -> dict[str, Recorder]:
    """A recorder for each site, with day keys from the first day until two weeks from now."""
    found = {}
    maker = system("make_keys")
    for code, place in city.places.items():
        enter(place.tenant_id)
        keys.make_day_keys(
            actor=maker,
            tenant_id=place.tenant_id,
            kms=stores.kms,
            store=stores.worker,
            first=day(PAST_DAYS),
            last=day(-KEYS_AHEAD_DAYS),
            retention_days=place.plan.retention_days,
            kind=stores.kind,
        )
        keys.make_records_key(actor=maker, tenant_id=place.tenant_id, kms=stores.kms, kind=stores.kind)
        found[code] = recorders.enrol(place, head=city.actor(city.head_of(place)), at=clock.now())
    return found


def fill_index(found: Mapping[str, Recorder]) -> None:
    """Enter what every recorder kept, all days at once; the days then go by over it."""
    kept = {recorder.place.plan.retention_days for recorder in found.values()}
    for days_ago, days in product(range(PAST_DAYS, -1, -1), kept):
        db.session.execute(text("select ensure_segment_partition(:day, :days)"), {"day": day(days_ago), "days": days})
    for recorder in found.values():
        enter(recorder.place.tenant_id)
        for camera in recorder.place.cameras:
            recorders.index(recorder, camera, old_index(recorder.place.plan, camera))


def go_by(
    city: City, found: Mapping[str, Recorder], stores: Stores, *, events: Sequence[Callable[[int], None]]
) -> None:
    """Let the days pass in their order. Each of `events` is asked for what else happened on a day."""
    tenants = list(dict.fromkeys(recorder.place.tenant_id for recorder in found.values()))
    for days_ago in range(PAST_DAYS, -1, -1):
        for code, recorder in found.items():
            enter(recorder.place.tenant_id)
            if (code, days_ago) != (LEFT_DUE, 0):
                _destroy_due(recorder.place, days_ago, stores)
            if days_ago >= recorder.place.plan.silent_days:
                _record_day(recorder, days_ago, stores)
        for event in events:
            event(days_ago)
        if days_ago:
            _anchor(list(city.tenants.values()), days_ago, stores)
            _take(tenants, days_ago)


def retire_old_recorders(city: City, found: Mapping[str, Recorder]) -> None:
    """Withdraw the boxes of sites that get a new one."""
    for recorder in found.values():
        place = recorder.place
        if place.plan.is_live:
            enter(place.tenant_id)
            head = city.actor(city.head_of(place))
            devices.revoke(actor=head, tenant_id=place.tenant_id, device_id=recorder.device_id, now=clock.now())


def _destroy_due(place: Place, days_ago: int, stores: Stores) -> None:
    kept = place.plan.retention_days
    due = day(days_ago + kept + 1)
    if due < day(PAST_DAYS):
        return
    keeper = system("destroy_day")
    with as_of(moment(days_ago, "02:10")):
        begun = destruction.begin_destruction(
            actor=keeper, tenant_id=place.tenant_id, of=DayAndClass(day=due, retention_days=kept), now=clock.now()
        )
    with as_of(moment(days_ago, "02:12")):
        destruction.certify_destruction(
            actor=keeper, tenant_id=place.tenant_id, destruction_id=begun.id, store=stores.worker
        )


def _record_day(recorder: Recorder, days_ago: int, stores: Stores) -> None:
    """What the recorder did on a day: the bulk of its index, its real minutes, its outages."""
    code, at = recorder.place.plan.code, min(moment(days_ago, "23:58"), STARTED)
    with as_of(at):
        _tell(recorder, day(days_ago))
        for one in on_day(REAL, code, days_ago):
            starts = [start for start, _ in recorders.spans(one.window.started_at, one.window.ended_at, MINUTE)]
            lines = recorders.upload(recorder, one.camera, starts, uploads=stores.uploads)
            recorders.confirm(recorder, lines, at=at, store=stores.worker)
        _report(recorder, days_ago, at)


def _tell(recorder: Recorder, on: date) -> None:
    """The lines in the chain about a day's index, as `confirm` and `settle_checks` write them."""
    query = select(Segment.id, Segment.cipher_sha256, Segment.cipher_bytes).where(
        Segment.tenant_id == recorder.place.tenant_id,
        Segment.civil_day == on,
        Segment.device_id == recorder.device_id,
    )
    rows = db.session.execute(query).all()
    if not rows:
        return
    digest = digest_of((segment_id, sha256.hex()) for segment_id, sha256, _ in rows)
    tenant_id = recorder.place.tenant_id
    audit.record(
        Event.FOOTAGE_CONFIRMED,
        tenant_id=tenant_id,
        actor=recorder.actor,
        device_id=str(recorder.device_id),
        segments=len(rows),
        bytes=sum(size for *_, size in rows),
        digest=digest,
    )
    checker = system("check_segments")
    audit.record(Event.FOOTAGE_STORED, tenant_id=tenant_id, actor=checker, segments=len(rows), digest=digest)


def _report(recorder: Recorder, days_ago: int, at: datetime) -> None:
    place = recorder.place
    gaps = [
        GapFound(camera_id=place.cameras[one.camera], window=one.window, cause=one.cause)
        for one in on_day(OUTAGES, place.plan.code, days_ago)
        if one.cause is not None
    ]
    reports = [
        CameraReport(camera_id=camera_id, recording=True, recorded_until=at, spooled=0, spooled_from=None, fault=None)
        for camera_id in place.cameras.values()
    ]
    heartbeat = Heartbeat(clock_offset_ms=12, cameras=reports, gaps=gaps)
    record_heartbeat(actor=recorder.actor, tenant_id=place.tenant_id, heartbeat=heartbeat, now=at)


def _anchor(tenants: list[UUID], days_ago: int, stores: Stores) -> None:
    """The head of each chain at a day's end. Not locked: what is made up must not lie in a store for five years."""
    for tenant_id in tenants:
        enter(tenant_id)
        with as_of(moment(days_ago, "24:00") + timedelta(minutes=6)):
            anchoring.anchor_chain(
                actor=system("anchor_chain"),
                tenant_id=tenant_id,
                day=day(days_ago),
                store=stores.worker,
                lock_until=None,
                cosigner=stores.cosigner,
            )


def _take(tenants: list[UUID], days_ago: int) -> None:
    """The facts of a day, taken soon after its midnight."""
    at = moment(days_ago, "24:00") + timedelta(minutes=20)
    for tenant_id in tenants:
        enter(tenant_id)
        with as_of(at):
            compliance.take_day(tenant_id=tenant_id, day=day(days_ago), now=clock.now(), actor=system("take_day"))
            if days_ago <= JUDGED_DAYS:
                _judge(tenant_id, days_ago)


def _judge(tenant_id: UUID, days_ago: int) -> None:
    judge = system("take_findings")
    articles.take_findings(tenant_id=tenant_id, day=day(days_ago), now=clock.now(), actor=judge)


def take_now(city: City) -> None:
    """The facts of this moment, so that the bureau's first page is not empty before the first job ran."""
    for tenant_id in {place.tenant_id for place in city.places.values()}:
        enter(tenant_id)
        compliance.take_now(tenant_id=tenant_id, now=clock.now(), actor=system("take_now"))
        for days_ago in (1, 0):
            _judge(tenant_id, days_ago)


def count_city(city: City) -> None:
    """The bureau's counts of the days that were judged, which its own connection reads: only of what is committed."""
    enter(city.tenants["BUREAU"])
    bureau_id = city.tenants["BUREAU"]
    for days_ago in range(JUDGED_DAYS, 0, -1):
        articles.take_city_day(tenant_id=bureau_id, day=day(days_ago), now=clock.now(), actor=system("take_city_day"))
