"""更名: a name or district from a day on, by a document. The code stays for ever, and old papers keep the old name."""

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, NotFound, refusals, refuse
from tenants.permissions import Permission
from tenants.registry import name_rules, names, queries
from tenants.registry.models import InstitutionName, Tenant, TenantKind
from tenants.registry.name_rules import Naming


def rename(*, tenant_id: UUID, to: Naming, effective_from: date, document: str, actor: Actor) -> InstitutionName:
    """Enter another name or district of an institution from a civil day on; one of today or before counts at once.

    Raises `Invalid` for no name, no document, a day out of order, and while another change waits.
    """
    actor.require(Permission.TENANT_MANAGE)
    if queries.tenant(tenant_id=tenant_id).kind == TenantKind.BUREAU:
        raise NotFound
    with bound(db.session, Binding(tenant_id=tenant_id)):
        tenant = queries.tenant_locked(tenant_id=tenant_id)
        refuse(_faults(tenant, to, effective_from, document))
        naming = name_rules.checked_naming(to, before=_named(tenant))
        made = _entered(tenant, naming, effective_from, name_rules.checked_document(document), actor)
        if effective_from <= clock.today():
            _begin(tenant, made, actor)
    _tell_bureau(made, actor)
    return made


def naming_faults(*, tenant_id: UUID, to: Naming, effective_from: date | None, document: str) -> list[Invalid]:
    """All that `rename` refuses of what was typed, changing nothing; without the day what can be."""
    with bound(db.session, Binding(tenant_id=tenant_id)):
        return _faults(queries.tenant(tenant_id=tenant_id), to, effective_from, document)


def _faults(tenant: Tenant, to: Naming, effective_from: date | None, document: str) -> list[Invalid]:
    known = [each for each in names.changes(tenant_id=tenant.id) if each.withdrawn_at is None]
    days, begin = [each.effective_from for each in known], effective_from
    checks: list[Callable[[], object]] = [
        lambda: name_rules.check_none_waits(next((each.effective_from for each in known if not each.begun_at), None)),
        lambda: name_rules.checked_naming(to, before=_named(tenant)),
        lambda: name_rules.checked_document(document),
    ]
    if begin is not None:
        closed, today = tenant.closed_from, clock.today()
        checks.append(lambda: name_rules.check_begin(begin, known=days, closed_from=closed, today=today))
    return refusals(*checks)


def _named(tenant: Tenant) -> Naming:
    return Naming(name=tenant.name, short_name=tenant.short_name, district=tenant.district)


def rename_district(*, district: str, to: str, effective_from: date, document: str, actor: Actor) -> int:
    """Give every institution of a district that the district is called otherwise from a day on; how many there are.

    All or none: a school of the district whose own change still waits stops it, with its name.
    """
    actor.require(Permission.TENANT_MANAGE)
    today = clock.today()
    found = [each for each in queries.directory() if each.district == district.strip()]
    lasting = [each for each in found if each.closed_from is None or each.closed_from > max(effective_from, today)]
    if not lasting:
        raise Invalid("這個行政區目前沒有機構。請從清單中選取。", field="district")
    if not to.strip():
        raise Invalid("請填寫行政區的新名稱。", field="to")
    for each in lasting:
        naming = Naming(name=each.name, short_name=each.short_name, district=to)
        try:
            rename(tenant_id=each.id, to=naming, effective_from=effective_from, document=document, actor=actor)
        except Invalid as refused:
            field = "to" if refused.field in {"name", "district"} else refused.field
            raise Invalid(f"{naming.name}：{refused}", field=field) from refused
    return len(lasting)


def withdraw(*, tenant_id: UUID, name_id: UUID, actor: Actor) -> InstitutionName:
    """Take back a change that has not begun; it stays in the history. Withdrawing it again changes nothing."""
    actor.require(Permission.TENANT_MANAGE)
    with bound(db.session, Binding(tenant_id=tenant_id)):
        queries.tenant_locked(tenant_id=tenant_id)
        query = select(InstitutionName).where(
            InstitutionName.institution_id == tenant_id, InstitutionName.id == name_id
        )
        found = db.session.scalar(query)
        if found is None:
            raise NotFound
        if found.withdrawn_at is not None:
            return found
        name_rules.check_withdrawable(found.effective_from, begun=found.begun_at is not None)
        found.withdrawn_at, found.withdrawn_by = clock.now(), actor.id
        audit.record(
            Event.TENANT_NAME_WITHDRAWN,
            tenant_id=tenant_id,
            actor=actor,
            subject_id=found.id,
            name_id=str(found.id),
        )
    return found


def begin_names(*, tenant_id: UUID, today: date, actor: Actor) -> int:
    """Let the changes begin whose day has come; how many. The session is bound to the institution."""
    actor.require(Permission.TENANT_MANAGE)
    due = names.due(tenant_id=tenant_id, today=today)
    for each in due:
        _begin(queries.tenant_locked(tenant_id=tenant_id), each, actor)
    return len(due)


def _entered(tenant: Tenant, to: Naming, effective_from: date, document: str, actor: Actor) -> InstitutionName:
    made = InstitutionName(id=uuid4(), institution_id=tenant.id, effective_from=effective_from, document=document)
    made.name, made.short_name, made.district = to.name, to.short_name, to.district
    made.former_name, made.former_short_name = tenant.name, tenant.short_name
    made.former_district, made.recorded_by = tenant.district, actor.id
    db.session.add(made)
    audit.record(
        Event.TENANT_RENAMED,
        tenant_id=tenant.id,
        actor=actor,
        subject_id=made.id,
        name=made.name,
        district=made.district,
        effective_from=effective_from.isoformat(),
        document=document,
    )
    return made


def _begin(tenant: Tenant, change: InstitutionName, actor: Actor) -> None:
    tenant.name, tenant.short_name, tenant.district = change.name, change.short_name, change.district
    change.begun_at = clock.now()
    audit.record(
        Event.TENANT_NAME_BEGUN, tenant_id=tenant.id, actor=actor, subject_id=change.id, name_id=str(change.id)
    )


def _tell_bureau(change: InstitutionName, actor: Actor) -> None:
    """The platform's own chain says what its operator did; the sentence is the institution's (ADR 0004)."""
    bureau_id = queries.bureau().id
    with bound(db.session, Binding(tenant_id=bureau_id)):
        audit.record(
            Event.TENANT_RENAMED,
            tenant_id=bureau_id,
            actor=actor,
            subject_id=change.institution_id,
            name=change.name,
            district=change.district,
            effective_from=change.effective_from.isoformat(),
            document=change.document,
        )
