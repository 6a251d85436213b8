"""Configuration: one frozen object per process, read once from the environment.

Which process may hold which secret is a table (design section 4): a process that is started with a secret it must not
hold refuses to start, so that a copied environment file cannot quietly widen a process's rights.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from infra.age_keys import Kind
from infra.bounces import BadReturnAddress, ReturnAddresses

PREFIX = "SHOUYUAN_"


class Process(StrEnum):
    """A process of the Procfile, and `migrate`, which owns the tables and runs only during an upgrade."""

    WEB = "web"
    MEDIA = "media"
    WORKER = "worker"
    CRON = "cron"
    MIGRATE = "migrate"


_DATABASE = frozenset({"DATABASE_URL"})
_STORE = frozenset({"S3_ENDPOINT", "S3_BUCKET", "S3_ACCESS_KEY", "S3_SECRET_KEY"})
_KEYS = frozenset({"MASTER_KEY_FILE"})
_KMS_ACCOUNT = frozenset({"KMS_ACCESS_KEY", "KMS_SECRET_KEY"})
_SESSION = frozenset({"SECRET_KEY", "BASE_URL"})
_LOOKUP = frozenset({"LOOKUP_KEY_FILE"})

NEEDS: Mapping[Process, frozenset[str]] = {
    Process.WEB: _DATABASE | _STORE | _SESSION | _LOOKUP | {"BUREAU_DATABASE_URL", "REDIS_URL"},
    Process.MEDIA: _DATABASE | _STORE | _SESSION | _KEYS | {"REDIS_URL"},
    Process.WORKER: _DATABASE | _STORE | _KEYS | {"BUREAU_DATABASE_URL", "REDIS_URL", "BASE_URL"},
    Process.CRON: frozenset({"REDIS_URL"}),
    Process.MIGRATE: frozenset({"OWNER_DATABASE_URL"}),
}
# Secrets that a process works without, and says so: without the bureau's key no head of a chain is co-signed; without
# an account at AWS KMS its machine's role speaks, or the file of master keys needs no opening; without an authority
# (whose address may bear an account) packages and heads have no timestamp; without a token nobody is told any metrics;
# without a key for the addresses to which mails come back, nobody hears of those that did.
MAY_HOLD: Mapping[Process, frozenset[str]] = {
    process: (_KMS_ACCOUNT if needs >= _KEYS else frozenset())
    | (frozenset({"BUREAU_KEY_FILE", "TSA_URL", "BOUNCE_KEY"}) if process is Process.WORKER else frozenset())
    | (frozenset({"METRICS_TOKEN"}) if process in {Process.WEB, Process.MEDIA} else frozenset())
    for process, needs in NEEDS.items()
}
_SECRETS = frozenset({"OWNER_DATABASE_URL", "MASTER_KEY_FILE", "SECRET_KEY", "BUREAU_DATABASE_URL", "BUREAU_KEY_FILE"})
_SECRETS |= _KMS_ACCOUNT | _LOOKUP | {"TSA_URL", "METRICS_TOKEN", "BOUNCE_KEY"}
MUST_NOT_HOLD: Mapping[Process, frozenset[str]] = {
    process: _SECRETS - needs - MAY_HOLD[process] for process, needs in NEEDS.items()
}


class BadSettings(RuntimeError):
    """The environment lacks something this process needs, or holds something it must not."""


@dataclass(frozen=True, kw_only=True)
class StoreSettings:
    """Where objects live and as whom this process speaks to the store."""

    endpoint: str
    public_endpoint: str
    region: str
    bucket: str
    access_key: str
    secret_key: str


@dataclass(frozen=True, kw_only=True)
class KmsSettings:
    """The file of master keys, and the AWS key (id, ARN or alias) that opens it; without one it holds them itself.

    Without an account the process speaks to AWS as its machine's role.
    """

    file: Path
    aws_key: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    access_key: str = ""
    secret_key: str = field(default="", repr=False)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a process was told. Fields that the process does not need are empty or None."""

    process: Process
    database_url: str
    bureau_database_url: str
    owner_database_url: str
    redis_url: str
    secret_key: str
    base_url: str
    store: StoreSettings | None
    kms: KmsSettings | None
    bureau_key_file: Path | None
    tsa_url: str
    metrics_token: str = field(repr=False)
    lookup_key_file: Path | None
    mail_url: str
    bounce_address: str = ""
    bounce_key: str = field(default="", repr=False)
    segment_seconds: int
    scratch_dir: Path
    time_servers: tuple[str, ...] = ()
    # Of the keys that are made from now on; those that were made before stay as they are.
    key_kind: Kind = Kind.CLASSIC

    @property
    def is_https(self) -> bool:
        """Whether people reach the pages over TLS, which decides the Secure flag of cookies."""
        return self.base_url.startswith("https://")

    @classmethod
    def from_env(cls, process: Process, env: Mapping[str, str] = os.environ) -> "Settings":
        """The settings of `process`. Raises `BadSettings` naming every fault at once."""
        given = {name.removeprefix(PREFIX): value for name, value in env.items() if name.startswith(PREFIX) and value}
        faults = [f"{PREFIX}{name} is missing" for name in sorted(NEEDS[process] - given.keys())]
        faults += [
            f"{PREFIX}{name} must not be given to the {process} process"
            for name in sorted(MUST_NOT_HOLD[process] & given.keys())
        ]
        if not _is_known_kms(given.get("KMS", "")):
            faults.append(f"{PREFIX}KMS is neither file nor aws:<key id, ARN or alias>")
        if not given.get("TSA_URL", "https://").startswith(("https://", "http://")):
            faults.append(f"{PREFIX}TSA_URL is no HTTP address")
        if given.get("KEY_KIND", Kind.CLASSIC) not in list(Kind):
            faults.append(f"{PREFIX}KEY_KIND is neither {' nor '.join(Kind)}")
        faults += _token_faults(process, given)
        if faults:
            raise BadSettings(f"cannot start {process}: " + "; ".join(faults))
        return cls(
            process=process,
            database_url=given.get("DATABASE_URL", ""),
            bureau_database_url=given.get("BUREAU_DATABASE_URL", ""),
            owner_database_url=given.get("OWNER_DATABASE_URL", ""),
            redis_url=given.get("REDIS_URL", ""),
            secret_key=given.get("SECRET_KEY", ""),
            base_url=given.get("BASE_URL", "").rstrip("/"),
            store=_store(given) if process in _STORE_USERS else None,
            kms=_kms(given) if "MASTER_KEY_FILE" in given else None,
            bureau_key_file=_file(given, "BUREAU_KEY_FILE"),
            tsa_url=given.get("TSA_URL", ""),
            metrics_token=given.get("METRICS_TOKEN", ""),
            lookup_key_file=_file(given, "LOOKUP_KEY_FILE"),
            mail_url=given.get("MAIL_URL", "file:var/mail"),
            bounce_address=given.get("BOUNCE_ADDRESS", ""),
            bounce_key=given.get("BOUNCE_KEY", ""),
            segment_seconds=int(given.get("SEGMENT_SECONDS", "60")),
            scratch_dir=Path(given.get("SCRATCH_DIR", "/var/tmp")),  # noqa: S108 - files there are unlinked at birth
            time_servers=tuple(filter(None, map(str.strip, given.get("TIME_SERVERS", "").split(",")))),
            key_kind=Kind(given.get("KEY_KIND", Kind.CLASSIC)),
        )


_AWS = "aws:"
_LEAST_TOKEN = 32  # `openssl rand -hex 16`
_STORE_USERS = frozenset(process for process, needs in NEEDS.items() if needs >= _STORE)


def _token_faults(process: Process, given: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with the secrets that somebody made up for us."""
    for name in ("METRICS_TOKEN", "BOUNCE_KEY"):
        if 0 < len(given.get(name, "")) < _LEAST_TOKEN:
            yield f"{PREFIX}{name} is shorter than {_LEAST_TOKEN} characters"
    if process is Process.WORKER and ("BOUNCE_KEY" in given) != ("BOUNCE_ADDRESS" in given):
        yield f"{PREFIX}BOUNCE_ADDRESS and {PREFIX}BOUNCE_KEY are given together or not at all"
    elif process is Process.WORKER and "BOUNCE_ADDRESS" in given:
        try:
            ReturnAddresses(given["BOUNCE_ADDRESS"], b"")
        except BadReturnAddress as error:
            yield f"{PREFIX}BOUNCE_ADDRESS cannot be each mail's own: {error}"


def _file(given: Mapping[str, str], name: str) -> Path | None:
    return Path(given[name]) if name in given else None


def _store(given: Mapping[str, str]) -> StoreSettings:
    return StoreSettings(
        endpoint=given["S3_ENDPOINT"],
        public_endpoint=given.get("S3_PUBLIC_ENDPOINT", given["S3_ENDPOINT"]),
        region=given.get("S3_REGION", "us-east-1"),
        bucket=given["S3_BUCKET"],
        access_key=given["S3_ACCESS_KEY"],
        secret_key=given["S3_SECRET_KEY"],
    )


def _is_known_kms(chosen: str) -> bool:
    return chosen in {"", "file"} or (chosen.startswith(_AWS) and chosen != _AWS)


def _kms(given: Mapping[str, str]) -> KmsSettings:
    return KmsSettings(
        file=Path(given["MASTER_KEY_FILE"]),
        aws_key=given.get("KMS", "").partition(_AWS)[2],
        endpoint=given.get("KMS_ENDPOINT", ""),
        region=given.get("KMS_REGION", given.get("S3_REGION", "us-east-1")),
        access_key=given.get("KMS_ACCESS_KEY", ""),
        secret_key=given.get("KMS_SECRET_KEY", ""),
    )
