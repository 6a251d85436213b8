"""What hands footage over: the one link, the one collection, the register's line about it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.actor import Actor
from tenants.disclosures.models import Package


@dataclass(frozen=True, kw_only=True)
class IssuedLink:
    """A token shown once. It opens one package, once, for the officer it was issued to, until `expires_at`."""

    package_id: UUID
    token: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """簽收 (KH-6-5a): who takes the copy, and that the duty notice was read. `title` fills the register (KH-7-3)."""

    name: str
    title: str
    acknowledged: bool


def issue_link(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> IssuedLink:
    """A link for the signed-in officer of the asking agency; an earlier unused link dies."""
    raise NotImplementedError


def collect(*, actor: Actor, tenant_id: UUID, package_id: UUID, token: str, receipt: Receipt) -> Package:
    """Take the package, once, by the officer of the link. Receipt, register line and audit in one transaction."""
    raise NotImplementedError
