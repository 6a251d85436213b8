"""What tests do with a copy for reference, as the worker and the head do."""

from collections.abc import Callable

from infra import age, object_keys
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.actor import Actor, ActorKind
from tenants.disclosures.retained import reviewing
from tenants.disclosures.retained.keys import open_retained_key
from tenants.disclosures.retained.models import RetainedCopy
from tenants.permissions import Role
from tests.factories import people, retained
from tests.factories.requests import Request
from workers import retained_jobs


def copy_of(request: Request) -> RetainedCopy:
    """The copy as the database has it now."""
    return db.session.get_one(RetainedCopy, request.package_id, populate_existing=True)


def make(request: Request) -> None:
    """Run the job that makes it."""
    retained_jobs.make_retained_copy(tenant_id=str(request.tenant_id), disclosure_id=str(request.disclosure_id))
    db.session.rollback()  # what was read before the job ran says nothing any more
    bind(db.session, Binding(tenant_id=request.tenant_id))


def destroy(request: Request, *, times: int = 2) -> None:
    """Run the job that destroys it, as often as it has phases."""
    for _ in range(times):
        retained_jobs.destroy_retained_copy(tenant_id=str(request.tenant_id), copy_id=str(request.package_id))
    db.session.rollback()  # what was read before the job ran says nothing any more
    bind(db.session, Binding(tenant_id=request.tenant_id))


def head(request: Request) -> Actor:
    """Somebody who heads the institution."""
    user_id = people.person(name="王園長")
    people.membership(user_id, Role.HEAD, tenant_id=request.tenant_id)
    return Actor(kind=ActorKind.PERSON, id=user_id, name="王園長", roles=frozenset({Role.HEAD}))


def end(request: Request) -> None:
    """The case closes, and the head finds that nobody needs the copy any more."""
    retained.closed(request)
    ids = {"tenant_id": request.tenant_id, "copy_id": request.package_id}
    reviewing.end_copy(actor=head(request), **ids, reason="無保存之必要")
    db.session.commit()


def remnants(request: Request) -> list[str]:
    """Everything of the copy that the store shows, its share included."""
    ids = {"tenant_id": request.tenant_id, "copy_id": request.package_id}
    prefixes = object_keys.retained_shares(**ids), object_keys.retained_prefix(**ids)
    return [key for prefix in prefixes for key in request.archive.store.remnants(prefix)]


def kept_bytes(request: Request, key_of: Callable[..., str], **named: object) -> bytes:
    """An object of the copy, opened with the copy's own key."""
    copy, store = copy_of(request), request.archive.store
    secret = open_retained_key(copy=copy, kms=request.archive.kms, store=store)
    return age.decrypt(store.get(key_of(tenant_id=copy.tenant_id, copy_id=copy.id, **named)), secret)
