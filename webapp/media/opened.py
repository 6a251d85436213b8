"""What this browser opened to watch: numbers of the chain's events. The cookie only says where in the chain to look."""

from flask import session

_WATCHING = "watching"
_MOST_AT_ONCE = 8


def remember(what: str, seq: int) -> None:
    """Keep which event opened this, of the newest few."""
    opened = _opened() | {what: seq}
    session[_WATCHING] = dict(sorted(opened.items(), key=lambda entry: entry[1])[-_MOST_AT_ONCE:])


def opened_by(what: str) -> int | None:
    """The event by which this session opened it; None where it did not."""
    return _opened().get(what)


def _opened() -> dict[str, int]:
    held: dict[str, int] = session.get(_WATCHING, {})
    return held
