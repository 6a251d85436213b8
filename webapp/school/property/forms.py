"""Untrusted input about the ledger -> typed values."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Self
from uuid import UUID

from wtforms import StringField, TextAreaField

from tenants.people.models import User
from tenants.registry.models import Camera, EdgeDevice, Site
from tenants.upkeep.property.ledger import ENDING_NAMES, KIND_NAMES, NUMBER_NAMES
from tenants.upkeep.property.rules import AssetKind, NumberKind, TypedAsset, TypedDestruction
from webapp.form_fields import OneOf, RocDateField, Stated, id_or_none, options
from webapp.forms import Form


class AssetForm(Form):
    """An entry of the ledger."""

    site = OneOf("場所")
    kind = OneOf("類別", choices=options((each.value, name) for each, name in KIND_NAMES.items()))
    number_kind = OneOf("編號類別", choices=options((each.value, name) for each, name in NUMBER_NAMES.items()))
    number = StringField("財產或物品編號")
    name = StringField("名稱")
    brand = StringField("廠牌")
    model = StringField("型號")
    serial = StringField("序號")
    origin = StringField("產地")
    firmware = StringField("韌體版本")
    acquired_on = RocDateField("取得日期")
    cost = StringField("金額（元）")
    service_years = StringField("使用年限（年）")
    place = StringField("放置地點")
    custodian = OneOf("保管人", unknown="請從清單中選取保管人。")
    camera = OneOf("對應的鏡頭")
    device = OneOf("對應的邊緣主機")
    planned_replacement = RocDateField("預定汰換日")
    head_note = TextAreaField("使用限制廠牌的理由（首長）")
    bureau_document = StringField("教育局同意列冊管理的文號")

    @classmethod
    def of(
        cls,
        *,
        sites: Iterable[Site],
        staff: Iterable[User],
        cameras: Iterable[Camera],
        devices: Iterable[EdgeDevice],
        fresh: Mapping[str, Any] | None = None,
    ) -> Self:
        """The form with what the institution has to choose from; `fresh` fills one that nobody typed in yet."""
        form = cls() if fresh is None else cls(formdata=None, data=fresh)
        form.site.choices = options((str(each.id), each.name) for each in sites)
        form.custodian.choices = options((str(each.id), f"{each.name} {each.title}".strip()) for each in staff)
        none = ("", "沒有")
        form.camera.choices = options([none, *((str(each.id), f"{each.name}（{each.code}）") for each in cameras)])
        form.device.choices = options([none, *((str(each.id), each.name) for each in devices)])
        return form

    def typed(self) -> TypedAsset | None:
        """As the domain takes it; None where what was chosen was never offered."""
        self.validate()
        if self.site.errors or self.kind.errors or self.number_kind.errors:
            return None
        texts = ("number", "name", "brand", "model", "serial", "origin", "firmware", "place")
        return TypedAsset(
            site_id=UUID(self.site.data),
            kind=AssetKind(self.kind.data),
            number_kind=NumberKind(self.number_kind.data),
            **{name: self[name].data or "" for name in texts},
            acquired_on=self.acquired_on.data,
            cost=_whole(self.cost.data),
            service_years=_whole(self.service_years.data),
            custodian_id=id_or_none(self.custodian.data or ""),
            camera_id=id_or_none(self.camera.data or ""),
            device_id=id_or_none(self.device.data or ""),
            planned_replacement=self.planned_replacement.data,
            head_note=self.head_note.data or "",
            bureau_document=self.bureau_document.data or "",
        )


class HandOverForm(Form):
    """Who answers for a device from a day on."""

    custodian = OneOf("接手的保管人")
    from_day = RocDateField("交接日期", [Stated("請填寫交接日期，例如 115/11/20。")])
    note = TextAreaField("交接註記")

    @classmethod
    def of(cls, staff: Iterable[User], *, fresh: bool = False) -> Self:
        """The form with who works here."""
        form = cls(formdata=None) if fresh else cls()
        form.custodian.choices = options((str(each.id), f"{each.name} {each.title}".strip()) for each in staff)
        return form


class DestructionForm(Form):
    """What was done to the media of a recorder."""

    destroyed_on = RocDateField("銷毀日期")
    method = StringField("銷毀方式")
    carried_out_by = StringField("執行的人或廠商")
    witness = StringField("監毀人")
    document = StringField("文號或簽呈")

    def typed(self) -> TypedDestruction:
        """As the domain takes it."""
        return TypedDestruction(
            destroyed_on=self.destroyed_on.data,
            method=self.method.data or "",
            carried_out_by=self.carried_out_by.data or "",
            witness=self.witness.data or "",
            document=self.document.data or "",
        )


class EndForm(Form):
    """How a device leaves."""

    how = OneOf("處理方式", choices=options((each.value, name) for each, name in ENDING_NAMES.items()))
    ended_on = RocDateField("日期", [Stated("請填寫日期，例如 115/11/20。")])
    ended_document = StringField("核准文號或簽呈")


def _whole(typed: str | None) -> int | None:
    """A whole number as people write it; None for what is none."""
    plain = unicodedata.normalize("NFKC", typed or "").replace(",", "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 12 else None  # noqa: PLR2004 - no cost
