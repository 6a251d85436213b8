"""The page that shows a whole letter before it is sent: what goes where, each part with a way back to it.

Everything that was typed stands in the page itself, so that nothing of it lies on the server and nothing is lost on the
way back; only the scan is kept, since a browser gives no file back.
"""

from dataclasses import dataclass
from uuid import UUID

from flask import render_template, url_for

from tenants.disclosures.asking import HOLD_MARGIN, AskedWindow
from tenants.disclosures.official.documents import ELEMENT_NAMES, SCAN_ALLOWED, Element
from tenants.errors import Caution
from webapp.agency import request_view
from webapp.agency.places import Route
from webapp.agency.presenters import RequestPage
from webapp.agency.request_form import LETTER_ELEMENTS, RequestForm


@dataclass(frozen=True, kw_only=True)
class Part:
    """What is asked for at one place: its section of the form, and windows with the names of their cameras."""

    section: str
    page: RequestPage
    windows: tuple[tuple[str, AskedWindow], ...]


def page(form: RequestForm, to: Route, *, cautions: tuple[Caution, ...], unconfirmed: bool = False) -> str:
    """The page of a form that is whole. `unconfirmed`: it was sent without the cautions being confirmed."""
    filing = form.filing()
    if unconfirmed:
        form.confirmed.errors = [*form.confirmed.errors, "請先勾選「我已確認上述事項」，再送出。"]
    form.confirmed.data = False  # of what stands here now, and of nothing before
    return render_template(
        "agency/check.html",
        form=form,
        to=to,
        filing=filing,
        letter=filing.document,
        parts=_parts(form, to),
        unstated=[ELEMENT_NAMES[each] for each in LETTER_ELEMENTS if not form.element(each)],
        elements=[(ELEMENT_NAMES[each], form.element(each)) for each in (Element.DUTY, *LETTER_ELEMENTS)],
        scan_allowed=filing.document.classification in SCAN_ALLOWED,
        margin=HOLD_MARGIN.seconds // 60,
        cautions=cautions,
        typed=request_view.typed_words(form),
        address=url_for("agency.filing.send", **to.words()),
    )


def _parts(form: RequestForm, to: Route) -> list[Part]:
    asked = [("windows", to.first, form.asked())]
    for entry, place in zip(form.further, to.further, strict=True):
        asked.append((entry.form.windows.id, place, entry.form.asked()))
    return [_part(section, place, windows) for section, place, windows in asked]


def _part(section: str, place: RequestPage, windows: tuple[AskedWindow, ...]) -> Part:
    names: dict[UUID, str] = {camera.id: f"{camera.name}（{camera.code}）" for camera in place.cameras}
    return Part(section=section, page=place, windows=tuple((names[window.camera_id], window) for window in windows))
