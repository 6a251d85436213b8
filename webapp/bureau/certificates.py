"""銷毀證明查核: an auditor's lists, samples and proofs over all institutions; no picture, no key (DR-09)."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from wtforms import IntegerField, StringField
from wtforms.validators import Length, NumberRange
from wtforms.validators import Optional as MayBeEmpty

from infra import clock
from tenants.compliance import certificates, copy_certificates
from tenants.compliance.certificates import METHOD, Asked
from tenants.permissions import Permission
from tenants.registry import queries as registry
from webapp import stray_view
from webapp.access import Place, requires
from webapp.bureau import quarantine
from webapp.bureau.presenters import regulations_in_words
from webapp.form_fields import OneOf, RocDateField, options
from webapp.forms import Form
from webapp.identify import actor
from webapp.paging import page_number
from webapp.printouts import document
from webapp.school.retention.retained_view import certified_windows

blueprint = Blueprint("certificates", __name__, url_prefix="/certificates")

PER_PAGE = 50
_MOST_SAMPLED = 200
_SHOWN = timedelta(days=31)


class AskedForm(Form):
    """Which certificates, and with a seed a sample of them. A form that only asks, so it is sent as an address."""

    class Meta(Form.Meta):
        """Nothing is changed by it."""

        csrf = False

    institution = OneOf("機構")
    first = RocDateField("錄影日期，自")
    last = RocDateField("至")
    seed = StringField("抽樣種子", [Length(max=100, message="最多 %(max)d 字。")])
    count = IntegerField(
        "抽樣件數",
        [MayBeEmpty(), NumberRange(min=1, max=_MOST_SAMPLED, message="請填 1 到 %(max)s。")],
        default=10,
    )


@dataclass(frozen=True)
class Page:
    """Which page of the list, for its links."""

    number: int
    has_more: bool


@blueprint.get("")
@requires(Permission.CERTIFICATE_AUDIT, place=Place.BUREAU)
def index() -> str:
    """Certificates by institution and day; with a seed, a sample that anybody can draw again."""
    form, number = AskedForm(request.args), page_number()
    form.institution.choices = options([("", "全部機構"), *((str(t.id), t.name) for t in registry.directory())])
    today = clock.today()
    seed, whole = (form.seed.data or "").strip(), form.validate()
    asked = Asked(
        first=(form.first.data if whole else None) or today - _SHOWN,
        last=(form.last.data if whole else None) or today,
        institution_id=UUID(form.institution.data) if whole and form.institution.data else None,
    )
    if whole and seed:
        lines = certificates.sample(asked, actor=actor(), seed=seed, count=form.count.data or 10)
    else:
        lines = certificates.listed(asked, actor=actor(), offset=(number - 1) * PER_PAGE, limit=PER_PAGE + 1)
    return render_template(
        "bureau/certificates.html",
        form=form,
        asked=asked,
        seed=seed if whole else "",
        lines=lines if seed else lines[:PER_PAGE],
        copies=copy_certificates.listed(asked, actor=actor()),
        page=Page(number, not seed and len(lines) > PER_PAGE),
        method=METHOD,
        kept={name: value for name, value in request.args.items() if name in form},
    )


@blueprint.get("/quarantine")
@requires(Permission.CERTIFICATE_AUDIT, place=Place.BUREAU)
def quarantined() -> str:
    """What is in quarantine and the bureau's people see to, to be read and not decided."""
    state = request.args.get("state", "")
    return render_template(
        "bureau/quarantine.html",
        lines=quarantine.listed(state),
        state=state,
        states=stray_view.states(),
        may_decide=False,
    )


@blueprint.get("/<uuid:institution_id>/<uuid:destruction_id>")
@requires(Permission.CERTIFICATE_AUDIT, place=Place.BUREAU)
def show(institution_id: UUID, destruction_id: UUID) -> str:
    """One certificate, and where it stands in its institution's chain."""
    found = certificates.certificate(actor=actor(), institution_id=institution_id, destruction_id=destruction_id)
    paper = found.paper
    words = regulations_in_words(paper.get("regulations") or [], paper.get("rule") or "")
    return render_template("bureau/certificate.html", found=found, paper=paper, regulations=words)


@blueprint.get("/<uuid:institution_id>/<uuid:destruction_id>/proof")
@requires(Permission.CERTIFICATE_AUDIT, place=Place.BUREAU)
def proof(institution_id: UUID, destruction_id: UUID) -> Response:
    """The proof for somebody who checks it without us (ADR 0012); it names nobody."""
    found = certificates.proof(actor=actor(), institution_id=institution_id, destruction_id=destruction_id)
    return document(found, name=f"proof-{found['seq']}")


@blueprint.get("/copies/<uuid:institution_id>/<uuid:copy_id>")
@requires(Permission.CERTIFICATE_AUDIT, place=Place.BUREAU)
def copy(institution_id: UUID, copy_id: UUID) -> str:
    """One certificate of a copy for reference, and where it stands in its institution's chain."""
    line, anchored = copy_certificates.certificate(actor=actor(), institution_id=institution_id, copy_id=copy_id)
    paper = line.paper
    names = [paper["regulation"]] if paper.get("regulation") else []
    return render_template(
        "bureau/copy_certificate.html",
        line=line,
        paper=paper,
        regulations=regulations_in_words(names, paper.get("rule") or ""),
        windows=certified_windows(paper),
        anchored=anchored,
    )


@blueprint.get("/copies/<uuid:institution_id>/<uuid:copy_id>/proof")
@requires(Permission.CERTIFICATE_AUDIT, place=Place.BUREAU)
def copy_proof(institution_id: UUID, copy_id: UUID) -> Response:
    """The proof for somebody who checks it without us (ADR 0012); it names nobody."""
    found = copy_certificates.proof(actor=actor(), institution_id=institution_id, copy_id=copy_id)
    return document(found, name=f"proof-{found['seq']}")
