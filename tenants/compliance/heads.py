"""The heads of every chain's tree, for an auditor: day, size, root, and whether signature and token hold now (DR-06).

On the bureau's own connection, which knows nothing of the events beneath: who did what stays the institution's.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from infra import object_keys
from infra.db import bureau_session
from infra.signing import BadSignature, check
from tenants.actor import Actor
from tenants.audit.anchoring import anchor_of
from tenants.audit.models import AuditTreeHead, AuditTreeStamp
from tenants.audit.stamps import fault_of
from tenants.errors import NotFound
from tenants.footage.models import SweptArea
from tenants.permissions import Permission
from tenants.registry.models import Tenant

_STAMP_OF_HEAD = and_(AuditTreeStamp.tenant_id == AuditTreeHead.tenant_id, AuditTreeStamp.day == AuditTreeHead.day)


class Signed(StrEnum):
    """What a head's signature says."""

    GOOD = "good"
    OTHER_KEY = "other_key"
    BROKEN = "broken"
    UNSIGNED = "unsigned"


class Timed(StrEnum):
    """What an authority's token says of a head."""

    GOOD = "good"
    BROKEN = "broken"
    NONE = "none"


class Kept(StrEnum):
    """Whether the head's object lies in the store, as far as the last sweep of that folder can say."""

    PRESENT = "present"
    IN_DOUBT = "in_doubt"
    NOT_LOOKED = "not_looked"


@dataclass(frozen=True, kw_only=True)
class ChainLine:
    """One institution's chain: its newest head, None before the first, and how many heads it has.

    `stamped` is whether the newest one has an authority's token.
    """

    institution_id: UUID
    institution: str
    code: str
    heads: int
    unsigned: int
    unstamped: int
    newest: date | None
    size: int | None
    stamped: bool


@dataclass(frozen=True, kw_only=True)
class HeadLine:
    """One head, with what was found about it now. `stamped_at` and `authority` are as its token was kept."""

    day: date
    size: int
    root: str
    anchored_at: datetime
    key_id: str | None
    signed: Signed
    kept: Kept
    timed: Timed
    stamped_at: datetime | None
    authority: str


@dataclass(frozen=True, kw_only=True)
class ChainHeads:
    """The heads of one chain, the newest first. `believed` is the key by which the signatures were judged."""

    institution_id: UUID
    institution: str
    code: str
    believed: str | None
    swept_at: datetime | None
    lines: list[HeadLine]
    has_more: bool


def chains(*, actor: Actor) -> list[ChainLine]:
    """Every chain, the bureau's first, those without a head or with the oldest one next."""
    actor.require(Permission.CERTIFICATE_AUDIT)
    heads = (
        select(
            AuditTreeHead.tenant_id,
            func.count().label("heads"),
            func.count().filter(AuditTreeHead.signature.is_(None)).label("unsigned"),
            func.max(AuditTreeHead.day).label("newest"),
            func.max(AuditTreeHead.size).label("size"),
            func.count(AuditTreeStamp.day).label("stamps"),
            func.max(AuditTreeStamp.day).label("stamped"),
        )
        .outerjoin(AuditTreeStamp, _STAMP_OF_HEAD)
        .group_by(AuditTreeHead.tenant_id)
        .subquery()
    )
    query = (
        select(Tenant, heads)
        .outerjoin(heads, heads.c.tenant_id == Tenant.id)
        .order_by(Tenant.kind != "bureau", heads.c.newest.nulls_first(), Tenant.code)
    )
    with bureau_session() as session:
        return [
            ChainLine(
                institution_id=tenant.id,
                institution=tenant.name,
                code=tenant.code,
                heads=row.heads or 0,
                unsigned=row.unsigned or 0,
                unstamped=(row.heads or 0) - (row.stamps or 0),
                newest=row.newest,
                size=row.size,
                stamped=row.stamped is not None and row.stamped == row.newest,
            )
            for tenant, row in ((found[0], found) for found in session.execute(query))
        ]


def heads(*, actor: Actor, institution_id: UUID, key: str = "", offset: int = 0, limit: int = 50) -> ChainHeads:
    """The heads of one chain, judged by the public key given, else by that of its first signed head.

    Raises `NotFound`.
    """
    actor.require(Permission.CERTIFICATE_AUDIT)
    of = AuditTreeHead.tenant_id == institution_id
    with bureau_session() as session:
        tenant = session.get(Tenant, institution_id)
        if tenant is None:
            raise NotFound
        believed = key or session.scalar(
            select(AuditTreeHead.key_id).where(of, AuditTreeHead.key_id.is_not(None)).order_by(AuditTreeHead.size)
        )
        swept = _ledger_sweep(session, institution_id)
        query = select(AuditTreeHead, AuditTreeStamp).outerjoin(AuditTreeStamp, _STAMP_OF_HEAD).where(of)
        rows = session.execute(query.order_by(AuditTreeHead.day.desc()).offset(offset).limit(limit + 1)).all()
        return ChainHeads(
            institution_id=tenant.id,
            institution=tenant.name,
            code=tenant.code,
            believed=believed,
            swept_at=swept.swept_at if swept is not None else None,
            lines=[_line(row, stamp, believed, swept) for row, stamp in rows[:limit]],
            has_more=len(rows) > limit,
        )


def _ledger_sweep(session: Session, institution_id: UUID) -> SweptArea | None:
    area = object_keys.ledger_prefix(tenant_id=institution_id)
    return session.get(SweptArea, (institution_id, area))


def _line(row: AuditTreeHead, stamp: AuditTreeStamp | None, believed: str | None, swept: SweptArea | None) -> HeadLine:
    return HeadLine(
        day=row.day,
        size=row.size,
        root=row.root,
        anchored_at=row.anchored_at,
        key_id=row.key_id,
        signed=_signed(row, believed),
        kept=_kept(row, swept),
        timed=_timed(row, stamp),
        stamped_at=stamp.stamped_at if stamp is not None else None,
        authority=stamp.authority if stamp is not None else "",
    )


def _signed(row: AuditTreeHead, believed: str | None) -> Signed:
    said = anchor_of(row)
    if said.key_id is None or said.signature is None:
        return Signed.UNSIGNED
    try:
        check(said.key_id, said.statement.text().encode(), said.signature)
    except BadSignature:
        return Signed.BROKEN
    return Signed.GOOD if said.key_id == believed else Signed.OTHER_KEY


def _timed(row: AuditTreeHead, stamp: AuditTreeStamp | None) -> Timed:
    if stamp is None:
        return Timed.NONE
    return Timed.GOOD if fault_of(stamp, anchor_of(row)) is None else Timed.BROKEN


def _kept(row: AuditTreeHead, swept: SweptArea | None) -> Kept:
    """A sweep that missed anything in this folder says that something is gone, not what: the chain has its name."""
    if swept is None or swept.swept_at <= row.anchored_at:
        return Kept.NOT_LOOKED
    return Kept.IN_DOUBT if swept.missing or swept.differing else Kept.PRESENT
