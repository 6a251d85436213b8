"""A segment's row and the line its device signed: each is made from the other, to the byte (infra/decisions/0013).

A line has one spelling only (`infra.manifest`), so its values are the whole of it and the text need not be kept. The
recipient is the day key's, by its name (`infra.age_keys`): a line with any other does not enter (`admission`,
`rebuilding`).
"""

import base64
from typing import Any

from infra.age_keys import name_of
from infra.manifest import ManifestLine, SignedLine, microseconds
from tenants.footage.models import Segment

_SAME: tuple[str, ...] = ("v", "tenant_id", "site_id", "camera_id", "device_id", "civil_day", "retention_days")
_SAME += ("monotonic_ns", "media_ms", "clock_offset_us", "clock_source", "codec", "width", "height", "audio")
_SAME += ("packets", "plain_bytes", "cipher_bytes", "ended_because")
_SAME += ("boot_id", "wall_us", "trust", "clock_bound_us", "camera_offset_us", "camera_bound_us", "camera_age_s")
_SAME += ("lost_packets", "notes")
_HASHES = ("plain_sha256", "cipher_sha256", "cipher_md5")


def columns(line: ManifestLine, held: SignedLine) -> dict[str, Any]:
    """What a segment's row takes from its line: everything but what the server says of it."""
    spelled = {"id": line.segment_id, "started_at": line.started_at, "ended_at": line.ended_at}
    hashes = {name: bytes.fromhex(getattr(line, name)) for name in _HASHES}
    signature = {"signature": base64.b64decode(held.signature, validate=True)}
    return {name: getattr(line, name) for name in _SAME} | spelled | hashes | signature


def line_of(segment: Segment, *, recipient: str) -> ManifestLine:
    """The line of a row, whose day key has this recipient."""
    return ManifestLine(
        segment_id=segment.id,
        recipient=name_of(recipient),
        started_us=microseconds(segment.started_at),
        ended_us=microseconds(segment.ended_at),
        **{name: getattr(segment, name).hex() for name in _HASHES},
        **{name: getattr(segment, name) for name in _SAME},
    )


def signed_line(segment: Segment, *, recipient: str) -> SignedLine:
    """The text that the device signed and its signature, as they came."""
    text = line_of(segment, recipient=recipient).text()
    return SignedLine(text, base64.b64encode(segment.signature).decode())
