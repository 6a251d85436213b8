"""保密切結: who signed at the designation and at leaving, and who still has to (KH-5-2, TY-4-2)."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import PasswordField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from infra import clock
from tenants.errors import Invalid, refusals
from tenants.people import queries
from tenants.people.pins import WrongPin
from tenants.people.undertakings import actions, texts
from tenants.people.undertakings import queries as undertakings
from tenants.people.undertakings.models import Occasion
from tenants.people.undertakings.rules import check_paper
from tenants.people.undertakings.standing import standing
from tenants.permissions import DESIGNATED_ROLES, Permission
from tenants.profiles import Clause
from webapp.access import requires
from webapp.form_fields import OneOf, RocDateField, Stated, id_or_none, options
from webapp.forms import Form
from webapp.identify import actor, keep_changes
from webapp.school import regulation

blueprint = Blueprint("undertakings", __name__, url_prefix="/people/undertakings")
_UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY
_LONGEST, _LONGEST_PIN = 100, 20
OCCASIONS: Mapping[Occasion, str] = {Occasion.DESIGNATED: "就任", Occasion.LEAVING: "離職或調職"}
_PIN = "PIN"


class MineForm(Form):
    """One's own signature."""

    pin = PasswordField(_PIN, [Stated("請輸入您的 PIN。"), Length(max=_LONGEST_PIN, message="最多 %(max)d 字。")])


class PaperForm(Form):
    """A signature at the head's screen: by the person's PIN, or on paper."""

    person = OneOf("簽署人", validators=[Stated("請選擇簽署人。")])
    occasion = OneOf("時機", choices=options((each.value, name) for each, name in OCCASIONS.items()))
    pin = PasswordField("本人的 PIN", [Length(max=_LONGEST_PIN, message="最多 %(max)d 字。")])
    paper = StringField("紙本編號或文號", [Length(max=_LONGEST, message="最多 %(max)d 字。")])
    signed_on = RocDateField("紙本簽署日期")

    @classmethod
    def of(cls, people: list[SelectChoice], *, fresh: bool = False) -> "PaperForm":
        """The form with those who have or had duties here."""
        form = cls(formdata=None) if fresh else cls()
        form.person.choices = [*options([("", "請選擇")]), *people]
        return form

    def wrong(self) -> Iterable[Invalid]:
        """Without a PIN the paper's number and day."""
        if self.pin.data:
            return []
        paper, signed_on = self.paper.data or "", self.signed_on.data
        return refusals(lambda: check_paper(paper=paper, signed_on=signed_on, today=clock.today()))


@blueprint.get("/")
@requires(Permission.PEOPLE_MANAGE)
def index(tenant_id: UUID) -> str:
    """Who signed, and who did not."""
    return _page(tenant_id)


@blueprint.post("/")
@requires(Permission.PEOPLE_MANAGE)
def enter(tenant_id: UUID) -> ResponseReturnValue:
    """A signature given here by PIN, or with ink."""
    form = PaperForm.of(_people(tenant_id))
    sound, user_id = form.validate(), id_or_none(form.person.data or "")
    if not sound or user_id is None:
        return _page(tenant_id, form), _UNPROCESSABLE
    try:
        _enter(tenant_id, user_id, form)
    except Invalid as refused:
        _count_try(refused)
        form.show(refused)
        return _page(tenant_id, form), _UNPROCESSABLE
    flash("已登記保密切結。", "good")
    return redirect(url_for("school.undertakings.index"), HTTPStatus.SEE_OTHER)


@blueprint.get("/mine")
@requires(Permission.UNDERTAKING_SIGN)
def mine(tenant_id: UUID) -> str:
    """The text, to be read and signed."""
    return _mine(tenant_id, MineForm(formdata=None))


@blueprint.post("/mine")
@requires(Permission.UNDERTAKING_SIGN)
def sign(tenant_id: UUID) -> ResponseReturnValue:
    """Sign it with one's own PIN."""
    form, me = MineForm(), actor()
    if not form.validate() or me.id is None:
        return _mine(tenant_id, form), _UNPROCESSABLE
    try:
        actions.sign(
            actor=me,
            tenant_id=tenant_id,
            user_id=me.id,
            occasion=Occasion.DESIGNATED,
            version=texts.NEWEST,
            pin=form.pin.data,
        )
    except Invalid as refused:
        _count_try(refused)
        form.show(refused)
        return _mine(tenant_id, form), _UNPROCESSABLE
    flash("已簽署保密切結。", "good")
    return redirect(url_for("school.undertakings.mine"), HTTPStatus.SEE_OTHER)


def _enter(tenant_id: UUID, user_id: UUID, form: PaperForm) -> None:
    occasion = Occasion(form.occasion.data)
    if form.pin.data:
        actions.sign(
            actor=actor(),
            tenant_id=tenant_id,
            user_id=user_id,
            occasion=occasion,
            version=texts.NEWEST,
            pin=form.pin.data,
        )
        return
    actions.note_paper(
        actor=actor(),
        tenant_id=tenant_id,
        user_id=user_id,
        occasion=occasion,
        paper=form.paper.data or "",
        signed_on=form.signed_on.data,
    )


def _count_try(refused: Invalid) -> None:
    if isinstance(refused, WrongPin):  # it counts although the answer is a refusal
        keep_changes()


def _page(tenant_id: UUID, form: PaperForm | None = None) -> str:
    people = _people(tenant_id)
    stands = standing(tenant_id=tenant_id, day=clock.today())
    names = {each.value: each.label for each in people}
    return render_template(
        "school/undertakings.html",
        form=form or PaperForm.of(people, fresh=True),
        unsigned=[(names.get(str(each.user_id), ""), each.since, "就任") for each in stands.unsigned]
        + [(names.get(str(each.user_id), ""), each.since, "離職或調職") for each in stands.left_unsigned],
        signed=undertakings.named(tenant_id=tenant_id),
        occasions=OCCASIONS,
        **_text(tenant_id),
    )


def _mine(tenant_id: UUID, form: MineForm) -> str:
    me = actor().id
    signed = [each for each in undertakings.undertakings(tenant_id=tenant_id) if each.user_id == me]
    stands = standing(tenant_id=tenant_id, day=clock.today())
    return render_template(
        "school/undertaking.html",
        form=form,
        owed=any(each.user_id == me for each in stands.unsigned),
        signed=signed,
        occasions=OCCASIONS,
        **_text(tenant_id),
    )


def _text(tenant_id: UUID) -> dict[str, object]:
    rules = regulation.rules_of_institution(tenant_id=tenant_id)
    return {
        "paragraphs": texts.SECRECY[texts.NEWEST],
        "version": texts.NEWEST,
        "article": rules.article(Clause.LEAVERS),
        "article_text": rules.text(Clause.LEAVERS),
    }


def _people(tenant_id: UUID) -> list[SelectChoice]:
    """Who has or had duties here, by name."""
    found = queries.ever(tenant_id=tenant_id, roles=DESIGNATED_ROLES)
    return options((str(user.id), user.name) for user in found)
