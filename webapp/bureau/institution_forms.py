"""Untrusted input about an institution's name and end -> typed values."""

from collections.abc import Iterable
from uuid import UUID

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from infra import clock
from tenants.closing import rules
from tenants.closing.lifecycle import KIND_NAMES
from tenants.closing.models import ClosingKind
from tenants.closing.rules import Decision
from tenants.errors import Invalid, refusals
from tenants.people import queries as people
from tenants.people.rules import normal_login
from tenants.registry import renaming
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
    institution_id: UUID

    @classmethod
    def of(cls, tenant: Tenant) -> "NameForm":
        """The form with what the institution is called now."""
        now = {"name": tenant.name, "short_name": tenant.short_name, "district": tenant.district}
        return cls(formdata=None, data=now)

    @classmethod
    def sent(cls, institution_id: UUID) -> "NameForm":
        """What was sent of this institution."""
        form = cls()
        form.institution_id = institution_id
        return form

    def wrong(self) -> Iterable[Invalid]:
        """A day out of order, and a name that is none."""
        return renaming.naming_faults(
            tenant_id=self.institution_id,
            to=self.naming(),
            effective_from=self.effective_from.data,
            document=self.document.data or "",
        )

    def naming(self) -> Naming:
        """What was typed."""
        typed = {name: self[name].data or "" for name in ("name", "short_name", "district")}
        return Naming(**typed)


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

    def wrong(self) -> Iterable[Invalid]:
        """What can be said of a closing as far as it is known; the rest its action says, all at once too."""
        kind, today = ClosingKind(self.kind.data) if self.kind.data in set(ClosingKind) else None, clock.today()
        day, dated = self.effective_from.data, self.document_date.data
        if day is not None:
            yield from refusals(lambda: rules.check_day(day, today=today))
        if dated is not None:
            yield from refusals(lambda: rules.check_document(self.document.data or "", dated, today=today))
        if kind is ClosingKind.MERGED and not self.successor.data:
            yield Invalid(rules.NO_SUCCESSOR, field="successor")
        elif kind is not None and kind is not ClosingKind.MERGED:
            yield from refusals(lambda: rules.checked_keeper(kind, self.keeper.data or "", None))
        if self.custodian.data:
            yield from refusals(lambda: person_called(self.custodian.data))

    def decision(self) -> Decision:
        """What was typed; only of a form that is whole."""
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

    def wrong(self) -> Iterable[Invalid]:
        """An account that is not there."""
        return refusals(lambda: person_called(self.custodian.data)) if self.custodian.data else []
