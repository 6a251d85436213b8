"""Untrusted input of the page about a school's own days -> typed values."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Self
from uuid import UUID

from wtforms import BooleanField, StringField, TextAreaField
from wtforms.validators import Length

from tenants.errors import Invalid
from tenants.registry import policies
from tenants.registry.models import Site
from tenants.registry.period_rules import Adoption
from webapp.form_fields import OneOf, RocDateField, Stated, options
from webapp.forms import Form

_LONGEST = 100
_TOO_LONG = "最多 %(max)d 字。"


class AdoptionForm(Form):
    """A measure of the school's own at a site: from which day, and which meeting passed it (KH-2-1, KH-2-2)."""

    site = OneOf("場所")
    effective_from = RocDateField("生效日", [Stated("請填寫生效日，例如 116/02/01。")])
    meeting = StringField("會議名稱", [Length(max=_LONGEST, message=_TOO_LONG)])
    meeting_on = RocDateField("會議日期")
    minutes = StringField("會議紀錄文號或編號", [Length(max=_LONGEST, message=_TOO_LONG)])
    confirmed = BooleanField("我已確認上述事項，仍要登記")
    tenant_of: Mapping[str, UUID] = {}

    @classmethod
    def of(cls, sites: Iterable[Site], *, fresh: bool = False) -> Self:
        """The form with the institution's sites to choose from."""
        form = cls(formdata=None) if fresh else cls()
        known = list(sites)
        form.site.choices = options((str(site.id), site.name) for site in known)
        form.tenant_of = {str(site.id): site.tenant_id for site in known}
        return form

    def adoption(self) -> Adoption:
        """Who passed it, as it was typed."""
        return Adoption(
            meeting=self.meeting.data or "",
            held_on=self.meeting_on.data,
            minutes=self.minutes.data or "",
            confirmed=bool(self.confirmed.data),
        )


class PolicyForm(AdoptionForm):
    """How many days the meeting passed for a site."""

    retention_days = StringField("保存天數", [Length(max=10, message=_TOO_LONG)])
    considerations = TextAreaField("考量的區域特性及環境因素", [Length(max=1000, message=_TOO_LONG)])

    def wrong(self) -> Iterable[Invalid]:
        """What cannot be recorded, as far as can be seen; nothing of a site that is not offered."""
        if self.site.errors:
            return []
        return policies.policy_faults(
            tenant_id=self.tenant_of[self.site.data],
            site_id=UUID(self.site.data),
            retention_days=self.retention_days.data or "",
            effective_from=self.effective_from.data,
            adoption=self.adoption(),
        )

    def adoption(self) -> Adoption:
        """The same, with what was considered."""
        return replace(super().adoption(), considerations=self.considerations.data or "")


class CapacityForm(Form):
    """The storage that is planned for a site. Its field is named apart, since both forms stand on one page."""

    planned_site = OneOf("場所")
    gigabytes = StringField("規劃儲存容量（GB）", [Length(max=20, message=_TOO_LONG)])

    @classmethod
    def of(cls, sites: Iterable[Site], *, fresh: bool = False) -> "CapacityForm":
        """The form with the institution's sites to choose from."""
        form = cls(formdata=None) if fresh else cls()
        form.planned_site.choices = options((str(site.id), site.name) for site in sites)
        return form
