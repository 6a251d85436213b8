"""The custody of what was looked at or left: register, history of the hold, and each act as the chain has it (DR-07).

A package is sealed before it is handed over and cannot hold the proof of that, nor of the copy that is made of it for
reference; this paper does, and is made anew each time it is asked for. infra/decisions/0012 says how anybody checks it
with Python alone.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.actor import Actor
from tenants.audit import proofs
from tenants.audit.events import Event
from tenants.audit.proofs import Anchored
from tenants.disclosures.insider import queries as insiders
from tenants.disclosures.models import Disclosure
from tenants.disclosures.official import queries as official
from tenants.disclosures.packages.models import Package
from tenants.disclosures.register.models import RegisterEntry
from tenants.disclosures.retained import history as copy_history
from tenants.disclosures.retained import queries as retained
from tenants.registry import queries as registry
from tenants.retention import hold_history

FORMAT = "shouyuan-custody/1"
HOLD_EVENTS = (
    Event.HOLD_CALLED_FOR,
    Event.HOLD_PLACED,
    Event.HOLD_TAKEN_OVER,
    Event.HOLD_COPIED,
    Event.HOLD_EXTENDED,
    Event.HOLD_ENDING,
    Event.HOLD_RELEASED,
    Event.HOLD_DESTROYED,
)
CASE_EVENTS = (
    Event.PACKAGE_BUILT,
    Event.PACKAGE_SENT,
    Event.PACKAGE_CUT_OFF,
    Event.PACKAGE_DESTROYED,
    Event.DISCLOSURE_COLLECTED,
    Event.DISCLOSURE_HANDED_OVER,
    Event.DISCLOSURE_PASSPHRASE_FORGOTTEN,
    Event.DISCLOSURE_PASSPHRASE_SHOWN,
    Event.DISCLOSURE_HALTED,
    Event.DISCLOSURE_PAUSED,
    Event.DISCLOSURE_REOPENED,
    Event.DISCLOSURE_REVOKED,
    Event.DISCLOSURE_TAKEN_BACK,
    Event.DISCLOSURE_TAKEN_OUT,
    Event.DISCLOSURE_VIEWED,
    Event.DISCLOSURE_WENT_ON,
    Event.REGISTER_ENTERED,
)
COPY_EVENTS = (
    Event.RETAINED_MADE,
    Event.RETAINED_KEPT,
    Event.RETAINED_OPENED,
    Event.RETAINED_WATCHED,
    Event.RETAINED_CHECKED,
    Event.RETAINED_EXTENDED,
    Event.RETAINED_ENDED,
    Event.RETAINED_DESTROYED,
)


def of_case(*, tenant_id: UUID, disclosure_id: UUID, hold_id: UUID | None) -> list[Anchored]:
    """What was done with a case's footage, from its preservation to the end of its copy, as the chain has it."""
    copy = retained.of_case(tenant_id=tenant_id, disclosure_id=disclosure_id)
    subjects = [disclosure_id, hold_id, copy.copy.id if copy is not None else None]
    return proofs.anchored_all(
        tenant_id=tenant_id,
        events=(*HOLD_EVENTS, *CASE_EVENTS, *COPY_EVENTS),
        subject_ids=[each for each in subjects if each is not None],
    )


def of_hold(*, tenant_id: UUID, hold_id: UUID) -> list[Anchored]:
    """What happened to a hold, as the chain has it."""
    return proofs.anchored_all(tenant_id=tenant_id, events=HOLD_EVENTS, subject_ids=[hold_id])


def case_document(*, tenant_id: UUID, disclosure_id: UUID) -> dict[str, Any]:
    """The custody of an agency's case. Raises `NotFound`, and `Tampered` where chain and head no longer fit."""
    case = official.case(tenant_id=tenant_id, disclosure_id=disclosure_id)
    return _of(case.disclosure, case.package)


def application_document(*, tenant_id: UUID, disclosure_id: UUID, actor: Actor) -> dict[str, Any]:
    """The same of an application, for those who may read it. Raises `NotFound` also for whom it concerns (DR-27)."""
    case = insiders.case(tenant_id=tenant_id, disclosure_id=disclosure_id, actor=actor)
    return _of(case.disclosure, case.package)


def hold_document(*, tenant_id: UUID, hold_id: UUID) -> dict[str, Any]:
    """The custody of what a hold keeps. Raises `Tampered` where chain and head no longer fit."""
    return _document(tenant_id, hold_id, of_hold(tenant_id=tenant_id, hold_id=hold_id))


def _of(disclosure: Disclosure, package: Package | None) -> dict[str, Any]:
    tenant_id, hold_id = disclosure.tenant_id, disclosure.hold_id
    found = of_case(tenant_id=tenant_id, disclosure_id=disclosure.id, hold_id=hold_id)
    about = {"serial": disclosure.serial, "package_sha256": package.sha256 if package is not None else None}
    own = {"register": _register(disclosure), "retained_copy": _copy(tenant_id, disclosure.id)}
    return about | own | _document(tenant_id, hold_id, found)


def _document(tenant_id: UUID, hold_id: UUID | None, found: list[Anchored]) -> dict[str, Any]:
    """`proofs` of every act that a head covers; the others are named, and have theirs from the next day on."""
    made = [proofs.proof(tenant_id=tenant_id, seq=each.seq) for each in found if each.head is not None]
    return {
        "format": FORMAT,
        "institution": registry.tenant(tenant_id=tenant_id).code,
        "hold": _history(tenant_id, hold_id) if hold_id is not None else [],
        "proofs": [each.document() for each in made if each is not None],
        "not_anchored_yet": [each.seq for each in found if each.head is None],
    }


def _register(disclosure: Disclosure) -> list[dict[str, Any]]:
    query = select(RegisterEntry).where(
        RegisterEntry.tenant_id == disclosure.tenant_id, RegisterEntry.disclosure_id == disclosure.id
    )
    return [
        {
            "roc_year": entry.roc_year,
            "number": entry.number,
            "accessor": f"{entry.accessor_title} {entry.accessor_name}",
            "accompanied_by": entry.accompanied_by,
            "accessed_from": entry.accessed_from.isoformat(),
        }
        for entry in db.session.scalars(query.order_by(RegisterEntry.entered_at))
    ]


def _copy(tenant_id: UUID, disclosure_id: UUID) -> dict[str, Any] | None:
    """The copy for reference (KH-6-4a, TY-5-3a): its hash, which is the package's, and what became of it until now."""
    kept = retained.of_case(tenant_id=tenant_id, disclosure_id=disclosure_id)
    if kept is None:
        return None
    changes = copy_history.history(tenant_id=tenant_id, copy_id=kept.copy.id)
    return {
        "sha256": kept.copy.sha256,
        "history": [
            {
                "step": change.step,
                "at": change.at.isoformat(),
                "review_on": change.review_on.isoformat() if change.review_on else None,
                "found": change.found,
            }
            for change in changes
        ],
    }


def _history(tenant_id: UUID, hold_id: UUID) -> list[dict[str, Any]]:
    return [
        {
            "step": change.step,
            "at": change.at.isoformat(),
            "basis": change.basis,
            "reference": change.reference,
            "document": change.document,
            "review_on": change.review_on.isoformat() if change.review_on else None,
            "reason": change.reason,
        }
        for change in hold_history.history(tenant_id=tenant_id, hold_id=hold_id)
    ]
