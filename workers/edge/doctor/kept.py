"""The last examination, kept for the page and the sheet: what was found, when, and what the cameras sent."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from workers.edge.doctor.findings import Finding
from workers.edge.home import Home, write_durably

_FILE = "doctor.json"


def keep(home: Home, findings: list[Finding], streams: Mapping[UUID, Mapping[str, Any]], *, at: datetime) -> None:
    """Replace the examination of before."""
    document = {
        "at": at.isoformat(),
        "findings": [one.document() for one in findings],
        "streams": {str(camera_id): dict(facts) for camera_id, facts in streams.items()},
    }
    write_durably(home.folder / _FILE, json.dumps(document, ensure_ascii=False, indent=1).encode())


def load(home: Home) -> dict[str, Any]:
    """As kept; empty where the box was never examined."""
    try:
        found: dict[str, Any] = json.loads((home.folder / _FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found
