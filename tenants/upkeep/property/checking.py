"""What is wrong with an entry of the ledger, by itself and beside what the institution has."""

from uuid import UUID

from infra import clock
from tenants.errors import Invalid
from tenants.people import queries as people
from tenants.registry import device_queries
from tenants.registry import queries as registry
from tenants.upkeep.property import queries, rules
from tenants.upkeep.property.rules import TypedAsset


def asset_faults(*, tenant_id: UUID, typed: TypedAsset, is_head: bool) -> list[Invalid]:
    """Everything that entering it would be refused for, changing nothing; a restricted brand asks for the head."""
    today, ownership = clock.today(), registry.tenant(tenant_id=tenant_id).ownership
    found = list(rules.faults_of_asset(typed, ownership=ownership, today=today))
    number = rules.normal_number(typed.number)
    if number and queries.by_number(tenant_id=tenant_id, number=number) is not None:
        found.append(Invalid(f"編號 {number} 已登記過，編號不能重複。請確認編號。", field="number", code="duplicate"))
    if rules.is_restricted(typed.brand, queries.restricted_on(today)):
        found += rules.faults_of_restricted(typed, is_head=is_head)
    if typed.custodian_id is not None and typed.custodian_id not in staff_ids(tenant_id=tenant_id):
        found.append(Invalid("請從清單中選取本機構的人員為保管人。", field="custodian"))
    cameras = {each.id for each in registry.cameras_ever(tenant_id=tenant_id)}
    if typed.camera_id is not None and typed.camera_id not in cameras:
        found.append(Invalid("請從清單中選取鏡頭。", field="camera"))
    devices = {each.id for each in device_queries.devices(tenant_id=tenant_id)}
    if typed.device_id is not None and typed.device_id not in devices:
        found.append(Invalid("請從清單中選取主機。", field="device"))
    return found


def staff_ids(*, tenant_id: UUID) -> frozenset[UUID]:
    """Who works here now, and so may answer for a device."""
    return frozenset(user.id for _held, user in people.staff(tenant_id=tenant_id))
