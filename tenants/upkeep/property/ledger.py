"""財產清冊 as rows of a spreadsheet and as a paper, with the rule it is kept by; each copy taken is in the chain."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from infra import clock
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.forms.document import Section, document_sheet
from tenants.forms.sheet import Imprint, Sheet
from tenants.people import queries as people
from tenants.permissions import Permission
from tenants.profiles import Clause, RuleProfile
from tenants.registry import queries as registry
from tenants.roc_dates import short_date
from tenants.upkeep.property import queries, rules
from tenants.upkeep.property.models import Asset
from tenants.upkeep.property.rules import AssetKind, Ending, NumberKind

KIND_NAMES: Mapping[AssetKind, str] = {
    AssetKind.CAMERA: "鏡頭",
    AssetKind.RECORDER: "監錄主機",
    AssetKind.DISK: "儲存媒體",
    AssetKind.OTHER: "其他設備",
}
NUMBER_NAMES: Mapping[NumberKind, str] = {
    NumberKind.PROPERTY: "財產",
    NumberKind.ARTICLE: "物品",
    NumberKind.OWN: "自有財產",
}
ENDING_NAMES: Mapping[Ending, str] = {Ending.SCRAPPED: "報廢", Ending.TRANSFERRED: "移撥"}
_HEADINGS = (
    "編號類別", "編號", "類別", "名稱", "廠牌", "型號", "序號", "產地", "韌體", "取得日期", "金額", "使用年限",
    "保管人", "放置地點", "狀態", "預定汰換日", "列冊管理文號",
)  # fmt: skip
_COLUMNS = ("編號", "名稱", "廠牌型號、序號", "取得日期", "金額、年限", "保管人、地點", "狀態")


def rows(*, actor: Actor, tenant_id: UUID, form: str) -> Sequence[Sequence[str | int]]:
    """The ledger with its headings, entries that ended too. `form` says as what it leaves."""
    actor.require(Permission.CAMERA_READ)
    held, found = _custodians(tenant_id), queries.assets(tenant_id=tenant_id)
    _note(actor, tenant_id, form=form, lines=len(found))
    return [_HEADINGS, *(_row(each, held.get(each.id, "")) for each in found)]


def printed(*, actor: Actor, tenant_id: UUID, rule: RuleProfile) -> Sheet:
    """The ledger as a paper, with the rule of the supervising authority above it (KH-8-2b, TY-6-3)."""
    actor.require(Permission.CAMERA_READ)
    tenant, held = registry.tenant(tenant_id=tenant_id), _custodians(tenant_id)
    found = queries.assets(tenant_id=tenant_id)
    _note(actor, tenant_id, form="pdf", lines=len(found))
    kept_by = rules.property_rule(
        rule.property_rules, authority=tenant.supervising_authority, ownership=tenant.ownership
    )
    table = Section(head=_COLUMNS, rows=[_printed_row(each, held.get(each.id, "")) for each in found])
    return document_sheet(
        title=f"{rule.terms.system}設備財產清冊",
        facts=[
            ("機構", tenant.name),
            ("依據", rule.article(Clause.PROPERTY)),
            ("列帳規定", kept_by),
            ("項數", f"{sum(each.ended_at is None for each in found)} 項使用中"),
        ],
        sections=[table],
        signing=["保管人", "管理單位主管", rule.terms.head],
        imprint=Imprint(institution=tenant.name, printed_at=clock.now(), printed_by=actor.name),
    )


def state_of(found: Asset) -> str:
    """使用中, or how and when it ended."""
    if found.ended_as is None or found.ended_on is None:
        return "使用中"
    return f"{ENDING_NAMES[Ending(found.ended_as)]}（{short_date(found.ended_on)}）"


def _row(found: Asset, custodian: str) -> Sequence[str | int]:
    return (
        NUMBER_NAMES[NumberKind(found.number_kind)],
        found.number,
        KIND_NAMES[AssetKind(found.kind)],
        found.name,
        found.brand,
        found.model,
        found.serial,
        found.origin,
        found.firmware,
        short_date(found.acquired_on),
        found.cost,
        found.service_years,
        custodian,
        found.place,
        state_of(found),
        short_date(found.planned_replacement) if found.planned_replacement is not None else "",
        found.bureau_document,
    )


def _printed_row(found: Asset, custodian: str) -> Sequence[str]:
    return (
        found.number or NUMBER_NAMES[NumberKind(found.number_kind)],
        found.name,
        " ".join(part for part in (found.brand, found.model, found.serial) if part),
        short_date(found.acquired_on),
        f"{found.cost:,} 元 {found.service_years} 年",
        f"{custodian} {found.place}",
        state_of(found),
    )


def _custodians(tenant_id: UUID) -> Mapping[UUID, str]:
    held = queries.custodians(tenant_id=tenant_id)
    names = {user_id: people.user(user_id=user_id) for user_id in {each.custodian_id for each in held.values()}}
    found = {asset_id: names[each.custodian_id] for asset_id, each in held.items()}
    return {asset_id: user.name for asset_id, user in found.items() if user is not None}


def _note(actor: Actor, tenant_id: UUID, *, form: str, lines: int) -> None:
    audit.record(
        Event.ASSET_LEDGER_COPIED, tenant_id=tenant_id, actor=actor, subject_id=tenant_id, form=form, lines=lines
    )
