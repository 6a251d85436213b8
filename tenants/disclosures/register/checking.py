"""Whether the register says what it said: each line against the event that was written with it (KH-7-2).

The service can change no line, and the owner of the database can. The chain that cannot be quietly changed either holds
the digest of every line, and so names one that was changed, is gone, or was never entered.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from infra.db import db
from tenants.audit import queries as chain
from tenants.audit.events import Event
from tenants.disclosures.register.models import RegisterEntry

ENTERED = (Event.REGISTER_ENTERED, Event.REGISTER_PAPER_ENTERED, Event.REGISTER_CORRECTED)
# What a digest is made of, for good: a column that comes later is no part of it, or no old line would match.
_SAID = (
    "disclosure_id",
    "roc_year",
    "number",
    "accessed_from",
    "accessed_until",
    "accessor_name",
    "accessor_unit",
    "accessor_title",
    "companions",
    "content",
    "summary",
    "operator_name",
    "accompanied_by",
    "viewed",
    "copied",
    "in_person",
    "entered_at",
    "entered_by",
    "paper_number",
    "corrects_year",
    "corrects_number",
    "correction_reason",
)


@dataclass(frozen=True, kw_only=True)
class Differing:
    """A line that is not what the chain says, by its year and number, and in what."""

    roc_year: int
    number: int
    reason: str


def digest_of(entry: RegisterEntry) -> str:
    """SHA-256 of all that the line says."""
    said = {name: getattr(entry, name) for name in _SAID}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, default=_plain).encode()).hexdigest()


def differing(*, tenant_id: UUID) -> Sequence[Differing]:
    """Every line of the institution that differs from the chain, in the order of the book; none where it holds.

    Of a line that was entered before the chain held digests, only that it is there.
    """
    query = select(RegisterEntry).where(RegisterEntry.tenant_id == tenant_id)
    entries = db.session.scalars(query, execution_options={"populate_existing": True})
    there = {(entry.roc_year, entry.number): digest_of(entry) for entry in entries}
    said = {
        (event.fields["roc_year"], event.fields["number"]): event.fields.get("sha256")
        for event in chain.of_kinds(tenant_id=tenant_id, kinds=ENTERED)
    }
    return sorted(_found(there, said), key=lambda each: (each.roc_year, each.number))


def _found(there: dict[tuple[int, int], str], said: dict[tuple[int, int], str | None]) -> Iterator[Differing]:
    for year, number in there.keys() | said.keys():
        digest, was = there.get((year, number)), said.get((year, number))
        if digest is None:
            yield Differing(roc_year=year, number=number, reason="不見了")
        elif (year, number) not in said:
            yield Differing(roc_year=year, number=number, reason="沒有登載的紀錄")
        elif was is not None and digest != was:
            yield Differing(roc_year=year, number=number, reason="內容與登載時不符")


def _plain(value: object) -> str:
    """As JSON has no word for it; an instant is the same whichever zone a connection gives it in."""
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else str(value)
