"""Audited writes of a request by official document, step by step from the letter to the closed case.

What an officer does lies in `filing`, what hands footage over in `handover`; all of it is reached from here.
"""

from datetime import date
from uuid import UUID

from tenants.actor import Actor
from tenants.disclosures.documents import Element
from tenants.disclosures.filing import (
    Completion,
    Filed,
    Filing,
    NeedsConfirmation,
    Scan,
    complete,
    file_request,
    withdraw,
)
from tenants.disclosures.handover import IssuedLink, Receipt, collect, issue_link
from tenants.disclosures.models import Disclosure
from tenants.disclosures.rules import Decision

__all__ = [
    "Completion",
    "Filed",
    "Filing",
    "IssuedLink",
    "NeedsConfirmation",
    "Receipt",
    "Scan",
    "close",
    "collect",
    "complete",
    "decide",
    "file_request",
    "issue_link",
    "record_reply",
    "refuse",
    "return_for_completion",
    "withdraw",
]


def return_for_completion(
    *, actor: Actor, tenant_id: UUID, disclosure_id: UUID, missing: frozenset[Element], note: str
) -> Disclosure:
    """退請補正: send the request back, naming what the letter lacks. The hold stays (DR-01)."""
    raise NotImplementedError


def decide(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, decision: Decision) -> Disclosure:
    """同意 or 部分同意, by the head only (KH-6-1g). Orders the package, to be built once the hold is copied."""
    raise NotImplementedError


def refuse(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, reasons: str) -> Disclosure:
    """不同意, with reasons. The hold stays through the appeal period and then ends by itself (DR-01)."""
    raise NotImplementedError


def record_reply(
    *, actor: Actor, tenant_id: UUID, disclosure_id: UUID, reply_number: str, reply_date: date
) -> Disclosure:
    """函復: number and date of the reply letter, no earlier than the incoming one (KH-6-1h)."""
    raise NotImplementedError


def close(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> Disclosure:
    """結案. Impossible before the reply, and before an approved copy was handed over (KH-6-1h)."""
    raise NotImplementedError
