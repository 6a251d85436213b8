"""Untrusted input about holds and stopped runs -> typed values."""

from collections.abc import Iterable
from types import MappingProxyType
from uuid import UUID

from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from infra import clock
from tenants.errors import Invalid, refusals
from tenants.registry.models import Camera
from tenants.retention.models import EXCEPTIONS, Hold, HoldBasis
from tenants.retention.rules import CameraWindow, Grounds, check_windows, hold_faults
from webapp.form_fields import ClockField, OneOf, RocDateField, Stated, options, read_instant
from webapp.forms import Form
from webapp.school.retention.kept_view import BASIS_NAMES

_LONG, _LONGEST = 100, 1000
_TOO_LONG = "最多 %(max)d 字。"
LAWFUL = [(basis.value, BASIS_NAMES[basis]) for basis in HoldBasis if basis in EXCEPTIONS]


class GroundsForm(Form):
    """On what footage is kept longer, and when that is looked at again (KH-5-4b, KH-5-4c)."""

    basis = OneOf("依據", choices=options(LAWFUL))
    reference = StringField("法律名稱及條次，或案號", [Length(max=_LONG, message=_TOO_LONG)])
    document = StringField("公文文號", [Length(max=_LONG, message=_TOO_LONG)])
    necessity = TextAreaField("繼續保存的必要", [Length(max=_LONGEST, message=_TOO_LONG)])
    review_on = RocDateField("複查日", [Stated("請填寫複查日，例如 116/02/01。")])

    def wrong(self) -> Iterable[Invalid]:
        """What the law asks of such a basis; nothing of one that is not offered."""
        if self.basis.errors:
            return []
        return hold_faults(**vars(self.grounds()), review_on=self.review_on.data, today=clock.today())

    def grounds(self) -> Grounds:
        """What was typed."""
        return Grounds(
            basis=HoldBasis(self.basis.data),
            reference=self.reference.data or "",
            document=self.document.data or "",
            necessity=self.necessity.data or "",
        )


class ExtensionForm(GroundsForm):
    """展延. The basis that the hold has may stay."""

    reason = TextAreaField("展延的理由", [Length(max=_LONGEST, message=_TOO_LONG)])

    @classmethod
    def of(cls, hold: Hold, *, fresh: bool = False) -> "ExtensionForm":
        """The form with what the hold rests on now."""
        form = cls(formdata=None, obj=hold) if fresh else cls(obj=hold)
        if hold.basis == HoldBasis.REQUEST:
            form.basis.choices = options([(HoldBasis.REQUEST.value, BASIS_NAMES[HoldBasis.REQUEST]), *LAWFUL])
        if fresh:
            form.review_on.data = None
        return form

    def wrong(self) -> Iterable[Invalid]:
        """Why, and on what it is kept on."""
        yield from super().wrong()
        if not (self.reason.data or "").strip():
            yield Invalid("請填寫展延的理由。", field="reason")


class PlacingForm(GroundsForm):
    """延長保存 of one camera's span."""

    camera = OneOf("鏡頭")
    from_day = RocDateField("起日", [Stated("請填寫起日。")])
    from_time = ClockField("起時", [Stated("請填寫起時，例如 09:00。")])
    until_day = RocDateField("迄日", [Stated("請填寫迄日。")])
    until_time = ClockField("迄時", [Stated("請填寫迄時，例如 10:30。")])

    @classmethod
    def of(cls, cameras: Iterable[Camera], *, fresh: bool = False) -> "PlacingForm":
        """The form with the institution's cameras to choose from."""
        form = cls(formdata=None) if fresh else cls()
        form.camera.choices = options((str(camera.id), f"{camera.name}（{camera.code}）") for camera in cameras)
        return form

    places = MappingProxyType({"windows": "from_day"})

    def wrong(self) -> Iterable[Invalid]:
        """The grounds, and a span that is reversed or has not happened."""
        yield from super().wrong()
        window = self.window()
        yield from refusals(lambda: check_windows([window], now=clock.now())) if window is not None else []

    def window(self) -> CameraWindow | None:
        """The span, or None with the error on its field."""
        start = read_instant(self.from_day, self.from_time)
        end = read_instant(self.until_day, self.until_time)
        if start is None or end is None or self.camera.errors:
            return None
        return CameraWindow(camera_id=UUID(self.camera.data), started_at=start, ended_at=end)


class ReasonForm(Form):
    """Why a hold ends, or a stopped run goes on."""

    reason = TextAreaField("理由", [Stated("請填寫理由。"), Length(max=_LONGEST, message=_TOO_LONG)])
