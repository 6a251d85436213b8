"""The ledger of equipment, and the brands that the bureau restricts."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind, binding_of
from tenants.upkeep.property.models import Asset, AssetCustody, MediaDestruction, PropertyCount, RestrictedBrand
from tenants.upkeep.property.rules import folded_brand
from tests.factories import people
from tests.factories.registry import Institution


def asset(of: Institution, *, custodian: UUID, **changed: Any) -> UUID:  # noqa: ANN401 - columns
    """An entry with its custodian; the session is bound to the institution."""
    values: dict[str, Any] = {
        "kind": "recorder",
        "number_kind": "own",
        "number": "",
        "name": "監錄主機",
        "brand": "自行組裝",
        "origin": "臺灣",
        "acquired_on": date(2024, 8, 20),
        "cost": 28_000,
        "service_years": 4,
        "place": "辦公室",
        **dict.fromkeys(("model", "serial", "firmware", "head_note", "bureau_document"), ""),
    }
    made = Asset(id=uuid4(), tenant_id=of.tenant_id, site_id=of.site_id, recorded_by=custodian, **(values | changed))
    db.session.add(made)
    db.session.flush()
    held = AssetCustody(id=uuid4(), tenant_id=of.tenant_id, asset_id=made.id, custodian_id=custodian)
    held.from_day, held.handed_by, held.note, held.recorded_by = date(2024, 8, 20), "", "", custodian
    db.session.add(held)
    db.session.commit()
    return made.id


def destroyed(of: Institution, *, asset_id: UUID, by: UUID) -> None:
    """That the media of an entry were destroyed; the session is bound to the institution."""
    made = MediaDestruction(id=uuid4(), tenant_id=of.tenant_id, asset_id=asset_id, destroyed_on=clock.today())
    made.method, made.carried_out_by, made.witness, made.document = "硬碟打孔", "維護廠商", "總務", ""
    made.recorded_by = by
    db.session.add(made)
    db.session.commit()


def counted(of: Institution) -> None:
    """The figures of an institution; the session is bound to it."""
    figures = dict.fromkeys(("controlled", "unnoted", "to_replace", "unlisted", "unseen", "orphaned"), 0)
    db.session.add(PropertyCount(tenant_id=of.tenant_id, computed_at=clock.now(), assets=1, **figures))
    db.session.commit()


def restricted(brand: str = "危視科技", *, effective_from: date = date(2026, 1, 1)) -> UUID:
    """A restricted brand; the session's binding is as before afterwards."""
    held, made_id = binding_of(db.session), uuid4()
    bind(db.session, Binding(tenant_id=people.bureau()))
    made = RestrictedBrand(id=made_id, brand=brand, folded=folded_brand(brand), effective_from=effective_from)
    made.document, made.recorded_by = "院授數資安字第1150000001號", uuid4()
    db.session.add(made)
    db.session.commit()
    bind(db.session, held)
    return made_id
