"""What a segment holds, opened for one job: only if it is to the byte what its device signed (DR-07)."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from infra import age
from infra.kms import Kms
from infra.objects import ObjectStore
from tenants.errors import Tampered
from tenants.footage import keys
from tenants.footage.models import Segment


class Flaw(StrEnum):
    """In what a segment is not what was signed."""

    OTHER_BYTES = "other_bytes"
    NOT_OPENED = "not_opened"
    OTHER_SAMPLES = "other_samples"


_WORDS = {
    Flaw.OTHER_BYTES: "儲存的影像與主機簽署的雜湊不符。",
    Flaw.NOT_OPENED: "儲存的影像無法以當日金鑰開啟。",
    Flaw.OTHER_SAMPLES: "開啟後的影像與主機簽署的雜湊不符。",
}


class NotAsSigned(Tampered):
    """A segment that is not what its device signed, and in what."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(_WORDS[flaw])
        self.flaw = flaw


@dataclass(frozen=True, kw_only=True)
class Samples:
    """Opens segments of one institution. Day keys are opened once each, and forgotten with this."""

    store: ObjectStore
    kms: Kms
    secrets: dict[tuple[date, int], str] = field(default_factory=dict, repr=False)

    def of(self, segment: Segment) -> bytes:
        """The plain bytes. Raises `NotAsSigned`, `NoSuchObject`, and as `keys.open_day_key` does."""
        cipher = self.store.get(segment.object_key)
        if hashlib.sha256(cipher).digest() != segment.cipher_sha256:
            raise NotAsSigned(Flaw.OTHER_BYTES)
        try:
            plain = age.decrypt(cipher, self._secret(segment))
        except age.CannotDecrypt as error:
            raise NotAsSigned(Flaw.NOT_OPENED) from error
        if hashlib.sha256(plain).digest() != segment.plain_sha256:
            raise NotAsSigned(Flaw.OTHER_SAMPLES)
        return plain

    def _secret(self, segment: Segment) -> str:
        of = (segment.civil_day, segment.retention_days)
        if of not in self.secrets:
            self.secrets[of] = keys.open_day_key(
                tenant_id=segment.tenant_id, day=of[0], retention_days=of[1], kms=self.kms, store=self.store
            )
        return self.secrets[of]
