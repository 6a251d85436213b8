"""What is keyed in of a form that came on paper: the applicant's own pages, and what only paper has (DR-20)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField, StringField
from wtforms.validators import Length

from infra import clock
from tenants.disclosures.applying.rules import normal_address
from tenants.disclosures.insider.filing import Application
from tenants.errors import Invalid
from tenants.forms.versions import request_wording
from tenants.people.identity_numbers import IdentityNumber
from tenants.profiles import RuleProfile
from tenants.registry.models import Camera, Site
from tenants.registry.regulations import profile
from webapp.form_fields import RocDateField, Stated, faults
from webapp.forms import Form
from webapp.public.applying import what_form, who_form
from webapp.public.applying.last_forms import IdentityForm
from webapp.public.applying.what_form import WhatForm
from webapp.public.applying.where_form import WhereForm
from webapp.public.applying.who_form import WhoForm


class PaperForm(Form):
    """What only a paper has: its number, its own day, and a signature in ink."""

    paper_number = StringField(
        "紙本編號", [Stated("請填寫紙本編號，例如「紙-115-7」。"), Length(max=50, message="最多 %(max)d 字。")]
    )
    applied_on = RocDateField("申請日期", [Stated("請填寫紙本上的申請日期，例如 115/11/18。")])
    email = StringField("電子郵件", [Length(max=254, message="最多 %(max)d 個字元。")])
    acknowledged = BooleanField("紙本載有影像使用的規定（附註一），並經申請人簽名")
    confirmed = BooleanField("已向申請人確認上述事項，仍要申請")

    def is_sound(self) -> bool:
        """Whether every box is; what is missing is told beside it."""
        sound = bool(self.validate())
        if not self.acknowledged.data:
            self.acknowledged.errors = ["請確認紙本載有影像使用的規定，並經申請人簽名。"]
        try:
            self.address()
        except Invalid as refused:
            self.show(refused)
        return sound and not self.errors

    def address(self) -> str:
        """Where the applicant is told of each step; empty where the paper names none. Raises `Invalid`."""
        typed = str(self.email.data or "").strip()
        return normal_address(typed) if typed else ""


@dataclass(frozen=True)
class Sheet:
    """One paper of one site. All its forms read the same request; their fields have different names."""

    site: Site
    cameras: Sequence[Camera]
    paper: PaperForm
    who: WhoForm
    what: WhatForm
    where: WhereForm
    identity: IdentityForm

    @classmethod
    def of(cls, site: Site, cameras: Sequence[Camera], *, fresh: bool = False) -> "Sheet":
        """What was sent or, when `fresh`, an empty paper."""
        sent: dict[str, Any] = {"formdata": None} if fresh else {}
        made = cls(
            site,
            cameras,
            PaperForm(**sent),
            WhoForm(**sent),
            WhatForm(**sent),
            WhereForm(**sent),
            IdentityForm(**sent),
        )
        made.who.offer([site])
        made.what.offer(made.rule)
        made.where.offer(cameras, rule=made.rule, incident=None)
        made.identity.offer(national_id=made.rule.terms.national_id)
        return made

    @property
    def rule(self) -> RuleProfile:
        """By which regulation it is asked."""
        return profile(self.site.profile, clock.today())

    def application(self) -> Application | None:
        """The paper as an application; None where something is wrong, each told beside its field."""
        first = [self.paper.is_sound(), self.who.validate(), self.what.validate()]
        self.where.offer(self.cameras, rule=self.rule, incident=self.what.incident)
        number = self.identity.identity(on=self.paper.applied_on.data)
        if not (all(first) and self.where.validate()) or number is None:
            return None
        return self._application(number)

    def faults(self) -> list[tuple[str, str, str]]:
        """Every error of the sheet, in the order of the page."""
        return [
            *faults(self.paper),
            *faults(self.who, who_form.ORDER),
            *faults(self.identity),
            *faults(self.what, what_form.ORDER),
            *faults(self.where),
        ]

    def _application(self, number: IdentityNumber) -> Application:
        who, what, wording = self.who, self.what, request_wording(self.rule.request_form.form, clock.today())
        return Application(
            applicant=who.applicant,
            name=str(who.name.data),
            relation=who.related,
            unit=who.of_unit,
            title=who.of_title,
            phone=who.called,
            identity=number,
            ground=str(what.ground.data),
            concerned_right=what.right_named,
            reason=str(what.reason.data),
            windows=self.where.asked(),
            acknowledged=f"{wording.form} {wording.version} note 1",
            child_name=str(who.child_name.data or ""),
            child_class=str(who.child_class.data or ""),
            email=self.paper.address(),
            incident=what.incident,
            applied_on=self.paper.applied_on.day,
            paper_number=str(self.paper.paper_number.data).strip(),
            confirmed=bool(self.paper.confirmed.data),
        )
