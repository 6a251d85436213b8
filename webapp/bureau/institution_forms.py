"""Untrusted input about an institution's name and end -> typed values."""

from collections.abc import Iterable
from uuid import UUID

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from tenants.closing.lifecycle import KIND_NAMES
from tenants.closing.models import ClosingKind
from tenants.closing.rules import Decision
from tenants.errors import Invalid
from tenants.people import queries as people
from tenants.people.rules import normal_login
from tenants.registry.models import Tenant
from tenants.registry.name_rules import Naming
from webapp.form_fields import OneOf, RocDateField, Stated, options
from webapp.forms import Form

_LONGEST = 100
_TOO_LONG = "最多 %(max)d 字。"
_DOCUMENT = "請填寫核定公文的文號。"


def person_called(login: str) -> UUID:
    """The account of a sign-in name that was typed. Raises `Invalid`, field `custodian`."""
    found = people.user_by_login(login=normal_login(login))
    if found is None:
        raise Invalid("找不到這個帳號。請確認帳號名稱，或請對方先由其機構或維運人員建立帳號。", field="custodian")
    return found.id


class NameForm(Form):
    """Another name or district, from a day on."""

    name = StringField("機構名稱", [Stated("請填寫機構名稱。"), Length(max=_LONGEST, message=_TOO_LONG)])
    short_name = StringField("簡稱", [Length(max=_LONGEST, message=_TOO_LONG)])
    district = StringField("行政區", [Stated("請填寫行政區。"), Length(max=20, message=_TOO_LONG)])
    effective_from = RocDateField("生效日", [Stated("請填寫生效日，例如 116/08/01。")])
    document = StringField("核定文號", [Stated(_DOCUMENT), Length(max=_LONGEST, message=_TOO_LONG)])

    @classmethod
    def of(cls, tenant: Tenant) -> "NameForm":
        """The form with what the institution is called now."""
        now = {"name": tenant.name, "short_name": tenant.short_name, "district": tenant.district}
        return cls(formdata=None, data=now)

    def naming(self) -> Naming:
        """What was typed; only of a form that is whole."""
        return Naming(name=self.name.data, short_name=self.short_name.data or "", district=self.district.data)


class DistrictForm(Form):
    """Another name of a district, for every institution in it."""

    district = OneOf("行政區")
    to = StringField("新名稱", [Stated("請填寫行政區的新名稱。"), Length(max=20, message=_TOO_LONG)])
    effective_from = RocDateField("生效日", [Stated("請填寫生效日，例如 116/08/01。")])
    document = StringField("核定文號", [Stated(_DOCUMENT), Length(max=_LONGEST, message=_TOO_LONG)])

    @classmethod
    def of(cls, districts: Iterable[str], *, fresh: bool = False) -> "DistrictForm":
        """The form with the districts there are."""
        form = cls(formdata=None) if fresh else cls()
        form.district.choices = options((each, each) for each in sorted(set(districts)))
        return form


class ClosingForm(Form):
    """How an institution closes, by which document, and into whose hands."""

    kind = SelectField("方式", choices=options((kind, KIND_NAMES[kind]) for kind in ClosingKind))
    effective_from = RocDateField("停辦日", [Stated("請填寫停辦日，例如 116/08/01。")])
    document = StringField("核准文號", [Stated("請填寫核准公文的文號。"), Length(max=_LONGEST, message=_TOO_LONG)])
    document_date = RocDateField("發文日期", [Stated("請填寫公文的發文日期。")])
    successor = OneOf("承接機構")
    keeper = StringField("資料保管機關", [Length(max=_LONGEST, message=_TOO_LONG)])
    custodian = StringField("保管人帳號", [Stated("請填寫保管人的帳號。"), Length(max=_LONGEST, message=_TOO_LONG)])
    confirmed = BooleanField("我已確認公文內容及上列尚未辦結的事項", [InputRequired("請先確認上列事項，再登記停辦。")])

    @classmethod
    def of(cls, others: Iterable[Tenant], *, fresh: bool = False) -> "ClosingForm":
        """The form with the institutions that are open to choose from."""
        form = cls(formdata=None) if fresh else cls()
        named = [(str(each.id), f"{each.name}（{each.code}）") for each in others]
        form.successor.choices = options([("", "無（停辦、裁撤）"), *named])
        return form

    def decision(self) -> Decision:
        """What was typed; only of a form that is whole. Raises `Invalid` for an account that is not there."""
        return Decision(
            kind=ClosingKind(self.kind.data),
            effective_from=self.effective_from.day,
            document=self.document.data,
            document_date=self.document_date.day,
            keeper=self.keeper.data or "",
            custodian_id=person_called(self.custodian.data),
            successor_id=UUID(self.successor.data) if self.successor.data else None,
        )


class CustodianForm(Form):
    """Another custodian, by document."""

    custodian = StringField("保管人帳號", [Stated("請填寫保管人的帳號。"), Length(max=_LONGEST, message=_TOO_LONG)])
    document = StringField("指派文號", [Stated(_DOCUMENT), Length(max=_LONGEST, message=_TOO_LONG)])
