"""The ledger as its pages show it: each entry's state, and where it and what is seen differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import url_for

from infra import clock
from tenants.people import queries as people
from tenants.people.models import User
from tenants.profiles import Clause, RuleProfile
from tenants.registry import device_queries
from tenants.registry import queries as registry
from tenants.roc_dates import format_date
from tenants.upkeep.property import comparing, queries, rules
from tenants.upkeep.property.comparing import Thing
from tenants.upkeep.property.ledger import KIND_NAMES, NUMBER_NAMES, state_of
from tenants.upkeep.property.models import Asset
from tenants.upkeep.property.rules import AssetKind, NumberKind
from tenants.upkeep.property.standing import PropertyStanding, standing
from webapp.school import regulation


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry: its words, and what is to be done, each as (badge, words)."""

    found: Asset
    kind: str
    number: str
    device: str
    custodian: str
    state: str
    notes: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Unlisted:
    """A camera or box that no entry stands for, what it says of itself, and the way to enter it."""

    name: str
    kind: str
    said: str
    since: date
    href: str


@dataclass(frozen=True, kw_only=True)
class Custody:
    """One hand-over."""

    name: str
    from_day: date
    handed_by: str
    note: str


def lines(*, tenant_id: UUID) -> Sequence[Line]:
    """Every entry, those in use first."""
    stands, held = standing(tenant_id=tenant_id, day=clock.today()), queries.custodians(tenant_id=tenant_id)
    names = {user_id: _name(user_id) for user_id in {each.custodian_id for each in held.values()}}
    return [
        Line(
            found=each,
            kind=KIND_NAMES[AssetKind(each.kind)],
            number=each.number or NUMBER_NAMES[NumberKind(each.number_kind)],
            device=" ".join(part for part in (each.brand, each.model) if part),
            custodian=names[held[each.id].custodian_id] if each.id in held else "",
            state=state_of(each),
            notes=_notes(each, stands),
        )
        for each in queries.assets(tenant_id=tenant_id)
    ]


def unlisted(*, tenant_id: UUID) -> Sequence[Unlisted]:
    """What the boxes see and no entry stands for."""
    living = [each for each in queries.assets(tenant_id=tenant_id) if each.ended_at is None]
    found = comparing.unlisted(comparing.seen(tenant_id=tenant_id, day=clock.today()), living)
    return [
        Unlisted(
            name=each.name,
            kind="鏡頭" if each.thing is Thing.CAMERA else "邊緣主機",
            said=" ".join(part for part in (each.brand, each.model, each.firmware) if part),
            since=each.since,
            href=f"{url_for('school.property.new')}?{each.thing.value}={each.id}",
        )
        for each in found
    ]


def fresh(*, tenant_id: UUID, asked: Mapping[str, str]) -> dict[str, Any]:
    """What is known already of the camera or box that is to be entered."""
    for each in comparing.seen(tenant_id=tenant_id, day=clock.today()):
        if asked.get(each.thing.value, "") == str(each.id):
            camera = each.thing is Thing.CAMERA
            kind = AssetKind.CAMERA if camera else AssetKind.RECORDER
            said = {"brand": each.brand, "model": each.model, "firmware": each.firmware}
            name = {"name": "網路攝影機" if camera else "監錄主機"}
            return {"kind": kind.value, each.thing.value: str(each.id), **said, **name, **_own(tenant_id)}
    return _own(tenant_id)


def choices(*, tenant_id: UUID) -> dict[str, Any]:
    """What an entry's form has to choose from."""
    return {
        "sites": registry.sites(tenant_id=tenant_id),
        "staff": staff(tenant_id=tenant_id),
        "cameras": registry.cameras(tenant_id=tenant_id),
        "devices": [each for each in device_queries.devices(tenant_id=tenant_id) if each.revoked_at is None],
    }


def staff(*, tenant_id: UUID) -> Sequence[User]:
    """Who works here, once each."""
    return list({user.id: user for _held, user in people.staff(tenant_id=tenant_id)}.values())


def custody(*, tenant_id: UUID, asset_id: UUID) -> Sequence[Custody]:
    """Every hand-over of an entry, the latest first."""
    return [
        Custody(name=_name(each.custodian_id), from_day=each.from_day, handed_by=each.handed_by, note=each.note)
        for each in queries.custody_of(tenant_id=tenant_id, asset_id=asset_id)
    ]


def rule_of(*, tenant_id: UUID) -> tuple[RuleProfile, str, str]:
    """The regulation, its article about property, and the rule that the ledger is kept by."""
    rule, tenant = regulation.rules_of_institution(tenant_id=tenant_id), registry.tenant(tenant_id=tenant_id)
    words = rules.property_rule(rule.property_rules, authority=tenant.supervising_authority, ownership=tenant.ownership)
    return rule, rule.article(Clause.PROPERTY), words


def notes_of(*, tenant_id: UUID, found: Asset) -> Sequence[tuple[str, str]]:
    """What is to be done about one entry."""
    return _notes(found, standing(tenant_id=tenant_id, day=clock.today()))


def _notes(found: Asset, stands: PropertyStanding) -> Sequence[tuple[str, str]]:
    orphaned, unseen, due = dict(stands.orphaned), dict(stands.unseen), dict(stands.to_replace)
    told = []
    if found.id in dict(stands.unnoted):
        told.append(("bad", "限制廠牌，待首長與教育局載明"))
    elif found.id in dict(stands.controlled):
        told.append(("warn", "列冊管理"))
    if found.id in orphaned:
        told.append(("bad", f"保管人自{format_date(orphaned[found.id])}起已不在職，待交接"))
    if found.id in unseen:
        told.append(("warn", f"自{format_date(unseen[found.id])}後沒有偵測到"))
    if found.id in due:
        told.append(("warn", "已逾預定汰換日"))
    return told


def _name(user_id: UUID) -> str:
    user = people.user(user_id=user_id)
    return user.name if user is not None else ""


def _own(tenant_id: UUID) -> dict[str, str]:
    private = registry.tenant(tenant_id=tenant_id).ownership == "private"
    return {"number_kind": (NumberKind.OWN if private else NumberKind.PROPERTY).value}
