"""Every list of the bureau's that can be had as a file, each from the reads of its page (DR-24, DR-30)."""

from collections.abc import Mapping, Sequence

from flask import request

from infra import clock
from infra.spreadsheets import Cell, Row
from tenants.compliance import queries
from tenants.compliance.articles import queries as findings
from tenants.compliance.articles.catalogue import BY_KEY
from tenants.compliance.articles.model import FORCE_NAMES, STATE_NAMES, State
from tenants.compliance.articles.queries import FoundLine, Part
from tenants.compliance.queries import BoardLine
from tenants.compliance.rules import STANDING_NAMES, Standing
from tenants.compliance.scoring.queries import ScoredLine
from tenants.compliance.scoring.rules import REACH_NAMES, Reach
from tenants.registry.models import Tenant
from tenants.roc_dates import format_date, format_instant
from tenants.upkeep.property import counting
from webapp.bureau import article_view, presenters, score_view
from webapp.bureau.article_view import PART_NAMES, part_value
from webapp.bureau.listing import MOST_ROWS, Listing
from webapp.filters import NO_DATA, coverage, percent, target

_INSTITUTION = ("代碼", "機構", "行政區", "類型", "公私立")
_COUNTED = (
    *(State.MET, State.UNMET, State.NOT_REPORTED, State.NO_DATA, State.WARNED),
    *(State.ADVICE, State.NOT_APPLICABLE, State.NOT_YET),
)
_BOARD_HEAD = (
    *("狀態", "說明", "錄影中", "鏡頭", "今日涵蓋率", "已保存天數"),
    *("待處理案件", "逾期銷毀", "最後回報"),
)
_LATENESS_HEAD = (
    *("下限：遺失（段）", "上限：遲延", "逾一日（日份）", "暫停（次）"),
    *("保全（筆）", "逾複查日（筆）", "說明", "計算時間"),
)
_PARTS_HEAD = ("分類", "名稱", "分數", "目標", "與目標相比", "機構")
_BOARD = (
    "錄影中：5 分鐘內回報正在錄影的鏡頭數。今日涵蓋率：到目前為止已錄到的秒數÷應錄影的秒數。"
    "已保存天數：最早仍可調閱的影像距今天數。未回報與無資料不算正常。"
)
_LATENESS = (
    "下限：未滿保存天數即遺失的段數。上限：自得銷毀之時起算，至出具銷毀證明為止；逾一日者計為逾期。"
    "暫停：等候首長核可的銷毀作業。依法保全的影像不計。"
)
_BRANDS = "列冊管理：限制廠牌的使用中設備；未載明：其中沒有首長理由或教育局同意文號者。"


def board() -> Listing:
    """The institutions of the board, with its filters."""
    asked = {name: request.args.get(name, "") for name in ("district", "kind", "standing")}
    lines = queries.fitting(queries.board(now=clock.now()), **asked)
    standing = STANDING_NAMES[Standing(asked["standing"])] if asked["standing"] in set(Standing) else asked["standing"]
    return Listing(
        title="合規總覽",
        definition=_BOARD,
        computed_at=presenters.computed_at(lines),
        asked=[("行政區", asked["district"]), ("類型", part_value(Part.KIND, asked["kind"])), ("狀態", standing)],
        head=[*_INSTITUTION, *_BOARD_HEAD],
        rows=[[*_of(line), *_board(line)] for line in lines],
    )


def _board(line: BoardLine) -> Row:
    said = [STANDING_NAMES[line.judgement.standing], "、".join(line.judgement.reasons)]
    facts = line.facts
    if facts is None:
        return [*said, *[NO_DATA] * 7]
    return [
        *said,
        _or_no_data(facts.recording_now),
        facts.cameras,
        coverage(facts.coverage_today, facts.coverage_state),
        _or_no_data(facts.days_kept),
        facts.open_requests,
        facts.overdue_destructions,
        format_instant(facts.last_report_at) if facts.last_report_at is not None else NO_DATA,
    ]


def lateness() -> Listing:
    """Retention, late destruction and holds of every institution."""
    lines = queries.late_first(queries.board(now=clock.now()))
    return Listing(
        title="保存與銷毀",
        definition=_LATENESS,
        computed_at=presenters.computed_at(lines),
        asked=[],
        head=[*_INSTITUTION, *_LATENESS_HEAD],
        rows=[[*_of(line), *_lateness(line)] for line in lines],
    )


def _lateness(line: BoardLine) -> Row:
    law = line.facts.law if line.facts is not None else None
    if law is None:
        return [NO_DATA] * 8
    return [
        law.floor_missing,
        presenters.lateness(law.late_minutes) or "0 分",
        law.days_overdue,
        law.stopped_runs,
        law.open_holds,
        law.late_reviews,
        "、".join(presenters.law_words(law)) or "正常",
        format_instant(law.computed_at),
    ]


def brands() -> Listing:
    """Device origin: every institution's equipment in figures."""
    lines = counting.city()
    names = ("assets", "controlled", "unnoted", "to_replace", "unlisted", "unseen", "orphaned")
    return Listing(
        title="設備來源",
        definition=_BRANDS,
        computed_at=min((count.computed_at for _, count in lines if count is not None), default=None),
        asked=[],
        head=[*_INSTITUTION, "使用中", "列冊管理", "未載明", "逾汰換日", "未列帳", "未偵測到", "保管人已離職"],
        rows=[
            [*_of(tenant), *(getattr(count, name) if count is not None else NO_DATA for name in names)]
            for tenant, count in lines
        ],
    )


def articles() -> Listing:
    """Every article over the city."""
    day, lines = article_view.overview()
    return Listing(
        title="各項規定",
        definition="單位是機構。符合比例＝符合÷應符合；未回報與無資料不算符合，建議改善、不適用與尚未起算（開通當日）不列入。",
        computed_at=findings.computed_at(day=day) if day is not None else None,
        asked=[("日期", format_date(day) if day is not None else NO_DATA)],
        head=["規定事項", "要求", *(STATE_NAMES[state] for state in _COUNTED), "符合比例", "最早未符合", "計算方式"],
        rows=[
            [
                line.article.name,
                FORCE_NAMES[line.article.force],
                *(line.tally.counts.get(state, 0) for state in _COUNTED),
                article_view.share_words(line.article, line.tally),
                format_date(line.oldest) if line.oldest is not None else "",
                line.article.definition,
            ]
            for line in lines
        ],
    )


def article(key: str) -> Listing:
    """The institutions of one article, with the filters of its page and what is wrong at each."""
    said, day = BY_KEY[key], findings.latest_day() or clock.today()
    asked, _ = article_view.asked_of(key, day)
    lines, _ = findings.institutions(asked=asked, limit=MOST_ROWS)
    return Listing(
        title=said.name,
        definition=said.definition,
        computed_at=min((line.computed_at for line in lines), default=None),
        asked=[
            ("日期", format_date(day)),
            ("情形", STATE_NAMES[State(asked.state)] if asked.state in set(State) else asked.state),
            ("行政區", asked.district),
            ("類型", part_value(Part.KIND, asked.kind)),
            ("公私立", part_value(Part.OWNERSHIP, asked.ownership)),
        ],
        head=[*_INSTITUTION, "情形", f"未符合（{said.unit}）", f"檢視（{said.unit}）", "自何時起", "是哪些"],
        rows=[[*_of(line), *_found(line)] for line in lines],
    )


def _found(line: FoundLine) -> Row:
    more = line.wrong - len(line.subjects)
    listed = [f"{each.label}：{each.why}" for each in line.subjects] + ([f"另有 {more} 項"] if more > 0 else [])
    return [
        STATE_NAMES[line.state],
        line.wrong,
        line.looked_at,
        format_date(line.since) if line.since is not None else "",
        "；".join(listed),
    ]


def overview() -> Listing:
    """The scores of the parts of the city."""
    page = score_view.overview(score_view.asked_for(), clock.today())
    reaches = (Reach.REACHED, Reach.BELOW, Reach.NO_DATA, Reach.NOT_SCORED)
    lines = [("全部", page.whole), *((PART_NAMES[part], each) for part in Part for each in page.parts[part])]
    return Listing(
        title="全市分數",
        definition=score_view.DEFINITION,
        computed_at=page.computed_at,
        asked=_asked(page.asked, format_date(page.day)),
        head=[*_PARTS_HEAD, *(REACH_NAMES[each] for each in reaches), "影像遺失預警"],
        rows=[
            [
                part,
                each.name,
                percent(each.score.share),
                target(page.weighting.target),
                REACH_NAMES[each.reach],
                each.institutions,
                *(each.counts[reach] for reach in reaches),
                each.warned,
            ]
            for part, each in lines
        ],
    )


def scores() -> Listing:
    """Every institution with its score."""
    found = score_view.listed(score_view.asked_for(), clock.today())
    return Listing(
        title="各機構的分數",
        definition=score_view.DEFINITION,
        computed_at=found.computed_at,
        asked=_asked(found.asked, format_date(found.day)),
        head=[*_INSTITUTION, "分數", "目標", "與目標相比", "影像遺失預警"],
        rows=[
            [
                *_of(line),
                percent(line.score.share) if line.score is not None else NO_DATA,
                target(found.weighting.target),
                REACH_NAMES[line.reach],
                "有" if line.warned else "",
            ]
            for line in found.lines
        ],
    )


def _asked(asked: Mapping[str, str], day: str) -> Sequence[tuple[str, str]]:
    return [
        ("日期", day),
        ("行政區", asked["district"]),
        ("類型", part_value(Part.KIND, asked["kind"])),
        ("公私立", part_value(Part.OWNERSHIP, asked["ownership"])),
        ("與目標相比", dict(score_view.reach_names()).get(asked["reach"], asked["reach"])),
    ]


def _of(line: BoardLine | FoundLine | ScoredLine | Tenant) -> Row:
    return [
        line.code,
        line.name,
        line.district,
        part_value(Part.KIND, line.kind),
        part_value(Part.OWNERSHIP, line.ownership),
    ]


def _or_no_data(number: int | None) -> Cell:
    return NO_DATA if number is None else number
