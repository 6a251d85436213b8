"""One institution as the bureau sees it: articles, score, cameras, days, and what of the law it keeps."""

from collections.abc import Iterator

from tenants.compliance.articles.catalogue import BY_KEY
from tests.city_year import footage
from tests.city_year.oracle import hours, minute, rows, together, words
from tests.city_year.oracle.answers import Question
from tests.city_year.oracle.city import RULES
from tests.city_year.oracle.morning import standing
from tests.city_year.reading import Node
from tests.city_year.screens.bureau import Morning, kept_words, wrong_listed
from tests.city_year.screens.sheet import Sheet

_STATES = {"recording": "錄影中", "not_recording": "未錄影 鏡頭無法連線", "silent": "未回報"}


def institution(seen: Morning, code: str) -> Iterator[str]:
    """Everything on its page."""
    asked = seen.asked[code]
    sheet = seen.desk.open("institution", f"/bureau/institutions/{seen.desk.ids[code]}", seen.told_at)
    state = minute.STANDING_NAMES[standing(asked, seen.found)]
    told = next(sheet.page.main.all("section", named="sy-todo"))
    reasons = [each.words() for each in told.all("li")]
    if (next(told.all("h2")).words(), reasons) != (state, [*minute.reasons(asked, seen.found)]):
        yield f"{sheet.what}: wanted {state} {minute.reasons(asked, seen.found)}, told {told.words()}"
    yield from _facts(sheet, asked)
    if code in seen.open:
        yield from _articles(seen, sheet, code)
    yield from _cameras(seen, sheet, asked)
    yield from _days(seen, sheet, code)


def _facts(sheet: Sheet, asked: Question) -> Iterator[str]:
    law, kept, last = minute.law(asked), minute.days_kept(asked), minute.last_word(asked)
    yield from sheet.facts(
        {
            "代碼": asked.school.code,
            "行政區": hours.district(asked),
            "類型": rows.OWNERSHIP_NAMES[asked.school.ownership] + rows.KIND_NAMES[asked.school.kind],
            "資料計算時間": words.moment(asked.told_at),
            "邊緣主機最後回報": words.moment(last),
            "已保存天數": words.NO_DATA if kept is None else f"{kept} 日",
            "最早可查日期": words.day(minute.oldest_day(asked)),
            "保存不足的鏡頭": f"{len(minute.short_of(asked))} 支",
            "逾期未完成銷毀": f"{law.days_overdue} 日份",
            "未滿天數即遺失": "0 段",
            "銷毀遲延": words.lasting(law.late),
            "收件後遭刪除的申請": "0 件",
            "暫停的銷毀作業": "0 次",
            "保全中": f"{law.open_holds} 筆，逾複查日 {law.late_reviews} 筆",
            "尚未結案": f"{law.open_requests} 件",
        }
    )
    yield from sheet.definitions({"怎麼算：已保存天數": kept_words(asked.year, asked.day)})
    yield from sheet.table("進行中的緊急保全", {}, key=Node.words)


def _articles(seen: Morning, sheet: Sheet, code: str) -> Iterator[str]:
    names = {article.name: key for key, article in BY_KEY.items()}
    told = sheet.cells("各項規定的情形", key=lambda cell: names[cell.words()])
    for key in RULES:
        answer, cells = seen.found[code, key], told[key]
        since = f" 自{words.day(answer.since)}" if answer.since is not None else ""
        wanted = f"{together.STATE_NAMES[answer.state]}{since}"
        points = rows.points(seen.year, seen.asked[code], key, answer)
        shown = (cells["情形"].words(without=("details",)), wrong_listed(cells["情形"]), cells["計分"].words())
        if shown != (wanted, answer.wrong, points):
            yield f"{sheet.what} {key}: wanted {(wanted, answer.wrong, points)}, told {shown}"
    score = seen.scored[code]
    share = words.share(score.met, score.owed) if score.owed else "不計分"
    reach = together.REACH_NAMES[together.reach(score)]
    told_score = f"分數 {share} （{score.met}／{score.owed}），目標 {words.thousandths(seen.target)} {reach}"
    yield from sheet.begins("分數 ", [told_score])
    yield from sheet.begins("＃的情形，計算於 ＃ #。", [words.day(seen.day), words.moment(seen.told_at)])
    trend = {}
    for day in seen.taken.past(seen.day):
        shown_score, warned = seen.taken.scored(day, code)
        trend[words.short(day)] = {"分數": shown_score, "影像遺失預警": warned}
    yield from sheet.table("過去 40 日的分數", trend, key=Node.words)


def _cameras(seen: Morning, sheet: Sheet, asked: Question) -> Iterator[str]:
    cameras = {}
    for camera in asked.cameras:
        told = footage.said(seen.year, camera, seen.told_at)
        silent = told is None or footage.silence(seen.year, asked.school.code, seen.told_at) is not None
        state = "silent" if silent or told is None else "recording" if told.recording else "not_recording"
        share = minute.coverage(asked, [camera])[1]
        cameras[f"{camera.code} {camera.code}鏡頭"] = {"狀態": _STATES[state], "今日涵蓋率": share}
    yield from sheet.table("各鏡頭情形", cameras, key=Node.words)
    oldest = {
        f"{camera.code} {camera.code}鏡頭": {"最早可查日期": words.day(footage.oldest(seen.year, camera, seen.told_at))}
        for camera in asked.cameras
    }
    yield from sheet.table("各鏡頭最早可查日期", oldest, key=Node.words)
    records = minute.recording_now(asked)
    share = minute.coverage(asked, asked.cameras)[1]
    if records is None:
        yield from sheet.begins("錄影中：無資料（共 # 支）；", [f"（共 {len(asked.cameras)} 支）；今日涵蓋率：{share}"])
    else:
        yield from sheet.begins("錄影中 #／#；今日涵蓋率：", [f"{records}／{len(asked.cameras)}；今日涵蓋率：{share}"])


def _days(seen: Morning, sheet: Sheet, code: str) -> Iterator[str]:
    trend = {words.short(day): {"涵蓋率": seen.taken.coverage(code, day)} for day in seen.taken.past(seen.day)}
    yield from sheet.table("每日應錄影時段的涵蓋率", trend, key=Node.words)
