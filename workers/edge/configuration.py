"""What the server told the box: cameras, rules and public day keys, kept on disk so that a restart offline goes on."""

import errno
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from infra.age_keys import Kind, NoRecipient, check_recipient
from infra.camera_profiles import Approved
from infra.clock import civil_day, day_start
from infra.manifest import microseconds
from workers.edge.aside import keep_copy
from workers.edge.home import Home, write_durably
from workers.edge.sending import rules as sending
from workers.edge.sending.rules import AT_ONCE, SendingRules

log = structlog.get_logger(__name__)

VERSION = 1
# The kinds of day key that a box of this version can encrypt to, which it says in its heartbeats.
KEY_KINDS = tuple(Kind)
_UPDATE = "請更新邊緣主機的程式；在此之前，錄影以主機上原有的設定與金鑰繼續。"
# No file, or one on a part of the disk that gives nothing back.
_NOT_THERE = frozenset({errno.ENOENT, errno.EIO})


class UnknownConfig(ValueError):
    """The server says what this version does not know. Nothing of it counts, and the box goes on with what it has."""


@dataclass(frozen=True)
class CameraRules:
    """One camera of the site."""

    camera_id: UUID
    code: str
    name: str
    audio: bool
    zone: str = ""
    needs_mask: bool = False
    approved: Approved | None = None


@dataclass(frozen=True)
class DayRules:
    """How footage of one civil day is kept: its retention class, and the public key that it is encrypted to."""

    retention_days: int
    recipient: str


@dataclass(frozen=True)
class Config:
    """The server's last word. `days` says for each Taipei civil day how its footage is kept.

    `accepts` names what this server takes beyond the first version; one of before says nothing of it.
    `past_days` are days of which only a camera's own card may still give footage.
    Names of institution and site, and the store's address, are for the person beside the box; an old server sends none.
    """

    segment_seconds: int
    heartbeat_seconds: int
    cameras: Mapping[UUID, CameraRules]
    days: Mapping[date, DayRules]
    accepts: frozenset[str] = frozenset()
    time_servers: tuple[str, ...] = ()
    sending: SendingRules = AT_ONCE
    institution: str = ""
    site: str = ""
    store: str = ""
    past_days: Mapping[date, DayRules] = field(default_factory=dict)

    @property
    def every_day(self) -> Mapping[date, DayRules]:
        """Every day whose footage can be sealed, whenever it comes."""
        return {**self.past_days, **self.days}

    @property
    def sealed_from_us(self) -> int | None:
        """Where the first of them begins, in microseconds since 1970; None without any."""
        return min((microseconds(day_start(day)) for day in self.every_day), default=None)

    def has_key(self, moment: datetime) -> bool:
        """Whether footage of this moment could be encrypted."""
        return civil_day(moment) in self.days

    def days_ahead(self, moment: datetime) -> int:
        """On how many days after today the box could still record without the server, in one row."""
        today, ahead = civil_day(moment), 0
        while today + timedelta(days=ahead + 1) in self.days:
            ahead += 1
        return ahead


def parse(document: dict[str, Any]) -> Config:
    """The server's answer as a config. Raises `UnknownConfig`, `ValueError` or `KeyError` for one that is none."""
    if document["v"] != VERSION:
        raise UnknownConfig(f"平台設定的版本（{document['v']}）這個程式還不認識。{_UPDATE}")
    cameras = [_camera(one) for one in document["cameras"]]
    return Config(
        segment_seconds=int(document["segment_seconds"]),
        heartbeat_seconds=int(document["heartbeat_seconds"]),
        cameras={camera.camera_id: camera for camera in cameras},
        days=_days(document["day_keys"]),
        past_days=_days(document.get("past_day_keys", ())),
        accepts=frozenset(map(str, document.get("accepts", ()))),
        time_servers=tuple(str(one) for one in document.get("time_servers", ())),
        sending=sending.parse(document.get("sending", {})),
        institution=str(document.get("tenant_name", "")),
        site=str(document.get("site_name", "")),
        store=str(document.get("store", "")),
    )


def _days(said: Sequence[dict[str, Any]]) -> Mapping[date, DayRules]:
    return {
        date.fromisoformat(key["civil_day"]): DayRules(int(key["retention_days"]), str(key["recipient"]))
        for key in said
    }


def _camera(said: dict[str, Any]) -> CameraRules:
    """Zone, mask and approval are missing in the config of an older server."""
    approved = said.get("approved")
    return CameraRules(
        UUID(said["id"]),
        str(said["code"]),
        str(said["name"]),
        bool(said["audio"]),
        zone=str(said.get("zone", "")),
        needs_mask=bool(said.get("needs_mask", False)),
        approved=Approved(**approved) if approved else None,
    )


def load(home: Home) -> Config | None:
    """The config kept on disk; None before the first one came, and for a file that is broken (`is_spoilt`)."""
    try:
        return parse(json.loads(home.config.read_text(encoding="utf-8")))
    except OSError as error:
        if error.errno not in _NOT_THERE:
            raise
        return None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def is_spoilt(home: Home) -> bool:
    """Whether there is a kept config that nobody can read, until the server's next answer replaces it (`keep`)."""
    return home.config.exists() and load(home) is None


def keep(home: Home, document: dict[str, Any]) -> Config:
    """Check an answer, keep it if it says anything new, and give it back. Raises as `parse`.

    So does a day key of a kind that this version cannot encrypt to: to begin with it would end recording on that day.
    """
    config = parse(document)
    for day, rules in config.every_day.items():
        try:
            check_recipient(rules.recipient)
        except NoRecipient as error:
            raise UnknownConfig(f"{day.isoformat()} 的加密金鑰，這個程式還不認識它的種類。{_UPDATE}") from error
    held = load(home)
    if held is None and home.config.exists():
        keep_copy(home.config)
    if held is None or held != config:
        write_durably(home.config, json.dumps(document, ensure_ascii=False, indent=1).encode())
    return config


class Watched:
    """The config on disk, read again when it changed. While the file is gone or broken, the last one counts."""

    def __init__(self, home: Home) -> None:
        self.home, self._path = home, home.config
        self._seen_ns = -1
        self._held: Config | None = None

    def now(self) -> Config | None:
        """The newest config; None before any."""
        try:
            changed_ns = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return self._held
        if changed_ns != self._seen_ns:
            newest = load(self.home)
            if newest is None:
                log.error("the config cannot be read, the last one counts", path=str(self._path))
            self._held, self._seen_ns = newest or self._held, changed_ns
        return self._held
