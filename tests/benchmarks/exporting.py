"""What an export costs: from the copies of a hold to the finished package, against the same samples taken by hand.

By hand is what an administrator would type who has the key: `curl` from the store into `age -d`, segment by segment,
and `ffmpeg -c copy` over them all. Ours also compares the hash of each segment, hashes the film, each mebibyte of it
and the package, encrypts the package and puts it into the store; a second figure compares it with the same work by
hand, once. All read the same objects of one real S3 gateway on the same disk, turn by turn; of each the best counts.
"""

import os
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from infra import clock, object_keys
from infra.db import db
from infra.objects import S3Objects
from infra.settings import PREFIX, Process, StoreSettings
from infra.stack.environments import Whereabouts
from infra.stack.juicefs import JuiceFs
from infra.tenancy import Binding, bind
from tenants.retention.hold_keys import open_hold_key
from tests.benchmarks import packager
from tests.benchmarks.by_hand import Hand
from tests.benchmarks.city import TEMPLATE, pool_of
from tests.benchmarks.packager import Took
from tests.benchmarks.servers import servers
from tests.benchmarks.watching import SECONDS, footage
from tests.factories.evidence import Archive
from tests.factories.registry import institution
from tests.factories.requests import granted
from workers import context

GIGABYTES = {"everyday": 1, "full": 10}
LEAST_RATIO, MOST_MB = 0.8, 256
_TURNS = 2
_GIGABYTE, _MEGABYTE = 10**9, 10**6
# The footage, the hold's copies, two packages in the store; what is being joined, and what is sealed by hand.
_TIMES_ON_DISK = 6


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is exported: a granted request and where its copies lie."""

    tenant_id: UUID
    package_id: UUID
    hold_secret: str
    copies: tuple[str, ...]
    data_bytes: int


@dataclass(frozen=True, kw_only=True)
class Exported:
    """Everything that was measured; speeds are of the footage's own bytes."""

    data_bytes: int
    by_hand: float
    same_work: float | None
    export: Took
    leaving: Took

    @property
    def ratio(self) -> float:
        """Our throughput over that by hand."""
        return self.by_hand / self.export.seconds

    def goals(self) -> Mapping[str, bool]:
        """Which goals were met."""
        return {
            f"export at least {LEAST_RATIO:g} of store copy, age -d and ffmpeg -c copy": self.ratio >= LEAST_RATIO,
            f"export within {MOST_MB} MB": self.export.peak_mb <= MOST_MB,
            f"hand-over within {MOST_MB} MB": self.leaving.peak_mb <= MOST_MB,
        }

    def result(self) -> Mapping[str, str]:
        """What the last line says of it."""
        return {
            "export_gb": f"{self.data_bytes / _GIGABYTE:.2f}",
            "export_ratio": f"{self.ratio:.2f}",
            "export_mb_s": self._speed(self.export.seconds),
            "by_hand_mb_s": self._speed(self.by_hand),
            "export_to_same_work": f"{self.same_work / self.export.seconds:.2f}" if self.same_work else "none",
            "export_peak_mb": str(self.export.peak_mb),
            "handover_mb_s": self._speed(self.leaving.seconds),
            "handover_peak_mb": str(self.leaving.peak_mb),
        }

    def _speed(self, seconds: float) -> str:
        return f"{self.data_bytes / _MEGABYTE / seconds:.0f}"


def exported(gigabytes: int, *, say: Callable[[str], None]) -> Exported:
    """Record so much footage of one camera, hold and grant it, and export it."""
    with servers(0) as running, ExitStack() as stack:
        free = shutil.disk_usage(running.folder).free
        if free < gigabytes * _TIMES_ON_DISK * _GIGABYTE:
            raise SystemExit(f"{gigabytes * _TIMES_ON_DISK} GB are needed, {free / _GIGABYTE:.0f} GB are free")
        store = JuiceFs(running.folder / "juicefs")
        stack.callback(store.stop)
        settings = store.root("bench")
        S3Objects(settings).ensure_bucket()
        urls = running.postgres.database("export", template=TEMPLATE)
        where = Whereabouts(
            databases=urls,
            redis_url=running.place(urls).redis_url,
            stores=dict.fromkeys(Process, settings),
            base_url="http://localhost",
            home=running.folder,
            segment_seconds=SECONDS,
        )
        return _measured(where.for_process(Process.WORKER), settings, gigabytes, say=say)


def _measured(
    environment: Mapping[str, str], settings: StoreSettings, gigabytes: int, *, say: Callable[[str], None]
) -> Exported:
    with pool_of(1) as alone:
        case = alone.submit(_recorded, environment, gigabytes).result()
    say(f"{case.data_bytes / _GIGABYTE:.2f} GB of one camera in {len(case.copies)} minutes, held and granted")
    ids = {"tenant_id": case.tenant_id, "package_id": case.package_id}
    scratch = Path(environment[f"{PREFIX}SCRATCH_DIR"])
    hand = Hand(settings=settings, copies=case.copies, secret=case.hold_secret, scratch=scratch)
    by_hand, exports, same_work = [], [], None
    if gigabytes == GIGABYTES["everyday"]:
        same_work = hand.package()
        say(f"  by hand with hashes, encryption and the put: {same_work:.1f} s")
    for _turn in range(_TURNS if gigabytes == GIGABYTES["everyday"] else 1):
        by_hand.append(hand.join())
        say(f"  curl, age -d and ffmpeg -c copy: {by_hand[-1]:.1f} s")
        exports.append(packager.apart("export", environment, **ids))
        say(f"  the export: {exports[-1].seconds:.1f} s, {exports[-1].peak_mb} MB")
    leaving = packager.apart("leave", environment, **ids)
    say(f"  opened, checked and encrypted to a recipient: {leaving.seconds:.1f} s, {leaving.peak_mb} MB")
    best = min(exports, key=lambda took: took.seconds)
    peak = max(took.peak_mb for took in exports)
    return Exported(
        data_bytes=case.data_bytes,
        by_hand=min(by_hand),
        same_work=same_work,
        export=Took(seconds=best.seconds, peak_mb=peak),
        leaving=leaving,
    )


def _recorded(environment: Mapping[str, str], gigabytes: int) -> Case:
    os.environ.update({name: value for name, value in environment.items() if name.startswith(PREFIX)})
    context.worker_app().app_context().push()
    minute = footage("libx264")
    count = -(-gigabytes * _GIGABYTE // len(minute))
    k1 = institution("K1")
    bind(db.session, Binding(tenant_id=k1.tenant_id))
    archive = Archive(k1, context.store(), context.kms())
    start = clock.now().replace(second=0, microsecond=0) - timedelta(minutes=count + 10)
    ids = [archive.record(start + timedelta(minutes=n), seconds=SECONDS, plain=minute).id for n in range(count)]
    request = granted(archive, start, asked=timedelta(minutes=count))
    request.copy_hold()
    held = {"tenant_id": k1.tenant_id, "hold_id": request.disclosure().held_as}
    return Case(
        tenant_id=k1.tenant_id,
        package_id=request.package_id,
        hold_secret=open_hold_key(**held, kms=context.kms(), store=context.store()),
        copies=tuple(object_keys.preserved_segment(**held, segment_id=each) for each in ids),
        data_bytes=count * len(minute),
    )
