"""緊急保全 as typed in less than a minute: where and when, who asks, why. School and bureau fill in the same."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from wtforms import BooleanField, FormField, StringField, TextAreaField
from wtforms.validators import Length

from infra import clock
from tenants.disclosures.asking import AskedWindow
from tenants.registry.models import Camera
from tenants.retention.urgent.models import Source
from tenants.retention.urgent.rules import SOURCE_NAMES, Call
from webapp.agency.window_form import WindowForm
from webapp.form_fields import OneOf, Stated, options
from webapp.forms import Form

# What has just happened is in the hour that is ending.
_JUST_NOW = timedelta(hours=1)
_TOO_LONG = "最多 %(max)d 字。"
_LINE = Length(max=100, message=_TOO_LONG)
# In this order the page shows them.
ORDER = ("window", "source", "caller", "reason", "agency", "phone", "incident", "confirmed")


class UrgentForm(Form):
    """Three things that must be said, and how they were heard of; the rest may be."""

    window = FormField(WindowForm)
    caller = StringField("機關與姓名", [Stated("請填寫是誰要求的，例如「向陽派出所 陳警員」。"), _LINE])
    reason = TextAreaField(
        "事由", [Stated("請填寫為什麼要先保全，例如「校門口車禍」。"), Length(max=500, message=_TOO_LONG)]
    )
    source = OneOf("方式", choices=options((source.value, name) for source, name in SOURCE_NAMES.items()))
    agency = StringField("機關全銜", [_LINE])
    phone = StringField("聯絡電話", [_LINE])
    incident = StringField("案號或通報序號", [_LINE])
    confirmed = BooleanField("確認超過上限仍予保全")

    @classmethod
    def of(cls, cameras: Sequence[Camera], *, fresh: bool = False) -> "UrgentForm":
        """The form for these cameras, fresh with the hour that is ending."""
        form = cls(formdata=None, data={"window": _until_now(), "source": Source.TELEPHONE.value}) if fresh else cls()
        form.window.form.cameras.label.text = "鏡頭"
        form.window.form.cameras.choices = options((str(each.id), f"{each.name}（{each.code}）") for each in cameras)
        return form

    def validate(self, extra_validators: Mapping[str, Sequence[Callable[..., None]]] | None = None) -> bool:
        """Every box by itself, then the span."""
        return bool(super().validate(extra_validators)) and bool(self.windows())

    def windows(self) -> tuple[AskedWindow, ...]:
        """One window for each camera ticked. Only after `validate`."""
        found: tuple[AskedWindow, ...] = self.window.form.windows()
        return found

    def call(self) -> Call:
        """What was said."""
        return Call(
            source=Source(self.source.data),
            caller=self.caller.data or "",
            reason=self.reason.data or "",
            agency=self.agency.data or "",
            phone=self.phone.data or "",
            incident=self.incident.data or "",
        )

    @property
    def asks_confirmation(self) -> bool:
        """Whether the head has to say that one more is kept beyond the caps."""
        return bool(self.confirmed.errors or self.confirmed.data)


def _until_now() -> dict[str, object]:
    now = clock.now().replace(second=0, microsecond=0)
    start = now - _JUST_NOW
    return {
        "from_day": clock.civil_day(start),
        "from_time": start,
        "until_day": clock.civil_day(now),
        "until_time": now,
    }
