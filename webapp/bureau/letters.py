"""函稿: drafts of letters to institutions about what is unmet, to be read and taken along; none is sent."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from infra.archives import Archive
from tenants.compliance import draft_letters
from tenants.compliance.articles.catalogue import ARTICLES, BY_KEY
from tenants.compliance.draft_letters import DEFAULT_DUE_DAYS, DUE_DAYS, MOST_AT_ONCE, Asked, Draft
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.registry import queries as registry
from webapp import printouts
from webapp.access import Place, requires
from webapp.bureau import institution_view
from webapp.file_names import safe
from webapp.identify import actor
from webapp.paging import asked_words, cut, page_number

blueprint = Blueprint("letters", __name__, url_prefix="/letters")

_PER_PAGE = 50
_BOM = "\ufeff"
_drafts = requires(Permission.LETTER_DRAFT, place=Place.BUREAU)


@blueprint.get("")
@_drafts
def index() -> str:
    """The institutions to which there is something to write, filtered."""
    asked = _asked()
    found = list(draft_letters.unmet(asked).values())
    shown = cut(found, page_number(), _PER_PAGE)
    return render_template(
        "bureau/letters.html",
        asked=asked,
        lines=shown.lines,
        total=len(found),
        number=shown.number,
        has_more=shown.has_more,
        kept=_kept(asked),
        most=MOST_AT_ONCE,
        **_choices(),
    )


@blueprint.get("/<uuid:institution_id>")
@_drafts
def show(institution_id: UUID) -> str:
    """One letter, to be read before it is taken along."""
    asked = _asked()
    found = draft_letters.draft(actor=actor(), institution_id=institution_id, asked=asked)
    name = registry.tenant(tenant_id=institution_id).name
    return render_template(
        "bureau/letter.html",
        draft=found,
        name=name,
        asked=asked,
        institution_id=institution_id,
        kept=_kept(asked),
        **_choices(),
    )


@blueprint.post("/<uuid:institution_id>")
@_drafts
def take(institution_id: UUID) -> ResponseReturnValue:
    """One letter as PDF, or as text for the document system."""
    asked, form = _asked(), request.form.get("form", "")
    if form not in {"pdf", "txt"}:
        raise BadRequest
    found = draft_letters.draft(actor=actor(), institution_id=institution_id, asked=asked)
    if found is None:
        flash("這個機構目前沒有未符合的事項，沒有函稿可以產生。", "bad")
        address = url_for("bureau.letters.show", institution_id=institution_id, **_kept(asked))
        return redirect(address, HTTPStatus.SEE_OTHER)
    draft_letters.note_drafted(actor=actor(), institutions=1, form=form)
    if form == "pdf":
        return printouts.pdf(found.sheet(printed_by=actor().name), name=_stem(found))
    return printouts.file(_text(found), media_type="text/plain; charset=utf-8", name=f"{_stem(found)}.txt")


@blueprint.post("/archive")
@_drafts
def take_all() -> ResponseReturnValue:
    """A letter to each institution of the list, as PDF and text, in one archive."""
    asked = _asked()
    try:
        found = draft_letters.drafts(actor=actor(), asked=asked)
    except Invalid as refused:
        flash(str(refused), "bad")
        return redirect(url_for("bureau.letters.index", **_kept(asked)), HTTPStatus.SEE_OTHER)
    archive = Archive()
    for each in found:
        archive.add(f"{_stem(each)}.pdf", printouts.made(each.sheet(printed_by=actor().name)))
        archive.add(f"{_stem(each)}.txt", _text(each))
    draft_letters.note_drafted(actor=actor(), institutions=len(found), form="zip")
    return printouts.file(b"".join(archive.read()), media_type="application/zip", name="函稿.zip")


def _asked() -> Asked:
    """What the address, or the form that came from it, asks for; words that are no choice of ours ask for all."""
    article, days = asked_words(("article", "days")).values()
    return Asked(
        article=article if article in BY_KEY else "",
        due_days=int(days) if days in {str(each) for each in DUE_DAYS} else DEFAULT_DUE_DAYS,
        **asked_words(("district", "kind", "ownership")),
    )


def _kept(asked: Asked) -> dict[str, Any]:
    words = {"article": asked.article, "district": asked.district, "kind": asked.kind, "ownership": asked.ownership}
    return {name: word for name, word in words.items() if word} | {"days": str(asked.due_days)}


def _choices() -> dict[str, object]:
    return {
        "articles": ARTICLES,
        "by_key": BY_KEY,
        "days": DUE_DAYS,
        "districts": institution_view.districts(),
    }


def _stem(found: Draft) -> str:
    return safe(f"函稿-{found.code}-{found.addressee}")


def _text(found: Draft) -> bytes:
    """With a byte-order mark, without which some editors in Taiwan read it as Big5."""
    return (_BOM + found.text()).encode()
