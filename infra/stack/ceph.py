"""A private Ceph object store on one machine: one monitor, one disk, one S3 gateway. Needs Debian's packages.

Unlike the JuiceFS gateway it has real lifecycle rules, object lock, versions and bucket policies. A lifecycle "day"
lasts seconds here, so that a real rule is seen to expire a real object.
"""

import json
import secrets
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from infra.s3_client import s3_client
from infra.settings import Process, StoreSettings
from infra.stack.processes import Server, free_port, listens, plain_env, program
from infra.stack.store_accounts import STORE_PROCESSES, bucket_policy

LIFECYCLE_DAY_SECONDS = 5
REGION = "us-east-1"
PACKAGES = "radosgw ceph-mon ceph-mgr ceph-osd ceph-base ceph-common"
# Who speaks to the monitor before it has handed out its map is refused as a stranger ("wrong fsid"), now and then. The
# disk would do so while it starts, and end; it is told to say nothing, and its place is entered for it.
_TRIES = 3
_DISK_BYTES = 4 * 1024**3
# One shard of everything and one worker: each listing would ask eleven, and each pass of the rules thirty-two. Without
# `tcp_nodelay` every answer with a body waits forty milliseconds for the other side's acknowledgement.

_CONFIGURATION = """
[global]
fsid = {fsid}
mon_host = [v1:127.0.0.1:{mon_port}/0]
mon_initial_members = a
ms_bind_msgr2 = false
ms_bind_port_min = 6800
ms_bind_port_max = 7300
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
auth_allow_insecure_global_id_reclaim = false
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 1
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
osd_crush_update_on_start = false
osd_class_update_on_start = false
mon_warn_on_pool_no_redundancy = false
mon_max_pg_per_osd = 1000
mon_data_avail_crit = 1
mon_data_avail_warn = 2
osd_objectstore = bluestore
bluestore_block_size = {disk_bytes}
mon_data = {folder}/mon
mgr_data = {folder}/mgr
osd_data = {folder}/osd
rgw_data = {folder}/rgw
run_dir = {folder}/run
admin_socket = {folder}/run/$name.$pid.asok
pid_file = {folder}/run/$name.pid
log_file = {folder}/log/$name.log
crash_dir = {folder}/crash
[mon.a]
mon_addr = 127.0.0.1:{mon_port}
[client.rgw.a]
rgw_frontends = beast endpoint=127.0.0.1:{port} tcp_nodelay=1
rgw_override_bucket_index_max_shards = 1
rgw_dynamic_resharding = false
rgw_lc_max_objs = 1
rgw_lc_max_worker = 1
{lifecycle}
"""


class Ceph:
    """A running store on loopback ports; it stops with this process and starts anew each time."""

    def __init__(self, folder: Path, *, day_seconds: int | None = LIFECYCLE_DAY_SECONDS) -> None:
        """Make and start it, in some twenty seconds. Raises `Missing` without Debian's packages.

        A lifecycle "day" lasts `day_seconds`, or a day when None; then `run_lifecycle` lets days pass at once.
        """
        for name in ("ceph", "ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "monmaptool"):
            program(name, package=PACKAGES)
        for room in ("mon", "mgr", "osd", "rgw", "run", "log", "crash"):
            (folder / room).mkdir(parents=True, exist_ok=True)
        self.port, mon_port, fsid = free_port(), free_port(), str(uuid4())
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self._folder, self._conf = folder, folder / "ceph.conf"
        self._conf.write_text(
            _CONFIGURATION.format(
                fsid=fsid,
                mon_port=mon_port,
                port=self.port,
                folder=folder,
                disk_bytes=_DISK_BYTES,
                lifecycle=f"rgw_lc_debug_interval = {day_seconds}" if day_seconds else "",
            )
        )
        self._servers: list[Server] = []
        self._start_monitor(fsid, mon_port)
        self._start_disk()
        self._start_gateway()
        self._root = self.user("root")

    def root(self, bucket: str) -> StoreSettings:
        """A bucket as the account that owns it, for the stack and the tests only."""
        return self.account(bucket, *self._root)

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

    def accounts(self, bucket: str) -> Mapping[Process, StoreSettings]:
        """The bucket as each process may use it: one account each, and one policy on the bucket that names them."""
        users = {process: f"{process}-{bucket}" for process in STORE_PROCESSES}
        made = {process: self.account(bucket, *self.user(name)) for process, name in users.items()}
        owner = s3_client(self.root(bucket), self.endpoint)
        document = bucket_policy(users, bucket)
        # Even the bucket's owner reads what others' keys signed for only when the policy says so.
        document["Statement"].append(
            {
                "Sid": "owner",
                "Effect": "Allow",
                "Action": ["s3:*"],
                "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
                "Principal": {"AWS": ["arn:aws:iam:::user/root"]},
            }
        )
        owner.put_bucket_policy(Bucket=bucket, Policy=json.dumps(document))
        return made

    def user(self, name: str) -> tuple[str, str]:
        """Make an account that owns nothing and may do nothing; its access and secret key."""
        access_key, secret_key = f"{name}{secrets.token_hex(4)}", secrets.token_hex(16)
        self._run(
            "radosgw-admin",
            *("-n", "client.rgw.a", "user", "create", "--uid", name, "--display-name", name, "--max-buckets", "1000"),
            *("--access-key", access_key, "--secret-key", secret_key),
        )
        return access_key, secret_key

    def stop(self) -> None:
        """End everything, the gateway first, without ceremony: the data is not used again."""
        for server in reversed(self._servers):
            server.kill()

    def run_lifecycle(self, *, day_seconds: int) -> None:
        """Let the store carry out its rules now, as if each day lasted so many seconds."""
        interval = ("--rgw-lc-debug-interval", str(day_seconds))
        self._run("radosgw-admin", "-n", "client.rgw.a", "lc", "process", *interval)

    def _start_monitor(self, fsid: str, mon_port: int) -> None:
        map_file = self._folder / "monmap"
        address = f"[v1:127.0.0.1:{mon_port}/0]"
        self._run("monmaptool", "--create", "--addv", "a", address, "--fsid", fsid, str(map_file), "--clobber")
        self._run("ceph-mon", "--mkfs", "-i", "a", "--monmap", str(map_file))
        self._start("ceph-mon", "-i", "a").wait_until(lambda: listens(mon_port))

    def _start_disk(self) -> None:
        disk = str(uuid4())
        self._ask("osd", "new", disk, "0")
        self._run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", disk)
        self._ask("osd", "crush", "add", "osd.0", "1.0", "host=here", "root=default")
        self._start("ceph-osd", "-i", "0").wait_until(self._disk_is_up)

    def _start_gateway(self) -> None:
        self._start("radosgw", "-n", "client.rgw.a").wait_until(lambda: listens(self.port), seconds=90)

    def _disk_is_up(self) -> bool:
        status = json.loads(self._ask("osd", "stat", "--format", "json"))
        return int(status["num_up_osds"]) == 1

    def _start(self, name: str, *arguments: str) -> Server:
        log = self._folder / "log" / f"{name}.out"
        command: list[str | Path] = [program(name, package=PACKAGES), "-c", self._conf, *arguments, "-f"]
        server = Server(command, log=log, cwd=self._folder)
        self._servers.append(server)
        return server

    def _ask(self, *arguments: str) -> str:
        for _ in range(_TRIES - 1):
            with suppress(subprocess.CalledProcessError):
                return self._run("ceph", *arguments)
        return self._run("ceph", *arguments)

    def _run(self, name: str, *arguments: str) -> str:
        done = subprocess.run(
            [program(name, package=PACKAGES), "-c", self._conf, *arguments],
            check=True,
            capture_output=True,
            text=True,
            env=plain_env(),
            timeout=60,
        )
        return done.stdout
