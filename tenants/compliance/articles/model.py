"""What an article's rule is and finds. Pure; a look is at one site, or at the institution as a whole.

What nobody knows is never met (DR-30), and what a text only recommends, or does not say at all, is never unmet (KH-3-7,
TY-X-1).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tenants.compliance.articles.facts import Reading
from tenants.profiles import Clause, RuleProfile


class Force(StrEnum):
    """How strongly a text asks: 應, 宜 or 得."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


class State(StrEnum):
    """What was found, the worst first; of `NO_DATA` no word ever came by then, `NOT_REPORTED` said nothing of the day.

    `WARNED` is not yet wrong and will be. `NOT_YET`: the institution was opened that day, and owes nothing of it.
    """

    UNMET = "unmet"
    NOT_REPORTED = "not_reported"
    NO_DATA = "no_data"
    WARNED = "warned"
    ADVICE = "advice"
    MET = "met"
    NOT_APPLICABLE = "not_applicable"
    NOT_YET = "not_yet"


FORCE_NAMES: Mapping[Force, str] = {Force.MUST: "應", Force.SHOULD: "宜", Force.MAY: "得"}
STATE_NAMES: Mapping[State, str] = {
    State.UNMET: "未符合",
    State.NOT_REPORTED: "未回報",
    State.NO_DATA: "無資料",
    State.WARNED: "預警",
    State.ADVICE: "建議改善",
    State.MET: "符合",
    State.NOT_APPLICABLE: "不適用",
    State.NOT_YET: "尚未起算",
}
# What needs a person; the others are fine, or nobody's duty.
NEEDING = frozenset({State.UNMET, State.NOT_REPORTED, State.NO_DATA, State.WARNED})


class Known(StrEnum):
    """Whether anything can be said of what was looked at."""

    YES = "yes"
    SILENT = "silent"
    NEVER = "never"


@dataclass(frozen=True, kw_only=True)
class Subject:
    """One thing behind a figure: what it is called, its id, and since which civil day it is wrong. No person's name.

    `kind` is said where another rule asks which of its kind it is; words are for people alone.
    """

    label: str
    id: str
    why: str
    since: date | None = None
    kind: str = ""


@dataclass(frozen=True, kw_only=True)
class Look:
    """What was looked at under one regulation: how many, and which of them are wrong."""

    law: RuleProfile
    of: int
    wrong: Sequence[Subject] = ()
    known: Known = Known.YES


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a day says of an article at one institution. `wrong` holds at most `MOST_SUBJECTS`; `count` is all.

    `owed`: the regulation of something that was looked at asks it with 應. What is only advised is in no score.
    """

    state: State
    owed: bool
    of: int
    count: int
    since: date | None
    wrong: Sequence[Subject]


@dataclass(frozen=True, kw_only=True)
class Article:
    """A rule with its definition in words, the clause that asks, whose duty it is, and how a reading is looked at.

    `warns`: what it finds is not wrong yet, and will be. `retold`: its facts bear their own days, so that a past day
    can be told again; the others are kept as first told. `of_footage`: only as long as the day's footage is there.
    """

    key: str
    name: str
    clause: Clause
    force: Force
    definition: str
    unit: str
    owner: str
    looks: Callable[[Reading], Iterable[Look]]
    retold: bool = False
    of_footage: bool = False
    warns: bool = False


# What a day says of every article at an institution that was opened in it.
FIRST_DAY = Finding(state=State.NOT_YET, owed=False, of=0, count=0, since=None, wrong=())
# The list behind a figure is for people: who has more wrong than this has one thing wrong.
MOST_SUBJECTS = 50


def found(article: Article, looks: Iterable[Look]) -> Finding:
    """The worst of what was looked at; nothing to look at is not applicable."""
    listed = [look for look in looks if look.of or look.known is not Known.YES]
    wrong = [subject for look in listed for subject in look.wrong]
    return Finding(
        state=min((_state(article, look) for look in listed), key=list(State).index, default=State.NOT_APPLICABLE),
        owed=any(force_under(article, look.law) is Force.MUST for look in listed),
        of=sum(look.of for look in listed),
        count=len(wrong),
        since=min((subject.since for subject in wrong if subject.since is not None), default=None),
        wrong=wrong[:MOST_SUBJECTS],
    )


def force_under(article: Article, law: RuleProfile) -> Force | None:
    """How strongly a regulation asks it; None where it is silent, and the rule is this system's advice (TY-X-1)."""
    return article.force if article.clause in law.articles else None


def _state(article: Article, look: Look) -> State:
    binding = force_under(article, look.law) is Force.MUST
    if look.wrong and article.warns:
        return State.WARNED
    if look.wrong:
        return State.UNMET if binding else State.ADVICE
    if look.known is Known.YES:
        return State.MET
    if not binding:
        return State.NOT_APPLICABLE
    return State.NOT_REPORTED if look.known is Known.SILENT else State.NO_DATA
