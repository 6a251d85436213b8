"""What is known of a case, in times, counts and numbers, and what the rules say of it (journey U1). Pure.

Nothing of what the case is about: no name, no word that somebody typed, no camera and no span (DR-09, DR-37).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tenants.profiles import Clause, RuleProfile
from tenants.roc_dates import format_date, format_instant


class Check(StrEnum):
    """What an auditor looks at, in the order of a case's life."""

    FORM = "form"
    SIGNATURES = "signatures"
    PANEL = "panel"
    ACCOMPANIMENT = "accompaniment"
    REGISTER = "register"
    RETAINED_COPY = "retained_copy"
    REVIEW = "review"
    REPLY = "reply"


class Verdict(StrEnum):
    """What is found of one of these: it is there, it is lacking, or this case owes it not, or not yet."""

    THERE = "there"
    LACKING = "lacking"
    NOT_OWED = "not_owed"


CHECK_NAMES: Mapping[Check, str] = {
    Check.FORM: "申請單或公文",
    Check.SIGNATURES: "簽核順序",
    Check.PANEL: "專案小組出席",
    Check.ACCOMPANIMENT: "陪同調閱",
    Check.REGISTER: "登記簿",
    Check.RETAINED_COPY: "備查複製本",
    Check.REVIEW: "備查複製本複查",
    Check.REPLY: "函復或告知",
}
VERDICT_NAMES: Mapping[Verdict, str] = {
    Verdict.THERE: "合格",
    Verdict.LACKING: "缺漏",
    Verdict.NOT_OWED: "不適用",
}
# The article that asks; of two doors the form and the answer have one each.
_CLAUSES: Mapping[Check, tuple[Clause, Clause]] = {
    Check.FORM: (Clause.AGENCY_DOCUMENT, Clause.INSIDER_ACCESS),
    Check.SIGNATURES: (Clause.CONSENT, Clause.INSIDER_ACCESS),
    Check.PANEL: (Clause.PANEL, Clause.PANEL_MEMBERS),
    Check.ACCOMPANIMENT: (Clause.ACCOMPANIMENT, Clause.ACCOMPANIMENT),
    Check.REGISTER: (Clause.REGISTER, Clause.REGISTER),
    Check.RETAINED_COPY: (Clause.RETAINED_COPY, Clause.RETAINED_COPY),
    Check.REVIEW: (Clause.RETAINED_COPY_DISPOSAL, Clause.RETAINED_COPY_DISPOSAL),
    Check.REPLY: (Clause.AGENCY_REPLY, Clause.CONSENT),
}


@dataclass(frozen=True, kw_only=True)
class Signed:
    """One valid signature: which box, by its name on the form, and when. `acting` is 代, 代為決行 or 兼任."""

    box: str
    at: datetime
    acting: str


@dataclass(frozen=True, kw_only=True)
class CaseFacts:
    """One case as its institution's rows tell it now.

    `form_missing` counts what the form or letter lacks; `order` are the boxes as the form has them, `signed` in the
    order of time. `attended` counts who was there, by capacity; None where no panel resolved. `viewings` were held,
    `accompanied` of them with one of the institution's own. `lines` are the numbers of its register lines. `left` says
    that a copy went out. `answer_by` is the day by which an agency should have its answer.
    """

    official: bool
    decided_at: datetime | None
    form_missing: int
    order: Sequence[str]
    signed: Sequence[Signed]
    panel_required: bool
    must_attend: Sequence[str]
    attended: Mapping[str, int] | None
    viewings: int
    accompanied: int
    lines: Sequence[str]
    left: bool
    copy_made_at: datetime | None
    copy_review_on: date | None
    copy_ended_at: datetime | None
    replied_at: datetime | None
    answer_by: date | None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One check of one case: what the rule says, the facts in our words, and the article that asks."""

    check: Check
    verdict: Verdict
    words: str
    article: str


_Said = tuple[Verdict, str]
_THERE, _LACKING, _NOT_OWED = Verdict.THERE, Verdict.LACKING, Verdict.NOT_OWED


def lines(facts: CaseFacts, rule: RuleProfile, *, today: date) -> list[Line]:
    """Every check of a case, under the regulation under which it was filed (DR-10)."""
    return [
        Line(check=check, verdict=verdict, words=words, article=article_of(check, rule, official=facts.official))
        for check, (verdict, words) in _said(facts, rule, today)
    ]


def article_of(check: Check, rule: RuleProfile, *, official: bool) -> str:
    """The article behind a check, as the regulation cites itself."""
    return rule.article(_CLAUSES[check][0 if official else 1])


def _said(facts: CaseFacts, rule: RuleProfile, today: date) -> Iterator[tuple[Check, _Said]]:
    looks: Mapping[Check, Callable[[], _Said]] = {
        Check.FORM: lambda: _form(facts),
        Check.SIGNATURES: lambda: _signatures(facts),
        Check.PANEL: lambda: _panel(facts),
        Check.ACCOMPANIMENT: lambda: _accompaniment(facts, rule),
        Check.REGISTER: lambda: _register(facts),
        Check.RETAINED_COPY: lambda: _copy(facts, rule),
        Check.REVIEW: lambda: _review(facts, today),
        Check.REPLY: lambda: _reply(facts, today),
    }
    yield from ((check, looks[check]()) for check in Check)


def _form(facts: CaseFacts) -> _Said:
    if facts.form_missing:
        return _LACKING, f"缺 {facts.form_missing} 項應載明或應查核的事項"
    return _THERE, "應載明的事項齊全"


def _signatures(facts: CaseFacts) -> _Said:
    if facts.official:
        if facts.decided_at is None:
            return _NOT_OWED, "尚未決定"
        return _THERE, f"{format_instant(facts.decided_at)} 決定"
    told = "、".join(
        f"{each.box}{f'（{each.acting}）' if each.acting else ''} {format_instant(each.at)}" for each in facts.signed
    )
    if facts.decided_at is None:
        return _NOT_OWED, f"尚未決定；已簽：{told or '無'}"
    if [each.box for each in facts.signed] != list(facts.order):
        return _LACKING, f"應依序為{'、'.join(facts.order)}；實際：{told or '沒有簽核'}"
    return _THERE, told


def _panel(facts: CaseFacts) -> _Said:
    if not facts.panel_required:
        return _NOT_OWED, "規定未要求專案小組"
    if facts.attended is None:
        return (_NOT_OWED, "尚未議決") if facts.decided_at is None else (_LACKING, "沒有專案小組的決議")
    absent = [name for name in facts.must_attend if not facts.attended.get(name)]
    told = f"出席 {sum(facts.attended.values())} 人"
    return (_LACKING, f"{told}，必要代表缺 {len(absent)} 種") if absent else (_THERE, f"{told}，必要代表均出席")


def _accompaniment(facts: CaseFacts, rule: RuleProfile) -> _Said:
    if not facts.viewings:
        return _NOT_OWED, "沒有到場調閱"
    told = f"調閱 {facts.viewings} 次，有陪同 {facts.accompanied} 次"
    if facts.accompanied < facts.viewings and rule.escort_required:
        return _LACKING, told
    return _THERE, told


def _register(facts: CaseFacts) -> _Said:
    if facts.lines:
        return _THERE, f"登記簿 {'、'.join(facts.lines)}"
    if facts.viewings or facts.left:
        return _LACKING, "影像已調閱或交付，登記簿沒有這件案件"
    return _NOT_OWED, "影像未調閱也未交付"


def _copy(facts: CaseFacts, rule: RuleProfile) -> _Said:
    if not facts.left or not rule.retained_copy.required:
        return _NOT_OWED, "沒有交付複製本"
    if facts.copy_made_at is None:
        return _LACKING, "已交付複製本，沒有留存備查複製本"
    return _THERE, f"{format_instant(facts.copy_made_at)} 製作"


def _review(facts: CaseFacts, today: date) -> _Said:
    if facts.copy_made_at is None or facts.copy_review_on is None:
        return _NOT_OWED, "沒有備查複製本"
    if facts.copy_ended_at is not None:
        return _THERE, f"{format_instant(facts.copy_ended_at)} 決定不再留存"
    due = f"複查日 {format_date(facts.copy_review_on)}"
    return (_LACKING, f"{due}已過，沒有複查") if facts.copy_review_on < today else (_THERE, f"{due}，尚未屆期")


def _reply(facts: CaseFacts, today: date) -> _Said:
    if facts.replied_at is not None:
        return _THERE, f"{format_instant(facts.replied_at)} 函復或告知"
    if facts.answer_by is not None:
        until = format_date(facts.answer_by)
        if today <= facts.answer_by:
            return _NOT_OWED, f"尚未函復，尚在期限 {until} 內"
        return _LACKING, f"期限 {until} 已過，沒有函復"
    if facts.decided_at is not None:
        return _LACKING, "已決定，沒有函復或告知"
    return _NOT_OWED, "尚未決定"
