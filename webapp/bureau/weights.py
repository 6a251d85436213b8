"""權重與目標: what each article weighs and how many institutions should meet it, from a day ahead on (DR-30)."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import IntegerField, StringField
from wtforms.validators import InputRequired

from infra import clock
from tenants.compliance.scoring import rules, weights
from tenants.compliance.scoring.rules import WEIGHED, Aim, Weighting
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.roc_dates import format_date
from webapp.access import Place, requires
from webapp.bureau import score_view
from webapp.form_fields import RocDateField, Stated
from webapp.forms import Form
from webapp.identify import actor

blueprint = Blueprint("weights", __name__, url_prefix="/weights")
_SHARE = re.compile(r"(\d{1,3})(?:\.(\d))?\s*%?")
_HUNDRED = 100


class ShareField(StringField):  # type: ignore[misc]  # WTForms ships no types
    """A share typed as `95` or `99.5 %`, kept in thousandths. What was typed stays in the box when it is refused."""

    data: int | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data // 10}.{self.data % 10}"

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Read the share; the sentence of a refusal becomes the field's error."""
        self.data = None
        typed = unicodedata.normalize("NFKC", valuelist[0]).strip() if valuelist else ""
        read = _SHARE.fullmatch(typed)
        if read is None or int(read[1]) > _HUNDRED or (int(read[1]) == _HUNDRED and int(read[2] or 0)):
            raise ValueError("請填 0 到 100 的百分比，最多一位小數，例如 99.5。")
        self.data = int(read[1]) * 10 + int(read[2] or 0)


class WeightsForm(Form):
    """One version: a weight and a target for each article, named by its key."""

    target = ShareField("整體目標（%）")
    effective_from = RocDateField("生效日", [Stated("請填寫生效日，例如 116/01/01。")])
    reason = StringField("理由")

    def wrong(self) -> Iterable[Invalid]:
        """What the rules say; a box that has its own fault says nothing beside."""
        return weights.faults(self.typed(), self.reason.data or "")

    def typed(self) -> Weighting:
        """The version, with a harmless number in the place of what could not be read and has its own fault."""
        return Weighting(
            effective_from=self.effective_from.data,
            target=_or(self.target.data, 0),
            aims={
                each.key: Aim(
                    weight=_or(self[f"weight_{each.key}"].data, 1), target=_or(self[f"target_{each.key}"].data, 0)
                )
                for each in WEIGHED
            },
        )


for _article in WEIGHED:
    _number = InputRequired("請填 0 到 100 的整數；0 表示不計分。")
    setattr(WeightsForm, f"weight_{_article.key}", IntegerField(f"{_article.name}：權重", [_number]))
    setattr(WeightsForm, f"target_{_article.key}", ShareField(f"{_article.name}：目標（%）"))


def _or(number: int | None, otherwise: int) -> int:
    return otherwise if number is None else number


@blueprint.get("")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def index() -> str:
    """What is in force, every version, and a form for who may set them."""
    return _page(_of(weights.in_force(day=clock.today())))


@blueprint.post("")
@requires(Permission.COMPLIANCE_WEIGH, place=Place.BUREAU)
def enter() -> ResponseReturnValue:
    """Enter a version."""
    form = WeightsForm()
    if not form.validate():
        return _page(form), HTTPStatus.UNPROCESSABLE_ENTITY
    made = weights.set_weights(actor=actor(), weighting=form.typed(), reason=form.reason.data or "")
    flash(f"已登記，自{format_date(made.effective_from)}起的分數適用；之前的分數不變。", "good")
    return redirect(url_for("bureau.weights.index"), HTTPStatus.SEE_OTHER)


def _of(weighting: Weighting) -> WeightsForm:
    """The form with the numbers in force, to begin from."""
    aims = {each.key: weighting.aims.get(each.key, Aim(weight=0, target=rules.WHOLE)) for each in WEIGHED}
    numbers = {f"weight_{key}": aim.weight for key, aim in aims.items()}
    shares = {f"target_{key}": aim.target for key, aim in aims.items()}
    return WeightsForm(formdata=None, data={"target": weighting.target, **numbers, **shares})


def _page(form: WeightsForm) -> str:
    held = weights.versions()
    return render_template(
        "bureau/weights.html",
        form=form,
        weighed=WEIGHED,
        versions=[(each, weights.plain(each)) for each in held],
        in_force=rules.in_force([weights.plain(each) for each in held], clock.today()),
        may_set=actor().may(Permission.COMPLIANCE_WEIGH),
        view=score_view,
    )
