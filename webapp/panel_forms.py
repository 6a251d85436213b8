"""What a panel's member types, whether signed in or inside by link and code: the declaration, and an opinion."""

from collections.abc import Iterable

from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.validators import Length

from tenants.disclosures.insider.panel import statements
from tenants.disclosures.insider.panel.models import PanelMember
from tenants.disclosures.insider.panel.sitting import Declaration, Opinion, declaration_faults
from tenants.disclosures.insider.panel.statements import ANSWERS, NEWEST_SECRECY, QUESTIONS, Answer, Question
from tenants.errors import Invalid
from webapp.form_fields import options
from webapp.forms import Form

_TOO_LONG = "最多 %(max)d 字，請精簡。"
_YES_NO = (("no", "沒有，我可以擔任"), ("yes", "有，我應該迴避"))
_ANSWERS = options((answer.value, words) for answer, words in ANSWERS.items())


class DeclarationForm(Form):
    """利害關係聲明 and 保密切結 (DR-27)."""

    conflict = RadioField("您與本案有沒有利害關係？", choices=options(_YES_NO), validate_choice=False)
    note = TextAreaField("關係（有利害關係時填寫）", [Length(max=500, message=_TOO_LONG)])
    secrecy = BooleanField("我已閱讀保密切結，並同意遵守")

    def wrong(self) -> Iterable[Invalid]:
        """What the declaration lacks."""
        return declaration_faults(conflict=self._conflict, note=self.note.data or "", secrecy=self._secrecy)

    def declaration(self) -> Declaration:
        """What was declared. Only after `validate`."""
        return Declaration(conflict=bool(self._conflict), note=self.note.data or "", secrecy=self._secrecy)

    @property
    def _conflict(self) -> bool | None:
        return {"yes": True, "no": False}.get(str(self.conflict.data))

    @property
    def _secrecy(self) -> str:
        return NEWEST_SECRECY if self.secrecy.data else ""


class OpinionForm(Form):
    """The four questions and one's own words."""

    eligible = RadioField(QUESTIONS[Question.ELIGIBLE], choices=_ANSWERS, validate_choice=False)
    ground = RadioField(QUESTIONS[Question.GROUND], choices=_ANSWERS, validate_choice=False)
    period = RadioField(QUESTIONS[Question.PERIOD], choices=_ANSWERS, validate_choice=False)
    milder = RadioField(QUESTIONS[Question.MILDER], choices=_ANSWERS, validate_choice=False)
    words = TextAreaField("您的意見", [Length(max=statements.LONGEST_OPINION, message=_TOO_LONG)])

    @classmethod
    def of(cls, member: PanelMember) -> "OpinionForm":
        """What the member said before."""
        return cls(formdata=None, data={**member.answers, "words": member.opinion})

    def opinion(self) -> Opinion:
        """What was said. Only after `validate`."""
        said = {question: self[question.value].data for question in Question}
        known = {answer.value for answer in Answer}
        return Opinion(
            words=self.words.data or "",
            answers={question: Answer(answer) for question, answer in said.items() if answer in known},
        )
