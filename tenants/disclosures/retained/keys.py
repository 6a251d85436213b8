"""The key of one copy for reference: sealed with a share of its own, so that its end ends it in every backup too."""

from uuid import UUID

from sqlalchemy import select

from infra import age, object_keys, shares
from infra.db import db
from infra.kms import Kms
from infra.objects import ObjectStore
from infra.shares import Expected, Lock
from tenants.disclosures.retained.models import RetainedCopy
from tenants.errors import NotFound
from tenants.footage import keys
from tenants.footage.rewrapping import WrappedRows


def retained_key_context(*, tenant_id: UUID, copy_id: UUID) -> str:
    """What both layers of a sealed key are bound to."""
    return f"retained_key:{tenant_id}:{copy_id}"


def retained_lock(*, tenant_id: UUID, copy_id: UUID, recipient: str) -> Lock:
    """What a sealed key is bound to."""
    prefix = object_keys.retained_shares(tenant_id=tenant_id, copy_id=copy_id)
    context = retained_key_context(tenant_id=tenant_id, copy_id=copy_id)
    return Lock(context, object_keys.share(prefix, recipient))


def new_retained_key(
    *, tenant_id: UUID, copy_id: UUID, kms: Kms, store: ObjectStore, kind: age.Kind
) -> tuple[str, bytes]:
    """A fresh key pair for a copy: its public half, and the secret as the copy's row keeps it."""
    identity = age.new_identity(kind)
    lock = retained_lock(tenant_id=tenant_id, copy_id=copy_id, recipient=identity.recipient)
    return identity.recipient, shares.seal(identity.secret.encode(), lock, kms=kms, store=store)


def open_retained_key(*, copy: RetainedCopy, kms: Kms, store: ObjectStore) -> str:
    """The secret that opens a copy. Raises `NotFound` before it was made and after its end, and as `keys.opened`."""
    if copy.wrapped_secret is None:
        raise NotFound
    lock = retained_lock(tenant_id=copy.tenant_id, copy_id=copy.id, recipient=copy.recipient)
    return keys.opened(copy.wrapped_secret, lock, kms=kms, store=store)


def expected_shares(*, tenant_id: UUID) -> list[Expected]:
    """The share of every copy that was made."""
    query = select(RetainedCopy).where(RetainedCopy.tenant_id == tenant_id, RetainedCopy.recipient != "")
    return [
        Expected(
            retained_lock(tenant_id=tenant_id, copy_id=copy.id, recipient=copy.recipient).share,
            f"備查複製本 {copy.id}",
            alive=copy.wrapped_secret is not None,
        )
        for copy in db.session.scalars(query.order_by(RetainedCopy.made_at))
    ]


RETAINED_KEYS = WrappedRows(
    "retained_keys",
    RetainedCopy,
    (RetainedCopy.id,),
    lambda tenant_id, copy_id: retained_key_context(tenant_id=tenant_id, copy_id=copy_id),
)
