"""The key of one hold: sealed with a share, so that ending the hold ends its copies in every backup too."""

from uuid import UUID

from infra import age, object_keys, shares
from infra.kms import Kms
from infra.objects import ObjectStore
from infra.shares import Expected, Lock
from tenants.errors import InvalidTransition
from tenants.footage import keys
from tenants.footage.rewrapping import WrappedRows
from tenants.retention import queries
from tenants.retention.models import Hold


def hold_key_context(*, tenant_id: UUID, hold_id: UUID) -> str:
    """What both layers of a sealed hold key are bound to."""
    return f"hold_key:{tenant_id}:{hold_id}"


def hold_lock(*, tenant_id: UUID, hold_id: UUID, recipient: str) -> Lock:
    """What a sealed hold key is bound to."""
    prefix = object_keys.hold_shares(tenant_id=tenant_id, hold_id=hold_id)
    return Lock(hold_key_context(tenant_id=tenant_id, hold_id=hold_id), object_keys.share(prefix, recipient))


def open_hold_key(*, tenant_id: UUID, hold_id: UUID, kms: Kms, store: ObjectStore) -> str:
    """The secret that opens a hold's copies. Raises `InvalidTransition` before the first copy and after the end.

    And as `keys.opened` does.
    """
    hold = queries.hold(tenant_id=tenant_id, hold_id=hold_id)
    if hold.wrapped_secret is None or hold.recipient is None:
        raise InvalidTransition("這筆保全目前沒有可開啟的影像。請待保全完成，或確認保全是否已結束。")
    lock = hold_lock(tenant_id=tenant_id, hold_id=hold_id, recipient=hold.recipient)
    return keys.opened(hold.wrapped_secret, lock, kms=kms, store=store)


def new_hold_key(*, tenant_id: UUID, hold_id: UUID, kms: Kms, store: ObjectStore, kind: age.Kind) -> tuple[str, bytes]:
    """A fresh key pair for a hold: its public half, and the secret as the hold's row keeps it."""
    identity = age.new_identity(kind)
    lock = hold_lock(tenant_id=tenant_id, hold_id=hold_id, recipient=identity.recipient)
    return identity.recipient, shares.seal(identity.secret.encode(), lock, kms=kms, store=store)


def expected_shares(*, tenant_id: UUID) -> list[Expected]:
    """The share of every hold that ever had a key."""
    return [
        Expected(
            hold_lock(tenant_id=tenant_id, hold_id=hold.id, recipient=hold.recipient).share,
            f"保全 {hold.reference}",
            alive=hold.wrapped_secret is not None,
        )
        for hold in queries.holds(tenant_id=tenant_id)
        if hold.recipient is not None
    ]


HOLD_KEYS = WrappedRows(
    "hold_keys", Hold, (Hold.id,), lambda tenant_id, hold_id: hold_key_context(tenant_id=tenant_id, hold_id=hold_id)
)
