"""What a line of a manifest says besides whose it is and of when: the picture, the box's clock, and its bytes."""

import hashlib
from typing import Any
from uuid import UUID

from infra.manifest import VERSION, Trust
from infra.objects import md5_hex

LOOK: dict[str, Any] = {"v": VERSION, "codec": "h264", "width": 640, "height": 360, "audio": False, "packets": 600}
LOOK |= {"monotonic_ns": 1, "clock_offset_us": 0, "clock_source": "server", "ended_because": "full"}
LOOK |= {"boot_id": UUID(int=77), "wall_us": 1, "trust": Trust.SYNCHRONISED, "clock_bound_us": 20_000}
LOOK |= {"camera_offset_us": -300_000, "camera_bound_us": 1_000_000, "camera_age_s": 60, "lost_packets": 0}


def bytes_of(plain: bytes, cipher: bytes) -> dict[str, Any]:
    """How many bytes there are, and their hashes."""
    return {
        "plain_bytes": len(plain),
        "plain_sha256": hashlib.sha256(plain).hexdigest(),
        "cipher_bytes": len(cipher),
        "cipher_sha256": hashlib.sha256(cipher).hexdigest(),
        "cipher_md5": md5_hex(cipher),
    }
