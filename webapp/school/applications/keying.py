"""補登紙本申請單: a form came on paper, and the handler keys it in with its number and scan (KH-6-2d, DR-20).

The same questions and checks as on the applicant's own pages, on one page: no rule is spelled twice.
"""

from collections.abc import Iterable
from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from infra import clock
from tenants.disclosures.applying import queries
from tenants.disclosures.applying.models import Visit
from tenants.disclosures.insider import filing
from tenants.disclosures.insider.models import InsiderRequest
from tenants.disclosures.papers import scans
from tenants.errors import Caution, Invalid, NeedsConfirmation, refusals
from tenants.people.identity_numbers import IdentityNumber
from tenants.permissions import Permission
from tenants.registry import queries as registry
from webapp import uploads
from webapp.access import requires
from webapp.agency.window_form import rearranged
from webapp.form_fields import RocDateField, Stated, faults, options
from webapp.forms import Form
from webapp.identify import actor
from webapp.public.applying import visiting
from webapp.public.applying.draft import WHAT, WHERE, WHO, Draft
from webapp.public.applying.last_forms import IdentityForm
from webapp.public.applying.where_form import MAX_WINDOWS

blueprint = Blueprint("keyed_applications", __name__, url_prefix="/applications/new")
# Sealed when the application is filed, and nowhere before (DR-22).
_NUMBER = "number"
# The applicant's own pages say 您; here somebody else types.
_LABELS = {"applicant_class": "申請人身分", "name": "申請人姓名", "relation": "與當事人的關係"}
_LONGEST = Length(max=40, message="最多 %(max)d 字。")


class PaperForm(Form):
    """What a paper has besides the questions of the form."""

    paper_number = StringField("紙本編號", [Stated("請填寫紙本編號，例如「紙115-7」。"), _LONGEST])
    applied_on = RocDateField("申請日期", [Stated("請照紙本填寫申請日期，例如 115/11/20。")])
    confirmed = BooleanField("我已確認上述事項，仍要收件")
    scan = FileField("紙本申請單掃描檔（PDF）")

    def wrong(self) -> Iterable[Invalid]:
        """A day to come, and what is no scan."""
        day = self.applied_on.data
        yield from refusals(lambda: filing.check_applied(day, today=clock.today())) if day is not None else []
        yield from uploads.faults()


@blueprint.get("/")
@requires(Permission.PAPER_ENTER)
def new(tenant_id: UUID) -> str:
    """The form, for the first site unless `site` names another."""
    sites = registry.sites(tenant_id=tenant_id)
    wanted = request.args.get("site", "")
    chosen = next((each for each in sites if str(each.id) == wanted), next(iter(sites), None))
    if chosen is None:
        return render_template("school/applications/keying.html", draft=None, sites=sites)
    return _page(_draft(tenant_id, {WHO: [["site", str(chosen.id)]]}), PaperForm(formdata=None), fresh=True)


@blueprint.post("/")
@requires(Permission.PAPER_ENTER)
def key_in(tenant_id: UUID) -> ResponseReturnValue:
    """File it as the applicant's, and keep the scan where there is one."""
    if request.form.get("site", "") not in {str(each.id) for each in registry.sites(tenant_id=tenant_id)}:
        return redirect(url_for("school.keyed_applications.new", tenant_id=tenant_id), HTTPStatus.SEE_OTHER)
    typed = [[name, value.strip()] for name, value in request.form.items(multi=True) if name != _NUMBER]
    draft, paper = _draft(tenant_id, {WHO: typed, WHAT: typed, WHERE: typed}), PaperForm()
    identity = _identity(draft)
    if rearranged(request.form, draft.where.windows):
        draft.offered(draft.where)  # a window that was added has no places to tick yet
        return _page(draft, paper, identity=identity, fresh=True)
    number = identity.identity(on=paper.applied_on.data)
    sound = [paper.validate(), draft.who.validate(), draft.what.validate()]
    draft.offered(draft.where)  # within what its windows must lie follows from the questions before
    sound.append(draft.where.validate())
    if not all(sound) or number is None:
        return _page(draft, paper, identity=identity), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        made = _filed(draft, paper, number)
    except NeedsConfirmation as asked:
        return _page(draft, paper, identity=identity, cautions=asked.cautions), HTTPStatus.UNPROCESSABLE_ENTITY
    except Invalid as refused:
        paper.show(refused)
        return _page(draft, paper, identity=identity), HTTPStatus.UNPROCESSABLE_ENTITY
    flash(f"已補登紙本申請單，案號 {made.serial}，指定的影像已先行保全。", "good")
    address = url_for("school.applications.show", tenant_id=tenant_id, disclosure_id=made.id)
    return redirect(address, HTTPStatus.SEE_OTHER)


def _filed(draft: Draft, paper: PaperForm, number: IdentityNumber) -> InsiderRequest:
    written = replace(
        draft.application(number),
        applied_on=paper.applied_on.day,
        paper_number=paper.paper_number.data.strip(),
        confirmed=bool(paper.confirmed.data),
    )
    uploaded = uploads.scan()
    made = filing.file_application(
        actor=actor(), tenant_id=draft.tenant_id, application=written, lookup=visiting.lookup_secret()
    )
    if uploaded is not None:
        scans.scan_application(
            actor=actor(), tenant_id=made.tenant_id, disclosure_id=made.id, scan=uploaded, store=uploads.store()
        )
    return made


def _draft(tenant_id: UUID, answers: dict[str, list[list[str]]]) -> Draft:
    """The answers of one request, which no row holds: nobody comes back to a paper that was not filed."""
    return Draft(Visit(tenant_id=tenant_id, email="", answers=answers))


def _identity(draft: Draft) -> IdentityForm:
    form = IdentityForm()
    form.offer(national_id=draft.rule.terms.national_id)
    return form


def _page(
    draft: Draft,
    paper: PaperForm,
    *,
    identity: IdentityForm | None = None,
    cautions: tuple[Caution, ...] = (),
    fresh: bool = False,
) -> str:
    shown = identity or _identity(draft)
    shown.number.data = ""  # a number is never shown again (DR-22)
    for name, words in _LABELS.items():
        draft.who[name].label.text = words
    for chosen in (draft.who.applicant_class, draft.what.ground):
        chosen.choices = [*options([("", "請選擇")]), *chosen.choices]  # what nobody chose is on no paper
    forms: tuple[Form, ...] = (paper, draft.who, draft.what, draft.where, shown)
    return render_template(
        "school/applications/keying.html",
        draft=draft,
        sites=draft.sites,
        paper=paper,
        identity=shown,
        cautions=cautions,
        most=MAX_WINDOWS,
        earliest=_earliest(draft),
        faults=[] if fresh else [fault for form in forms for fault in faults(form)],
    )


def _earliest(draft: Draft) -> dict[str, object]:
    day = queries.earliest_days(tenant_id=draft.tenant_id).get(draft.who.chosen_site.id)
    return {str(camera.id): day for camera in draft.cameras}
