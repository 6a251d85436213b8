"""The only place an object key is spelled.

`seg/d<days>/…` lies under one lifecycle rule per retention class, `evidence/…` has no expiring rule, `letters/…` holds
scans of official documents, `ledger/…` is locked (design section 5), `keys/…` holds the shares without which nothing
opens and never has a rule (infra/decisions/0011). Every key names its tenant, and ids are random.
"""

from datetime import date
from uuid import UUID

from infra.age_keys import name_of

SEGMENTS = "seg/"
# Everything we keep lies under one of these; a test compares them with the functions below.
ROOTS = ("evidence/", "keys/", "ledger/", "letters/", SEGMENTS)


def retention_class(retention_days: int) -> str:
    """The class name of footage kept for so many days, such as `d14`."""
    return f"d{retention_days}"


def class_prefix(retention_days: int) -> str:
    """What one lifecycle rule covers."""
    return f"{SEGMENTS}{retention_class(retention_days)}/"


def day_prefix(*, retention_days: int, tenant_id: UUID, day: date) -> str:
    """What one destruction of one tenant's civil day must leave empty."""
    return f"{class_prefix(retention_days)}{tenant_id}/{day.isoformat()}/"


def segment(*, retention_days: int, tenant_id: UUID, day: date, camera_id: UUID, segment_id: UUID) -> str:
    """One encrypted segment as the edge uploads it."""
    return f"{day_prefix(retention_days=retention_days, tenant_id=tenant_id, day=day)}{camera_id}/{segment_id}.age"


def evidence_prefix(*, tenant_id: UUID) -> str:
    """Everything one institution keeps longer, and everything built to be handed over."""
    return f"evidence/{tenant_id}/"


def hold_prefix(*, tenant_id: UUID, hold_id: UUID) -> str:
    """Everything one hold keeps."""
    return f"{evidence_prefix(tenant_id=tenant_id)}holds/{hold_id}/"


def preserved_segment(*, tenant_id: UUID, hold_id: UUID, segment_id: UUID) -> str:
    """A segment copied for a hold, re-encrypted to the hold's own key."""
    return f"{hold_prefix(tenant_id=tenant_id, hold_id=hold_id)}{segment_id}.age"


def package_prefix(*, tenant_id: UUID, package_id: UUID) -> str:
    """Everything built for one hand-over."""
    return f"{evidence_prefix(tenant_id=tenant_id)}packages/{package_id}/"


def package(*, tenant_id: UUID, package_id: UUID) -> str:
    """The hand-over package itself, encrypted at rest."""
    return f"{package_prefix(tenant_id=tenant_id, package_id=package_id)}package.zip.age"


def retained_prefix(*, tenant_id: UUID, copy_id: UUID) -> str:
    """Everything of one copy for reference."""
    return f"{evidence_prefix(tenant_id=tenant_id)}retained/{copy_id}/"


def retained_copy(*, tenant_id: UUID, copy_id: UUID) -> str:
    """What was viewed or handed over, as it was, re-encrypted to the copy's own key."""
    return f"{retained_prefix(tenant_id=tenant_id, copy_id=copy_id)}copy.zip.age"


def retained_form(*, tenant_id: UUID, copy_id: UUID) -> str:
    """The form and the decision that a copy goes with, encrypted to the copy's own key."""
    return f"{retained_prefix(tenant_id=tenant_id, copy_id=copy_id)}form.json.age"


def retained_piece(*, tenant_id: UUID, copy_id: UUID, part: int, name: str) -> str:
    """One piece of one part of a copy for playback in the browser, encrypted to the copy's own key."""
    return f"{retained_prefix(tenant_id=tenant_id, copy_id=copy_id)}hls/{part}/{name}.age"


def letters_prefix(*, tenant_id: UUID) -> str:
    """Every scan of one institution."""
    return f"letters/{tenant_id}/"


def letter(*, tenant_id: UUID, letter_id: UUID) -> str:
    """The scan of an official document, encrypted to the institution's records key."""
    return f"{letters_prefix(tenant_id=tenant_id)}{letter_id}.pdf.age"


def ledger_prefix(*, tenant_id: UUID) -> str:
    """Every anchor of one institution's chain and its token, by day."""
    return f"ledger/{tenant_id}/"


def ledger_head(*, tenant_id: UUID, day: date) -> str:
    """The head of one institution's audit chain at the end of one day."""
    return f"{ledger_prefix(tenant_id=tenant_id)}{day.isoformat()}.json"


def ledger_stamp(*, tenant_id: UUID, day: date) -> str:
    """The token of an authority over the anchor of that day, to the byte."""
    return f"{ledger_head(tenant_id=tenant_id, day=day)}.tsr"


def shares_prefix(*, tenant_id: UUID) -> str:
    """The share of every secret of one institution that must be able to die."""
    return f"keys/{tenant_id}/"


def day_shares(*, retention_days: int, tenant_id: UUID, day: date) -> str:
    """What one destruction of one tenant's civil day must leave empty besides the day's objects."""
    return f"{shares_prefix(tenant_id=tenant_id)}days/{day.isoformat()}/{retention_class(retention_days)}/"


def hold_shares(*, tenant_id: UUID, hold_id: UUID) -> str:
    """What the destruction of a hold must leave empty besides its copies."""
    return f"{shares_prefix(tenant_id=tenant_id)}holds/{hold_id}/"


def package_shares(*, tenant_id: UUID, package_id: UUID) -> str:
    """What the destruction of a package must leave empty besides its objects."""
    return f"{shares_prefix(tenant_id=tenant_id)}packages/{package_id}/"


def retained_shares(*, tenant_id: UUID, copy_id: UUID) -> str:
    """What the destruction of a copy for reference must leave empty besides its objects."""
    return f"{shares_prefix(tenant_id=tenant_id)}retained/{copy_id}/"


def share(prefix: str, recipient: str) -> str:
    """The share of the key pair whose public half this is: two that are made at once do not overwrite each other's."""
    return f"{prefix}{name_of(recipient)}.share"
