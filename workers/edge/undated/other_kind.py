"""A second header of a segment whose day nobody knows, for the possible days whose keys are of the other kind.

A file that leaves the box is for keys of one kind, and a header cannot be changed once the file's key is gone. So while
a city changes kinds both headers are made at once, each in a file of its own, and the one that the true day does not
need goes with the day. It lies beside the segment under the name `.other`, durable before the first second is.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from infra.age_envelopes import Envelope
from infra.age_keys import name_of
from workers.edge.configuration import DayRules
from workers.edge.home import sync_folder
from workers.edge.undated import files


@dataclass(frozen=True)
class OtherKind:
    """The header for those `days`, each with its class and its key's name, instead of the first `over_bytes`."""

    header: bytes
    over_bytes: int
    days: Mapping[str, tuple[int, str]]


def keep(body: Path, envelope: Envelope, days: Mapping[date, DayRules]) -> None:
    """Make it and keep it, durable, beside a body that has nothing yet. Raises `OSError`."""
    header = envelope.header_of_other_kind(sorted({rules.recipient for rules in days.values()}))
    said = {
        "header": b64encode(header).decode(),
        "over_bytes": len(envelope.header),
        "days": {day.isoformat(): (rules.retention_days, name_of(rules.recipient)) for day, rules in days.items()},
    }
    files.write_durably(body.with_suffix(files.OTHER), json.dumps(said).encode())
    sync_folder(body.parent)


def kept(held: Path) -> OtherKind | None:
    """What was kept beside a segment; None where all of its days were of one kind. Raises `ValueError`, `KeyError`."""
    try:
        said = json.loads(held.with_suffix(files.OTHER).read_bytes())
    except FileNotFoundError:
        return None
    days = {day: (int(rules[0]), str(rules[1])) for day, rules in said["days"].items()}
    return OtherKind(b64decode(said["header"]), int(said["over_bytes"]), days)
