"""The first step: who asks, for whom, and how to reach them (KH-A1-02, KH-A1-05 to KH-A1-07, KH-6-2a, KH-6-2b)."""

from collections.abc import Iterable, Mapping, Sequence

from wtforms import StringField
from wtforms.validators import Length

from infra import clock
from tenants.disclosures.applying import rules as applying
from tenants.disclosures.insider import rules
from tenants.disclosures.insider.rules import APPLICANT_NAMES, EMPLOYED, FOR_A_CHILD, Applicant
from tenants.errors import Invalid, refusals, refuse
from tenants.profiles import RuleProfile
from tenants.registry import phones
from tenants.registry.models import Site
from tenants.registry.regulations import profile
from webapp.form_fields import OneOf, Stated, options
from webapp.forms import Form

OTHER = "其他"
RELATIONS = ("母", "父", "監護人", "法定代理人", "本人", "教職員", OTHER)
# What a parent writes into 調閱單位 and 職稱, since the form asks everybody for both.
PARENT = "家長"
# Most who come here are parents.
_PARENTS_FIRST = sorted(Applicant, key=lambda each: each not in FOR_A_CHILD)
CLASS_HINTS: Mapping[Applicant, str] = {
    Applicant.GUARDIAN: "孩子的父母，多半選這一項。",
    Applicant.LEGAL_REPRESENTATIVE: "例如法院裁定的代理人。",
    Applicant.PUPIL: "未成年的學生，請由監護人或法定代理人提出。",
}
_SHORT = Length(max=50, message="最多 %(max)d 字。")
ORDER = (
    "site",
    "applicant_class",
    "name",
    "phone",
    "relation",
    "relation_other",
    "child_name",
    "child_class",
    "unit",
    "title",
)


class WhoForm(Form):
    """Who you are. Unit and title may stay empty where a good answer follows from the rest."""

    site = OneOf("向哪一處申請", unknown="請選擇場所。")
    applicant_class = OneOf("您是", unknown="請選擇您的身分。")
    name = StringField("您的姓名", [Stated("請填寫您的姓名。")])
    phone = StringField("聯絡電話", [Stated("請填寫聯絡電話。"), Length(max=40, message="最多 %(max)d 個字元。")])
    relation = OneOf("您與當事人的關係", unknown="請選擇您與當事人的關係。")
    relation_other = StringField("關係說明", [_SHORT])
    child_name = StringField("孩子的姓名")
    child_class = StringField("孩子的班級", [_SHORT])
    unit = StringField("調閱單位", [_SHORT])
    title = StringField("職稱或身分", [_SHORT])
    _sites: Sequence[Site] = ()

    def offer(self, sites: Sequence[Site]) -> None:
        """Say at which sites one may ask; the only one needs no choice."""
        self._sites = sites
        self.site.choices = options((str(each.id), each.name) for each in sites)
        if len(sites) == 1:
            self.site.data = str(sites[0].id)
        pupils = any(not profile(each.profile, clock.today()).insider.panel.required for each in sites)
        offered = [each for each in _PARENTS_FIRST if pupils or each is not Applicant.PUPIL]
        self.applicant_class.choices = options((each.value, APPLICANT_NAMES[each]) for each in offered)
        self.relation.choices = options([("", "請選擇"), *((each, each) for each in RELATIONS)])

    def wrong(self) -> Iterable[Invalid]:
        """What goes with what; of the child and of the unit only where it was said who asks, and where."""
        yield from refusals(self._check_name, self._check_phone, self._check_relation)
        if not (self.site.errors or self.applicant_class.errors):
            yield from refusals(self._check_class, self._check_child, self._check_unit)

    @property
    def chosen_site(self) -> Site:
        """The site. Only after `validate`."""
        return next(each for each in self._sites if str(each.id) == self.site.data)

    @property
    def applicant(self) -> Applicant:
        """The class. Only after `validate`."""
        return Applicant(self.applicant_class.data)

    @property
    def related(self) -> str:
        """The relation in words: what was chosen, or what 其他 was said to be."""
        chosen = str(self.relation.data or "")
        return str(self.relation_other.data or "").strip() if chosen == OTHER else chosen

    @property
    def of_unit(self) -> str:
        """調閱單位: as typed, else the child's class with 家長 (Q-16)."""
        typed = str(self.unit.data or "").strip()
        if typed or self.applicant not in FOR_A_CHILD:
            return typed
        return f"{str(self.child_class.data or '').strip()}{PARENT}"

    @property
    def of_title(self) -> str:
        """職稱或身分: as typed, else what was chosen above."""
        typed = str(self.title.data or "").strip()
        return typed or (PARENT if self.applicant in FOR_A_CHILD else APPLICANT_NAMES[self.applicant])

    @property
    def called(self) -> str:
        """The telephone as it is kept."""
        typed = str(self.phone.data or "").strip()
        return typed if applying.is_number_abroad(typed) else phones.checked(typed)

    def _check_name(self) -> None:
        applying.check_name(self.name.data or "", field="name", label="您的姓名")

    def _check_phone(self) -> None:
        assert self.called is not None  # noqa: S101 - it raises what is wrong with it

    def _check_relation(self) -> None:
        if not self.relation.data:
            raise Invalid(self.relation.unknown, field="relation")
        if not self.related:
            raise Invalid("選「其他」時，請說明是什麼關係，例如「祖母（法定代理人）」。", field="relation_other")

    def _check_class(self) -> None:
        rule: RuleProfile = profile(self.chosen_site.profile, clock.today())
        child = str(self.child_name.data or "")
        rules.check_applicant(self.applicant, relation=self.related, child_name=child, profile=rule)

    def _check_child(self) -> None:
        found = []
        if str(self.child_name.data or "").strip():
            found += refusals(lambda: applying.check_name(self.child_name.data, field="child_name", label="孩子的姓名"))
        if self.applicant in FOR_A_CHILD and not str(self.child_class.data or "").strip():
            found.append(Invalid("請填寫孩子的班級，例如「兔兔班」。", field="child_class"))
        refuse(found)

    def _check_unit(self) -> None:
        if self.applicant in EMPLOYED and not self.of_unit:
            raise Invalid("請填寫您的班級或處室，例如「兔兔班」「總務處」。", field="unit")
