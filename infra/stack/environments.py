"""What each process of the stack is given: what `infra.settings.NEEDS` allows it, and nothing else."""

import os
import secrets
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.cosigning import create_bureau_key
from infra.kms import create_master_key
from infra.lookup_keys import create_lookup_key
from infra.settings import MAY_HOLD, NEEDS, PREFIX, Process, StoreSettings
from infra.stack.postgres import DatabaseUrls
from infra.stack.processes import plain_env

# Not secret and not needed: how the process does its work.
_OPTIONS: Mapping[Process, frozenset[str]] = {
    Process.WEB: frozenset(
        {"S3_REGION", "S3_PUBLIC_ENDPOINT", "SEGMENT_SECONDS", "SCRATCH_DIR", "TIME_SERVERS", "KEY_KIND"}
    ),
    Process.MEDIA: frozenset({"S3_REGION", "SCRATCH_DIR"}),
    Process.WORKER: frozenset({"S3_REGION", "SEGMENT_SECONDS", "SCRATCH_DIR", "MAIL_URL", "KEY_KIND"}),
    Process.CRON: frozenset(),
    Process.MIGRATE: frozenset(),
}


@dataclass(frozen=True, kw_only=True)
class Whereabouts:
    """Everything the stack knows about itself; `for_process` shows each process its part."""

    databases: DatabaseUrls
    redis_url: str
    stores: Mapping[Process, StoreSettings]
    base_url: str
    home: Path
    segment_seconds: int

    def for_process(self, process: Process, **more: str) -> dict[str, str]:
        """The whole environment of one process."""
        known = self._values(process)
        allowed = NEEDS[process] | MAY_HOLD[process] | _OPTIONS[process]
        ours = {f"{PREFIX}{name}": value for name, value in known.items() if name in allowed}
        return bare_environment() | ours | more

    def _values(self, process: Process) -> dict[str, str]:
        scratch = self.home / "scratch"
        scratch.mkdir(exist_ok=True)
        values = {
            "DATABASE_URL": self.databases.app,
            "BUREAU_DATABASE_URL": self.databases.bureau,
            "OWNER_DATABASE_URL": self.databases.owner,
            "REDIS_URL": self.redis_url,
            "SECRET_KEY": _secret(self.home / "secrets" / "cookies.key"),
            "BASE_URL": self.base_url,
            "MASTER_KEY_FILE": str(_made(self.home / "secrets" / "master.key", create_master_key)),
            "BUREAU_KEY_FILE": str(_made(self.home / "secrets" / "bureau.key", create_bureau_key)),
            "LOOKUP_KEY_FILE": str(_made(self.home / "secrets" / "lookup.key", create_lookup_key)),
            "MAIL_URL": f"file:{self.home / 'mail'}",
            "SEGMENT_SECONDS": str(self.segment_seconds),
            "SCRATCH_DIR": str(scratch),
        }
        store = self.stores.get(process)
        if store is None:
            return values
        return values | {
            "S3_ENDPOINT": store.endpoint,
            "S3_PUBLIC_ENDPOINT": store.public_endpoint,
            "S3_REGION": store.region,
            "S3_BUCKET": store.bucket,
            "S3_ACCESS_KEY": store.access_key,
            "S3_SECRET_KEY": store.secret_key,
        }


def bare_environment() -> dict[str, str]:
    """What a process of ours needs that is no setting: this environment's programs first on the path."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return plain_env(PATH=path, PYTHONUNBUFFERED="1", PYTHONUTF8="1")


def _secret(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32), encoding="ascii")
    return path.read_text(encoding="ascii")


def _made(path: Path, create: Callable[[Path], None]) -> Path:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        create(path)
    return path
