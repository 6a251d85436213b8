"""`python -m tests.benchmarks.packager WHAT TENANT PACKAGE`: a worker that builds one package, or lets it leave.

Prepared as `workers.main` is, with nothing of the bench in its memory. Its last line says what that took, as JSON.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from infra.age_envelopes import to_recipient
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import system
from tenants.disclosures.packages import building
from tenants.disclosures.packages.models import Package, PackageState
from tenants.disclosures.packages.opening import open_package
from tests.benchmarks.by_hand import RECIPIENT
from workers import context
from workers.main import prepare


@dataclass(frozen=True, kw_only=True)
class Took:
    """One turn: seconds, and the most memory, in megabytes, that the process ever held, or one that it started."""

    seconds: float
    peak_mb: int


def apart(what: str, environment: Mapping[str, str], *, tenant_id: UUID, package_id: UUID) -> Took:
    """Do `export` or `leave` in a new process, whose memory is then nobody else's."""
    command = [sys.executable, "-m", "tests.benchmarks.packager", what, str(tenant_id), str(package_id)]
    done = subprocess.run(command, env=dict(environment), check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own
    return Took(**json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Do one of the two and say what it took."""
    what, tenant_id, package_id = sys.argv[1], *map(UUID, sys.argv[2:])
    prepare()
    context.worker_app().app_context().push()
    bind(db.session, Binding(tenant_id=tenant_id))
    package = db.session.get_one(Package, package_id)
    doing: Mapping[str, Callable[[Package], None]] = {"export": _export, "leave": _leave}
    began = time.perf_counter()
    doing[what](package)
    seconds = time.perf_counter() - began
    peak = max(_own_peak_kb(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
    print(json.dumps(asdict(Took(seconds=seconds, peak_mb=peak // 1024))))  # noqa: T201


def _own_peak_kb() -> int:
    """Since this program began. `ru_maxrss` would begin with what the process that started it held at that moment."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:"))


def _export(package: Package) -> None:
    package.state = PackageState.PENDING
    db.session.commit()
    state = building.build_package(
        actor=system("bench"),
        tenant_id=package.tenant_id,
        package_id=package.id,
        store=context.store(),
        kms=context.kms(),
        scratch=context.settings().scratch_dir,
        kind=context.settings().key_kind,
    )
    db.session.commit()
    if state is not PackageState.READY:
        raise RuntimeError(f"the package is {state}")


def _leave(package: Package) -> None:
    with tempfile.TemporaryFile(dir=context.settings().scratch_dir) as plain:
        open_package(package=package, into=plain, kms=context.kms(), store=context.store())
        sent = sum(len(chunk) for chunk in to_recipient(RECIPIENT).of(plain))
    if package.size is None or sent <= package.size:
        raise RuntimeError(f"only {sent} bytes left")


if __name__ == "__main__":
    main()
