"""The rows that the bureau's lists have to show, each cell as it is read."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from tests.city_year.days import at
from tests.city_year.events import Closed, PolicyPassed, RuleChange, School
from tests.city_year.inventing import Year
from tests.city_year.oracle import equipment, hours, minute, scores, together, words
from tests.city_year.oracle.answers import BINDING, Answer, Question
from tests.city_year.oracle.city import Key
from tests.city_year.oracle.morning import standing
from tests.city_year.oracle.scores import Score
from tests.city_year.oracle.together import STATE_NAMES, Standing

Row = Mapping[str, str]
KIND_NAMES = {"preschool": "教保服務機構", "elementary_school": "國民小學"}
OWNERSHIP_NAMES = {"public": "公立", "private": "私立"}
NOTHING = "—"


def named(asked: Question) -> Row:
    """Which institution: as a file says it."""
    school = asked.school
    return {
        "代碼": school.code,
        "機構": school.name,
        "行政區": hours.district(asked),
        "類型": KIND_NAMES[school.kind],
        "公私立": OWNERSHIP_NAMES[school.ownership],
    }


def board(asked: Question, found: Mapping[Key, Answer]) -> Row:
    """A line of the first page."""
    records, kept, law = minute.recording_now(asked), minute.days_kept(asked), minute.law(asked)
    state = minute.STANDING_NAMES[standing(asked, found)]
    return {
        "狀態": f"{state} {'、'.join(minute.reasons(asked, found))}".strip(),
        "錄影中": words.NO_DATA if records is None else f"{records}／{len(asked.cameras)}",
        "今日涵蓋率": minute.coverage(asked, asked.cameras)[1],
        "已保存天數": words.NO_DATA if kept is None else f"{kept} 日",
        "待處理案件": str(law.open_requests),
        "逾期銷毀": str(law.days_overdue),
        "最後回報": words.moment(minute.last_word(asked)),
    }


def lateness(asked: Question) -> Row:
    """A line of 保存與銷毀. In this year no store loses anything before its day, and no run is stopped."""
    law = minute.law(asked)
    overdue = [f"{law.days_overdue} 日份逾期未完成銷毀"] if law.days_overdue else []
    broken = "、".join([*overdue, *minute.law_words(law)])
    return {
        "下限：遺失": "0 段",
        "上限：遲延": words.lasting(law.late),
        "逾一日": f"{law.days_overdue} 日份",
        "暫停": "0 次",
        "保全": f"{law.open_holds} 筆",
        "逾複查日": f"{law.late_reviews} 筆",
        "說明": f"{f'不合規定 {broken}' if broken else '正常'} {words.moment(asked.told_at)}",
    }


def brands(asked: Question) -> Row:
    """A line of 設備來源."""
    found = equipment.ledger(asked)
    return {
        "使用中": str(found.entries),
        "列冊管理": str(len(found.controlled)),
        "未載明": str(len(found.unnoted)),
        "逾汰換日": "0",
        "未列帳": "0",
        "未偵測到": str(len(found.unseen)),
        "保管人已離職": str(len(found.orphaned)),
    }


def zones(asked: Question, found: Mapping[Key, Answer]) -> Row:
    """A line of 設置區域統計: every camera of the year hangs at a front gate."""
    waits = found[asked.school.code, "zones"].wrong
    return {
        "戶外公共區域": f"{len(asked.cameras)} 支",
        "室內公共區域": "0 支",
        "室內活動室": "0 支",
        "情形": f"{f'待補評估 {waits} 支' if waits else '完整'} {words.moment(asked.told_at)}",
    }


def article(found: Mapping[Key, Answer], key: str, counted: Counter[str], target: int | None) -> Row:
    """A line of 各項規定, with the target where it is told."""
    since = together.oldest(found, key)
    aim = f" 目標 {words.thousandths(target)}" if target is not None and key in BINDING else ""
    return {
        **states(counted),
        "符合比例": f"{together.share(key, counted)}{aim}",
        "最早未符合": words.day(since) if since is not None else NOTHING,
    }


def states(counted: Counter[str]) -> Row:
    """How many stand how, of what is told."""
    return {STATE_NAMES[state]: str(counted[state]) for state in together.TOLD}


def score(found: Mapping[Key, Answer], code: str, scored: Score) -> Row:
    """A line of 各機構的分數."""
    warned = found[code, "at_risk"].state == "warned"
    return {
        "分數": words.share(scored.met, scored.owed) if scored.owed else "不計分",
        "與目標相比": together.REACH_NAMES[together.reach(scored)],
        "預警": "影像遺失預警" if warned else NOTHING,
    }


def part(of: Standing) -> Row:
    """A line of 全市分數."""
    reach = together.REACH_NAMES[of.reach]
    return {
        "分數": words.share(of.met, of.owed) if of.owed else reach,
        "與目標相比": reach,
        "機構": str(of.institutions),
        **{together.REACH_NAMES[each]: str(of.counts[each]) for each in ("reached", "below", "no_data")},
        "預警": str(of.warned),
    }


def listed(answer: Answer) -> Row:
    """A line of an article's own list, without what is wrong one by one."""
    counted = f"{answer.wrong}／{answer.of}" if answer.state in {"unmet", "warned", "advice"} else str(answer.of)
    return {
        "情形": STATE_NAMES[answer.state],
        "數量": counted,
        "自何時起": words.day(answer.since) if answer.since is not None else NOTHING,
    }


def points(year: Year, asked: Question, key: str, answer: Answer) -> str:
    """What an article adds to the score of an institution."""
    weight = scores.in_force(year, asked.day)[0].get(key, 0)
    if not weight or not asked.owes(key, answer):
        return "不計分"
    return f"{0 if answer.state in scores.NOT_MET else weight}／{weight}"


def coming(year: Year, told_at: datetime) -> Sequence[str]:
    """What each regulation's coming version leaves to be done: nobody said how much room there is planned (DR-10).

    要點第二點 asks a preschool's meeting, once it can know of the version; the plan for schools asks none.
    """
    found = []
    for change in year.all(RuleChange):
        if not at(change.told, "09:00") <= told_at < at(change.since, "00:00"):
            continue
        for kind in KIND_NAMES:
            there = [each for each in year.schools if each.kind == kind and not _is_over(year, each, change.since)]
            waits = sum(not _passed(year, each, change) for each in there) if kind == "preschool" else 0
            left = [f"{len(there)} 個場所不知空間是否足夠", f"{waits} 個場所尚未登記通過" if waits else ""]
            found.append(f"{words.day(change.since)}起施行：{'、'.join(each for each in left if each)}")
    return found


def _is_over(year: Year, school: School, day: date) -> bool:
    """Whether somebody said by then that it is closed on a day."""
    return any(each.since <= day for each in year.all(Closed, school.code))


def _passed(year: Year, school: School, change: RuleChange) -> bool:
    return any(change.told <= each.on <= change.since for each in year.all(PolicyPassed, school.code))
