"""What a server of another age is told: no key of a heartbeat that it does not know, since it refuses those (a 422).

The server lists what it takes beyond the first keys in its config, as paths (`cameras.picture`).
"""

from collections.abc import Mapping
from typing import Any

_FIRST = frozenset(
    {
        "clock_offset_ms",
        "cameras",
        "gaps",
        *(f"cameras.{name}" for name in ("camera_id", "recording", "recorded_until_us")),
        *(f"cameras.{name}" for name in ("spooled", "spooled_from_us", "fault")),
        *(f"gaps.{name}" for name in ("camera_id", "started_us", "ended_us", "cause")),
    }
)


def understood(document: Mapping[str, Any], accepts: frozenset[str], *, within: str = "") -> dict[str, Any]:
    """The document without what is neither first nor in `accepts`; below a path with no listed part all stays."""
    return {
        key: _below(value, accepts, within=f"{within}{key}.")
        for key, value in document.items()
        if within + key in accepts | _FIRST
    }


def _below(value: object, accepts: frozenset[str], *, within: str) -> object:
    if not any(path.startswith(within) for path in accepts | _FIRST):
        return value
    if isinstance(value, Mapping):
        return understood(value, accepts, within=within)
    return [_below(one, accepts, within=within) for one in value] if isinstance(value, list) else value
