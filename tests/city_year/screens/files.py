"""The bureau's lists as files: each line says what the page says, and a file says when its figures were computed."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from tenants.compliance.articles.catalogue import BY_KEY
from tests.city_year.differing import differ
from tests.city_year.oracle import morning, rows, together, words
from tests.city_year.oracle.city import RULES
from tests.city_year.screens.bureau import PARTS, Morning
from tests.city_year.screens.sheet import Row, plain

_ALL = "全部"


class File:
    """A file as it was fetched: its facts and its lines by column."""

    def __init__(self, seen: Morning, key: str) -> None:
        """Fetch it as CSV."""
        answer = seen.desk.client.get(f"/bureau/exports/{key}.csv")
        told = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
        blank = told.index([])
        self.name = "article" if key in RULES else key
        self.what = f"{seen.told_at:%Y-%m-%d %H:%M} {key}.csv"
        self.facts = {row[0]: row[1] for row in told[1:blank]}
        self.head: Sequence[str] = told[blank + 1]
        self.lines: Sequence[Row] = [dict(zip(self.head, row, strict=True)) for row in told[blank + 2 :]]
        seen.desk.shown |= {("files", self._label(column)) for column in self.head}

    def _label(self, column: str) -> str:
        return f"{self.name}.csv｜{column.partition('（')[0]}"

    def differs(self, seen: Morning, wanted: Mapping[str, Row], *, by: str) -> Iterator[str]:
        """What is not as it has to be: every column of the file, but what is a definition."""
        columns = self.head[: self._last]
        seen.desk.compared |= {("files", self._label(column)) for row in wanted.values() for column in row}
        told = {line[by]: {name: line[name] for name in columns} for line in self.lines}
        yield from differ(self.what, wanted, told)
        facts = {"計算時間": words.moment(seen.told_at), "筆數": str(len(wanted))}
        yield from differ(self.what, facts, {name: self.facts[name] for name in facts})

    @property
    def _last(self) -> int | None:
        """The words of a definition stand last, and what is wrong one by one, which the page's list counts."""
        return -1 if self.head[-1] in {"計算方式", "是哪些"} else None


def every(seen: Morning) -> Iterator[str]:
    """All of them but those of the articles."""
    for told in (_board, _lateness, _brands, _articles, _overview, _scores):
        yield from told(seen)


def _board(seen: Morning) -> Iterator[str]:
    wanted = {}
    for code, asked in seen.asked.items():
        if morning.standing(asked, seen.found) != "closed":
            row = dict(rows.board(asked, seen.found))
            state, _, reasons = row.pop("狀態").partition(" ")
            records, _, _ = row.pop("錄影中").partition("／")
            told = {"狀態": state, "說明": reasons, "錄影中": records, "鏡頭": str(len(asked.cameras))}
            wanted[code] = {**rows.named(asked), **told, **{name: plain(word) for name, word in row.items()}}
    yield from File(seen, "board").differs(seen, wanted, by="代碼")


_LATENESS = {
    "下限：遺失": "下限：遺失（段）",
    "上限：遲延": "上限：遲延",
    "逾一日": "逾一日（日份）",
    "暫停": "暫停（次）",
    "保全": "保全（筆）",
    "逾複查日": "逾複查日（筆）",
}


def _lateness(seen: Morning) -> Iterator[str]:
    wanted = {}
    for code, asked in seen.asked.items():
        row, computed = rows.lateness(asked), words.moment(asked.told_at)
        said = row["說明"].removesuffix(f" {computed}").removeprefix("不合規定 ")
        counted = {_LATENESS[name]: row[name] if name == "上限：遲延" else plain(row[name]) for name in _LATENESS}
        wanted[code] = {**rows.named(asked), **counted, "說明": said, "計算時間": computed}
    yield from File(seen, "retention").differs(seen, wanted, by="代碼")


def _brands(seen: Morning) -> Iterator[str]:
    wanted = {}
    for code, asked in seen.open.items():
        row = {name: word.split(" ")[0] for name, word in rows.brands(asked).items()}
        wanted[code] = {**rows.named(asked), **row}
    yield from File(seen, "brands").differs(seen, wanted, by="代碼")


def _articles(seen: Morning) -> Iterator[str]:
    file, wanted = File(seen, "articles"), {}
    for key, article in BY_KEY.items():
        counted = together.tally(seen.found, key, seen.open)
        since, share = together.oldest(seen.found, key), together.share(key, counted)
        wanted[article.name] = {
            "規定事項": article.name,
            "要求": next((line["要求"] for line in file.lines if line["規定事項"] == article.name), ""),
            **{name: str(counted[state]) for state, name in together.STATE_NAMES.items()},
            "符合比例": share,
            "最早未符合": words.day(since) if since is not None else "",
        }
    yield from file.differs(seen, wanted, by="規定事項")


def _overview(seen: Morning) -> Iterator[str]:
    wanted = {_ALL: _part(seen, _ALL, "", [*seen.open])}
    for part, name in PARTS.items():
        wanted |= {value: _part(seen, name, value, codes) for value, codes in seen.by_part(part).items()}
    file = File(seen, "overview")
    file.lines = [{**line, "名稱": line["名稱"] or _ALL} for line in file.lines]
    wanted[_ALL] = {**wanted[_ALL], "名稱": _ALL}
    yield from file.differs(seen, wanted, by="名稱")


def _part(seen: Morning, part: str, value: str, codes: list[str]) -> Row:
    of = seen.standing(codes)
    return {
        "分類": part,
        "名稱": value,
        "分數": words.share(of.met, of.owed),
        "目標": words.thousandths(seen.target),
        "與目標相比": together.REACH_NAMES[of.reach],
        "機構": str(of.institutions),
        **{name: str(of.counts[reach]) for reach, name in together.REACH_NAMES.items()},
        "影像遺失預警": str(of.warned),
    }


def _scores(seen: Morning) -> Iterator[str]:
    wanted = {}
    for code, asked in seen.open.items():
        scored = seen.scored[code]
        wanted[code] = {
            **rows.named(asked),
            "分數": words.share(scored.met, scored.owed),
            "目標": words.thousandths(seen.target),
            "與目標相比": together.REACH_NAMES[together.reach(scored)],
            "影像遺失預警": "有" if seen.found[code, "at_risk"].state == "warned" else "",
        }
    yield from File(seen, "scores").differs(seen, wanted, by="代碼")


def article(seen: Morning, key: str) -> Iterator[str]:
    """The list of one article."""
    file, unit, wanted = File(seen, key), BY_KEY[key].unit, {}
    for code, asked in seen.open.items():
        answer = seen.found[code, key]
        wanted[code] = {
            **rows.named(asked),
            "情形": together.STATE_NAMES[answer.state],
            f"未符合（{unit}）": str(answer.wrong),
            f"檢視（{unit}）": str(answer.of),
            "自何時起": words.day(answer.since) if answer.since is not None else "",
        }
    yield from file.differs(seen, wanted, by="代碼")
