"""What a school does with its ledger: enters, hands over, destroys media, ends (KH-8-2, TY-6-2, DR-35)."""

from dataclasses import asdict
from datetime import date
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.actor import Actor, person
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid, InvalidTransition
from tenants.people import queries as people
from tenants.permissions import Permission, Role
from tenants.registry import device_queries, standing
from tenants.registry import queries as registry
from tenants.roc_dates import format_date
from tenants.upkeep.property import checking, queries, rules
from tenants.upkeep.property.models import Asset, AssetCustody, MediaDestruction
from tenants.upkeep.property.rules import Ending, TypedAsset, TypedDestruction


def add_asset(*, actor: Actor, tenant_id: UUID, typed: TypedAsset) -> Asset:
    """Enter a device. Raises `Invalid`, also for a number that is there and a restricted brand without its notes."""
    actor.require(Permission.PROPERTY_KEEP)
    standing.refuse_closed(tenant_id=tenant_id, what="不能再新增財產")
    for fault in checking.asset_faults(tenant_id=tenant_id, typed=typed, is_head=Role.HEAD in actor.roles):
        raise fault
    registry.site(tenant_id=tenant_id, site_id=typed.site_id)
    said = {name: value for name, value in asdict(typed).items() if name != "custodian_id"}
    texts = {name: value.strip() for name, value in said.items() if type(value) is str}
    made = Asset(id=uuid4(), tenant_id=tenant_id, recorded_by=person(actor), **(said | texts))
    made.number = rules.normal_number(typed.number)
    db.session.add(made)
    db.session.flush()
    assert typed.custodian_id is not None  # noqa: S101 - it is whole
    _give(made, typed.custodian_id, from_day=clock.today(), handed_by="", note="", actor=actor)
    audit.record(
        Event.ASSET_ENTERED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=made.id,
        asset_id=str(made.id),
        kind=made.kind,
        restricted=bool(made.bureau_document),
    )
    return made


def hand_over(
    *, actor: Actor, tenant_id: UUID, asset_id: UUID, custodian_id: UUID, from_day: date, note: str
) -> AssetCustody:
    """Let somebody else answer for a device from a day on (KH-8-2c). Raises `Invalid`."""
    actor.require(Permission.PROPERTY_KEEP)
    found = _in_use(tenant_id, asset_id)
    staff, last = checking.staff_ids(tenant_id=tenant_id), queries.custody_of(tenant_id=tenant_id, asset_id=asset_id)[0]
    if custodian_id not in staff:
        raise Invalid("請從清單中選取本機構的人員為保管人。", field="custodian")
    if custodian_id == last.custodian_id:
        raise Invalid("這位就是目前的保管人。請選擇接手的人員。", field="custodian")
    if not last.from_day <= from_day <= clock.today():
        raise Invalid(f"交接日期應在{format_date(last.from_day)}至今天之間。", field="from_day")
    before = people.user(user_id=last.custodian_id)
    handed_by = before.name if before is not None else ""
    made = _give(found, custodian_id, from_day=from_day, handed_by=handed_by, note=note.strip(), actor=actor)
    audit.record(
        Event.ASSET_HANDED_OVER,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        asset_id=str(found.id),
        user_id=str(custodian_id),
        was=str(last.custodian_id),
    )
    return made


def destroy_media(*, actor: Actor, tenant_id: UUID, asset_id: UUID, typed: TypedDestruction) -> MediaDestruction:
    """Record that the media of a recorder were destroyed: who scraps one destroys data (KH-8-2a). Raises `Invalid`."""
    actor.require(Permission.PROPERTY_KEEP)
    found = _in_use(tenant_id, asset_id)
    if rules.AssetKind(found.kind) not in rules.HOLDS_FOOTAGE:
        raise InvalidTransition("這項設備沒有儲存媒體，不需要登記媒體銷毀。")
    for fault in rules.faults_of_destruction(typed, today=clock.today()):
        raise fault
    said = {name: value.strip() if type(value) is str else value for name, value in asdict(typed).items()}
    made = MediaDestruction(id=uuid4(), tenant_id=tenant_id, asset_id=asset_id, recorded_by=person(actor), **said)
    db.session.add(made)
    audit.record(
        Event.ASSET_MEDIA_DESTROYED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        asset_id=str(found.id),
        document=made.document,
    )
    return made


def end_asset(*, actor: Actor, tenant_id: UUID, asset_id: UUID, how: Ending, ended_on: date, document: str) -> Asset:
    """Scrap a device or hand it to another owner. Raises `InvalidTransition` while it may hold footage or records."""
    actor.require(Permission.PROPERTY_KEEP)
    found = _in_use(tenant_id, asset_id)
    enrolled = {each.id for each in device_queries.devices(tenant_id=tenant_id) if each.revoked_at is None}
    rules.check_end(
        found.kind,
        is_destroyed=bool(queries.destructions(tenant_id=tenant_id, asset_id=asset_id)),
        is_enrolled=found.device_id in enrolled,
    )
    if not found.acquired_on <= ended_on <= clock.today():
        raise Invalid(f"日期應在取得日{format_date(found.acquired_on)}至今天之間。", field="ended_on")
    if not document.strip():
        raise Invalid("請填寫核准報廢或移撥的文號或簽呈。", field="document")
    found.ended_on, found.ended_as, found.ended_document = ended_on, how, document.strip()
    found.ended_at, found.ended_by = clock.now(), person(actor)
    audit.record(
        Event.ASSET_ENDED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        asset_id=str(found.id),
        how=how.value,
        document=found.ended_document,
    )
    return found


def plan_replacement(*, actor: Actor, tenant_id: UUID, asset_id: UUID, on: date | None) -> Asset:
    """Say when a device will be replaced, or that nothing is planned any more (DR-35)."""
    actor.require(Permission.PROPERTY_KEEP)
    found = _in_use(tenant_id, asset_id)
    if on is not None and on <= clock.today():
        raise Invalid("預定汰換日應晚於今天。", field="planned_replacement")
    before, found.planned_replacement = found.planned_replacement, on
    audit.record(
        Event.ASSET_REPLACEMENT_PLANNED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        asset_id=str(found.id),
        day=on.isoformat() if on is not None else None,
        before=before.isoformat() if before is not None else None,
    )
    return found


def note_restricted(*, actor: Actor, tenant_id: UUID, asset_id: UUID, head_note: str, bureau_document: str) -> Asset:
    """The head's and the bureau's note on a device whose brand became restricted after it was entered (DR-35)."""
    actor.require(Permission.PROPERTY_CONFIRM)
    found = _in_use(tenant_id, asset_id)
    if found.bureau_document:
        raise InvalidTransition("這項設備已登記首長理由與教育局文號。")
    if not head_note.strip() or not bureau_document.strip():
        raise Invalid("請填寫必須繼續使用的理由，以及教育局同意列冊管理的文號。", field="head_note")
    found.head_note, found.bureau_document = head_note.strip(), bureau_document.strip()
    audit.record(
        Event.ASSET_RESTRICTED_NOTED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=found.id,
        asset_id=str(found.id),
        document=found.bureau_document,
    )
    return found


def _in_use(tenant_id: UUID, asset_id: UUID) -> Asset:
    found = queries.locked(tenant_id=tenant_id, asset_id=asset_id)
    if found.ended_at is not None:
        raise InvalidTransition("這項設備已報廢或移撥，不能再變更。")
    return found


def _give(found: Asset, custodian_id: UUID, *, from_day: date, handed_by: str, note: str, actor: Actor) -> AssetCustody:
    made = AssetCustody(id=uuid4(), tenant_id=found.tenant_id, asset_id=found.id, custodian_id=custodian_id)
    made.from_day, made.handed_by, made.note, made.recorded_by = from_day, handed_by, note, person(actor)
    db.session.add(made)
    return made
