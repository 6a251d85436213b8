"""Untrusted input of the page about edge boxes -> typed values."""

from collections.abc import Iterable

from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import Length

from tenants.errors import Invalid
from tenants.registry.models import Site
from tenants.registry.sending import Typed, faults
from webapp.form_fields import ClockField, OneOf, RocDateField, Stated, options
from webapp.forms import Form


class TokenForm(Form):
    """The site at which a box will be. `nonce` counts once, so that a reload issues no second code."""

    nonce = HiddenField()
    site = OneOf("場所")

    @classmethod
    def of(cls, sites: Iterable[Site]) -> "TokenForm":
        """The form with the institution's sites to choose from."""
        form = cls()
        form.site.choices = options((str(site.id), site.name) for site in sites)
        return form


class NoticeForm(Form):
    """Since when the notice hangs at a site, and where."""

    notice_site = OneOf("場所")
    posted_on = RocDateField("張貼日期", [Stated("請填寫張貼日期，例如 115/08/01。")])
    hangs_at = StringField("張貼位置", [Length(max=200, message="最多 %(max)d 字。")])

    @classmethod
    def of(cls, sites: Iterable[Site], *, fresh: bool = False) -> "NoticeForm":
        """The form with the institution's sites to choose from."""
        form = cls(formdata=None) if fresh else cls()
        form.notice_site.choices = options((str(site.id), site.name) for site in sites)
        return form


class SendingForm(Form):
    """When and how fast the boxes of a site send."""

    sending_site = OneOf("場所")
    megabits = StringField("上傳速度上限（Mbps）")
    closed_from = ClockField("不上傳時段開始")
    closed_until = ClockField("不上傳時段結束")
    newest_first = BooleanField("積存很多時，先上傳最新的影像")

    @classmethod
    def of(cls, sites: Iterable[Site]) -> "SendingForm":
        """The form with the institution's sites to choose from; fresh, it shows what the first one has."""
        known = list(sites)
        form = cls(data=_as_typed(known[0])) if known else cls()
        form.sending_site.choices = options((str(site.id), site.name) for site in known)
        return form

    def wrong(self) -> Iterable[Invalid]:
        """A speed that is none, and hours of which one lacks."""
        return faults(self.typed())

    def typed(self) -> Typed:
        """As the domain takes it."""
        return Typed(
            megabits=self.megabits.data or "",
            closed_from=self.closed_from.data or "",
            closed_until=self.closed_until.data or "",
            newest_first=bool(self.newest_first.data),
        )


def _as_typed(site: Site) -> dict[str, str | bool]:
    kilobits, begins, ends = site.sending_kilobits, site.sending_closed_from, site.sending_closed_until
    return {
        "sending_site": str(site.id),
        "megabits": f"{kilobits / 1000:g}" if kilobits is not None else "",
        "closed_from": begins.strftime("%H:%M") if begins is not None else "",
        "closed_until": ends.strftime("%H:%M") if ends is not None else "",
        "newest_first": site.newest_first,
    }
