"""What tells why nothing was recorded: short facts, no addresses and no sentences (`infra.gap_lines`)."""

import errno
import json
from datetime import date

from infra.gap_lines import Evidence, is_evidence
from infra.streams import StreamFault
from infra.timeline import boot_id

_BOOT_LETTERS = 8


def short_boot_id() -> str:
    """Which start of the machine this is: another one after a power cut, the same after a process was killed."""
    return boot_id()[:_BOOT_LETTERS]


def of_fault(fault: StreamFault) -> Evidence:
    """What FFmpeg called it; the kind of error alone, since its words may hold an address."""
    error = fault.__cause__ or fault.__context__
    return {"error": type(error).__name__} if error is not None else {}


def of_disk(error: OSError) -> Evidence:
    """What the system called it."""
    return {"errno": errno.errorcode.get(error.errno or 0, "none")}


def of_day(day: date, keys: int) -> Evidence:
    """Which day has no key, and how many days have one."""
    return {"day": day.isoformat(), "keys": keys}


def of_end(exit_code: int) -> Evidence:
    """How a process ended: its code, or the signal that killed it, below zero."""
    return {"exit": exit_code}


def of_boots(before: str, now: str) -> Evidence:
    """The start of the machine that recorded last, and the present one."""
    return {"boot_before": before, "boot": now}


def spelled(evidence: Evidence) -> str:
    """As the index keeps it."""
    return json.dumps(dict(evidence), sort_keys=True)


def read(text: str) -> dict[str, int | str]:
    """What was kept; nothing when it is not what evidence may be."""
    said = json.loads(text or "{}")
    return said if isinstance(said, dict) and is_evidence(said) else {}
