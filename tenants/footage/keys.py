"""The keys of footage and of letters: made ahead, opened by who holds store and master key, and what each is bound to.

A day key must be able to die, so it is sealed with a share (infra/decisions/0011); a records key stays as long as the
institution's papers and is wrapped by the master key alone.
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from infra import age, object_keys, shares
from infra.age_keys import Kind, name_of
from infra.db import db
from infra.kms import Kms, KmsUnavailable
from infra.objects import ObjectStore, StoreUnavailable
from infra.shares import Lock, ShareMissing
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Destroyed, KeyIncomplete, NotFound, Unavailable
from tenants.footage.models import DayKey, RecordsKey
from tenants.footage.rules import ONE_DAY
from tenants.registry import device_queries
from tenants.registry.classes import ClassRun


def day_key_context(*, tenant_id: UUID, day: date, retention_days: int) -> str:
    """What both layers of a sealed day key are bound to."""
    return f"day_key:{tenant_id}:{day.isoformat()}:{retention_days}"


def day_lock(*, tenant_id: UUID, day: date, retention_days: int, recipient: str) -> Lock:
    """What a sealed day key is bound to."""
    prefix = object_keys.day_shares(retention_days=retention_days, tenant_id=tenant_id, day=day)
    context = day_key_context(tenant_id=tenant_id, day=day, retention_days=retention_days)
    return Lock(context, object_keys.share(prefix, recipient))


def records_key_context(*, tenant_id: UUID) -> str:
    """What a wrapped records key is bound to under the master key."""
    return f"records_key:{tenant_id}"


def opened(sealed: bytes, lock: Lock, *, kms: Kms, store: ObjectStore) -> str:
    """A sealed secret, for one job or request and no longer.

    Raises `KeyIncomplete` and `Unavailable`; neither says that anything was destroyed.
    """
    try:
        return shares.unseal(sealed, lock, kms=kms, store=store).decode()
    except ShareMissing as error:
        raise KeyIncomplete from error
    except (KmsUnavailable, StoreUnavailable) as error:
        raise Unavailable from error


def day_kind(*, tenant_id: UUID, wished: Kind) -> Kind:
    """Of which kind the institution's day keys can be: hybrid only once each of its boxes said that it takes them."""
    if wished is Kind.HYBRID and not device_queries.all_take_hybrid(tenant_id=tenant_id):
        return Kind.CLASSIC
    return wished


def make_day_keys(
    *,
    actor: Actor,
    tenant_id: UUID,
    kms: Kms,
    store: ObjectStore,
    first: date,
    last: date,
    retention_days: int,
    kind: Kind,
) -> int:
    """Make the keys that are missing from `first` to `last`, both included; how many were made.

    A day whose key was destroyed keeps its row, so it can never get a second one (KH-5-4a). `kind` is the platform's
    wish: a box of an older release cannot encrypt to a hybrid key, and must not stop recording for it (KH-5-3a).
    """
    kind = day_kind(tenant_id=tenant_id, wished=kind)
    query = select(DayKey.civil_day).where(DayKey.tenant_id == tenant_id, DayKey.retention_days == retention_days)
    held = set(db.session.scalars(query.where(DayKey.civil_day.between(first, last))))
    wanted = [first + ONE_DAY * n for n in range((last - first).days + 1)]
    made = sum(
        _keep_day_key(age.new_identity(kind), tenant_id, day, retention_days, kms=kms, store=store)
        for day in wanted
        if day not in held
    )
    if made:
        audit.record(
            Event.DAY_KEYS_MADE,
            tenant_id=tenant_id,
            actor=actor,
            first_day=first.isoformat(),
            last_day=last.isoformat(),
            retention_days=retention_days,
            count=made,
        )
    return made


def _keep_day_key(
    identity: age.Identity, tenant_id: UUID, day: date, retention_days: int, *, kms: Kms, store: ObjectStore
) -> int:
    lock = day_lock(tenant_id=tenant_id, day=day, retention_days=retention_days, recipient=identity.recipient)
    values = {
        "tenant_id": tenant_id,
        "civil_day": day,
        "retention_days": retention_days,
        "recipient": identity.recipient,
        "wrapped_secret": shares.seal(identity.secret.encode(), lock, kms=kms, store=store),
    }
    # Another worker may have made it meanwhile; then that one counts, and ours was never given to anybody.
    made = insert(DayKey).values(values).on_conflict_do_nothing().returning(DayKey.civil_day)
    return len(db.session.scalars(made).all())


def open_day_key(*, tenant_id: UUID, day: date, retention_days: int, kms: Kms, store: ObjectStore) -> str:
    """The secret that opens one day's footage. Raises `Destroyed` once its time is over, `NotFound` for no such key.

    And as `opened` does.
    """
    key = db.session.get(DayKey, (tenant_id, day, retention_days), populate_existing=True)
    if key is None:
        raise NotFound
    if key.wrapped_secret is None:
        raise Destroyed("這一天的監錄資料已依規定銷毀，無法再提供。銷毀證明可在保存與銷毀頁面查閱。")
    lock = day_lock(tenant_id=tenant_id, day=day, retention_days=retention_days, recipient=key.recipient)
    return opened(key.wrapped_secret, lock, kms=kms, store=store)


def make_records_key(*, actor: Actor, tenant_id: UUID, kms: Kms, kind: Kind) -> bool:
    """Make the key for scans of letters, unless the institution has one. Whether one was made."""
    if db.session.get(RecordsKey, tenant_id) is not None:
        return False
    identity = age.new_identity(kind)
    values = {
        "tenant_id": tenant_id,
        "recipient": identity.recipient,
        "wrapped_secret": kms.wrap(identity.secret.encode(), context=records_key_context(tenant_id=tenant_id)),
    }
    made = insert(RecordsKey).values(values).on_conflict_do_nothing().returning(RecordsKey.tenant_id)
    if not db.session.scalars(made).all():
        return False
    audit.record(Event.RECORDS_KEY_MADE, tenant_id=tenant_id, actor=actor, recipient=name_of(identity.recipient))
    return True


def open_records_key(*, tenant_id: UUID, kms: Kms) -> str:
    """The secret that opens scans of letters. Raises `NotFound` until the key was made, and `Unavailable`."""
    key = db.session.get(RecordsKey, tenant_id)
    if key is None:
        raise NotFound
    try:
        return kms.unwrap(key.wrapped_secret, context=records_key_context(tenant_id=tenant_id)).decode()
    except KmsUnavailable as error:
        raise Unavailable from error


def records_key_recipient(*, tenant_id: UUID) -> str | None:
    """To whom scans of letters are encrypted; None until the key was made."""
    return db.session.scalar(select(RecordsKey.recipient).where(RecordsKey.tenant_id == tenant_id))


def lacks_keys(*, tenant_id: UUID, runs: Sequence[ClassRun]) -> bool:
    """Whether a day key of these retention classes, or the records key, is still to be made (for the sweep)."""
    wanted = sum((run.last - run.first).days + 1 for run in runs)
    spans = [
        and_(DayKey.retention_days == run.retention_days, DayKey.civil_day.between(run.first, run.last)) for run in runs
    ]
    held = select(func.count()).where(DayKey.tenant_id == tenant_id, or_(false(), *spans))
    return (db.session.scalar(held) or 0) < wanted or records_key_recipient(tenant_id=tenant_id) is None
