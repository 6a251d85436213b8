"""Certificates of destruction of all institutions, for an auditor: facts and proofs, no picture and no key (DR-09).

Lists come over the bureau's own connection; where each stands in its institution's chain says `proven`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from infra.db import bureau_session
from tenants.actor import Actor
from tenants.audit.events import Event
from tenants.audit.proofs import Anchored
from tenants.compliance import proven
from tenants.errors import NotFound
from tenants.permissions import Permission
from tenants.registry.models import Tenant
from tenants.retention.models import Destruction, DestructionState

# How a sample is drawn, so that anybody can draw it again: seed, line feed and number, hashed; the smallest first.
METHOD = "SHA-256（種子 + 換行 + 證明字號），由小到大取前幾筆"


@dataclass(frozen=True, kw_only=True)
class CertificateLine:
    """One certificate in a list."""

    institution_id: UUID
    institution: str
    destruction_id: UUID
    number: str
    day: date
    retention_days: int
    segments: int
    certified_at: datetime


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """One certificate as it was issued, and where it stands in its institution's chain."""

    line: CertificateLine
    paper: dict[str, Any]
    anchored: Anchored | None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which certificates: of one institution or of all, of footage of these days, both included."""

    first: date
    last: date
    institution_id: UUID | None = None


def listed(asked: Asked, *, actor: Actor, offset: int = 0, limit: int = 50) -> Sequence[CertificateLine]:
    """The certificates, the newest day first, by institution."""
    query = _asked(asked).order_by(Destruction.civil_day.desc(), Tenant.code, Destruction.retention_days)
    return _lines(query.offset(offset).limit(limit), actor)


def sample(asked: Asked, *, actor: Actor, seed: str, count: int) -> Sequence[CertificateLine]:
    """So many of them by chance: the same seed and the same certificates always give the same ones (`METHOD`)."""
    text = func.convert_to(func.concat(seed, "\n", Destruction.certificate_no), "UTF8")
    return _lines(_asked(asked).order_by(func.encode(func.sha256(text), "hex")).limit(count), actor)


def certificate(*, actor: Actor, institution_id: UUID, destruction_id: UUID) -> Certificate:
    """One certificate. Raises `NotFound` before it is issued."""
    actor.require(Permission.CERTIFICATE_AUDIT)
    query = _certified().where(Destruction.tenant_id == institution_id, Destruction.id == destruction_id)
    with bureau_session() as session:
        row = session.execute(query).first()
        if row is None:
            raise NotFound
        found, tenant = row
        line, paper = _line(found, tenant), dict(found.certificate or {})
    anchored = proven.anchored(
        actor=actor, institution_id=institution_id, event=Event.DESTRUCTION_CERTIFIED, subject_id=destruction_id
    )
    return Certificate(line=line, paper=paper, anchored=anchored)


def proof(*, actor: Actor, institution_id: UUID, destruction_id: UUID) -> dict[str, Any]:
    """The proof that the certifying was in the chain. Raises as `proven.proof`."""
    return proven.proof(
        actor=actor, institution_id=institution_id, event=Event.DESTRUCTION_CERTIFIED, subject_id=destruction_id
    )


def _certified() -> Select[Destruction, Tenant]:
    return (
        select(Destruction, Tenant)
        .join(Tenant, Tenant.id == Destruction.tenant_id)
        .where(Destruction.state == DestructionState.CERTIFIED, Destruction.certificate_no.is_not(None))
    )


def _asked(asked: Asked) -> Select[Destruction, Tenant]:
    query = _certified().where(Destruction.civil_day.between(asked.first, asked.last))
    return query.where(Destruction.tenant_id == asked.institution_id) if asked.institution_id is not None else query


def _lines(query: Select[Destruction, Tenant], actor: Actor) -> Sequence[CertificateLine]:
    actor.require(Permission.CERTIFICATE_AUDIT)
    with bureau_session() as session:
        return [_line(found, tenant) for found, tenant in session.execute(query)]


def _line(found: Destruction, tenant: Tenant) -> CertificateLine:
    assert found.certified_at is not None  # noqa: S101 - the table's constraint on certified rows
    return CertificateLine(
        institution_id=tenant.id,
        institution=tenant.name,
        destruction_id=found.id,
        number=found.certificate_no or "",
        day=found.civil_day,
        retention_days=found.retention_days,
        segments=found.segments,
        certified_at=found.certified_at,
    )
