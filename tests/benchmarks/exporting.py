"""What an export costs: from the copies of a hold to the finished package, against the same samples taken by hand.

By hand is what an administrator would type who has the key: `curl` from the store into `age -d`, segment by segment,
and `ffmpeg -c copy` over them all. Ours also compares two hashes of each segment, cuts pieces for the player, hashes
each mebibyte, encrypts package and pieces and puts them into the store. Both read the same objects of one real S3
gateway on the same disk, turn by turn; of each the best turn counts.
"""

import multiprocessing
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from infra import clock, object_keys
from infra.age_envelopes import to_recipient
from infra.db import db
from infra.objects import S3Objects
from infra.s3_client import s3_client
from infra.settings import PREFIX, Process, StoreSettings
from infra.stack.environments import Whereabouts
from infra.stack.juicefs import JuiceFs
from infra.stack.processes import plain_env
from infra.tenancy import Binding, bind
from tenants.disclosures.packages import building
from tenants.disclosures.packages.models import Package, PackageState
from tenants.disclosures.packages.opening import open_package
from tenants.retention.hold_keys import open_hold_key
from tests.benchmarks.city import TEMPLATE
from tests.benchmarks.servers import servers
from tests.benchmarks.watching import SECONDS, footage
from tests.factories.evidence import ACTOR, Archive
from tests.factories.registry import institution
from tests.factories.requests import granted
from workers import context

GIGABYTES = {"everyday": 1, "full": 10}
LEAST_RATIO, MOST_MB = 0.8, 256
_TURNS = 2
Given, Answer = TypeVar("Given"), TypeVar("Answer")
_GIGABYTE, _MEGABYTE = 10**9, 10**6
# The footage, the hold's copies, package and pieces in the store; and twice what is being joined.
_TIMES_ON_DISK = 6
# A peer for the envelope's recipient: its private half is nowhere.
_RECIPIENT = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"


@dataclass(frozen=True, kw_only=True)
class Took:
    """One turn: seconds, and the most memory that its process ever held, in megabytes."""

    seconds: float
    peak_mb: int


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
    case: Case = _apart(_recorded, environment, gigabytes)
    say(f"{case.data_bytes / _GIGABYTE:.2f} GB of one camera in {len(case.copies)} minutes, held and granted")
    by_hand, exports = [], []
    for _turn in range(_TURNS if gigabytes == GIGABYTES["everyday"] else 1):
        by_hand.append(_by_hand(environment, settings, case))
        say(f"  curl, age -d and ffmpeg -c copy: {by_hand[-1]:.1f} s")
        exports.append(_apart(_export, environment, case))
        say(f"  the export: {exports[-1].seconds:.1f} s, {exports[-1].peak_mb} MB")
    leaving: Took = _apart(_leave, environment, case)
    say(f"  opened, checked and encrypted to a recipient: {leaving.seconds:.1f} s, {leaving.peak_mb} MB")
    best = min(exports, key=lambda took: took.seconds)
    peak = max(took.peak_mb for took in exports)
    return Exported(
        data_bytes=case.data_bytes,
        by_hand=min(by_hand),
        export=Took(seconds=best.seconds, peak_mb=peak),
        leaving=leaving,
    )


def _apart(what: Callable[[Mapping[str, str], Given], Answer], environment: Mapping[str, str], given: Given) -> Answer:
    """Do it in a new process of its own, whose memory is then nobody else's."""
    with multiprocessing.get_context("spawn").Pool(1) as alone:
        return alone.apply(what, (environment, given))


def _worker(environment: Mapping[str, str]) -> None:
    os.environ.update({name: value for name, value in environment.items() if name.startswith(PREFIX)})
    context.worker_app().app_context().push()


def _recorded(environment: Mapping[str, str], gigabytes: int) -> Case:
    _worker(environment)
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


def _export(environment: Mapping[str, str], case: Case) -> Took:
    _worker(environment)
    bind(db.session, Binding(tenant_id=case.tenant_id))
    db.session.get_one(Package, case.package_id).state = PackageState.PENDING
    db.session.commit()
    began = time.perf_counter()
    state = building.build_package(
        actor=ACTOR,
        tenant_id=case.tenant_id,
        package_id=case.package_id,
        store=context.store(),
        kms=context.kms(),
        scratch=context.settings().scratch_dir,
    )
    db.session.commit()
    if state is not PackageState.READY:
        raise RuntimeError(f"the package is {state}")
    return _took(began)


def _leave(environment: Mapping[str, str], case: Case) -> Took:
    _worker(environment)
    bind(db.session, Binding(tenant_id=case.tenant_id))
    package, scratch = db.session.get_one(Package, case.package_id), context.settings().scratch_dir
    began = time.perf_counter()
    with tempfile.TemporaryFile(dir=scratch) as plain:
        open_package(package=package, into=plain, kms=context.kms(), store=context.store(), scratch=scratch)
        sent = sum(len(chunk) for chunk in to_recipient(_RECIPIENT).of(plain))
    if package.size is None or sent <= package.size:
        raise RuntimeError(f"only {sent} bytes left")
    return _took(began)


def _took(began: float) -> Took:
    seconds = time.perf_counter() - began
    return Took(seconds=seconds, peak_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


def _by_hand(environment: Mapping[str, str], settings: StoreSettings, case: Case) -> float:
    """The samples of the same objects in one playable file, by programs of the system alone."""
    folder = Path(environment[f"{PREFIX}SCRATCH_DIR"]) / "by-hand"
    folder.mkdir()
    try:
        (folder / "key.txt").write_text(case.hold_secret, encoding="ascii")
        client = s3_client(settings, settings.endpoint)
        urls = [
            client.generate_presigned_url("get_object", Params={"Bucket": settings.bucket, "Key": key})
            for key in case.copies
        ]
        lines = [f"curl -sSf '{url}' | age -d -i key.txt > {number}.mp4" for number, url in enumerate(urls)]
        (folder / "list.txt").write_text("".join(f"file {number}.mp4\n" for number in range(len(urls))))
        joining = "ffmpeg -v error -f concat -safe 0 -i list.txt -c copy -y out.mp4"
        script = "\n".join(["set -e -o pipefail", *lines, joining])
        began = time.perf_counter()
        subprocess.run(["bash", "-c", script], cwd=folder, env=plain_env(), check=True)  # noqa: S603, S607 - our own words
        return time.perf_counter() - began
    finally:
        shutil.rmtree(folder)
