"""How a copy leaves: sealed to its agency's own key, or under a passphrase that is told by another way (KH-6-5b)."""

from dataclasses import dataclass, field
from uuid import UUID

from infra.age_envelopes import Envelope, to_recipient, under_passphrase
from infra.age_keys import name_of
from infra.kms import Kms
from tenants.disclosures.official.passphrases import Wrapped, drawn, wrapped
from tenants.disclosures.packages.models import Package
from tenants.errors import Invalid, NotFound
from tenants.registry.agency_keys.queries import key_in_use


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """One hand-over: the envelope that makes its bytes, how many, and whom or what it needs to be opened.

    `recipient` is the agency's key; where it is empty, `passphrase` is what the row will keep.
    """

    envelope: Envelope = field(repr=False)
    size: int
    recipient: str
    passphrase: Wrapped | None = field(repr=False)

    @property
    def sealed_to(self) -> str:
        """What row and event say of it: the name of the agency's key; nothing under a passphrase."""
        return name_of(self.recipient)


def prepare(*, package: Package, kms: Kms) -> Leaving:
    """How this package leaves now. Changes nothing; with a passphrase it takes a fifth of a second."""
    if package.agency_id is None or package.size is None:
        raise NotFound
    recipient = _recipient(package.agency_id)
    if recipient:
        envelope = to_recipient(recipient)
        return Leaving(envelope=envelope, size=envelope.size(package.size), recipient=recipient, passphrase=None)
    passphrase = drawn()
    envelope = under_passphrase(passphrase)
    kept = wrapped(passphrase, tenant_id=package.tenant_id, kms=kms)
    return Leaving(envelope=envelope, size=envelope.size(package.size), recipient="", passphrase=kept)


def check_recipient(leaving: Leaving, *, agency_id: UUID) -> None:
    """Raise `Invalid` when the agency's key changed since this was prepared."""
    if leaving.recipient != _recipient(agency_id):
        raise Invalid("機關的收件公鑰剛剛變更，影像沒有交付。請回到案件頁面，再領取一次。", code="recipient_changed")


def _recipient(agency_id: UUID) -> str:
    key = key_in_use(agency_id=agency_id)
    return key.recipient if key is not None else ""
