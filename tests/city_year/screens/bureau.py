"""The bureau's first page and the lists that open from its figures."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cached_property

from tenants.compliance.articles.catalogue import BY_KEY
from tests.city_year import footage
from tests.city_year.days import day_of
from tests.city_year.inventing import Year
from tests.city_year.oracle import hours, minute, morning, rows, together, words
from tests.city_year.oracle.answers import BINDING, Answer, Question
from tests.city_year.oracle.city import RULES, Key, answers
from tests.city_year.oracle.scores import CITY, Score, in_force, scores
from tests.city_year.reading import Node, ToDo
from tests.city_year.screens.sheet import Desk, Row, Sheet
from tests.city_year.screens.taken import Taken

_COMING, _STOPPED = "起施行：", "支鏡頭未在錄影"
PARTS = {"district": "行政區", "kind": "類型", "ownership": "公私立"}
_TILE = re.compile(
    r"\S+ (?P<said>[^▼？✓－]+) [▼？✓－].*：(?P<district>[^，]+)，(?P<reach>[^，]+)，(?P<number>\d+) 個機構"
    r"(?:，(?P<warned>\d+) 個機構影像遺失預警)?"
)


class Morning:
    """What is known of the city at a minute."""

    def __init__(self, desk: Desk, taken: Taken, told_at: datetime) -> None:
        """The minute at which the pages are opened."""
        self.desk, self.taken, self.told_at, self.day = desk, taken, told_at, day_of(told_at)
        self.year = desk.year
        self.found: Mapping[Key, Answer] = answers(self.year, self.day, told_at)
        self.scored: Mapping[str, Score] = scores(self.year, self.found, self.day)
        self.target = in_force(self.year, self.day)[1]

    @cached_property
    def asked(self) -> Mapping[str, Question]:
        """Every institution, the closed ones too."""
        return {each.code: Question(self.year, each, self.day, self.told_at) for each in self.year.schools}

    @property
    def open(self) -> Mapping[str, Question]:
        """Those that are not closed."""
        return {code: each for code, each in self.asked.items() if not each.is_closed}

    def value(self, part: str, code: str) -> str:
        """To which district, kind or ownership an institution belongs, as it is read."""
        asked = self.asked[code]
        if part == "district":
            return hours.district(asked)
        school = asked.school
        return rows.KIND_NAMES[school.kind] if part == "kind" else rows.OWNERSHIP_NAMES[school.ownership]

    def by_part(self, part: str) -> Mapping[str, list[str]]:
        """The open institutions by part."""
        found: dict[str, list[str]] = {}
        for code in self.open:
            found.setdefault(self.value(part, code), []).append(code)
        return found

    def standing(self, codes: list[str]) -> together.Standing:
        """Some institutions together."""
        return together.standing(self.year, self.found, self.scored, codes, self.day)


def board(seen: Morning) -> Iterator[str]:
    """合規總覽: how many stand how, every article, every institution, and what is to be done."""
    sheet = seen.desk.open("board", "/bureau/", seen.told_at)
    standing = {code: morning.standing(each, seen.found) for code, each in seen.asked.items()}
    counted = {state: list(standing.values()).count(state) for state in minute.STANDING_NAMES}
    always = {"not_reported", "fault", "fine"}
    yield from sheet.figures(
        {minute.STANDING_NAMES[state]: str(n) for state, n in counted.items() if n or state in always}
    )
    yield from _articles(seen, sheet, target=None)
    listed = {code: rows.board(each, seen.found) for code, each in seen.asked.items() if standing[code] != "closed"}
    yield from sheet.table("各機構情形", listed, key=sheet.school)
    yield from sheet.begins("資料計算時間：", [words.moment(seen.told_at), f"共 {len(listed)} 個機構"])
    yield from sheet.begins("＃的情形，每 # 分鐘", [words.day(seen.day)])
    yield from sheet.definitions({"怎麼算：已保存天數": kept_words(seen.year, seen.day)})
    yield from _to_do(seen, sheet)
    closed = {code: rows.board(each, seen.found) for code, each in seen.asked.items() if standing[code] == "closed"}
    if closed:
        sheet = seen.desk.open("board", "/bureau/?standing=closed", seen.told_at)
        yield from sheet.table("各機構情形", closed, key=sheet.school)


def kept_words(year: Year, day: date) -> str:
    """How the days kept are told to come about."""
    days = footage.kept_days(year, day)
    return f"最早仍可調閱的影像距今天數。每支鏡頭至少應保存 {days} 日；新設鏡頭從啟用日起算。"


def _to_do(seen: Morning, sheet: Sheet) -> Iterator[str]:
    """Of each matter whose it is, or of how many, and for how many days; those of one rank in any order."""
    wanted, others = morning.matters(seen.year, seen.found, seen.told_at), rows.coming(seen.year, seen.told_at)
    names = {code: each.school.name for code, each in seen.asked.items()}
    lines = sheet.to_do()
    coming = sorted(each.text.partition("自")[2] for each in lines if _COMING in each.text)
    if coming != sorted(others):
        yield f"{sheet.what}: wanted {others}, told {coming}"
    told = [(_whose(each.text), _age(each), each.urgent) for each in lines if _COMING not in each.text]
    who = [names[next(iter(each.schools))] if len(each.schools) == 1 else str(len(each.schools)) for each in wanted]
    # A silence is told by the hour, until after two days it is a warning, and so is a camera that stopped.
    ranked = [
        (whose, 0 if each.key in {"silent", "not_recording"} else each.days, each.key in morning.URGENT)
        for whose, each in zip(who, wanted, strict=True)
    ]
    shown = ranked[: morning.shown(len(ranked), len(others))]
    more = max(0, len(ranked) + len(others) - morning.MOST)
    spare = ranked if more else shown
    if [each[1:] for each in told] != [each[1:] for each in shown]:
        yield f"{sheet.what} to do: wanted {shown}, told {told}"
    elif not set(told) <= set(spare):
        yield f"{sheet.what} to do: {set(told) - set(spare)} are not among {spare}"
    yield from sheet.begins("另有 # 件", [f"另有 {more} 件"] if more else [], there=bool(more))


def _whose(text: str) -> str:
    several = re.match(r"(\d+) 個機構", text)
    return several[1] if several else text.partition("：")[0]


def _age(line: ToDo) -> int:
    days = re.search(r"已 (\d+) 日", line.note)
    return int(days[1]) if days and _STOPPED not in line.text else 0


def _articles(seen: Morning, sheet: Sheet, *, target: int | None) -> Iterator[str]:
    names = {article.name: key for key, article in BY_KEY.items()}
    wanted = {key: rows.article(seen.found, key, together.tally(seen.found, key, seen.open), target) for key in RULES}
    yield from sheet.table("各項規定的符合情形", wanted, key=lambda cell: names[cell.words()])


def articles(seen: Morning) -> Iterator[str]:
    """各項規定, with the bureau's targets."""
    sheet = seen.desk.open("articles", "/bureau/articles", seen.told_at)
    yield from _articles(seen, sheet, target=seen.target)
    yield from sheet.begins("＃的情形，每 # 分鐘", [words.day(seen.day)])


def article(seen: Morning, key: str, *, whole: bool) -> Iterator[str]:
    """One article: how many stand how, by district and day, and its list; `whole`: by kind and ownership too."""
    sheet = seen.desk.open("article", f"/bureau/articles/{key}", seen.told_at)
    counted = together.tally(seen.found, key, seen.open)
    shown = {state: name for state, name in together.STATE_NAMES.items() if counted[state] or state in {"met", "unmet"}}
    yield from sheet.figures({name: str(counted[state]) for state, name in shown.items()})
    yield from _listed(seen, sheet, key)
    yield from sheet.begins("共 # 個機構；", [f"共 {len(seen.open)} 個機構"])
    yield from sheet.begins("＃的情形，單位是機構", [words.day(seen.day), _weighed(seen, key, counted)])
    trend = {words.short(day): {"符合比例": _share_of(seen, day, key)} for day in seen.taken.past(seen.day)}
    yield from sheet.table("每日符合的機構比例", trend, key=lambda cell: cell.words())
    for part, name in PARTS.items() if whole else [("district", PARTS["district"])]:
        if part != "district":
            sheet = seen.desk.open("article", f"/bureau/articles/{key}?part={part}", seen.told_at)
        yield from _parts(seen, sheet, key, part, name)


def _weighed(seen: Morning, key: str, counted: Counter[str]) -> str:
    if key not in BINDING:
        return "本項不計分，也不訂目標"
    weight = in_force(seen.year, seen.day)[0].get(key, 0)
    points = f"計分權重 {weight}（" if weight else "不計分（"
    return f"符合比例 {together.share(key, counted)}，目標 {words.thousandths(seen.target)}，{points}"


def _share_of(seen: Morning, day: date, key: str) -> str:
    counted = together.tally(seen.taken.city(day), key, seen.asked)
    return words.share(counted["met"], together.owed(counted))


def _listed(seen: Morning, sheet: Sheet, key: str) -> Iterator[str]:
    """Each institution, and of what is wrong as many as are counted."""
    told = sheet.cells("機構清單", key=sheet.school)
    for code in seen.open:
        answer, cells = seen.found[code, key], told.get(code, {})
        wanted = rows.listed(answer)
        shown = {name: cells[name].words(without=("details",)) for name in wanted if name in cells}
        shown["數量"] = shown.get("數量", "").split(" ")[0]
        if shown != wanted:
            yield f"{sheet.what} {code}: wanted {wanted}, told {shown}"
        elif wrong_listed(cells["情形"]) != answer.wrong:
            yield f"{sheet.what} {code}: {answer.wrong} are wrong, and {wrong_listed(cells['情形'])} are listed"
    if set(told) != set(seen.open):
        yield f"{sheet.what}: wanted {set(seen.open)}, told {set(told)}"


def wrong_listed(cell: Node) -> int:
    """How many things are listed in a cell, with those that it only counts."""
    told = [each.words() for each in cell.all("li")]
    more = [int(found[1]) for each in told if (found := re.fullmatch(r"另有 (\d+) 項", each))]
    return len(told) - len(more) + sum(more)


def _parts(seen: Morning, sheet: Sheet, key: str, part: str, name: str) -> Iterator[str]:
    wanted: dict[str, Row] = {}
    for value, codes in seen.by_part(part).items():
        counted = together.tally(seen.found, key, codes)
        wanted[value] = {**rows.states(counted), "符合比例": together.share(key, counted)}
    yield from sheet.table(f"分{name}的符合情形", wanted, key=lambda cell: cell.words())


def overview(seen: Morning) -> Iterator[str]:
    """全市分數: the city, its parts, its map, and its days."""
    sheet = seen.desk.open("overview", "/bureau/overview", seen.told_at)
    whole = seen.standing([*seen.open])
    reaches = {f"{name}的機構": str(whole.counts[reach]) for reach, name in together.REACH_NAMES.items()}
    if not whole.counts["not_scored"]:
        del reaches["不計分的機構"]
    score = f"{words.share(whole.met, whole.owed)} 目標 {words.thousandths(seen.target)}"
    yield from sheet.figures({"全市分數": score, **reaches})
    yield from sheet.begins("# 個機構的影像", [f"{whole.warned} 個機構"], there=bool(whole.warned))
    yield from sheet.begins("＃的情形，計算於", [words.day(seen.day), words.moment(seen.told_at)])
    for part, name in PARTS.items():
        wanted = {value: rows.part(seen.standing(codes)) for value, codes in seen.by_part(part).items()}
        yield from sheet.table(f"分{name}的分數", wanted, key=lambda cell: cell.words())
    yield from _map(seen, sheet)
    days = {words.short(day): seen.taken.scored(day, CITY, city=True) for day in seen.taken.past(seen.day)}
    trend = {day: {"分數": score, "影像遺失預警的機構": warned} for day, (score, warned) in days.items()}
    yield from sheet.table("全市每日分數", trend, key=lambda cell: cell.words())


def _map(seen: Morning, sheet: Sheet) -> Iterator[str]:
    told = [_TILE.fullmatch(each.attributes["aria-label"]) for each in sheet.page.main.all("a", named="sy-map-tile")]
    shown = {each["district"]: each.groupdict(default="0") for each in told if each is not None}
    for district, codes in seen.by_part("district").items():
        of = rows.part(seen.standing(codes))
        wanted = {"said": of["分數"], "reach": of["與目標相比"], "number": of["機構"], "warned": of["預警"]}
        if shown.get(district) != wanted | {"district": district}:
            yield f"{sheet.what} map {district}: wanted {wanted}, told {shown.get(district)}"


def institution_scores(seen: Morning) -> Iterator[str]:
    """各機構的分數."""
    sheet = seen.desk.open("scores", "/bureau/overview/institutions", seen.told_at)
    wanted = {code: rows.score(seen.found, code, seen.scored[code]) for code in seen.open}
    yield from sheet.table("各機構的分數", wanted, key=sheet.school)
    yield from sheet.begins("共 # 個機構。", [f"共 {len(wanted)} 個機構"])
    yield from sheet.begins("＃的情形，計算於", [words.day(seen.day), words.moment(seen.told_at)])


def lateness(seen: Morning) -> Iterator[str]:
    """保存與銷毀, the closed institutions among them."""
    sheet = seen.desk.open("retention", "/bureau/retention", seen.told_at)
    law = [minute.law(each) for each in seen.asked.values()]
    yield from sheet.figures(
        {
            "影像未滿天數即遺失的機構": "0",
            "銷毀遲延逾一日的機構": str(sum(each.days_overdue > 0 for each in law)),
            "暫停、等候核可的銷毀作業": "0",
            "逾複查日的保全與備查複製本": str(sum(each.late_reviews for each in law)),
        }
    )
    yield from sheet.table(
        "各機構的保存與銷毀", {code: rows.lateness(each) for code, each in seen.asked.items()}, key=sheet.school
    )
    yield from sheet.begins("共 # 個機構，", [f"共 {len(law)} 個機構"])


def brands(seen: Morning) -> Iterator[str]:
    """設備來源."""
    sheet = seen.desk.open("brands", "/bureau/brands", seen.told_at)
    wanted = {code: rows.brands(each) for code, each in seen.open.items()}
    total = {name: str(sum(int(row[name]) for row in wanted.values())) for name in ("列冊管理", "未載明", "逾汰換日")}
    yield from sheet.figures(
        {
            "列冊管理的設備": total["列冊管理"],
            "其中尚未載明理由與文號": total["未載明"],
            "已逾預定汰換日": total["逾汰換日"],
        }
    )
    yield from sheet.table("各機構的設備", wanted, key=sheet.school)


def zones(seen: Morning) -> Iterator[str]:
    """設置區域統計: all of the year's cameras hang outdoors."""
    sheet = seen.desk.open("zones", "/bureau/zones", seen.told_at)
    cameras = sum(len(each.cameras) for each in seen.open.values())
    waits = sum(seen.found[code, "zones"].wrong for code in seen.open)
    none = "0 待補評估 0 支"
    yield from sheet.figures(
        {
            "戶外公共區域的鏡頭": f"{cameras} 待補評估 {waits} 支",
            "室內公共區域的鏡頭": none,
            "室內活動室的鏡頭": none,
        }
    )
    wanted = {code: rows.zones(each, seen.found) for code, each in seen.open.items()}
    yield from sheet.table("各機構的鏡頭", wanted, key=sheet.school)
