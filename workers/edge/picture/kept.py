"""What the box keeps of its cameras' pictures: numbers of the last look, and the reference that a person accepted."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from infra.manifest import microseconds
from workers.edge.home import Home, write_durably
from workers.edge.picture.measuring import Measures, read


def keep_reference(home: Home, camera_id: UUID, measures: Measures, *, at: datetime) -> None:
    """From now on pictures of this camera are compared with this one."""
    _write(home, f"{camera_id}.reference.json", {"at_us": microseconds(at), "measures": measures.document()})


def reference(home: Home, camera_id: UUID) -> tuple[int, Measures] | None:
    """Since when there is a reference, and what it measured; None without one."""
    try:
        held = _read(home, f"{camera_id}.reference.json")
        return int(held["at_us"]), read(held["measures"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_health(home: Home, camera_id: UUID, document: dict[str, Any]) -> None:
    """What the last look said, as a heartbeat says it."""
    _write(home, f"{camera_id}.json", document)


def health(home: Home, camera_id: UUID) -> dict[str, Any] | None:
    """What the last look said; None before the first one."""
    try:
        return _read(home, f"{camera_id}.json")
    except (OSError, ValueError):
        return None


def _write(home: Home, name: str, document: dict[str, Any]) -> None:
    folder = home.folder / "pictures"
    folder.mkdir(mode=0o700, exist_ok=True)
    write_durably(folder / name, json.dumps(document).encode())


def _read(home: Home, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((home.folder / "pictures" / name).read_text(encoding="utf-8"))
    return found
