"""待完成: what the last try said, since when, and who has to do something about it (KH-5-4a)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.kms import CannotUnwrap, KmsUnavailable
from infra.objects import StoreRefused, StoreUnavailable
from tenants.actor import Actor
from tenants.errors import DomainError, HeldByLaw
from tenants.permissions import Permission
from tenants.retention import hold_queries, queries
from tenants.retention.emptying import StillThere
from tenants.retention.models import Destruction, DestructionState, Hold

# After so many tries in a row that failed, a hold is told to be incomplete: a store that was away for a minute is none.
TRIES = 3
_LONGEST = 300


class Owner(StrEnum):
    """Who can do something about it."""

    HANDLER = "handler"
    OPERATOR = "operator"


OWNER_NAMES: Mapping[Owner, str] = {
    Owner.HANDLER: "監錄系統管理承辦人",
    Owner.OPERATOR: "平台維運人員",
}


# The nearer kind before the one that it is of.
_WORDS: Sequence[tuple[type[Exception], str]] = (
    (StillThere, "still_there: 清除後，儲存服務仍列出物件、舊版本或未完成的上傳。"),
    (StoreRefused, "store_refused: 儲存服務拒絕清除，可能仍有鎖定的物件。"),
    (StoreUnavailable, "store_unavailable: 儲存服務沒有回應。"),
    (KmsUnavailable, "kms_unavailable: 金鑰服務沒有回應。"),
    (CannotUnwrap, "key_missing: 需要的主金鑰不在金鑰檔，或金鑰已損壞。"),
)


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A destruction that has no certificate yet: since when, why, and whose it is."""

    found: Destruction
    since: datetime
    why: str
    owner: Owner
    tries: int


def owner_of(found: Destruction) -> Owner:
    """Whose it is: what waits for a box is the handler's, all else the operator's."""
    return Owner.HANDLER if found.last_error.startswith(HeldByLaw.code) else Owner.OPERATOR


def why(found: Destruction) -> str:
    """Why there is no certificate yet."""
    return words(found.last_error) or "金鑰已銷毀，等候清除及驗證。"


def pending(*, tenant_id: UUID) -> list[Pending]:
    """Every destruction that is 待完成, the oldest day first."""
    query = select(Destruction).where(Destruction.tenant_id == tenant_id, Destruction.state == DestructionState.BEGUN)
    return [
        Pending(
            found=found,
            since=found.begun_at,
            why=why(found),
            owner=owner_of(found),
            tries=found.tries,
        )
        for found in db.session.scalars(query.order_by(Destruction.civil_day))
    ]


def incomplete_holds(*, tenant_id: UUID) -> list[Hold]:
    """Open holds that could not be copied for several tries: nothing is held silently, and nothing fails silently."""
    failed = [each for each in queries.holds(tenant_id=tenant_id, open_only=True) if each.copy_failures >= TRIES]
    return sorted(failed, key=attrgetter("placed_at"))


def note_failure(*, actor: Actor, tenant_id: UUID, destruction_id: UUID, error: Exception) -> None:
    """Keep what a try to clear and certify came to. The destruction stands where it stood; the chain says nothing."""
    actor.require(Permission.PLATFORM_READ)
    query = select(Destruction).where(Destruction.tenant_id == tenant_id, Destruction.id == destruction_id)
    found = db.session.scalar(query.with_for_update())
    if found is not None and found.state == DestructionState.BEGUN:
        found.tries, found.tried_at, found.last_error = found.tries + 1, clock.now(), kept(error)


def note_copy_failure(*, actor: Actor, tenant_id: UUID, hold_id: UUID, error: Exception) -> None:
    """Count a try to copy a hold that failed. The next one that works sets it back."""
    actor.require(Permission.PLATFORM_READ)
    hold = hold_queries.locked_hold(tenant_id=tenant_id, hold_id=hold_id)
    hold.copy_failures, hold.copy_error = hold.copy_failures + 1, kept(error)


def words(error: str) -> str:
    """What a kept error says to people."""
    return error.partition(": ")[2]


def kept(error: Exception) -> str:
    """The code of an error and, of our own, its sentence; what a library says may hold addresses and is for the log."""
    if isinstance(error, DomainError):
        return f"{error.code}: {error}"[:_LONGEST]
    said = next((words for kind, words in _WORDS if isinstance(error, kind)), None)
    return said or f"unexpected: 作業未完成（{type(error).__name__}）。"
