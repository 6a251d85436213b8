"""Enrolled boxes that can sign, and the lines they sign."""

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from infra import clock
from infra.manifest import ManifestLine, SignedLine, microseconds, signed
from infra.signing import public_key_text
from tests.factories import footage
from tests.factories.lines import LOOK
from tests.factories.registry import Institution


@dataclass
class SigningBox:
    """A device of an institution's site, with its key."""

    of: Institution
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    device_id: UUID = field(init=False)

    def __post_init__(self) -> None:
        """Enrol it."""
        self.device_id = footage.device(self.of, public_key=public_key_text(self.key))

    def line(
        self,
        *,
        recipient: str,
        camera: str = "C-GATE",
        started_at: datetime | None = None,
        **changes: Any,  # noqa: ANN401 - fields of many types
    ) -> ManifestLine:
        """A minute that this box recorded; `changes` replace fields."""
        began = started_at or clock.now() - timedelta(minutes=5)
        segment_id = uuid4()
        made = ManifestLine(
            segment_id=segment_id,
            tenant_id=self.of.tenant_id,
            site_id=self.of.site_id,
            camera_id=self.of.cameras[camera],
            device_id=self.device_id,
            civil_day=clock.civil_day(began),
            retention_days=14,
            recipient=recipient,
            started_us=microseconds(began),
            ended_us=microseconds(began + timedelta(seconds=60)),
            media_ms=60_000,
            plain_bytes=900,
            plain_sha256=hashlib.sha256(b"plain").hexdigest(),
            cipher_bytes=1000,
            cipher_sha256=hashlib.sha256(segment_id.bytes).hexdigest(),
            cipher_md5=hashlib.md5(segment_id.bytes, usedforsecurity=False).hexdigest(),
            **LOOK,
        )
        return replace(made, **changes)

    def sign(self, line: ManifestLine) -> SignedLine:
        """The line with this box's signature."""
        return signed(line, self.key)
