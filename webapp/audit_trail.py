"""One page of a chain, the newest event first, as its address asks for it: an institution's, or the bureau's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import request

from infra import clock
from tenants.actor import ActorKind
from tenants.audit import queries
from tenants.audit.rules import Break
from tenants.misuse import secrecy
from webapp import audit_view
from webapp.audit_view import Line
from webapp.identify import actor

_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Trail:
    """Fifty events below `before`; the next ones are below `older`. `checked` is whether the whole chain was walked.

    What is not for whoever reads has no line (KH-5-1c); that it was not changed is checked with all the rest.
    """

    lines: Sequence[Line]
    before: int | None
    older: int | None
    who: str | None
    checked: bool
    broken: Break | None
    length: int
    now: datetime


def trail(*, tenant_id: UUID) -> Trail:
    """The page that was asked for. `verify=1` walks the whole chain first, `who=people` omits machines."""
    before = _sequence(request.args.get("before", ""))
    kind = ActorKind.PERSON if request.args.get("who") == "people" else None
    found = queries.latest(tenant_id=tenant_id, before=before, limit=_PAGE + 1, kind=kind)
    checked = request.args.get("verify") == "1"
    return Trail(
        lines=[audit_view.line(event) for event in secrecy.told(found[:_PAGE], tenant_id=tenant_id, actor=actor())],
        before=before,
        older=found[_PAGE - 1].seq if len(found) > _PAGE else None,
        who="people" if kind else None,
        checked=checked,
        broken=queries.verify(tenant_id=tenant_id) if checked else None,
        length=queries.length(tenant_id=tenant_id),
        now=clock.now(),
    )


def _sequence(typed: str) -> int | None:
    """The number of an event as an address has it; None for what is none, or more than the database counts."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < len("9223372036854775807") else None
