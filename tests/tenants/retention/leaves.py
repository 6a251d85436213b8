"""The leaf of a destroyed segment, as anybody makes it who holds its signed line and reads the certificate's words."""

from uuid import UUID


def leaf(segment_id: UUID, cipher_sha256: str) -> bytes:
    """From the line's `segment_id` and `cipher_sha256`."""
    return segment_id.bytes + bytes.fromhex(cipher_sha256)
