"""What an auditor types: from what to draw, why a case is opened, and what was found in it."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from infra import clock
from tenants.compliance.sampling import actions
from tenants.compliance.sampling.facts import CHECK_NAMES, VERDICT_NAMES, Check, Verdict
from tenants.compliance.sampling.models import SampledCase
from tenants.compliance.sampling.rules import MOST_ASKED, Wanted
from tenants.errors import Invalid
from tenants.registry.models import TenantKind
from tenants.working_days import working_days_after
from webapp.bureau import institution_view
from webapp.bureau.presenters import KIND_NAMES
from webapp.form_fields import OneOf, RocDateField, Stated, options
from webapp.forms import Form

_YEAR = timedelta(days=365)
_IMPROVE_DAYS = 20  # working days, as a first proposal
_KINDS = (TenantKind.ELEMENTARY_SCHOOL, TenantKind.PRESCHOOL)
_CHOICES = options([(verdict.value, name) for verdict, name in VERDICT_NAMES.items()])


class SampleForm(Form):
    """From what to draw, and how many."""

    purpose = StringField("抽查依據", [Stated("請填寫抽查的依據，例如稽核計畫的文號。"), Length(max=200)])
    first_day = RocDateField("收件日，自", [Stated("請填寫起日，例如 115/01/01。")])
    last_day = RocDateField("至", [Stated("請填寫迄日，例如 115/12/31。")])
    count = IntegerField(
        "抽查件數",
        [
            InputRequired(message="請填寫件數。"),
            NumberRange(min=1, max=MOST_ASKED, message="請填 1 到 %(max)s 件。"),
        ],
    )
    door = OneOf("案件類別", choices=options([("", "全部"), ("official", "公文調閱"), ("insider", "申請單調閱")]))
    kind = OneOf("機構類型", choices=options([("", "全部"), *((kind.value, KIND_NAMES[kind]) for kind in _KINDS)]))
    district = OneOf("行政區")
    strata = OneOf("分層", choices=options([("", "不分層"), ("district", "依行政區"), ("kind", "依機構類型")]))

    @classmethod
    def fresh(cls) -> "SampleForm":
        """Twenty of the last year, as the journey has it."""
        today = clock.today()
        form = cls(formdata=None, data={"first_day": today - _YEAR, "last_day": today, "count": 20})
        form._offer()
        return form

    @classmethod
    def offered(cls) -> "SampleForm":
        """What was sent."""
        form = cls()
        form._offer()
        return form

    def wrong(self) -> Iterable[Invalid]:
        """What the rules say of the days and the count."""
        if self.first_day.data is None or self.last_day.data is None:
            return ()
        return actions.wanted_faults(self.wanted())

    def wanted(self) -> Wanted:
        """The wish, typed."""
        return Wanted(
            purpose=self.purpose.data or "",
            first_day=self.first_day.day,
            last_day=self.last_day.day,
            count=self.count.data or 0,
            door=self.door.data or "",
            kind=self.kind.data or "",
            district=self.district.data or "",
            strata=self.strata.data or "",
        )

    def _offer(self) -> None:
        districts = [(each, each) for each in institution_view.districts()]
        self.district.choices = options([("", "全部"), *districts])


class OpeningForm(Form):
    """Why a case is opened; a sealed one asks for it."""

    reason = StringField("開啟的理由", [Length(max=200)])


class JudgementForm(Form):
    """What was found of each check, and what is to be put right by when."""

    form_check = OneOf(CHECK_NAMES[Check.FORM], choices=_CHOICES)
    signatures = OneOf(CHECK_NAMES[Check.SIGNATURES], choices=_CHOICES)
    panel = OneOf(CHECK_NAMES[Check.PANEL], choices=_CHOICES)
    accompaniment = OneOf(CHECK_NAMES[Check.ACCOMPANIMENT], choices=_CHOICES)
    register = OneOf(CHECK_NAMES[Check.REGISTER], choices=_CHOICES)
    retained_copy = OneOf(CHECK_NAMES[Check.RETAINED_COPY], choices=_CHOICES)
    review = OneOf(CHECK_NAMES[Check.REVIEW], choices=_CHOICES)
    reply = OneOf(CHECK_NAMES[Check.REPLY], choices=_CHOICES)
    note = TextAreaField("說明", [Length(max=1000)])
    due_on = RocDateField("改善期限")
    row: SampledCase | None = None

    def checked(self) -> Mapping[Check, OneOf]:
        """The field of each check."""
        return {check: self["form_check" if check is Check.FORM else check.value] for check in Check}

    def verdicts(self) -> dict[Check, Verdict]:
        """What was said of each; what is no choice of ours is left out."""
        return {check: Verdict(field.data) for check, field in self.checked().items() if field.data in set(Verdict)}

    def wrong(self) -> Iterable[Invalid]:
        """What the rules say of it."""
        if self.row is None:
            return ()
        return actions.judgement_faults(self.row, self.verdicts(), self.note.data or "", self.due_on.data)

    def propose(self, row: SampledCase) -> None:
        """What the facts say, to be confirmed or contradicted, and a month to put it right."""
        said = {each["check"]: each["verdict"] for each in row.facts}
        for check, field in self.checked().items():
            field.data = said.get(check.value, Verdict.NOT_OWED.value)
        self.due_on.data = working_days_after(clock.today(), _IMPROVE_DAYS)
