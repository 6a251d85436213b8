"""The form as far as it is filled in: each page's answers as they were typed, read and checked anew each time.

Nothing that was accepted once is believed later: a camera may have gone, a regulation begun, midnight passed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TypeVar
from uuid import UUID

from werkzeug.datastructures import MultiDict

from infra import clock
from tenants.disclosures.applying import queries
from tenants.disclosures.applying.models import Visit
from tenants.disclosures.applying.outlook import Asking, outlook
from tenants.disclosures.insider.filing import Application
from tenants.disclosures.insider.rules import Ground
from tenants.errors import Caution
from tenants.forms.versions import request_wording
from tenants.forms.wording import RequestWording
from tenants.people.identity_numbers import IdentityNumber
from tenants.profiles import RuleProfile
from tenants.registry import queries as registry
from tenants.registry.models import Camera, Site
from tenants.registry.regulations import profile
from webapp.forms import Form
from webapp.public.applying.what_form import WhatForm
from webapp.public.applying.where_form import WhereForm, is_offered
from webapp.public.applying.who_form import WhoForm

WHO, WHAT, WHERE, CHECK, IDENTITY = STEPS = ("who", "what", "where", "check", "identity")
STEP_NAMES = {
    WHO: "您是誰",
    WHAT: "發生什麼事",
    WHERE: "地點與時間",
    CHECK: "核對與同意",
    IDENTITY: "證號並送出",
}
_Form = TypeVar("_Form", bound=Form)


@dataclass(frozen=True)
class Draft:
    """One visit's answers. Properties of a step are to be read only where the steps before it are sound."""

    visit: Visit

    @property
    def tenant_id(self) -> UUID:
        """The institution's."""
        return self.visit.tenant_id

    @cached_property
    def sites(self) -> Sequence[Site]:
        """Where one may ask."""
        return registry.sites(tenant_id=self.tenant_id)

    @cached_property
    def who(self) -> WhoForm:
        """The first step's answers."""
        return self.read(WHO, WhoForm)

    @cached_property
    def what(self) -> WhatForm:
        """The second step's."""
        return self.read(WHAT, WhatForm)

    @cached_property
    def where(self) -> WhereForm:
        """The third step's."""
        return self.read(WHERE, WhereForm)

    @property
    def rule(self) -> RuleProfile:
        """By which regulation the chosen site is asked."""
        return profile(self.who.chosen_site.profile, clock.today())

    @cached_property
    def cameras(self) -> Sequence[Camera]:
        """The places of the chosen site, also those whose camera was retired not long ago."""
        cameras = registry.cameras_ever(tenant_id=self.tenant_id)
        site_id, today = self.who.chosen_site.id, clock.today()
        return [camera for camera in cameras if camera.site_id == site_id and is_offered(camera, today)]

    @cached_property
    def cautions(self) -> tuple[Caution, ...]:
        """What should be looked at again before it is sent, that it is too late included (journey A2)."""
        return outlook(
            tenant_id=self.tenant_id,
            site=self.who.chosen_site,
            asking=Asking(
                applicant=self.who.applicant,
                ground=Ground(self.what.ground.data),
                concerned_right=self.what.right_named,
                reason=str(self.what.reason.data),
                incident=self.what.incident,
                windows=self.where.asked(),
            ),
        )

    @property
    def wording(self) -> RequestWording:
        """What the regulation's form says, note 1 included (KH-A1-17)."""
        return request_wording(self.rule.request_form.form, clock.today())

    @property
    def note_version(self) -> str:
        """Which text was acknowledged: the form, its version and the note."""
        return f"{self.wording.form} {self.wording.version} note 1"

    def has(self, part: str) -> bool:
        """Whether anything was typed on a page."""
        return bool(self.visit.answers.get(part))

    def read(self, part: str, kind: type[_Form]) -> _Form:
        """A page's answers, to be checked; the token was checked when they were sent."""
        return self.offered(kind(formdata=self._typed(part), meta={"csrf": False}))

    def shown(self, part: str, kind: type[_Form], **prefilled: object) -> _Form:
        """A page's answers, to be shown and sent again; what is prefilled where nothing was typed."""
        if self.has(part):
            return self.offered(kind(formdata=self._typed(part)))
        return self.offered(kind(formdata=None, data=prefilled))

    def offered(self, form: _Form) -> _Form:
        """The form with its choices, which follow from the steps before it."""
        if isinstance(form, WhoForm):
            form.offer(self.sites)
        elif isinstance(form, WhatForm):
            form.offer(self.rule)
        elif isinstance(form, WhereForm):
            form.offer(self.cameras, rule=self.rule, incident=self.what.incident)
        return form

    def first_gap(self, before: str = "") -> str | None:
        """The first step before this one that is empty, or not sound any more; None where one may go on."""
        for step in STEPS[: STEPS.index(before) if before else len(STEPS) - 1]:
            if step == CHECK:
                return None if self._checked() else CHECK
            if not self.has(step) or not self._part(step).validate():
                return step
        return None

    def application(self, identity: IdentityNumber) -> Application:
        """The whole form. Only where nothing is missing."""
        who, what = self.who, self.what
        return Application(
            applicant=who.applicant,
            name=str(who.name.data),
            relation=who.related,
            unit=who.of_unit,
            title=who.of_title,
            phone=who.called,
            identity=identity,
            ground=str(what.ground.data),
            reason=str(what.reason.data),
            concerned_right=what.right_named,
            windows=self.where.asked(),
            acknowledged=self.note_version,
            child_name=str(who.child_name.data or ""),
            child_class=str(who.child_class.data or ""),
            email=self.visit.email,
            incident=what.incident,
            confirmed=True,
        )

    def checked_answers(self) -> list[tuple[str, str]]:
        """What the fourth step keeps: which text was accepted, and which cautions were confirmed."""
        return [("acknowledged", self.note_version), *(("confirmed", each.message) for each in self.cautions)]

    def _checked(self) -> bool:
        kept = [tuple(pair) for pair in self.visit.answers.get(CHECK, [])]
        return kept == self.checked_answers()

    def _part(self, step: str) -> Form:
        if step == WHO:
            return self.who
        return self.what if step == WHAT else self.where

    def _typed(self, part: str) -> MultiDict[str, str]:
        return MultiDict((str(name), str(value)) for name, value in self.visit.answers.get(part, []))

    @cached_property
    def earliest(self) -> date | None:
        """最早可查日期 of the chosen site; None where it has no footage."""
        return queries.earliest_days(tenant_id=self.tenant_id).get(self.who.chosen_site.id)
