"""The score of an institution, of a part of the city and of all of it. Pure (DR-30, KH-3-7).

Only what a regulation asks with 應 has a weight. What is only advised, not applicable, or a warning of what is not yet
broken, is in no score and lowers none; 無資料 and 未回報 are owed and not met.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tenants import first_days
from tenants.compliance.articles.catalogue import ARTICLES
from tenants.compliance.articles.model import Force, State
from tenants.errors import Invalid

# What can be weighed: an article that only warns has nothing that is broken, and one that only advises binds nobody.
WEIGHED = tuple(article for article in ARTICLES if article.force is Force.MUST and not article.warns)
NOT_MET = (State.UNMET, State.NOT_REPORTED, State.NO_DATA)
MAX_WEIGHT = 100
# Targets are whole thousandths, so that a share of 94.99 % never reaches 95 % by rounding.
WHOLE = 1000
DEFINITION = (
    "分數＝已符合事項的權重合計÷應符合事項的權重合計，只計規定用「應」而且適用於該機構的事項。"
    "未回報與無資料算未符合；建議改善、預警與不適用都不影響分數。"
    "行政區、類型與全市的分數，是所屬各機構的權重一併合計。每一日依當日有效的權重計算。"
)
REASON_LENGTH = 200


@dataclass(frozen=True, kw_only=True)
class Aim:
    """How much an article weighs, and which share of the institutions that owe it should meet it, in thousandths."""

    weight: int
    target: int


@dataclass(frozen=True, kw_only=True)
class Weighting:
    """A version. An article that it does not name weighs nothing. `effective_from` is None of what was given by us."""

    effective_from: date | None
    target: int
    aims: Mapping[str, Aim]

    def weight(self, article: str) -> int:
        """What an article weighs."""
        return self.aims[article].weight if article in self.aims else 0


# Until the bureau has set anything every article weighs the same, and all should meet it.
DEFAULT = Weighting(
    effective_from=None, target=WHOLE, aims={article.key: Aim(weight=1, target=WHOLE) for article in WEIGHED}
)


@dataclass(frozen=True, kw_only=True)
class Count:
    """Of one article: how many owe it, and how many of these meet it."""

    article: str
    owed: int
    met: int


@dataclass(frozen=True, kw_only=True)
class Score:
    """Weights together. Of two institutions as of two articles the weights add up, which no average of shares does."""

    owed: int
    met: int

    @property
    def share(self) -> float | None:
        """What is met of what is owed; None where nothing is."""
        return self.met / self.owed if self.owed else None

    def reaches(self, target: int) -> bool | None:
        """Whether it is at the target or above, without rounding; None where nothing is owed."""
        return self.met * WHOLE >= target * self.owed if self.owed else None


class Reach(StrEnum):
    """How an institution stands to the target, in the order in which it needs a person."""

    BELOW = "below"
    NO_DATA = "no_data"
    REACHED = "reached"
    NOT_SCORED = "not_scored"


REACH_NAMES: Mapping[Reach, str] = {
    Reach.BELOW: "未達目標",
    Reach.NO_DATA: "無資料",
    Reach.REACHED: "達到目標",
    Reach.NOT_SCORED: "不計分",
}


def is_met(state: State, *, owed: bool) -> bool:
    """Whether what is owed counts as met: also where all that is wrong is advised only."""
    return owed and state not in NOT_MET


def score(counts: Iterable[Count], weighting: Weighting) -> Score:
    """The score of whatever was counted, by one version."""
    weighed = [(weighting.weight(each.article), each) for each in counts]
    return Score(
        owed=sum(weight * each.owed for weight, each in weighed), met=sum(weight * each.met for weight, each in weighed)
    )


def together(scores: Iterable[Score]) -> Score:
    """The score of several."""
    listed = list(scores)
    return Score(owed=sum(each.owed for each in listed), met=sum(each.met for each in listed))


def reach(known: Score | None, target: int) -> Reach:
    """How a score stands to the target. What nobody looked at is 無資料, and never reached (DR-30)."""
    if known is None:
        return Reach.NO_DATA
    reached = known.reaches(target)
    if reached is None:
        return Reach.NOT_SCORED
    return Reach.REACHED if reached else Reach.BELOW


def in_force(versions: Iterable[Weighting], day: date) -> Weighting:
    """The version of a civil day; ours before the bureau's first."""
    begun = [each for each in versions if each.effective_from is not None and each.effective_from <= day]
    return max(begun, key=lambda each: each.effective_from or date.min, default=DEFAULT)


def faults(weighting: Weighting, reason: str, *, taken: Sequence[date], today: date) -> Iterable[Invalid]:
    """All that is wrong with a version that somebody wants to enter; `taken` are the days that have one."""
    known = {article.key for article in WEIGHED}
    for key, aim in weighting.aims.items():
        if key not in known:
            yield Invalid("這個事項不能計分。", field=f"weight_{key}", code="not_weighed")
        if not 0 <= aim.weight <= MAX_WEIGHT:
            yield Invalid(
                f"權重請填 0 到 {MAX_WEIGHT} 的整數；0 表示不計分。", field=f"weight_{key}", code="out_of_range"
            )
        if not 0 <= aim.target <= WHOLE:
            yield Invalid("目標請填 0 到 100 的百分比。", field=f"target_{key}", code="out_of_range")
    if missing := known - weighting.aims.keys():
        yield Invalid(f"還有 {len(missing)} 項沒有權重與目標。", code="not_whole")
    if not any(aim.weight for aim in weighting.aims.values()):
        yield Invalid("至少要有一項的權重大於 0，否則沒有分數。", code="nothing_weighed")
    if not 0 <= weighting.target <= WHOLE:
        yield Invalid("目標請填 0 到 100 的百分比。", field="target", code="out_of_range")
    yield from first_days.faults(weighting.effective_from, taken=taken, today=today, spared="已經算出的分數不會改變")
    if not reason.strip():
        yield Invalid("請填寫理由，例如：116 年度合規重點會議決議。", field="reason", code="reason_missing")
    if len(reason) > REASON_LENGTH:
        yield Invalid(f"理由最多 {REASON_LENGTH} 字，目前 {len(reason)} 字。", field="reason", code="too_long")
