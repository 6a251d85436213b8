"""Every figure that a dashboard shows, and where it is compared with the oracle.

A figure is called as its page calls it: by its words, its term, its table and column, or by how its sentence begins,
with # for a number and ＃ for a day. A page that shows one which is not here fails the year, and so does an entry that
is not true. `—` and a reason is what is no figure of compliance, or is told and compared elsewhere.
"""

from collections.abc import Mapping

NO_FIGURE = "—"
# The pages that whoever reads the city's compliance can open, and the front page of a school: by the name that they
# have below, or why nothing on them is a figure of the year.
PAGES: Mapping[str, str] = {
    "bureau.board": "board",
    "bureau.overview.index": "overview",
    "bureau.overview.institutions": "scores",
    "bureau.articles.index": "articles",
    "bureau.articles.show": "article",
    "bureau.lateness": "retention",
    "bureau.institution": "institution",
    "bureau.zones.index": "zones",
    "bureau.brands.index": "brands",
    "bureau.exports.show": "files",
    "school.home.show": "school",
    "bureau.matters.index": "— the same as on board, each with its line: tests/webapp/bureau/test_matters",
    "bureau.regulations.index": "— versions as they were entered: tests/webapp/bureau/test_regulations",
    "bureau.regulations.show": "— what a version asks: tests/webapp/bureau/test_regulations; its sums are on board",
    "bureau.adoptions.show": "— who lacks a meeting: tests/webapp/bureau/test_adoptions; how many is on board",
    "bureau.adoptions.as_csv": "— the same as a file",
    "bureau.adoptions.as_ods": "— the same as a file",
    "bureau.weights.index": "— what the bureau itself entered",
    "bureau.calendar.index": "— what the bureau itself entered",
    "bureau.fault_targets.index": "— what the bureau itself entered",
    "bureau.improvements.index": "— what the bureau itself asked: tests/webapp/bureau/test_samples",
    "bureau.improvements.show": "— what the bureau itself asked: tests/webapp/bureau/test_samples",
}
_CHART = "— how long the chart is"
_RULE = "— how the number comes about, which no year changes"
_NONE = "— there is none in this year"


def _told(where: str, *labels: str) -> Mapping[str, str]:
    return dict.fromkeys(labels, where)


def _table(where: str, caption: str, *columns: str) -> Mapping[str, str]:
    return dict.fromkeys((f"{caption}｜{column}" for column in columns), where)


_STATES = ("符合", "未符合", "預警", "未回報", "無資料", "符合比例")
_NAMED = ("代碼", "機構", "行政區", "類型", "公私立")
_REACHES = ("分數", "與目標相比", "機構", "達到目標", "未達目標", "無資料", "預警")
# … after how a sentence begins: whatever it goes on with.
FIGURES: Mapping[str, Mapping[str, str]] = {
    "board": {
        **_told("bureau.board", "未回報", "無資料", "異常", "有待處理案件", "正常", "已停辦", "現在該做什麼"),
        **_told("bureau.board", "資料計算時間：…", "＃的情形，每 # 分鐘…", "另有 # 件…", "怎麼算：已保存天數"),
        **_table("bureau.board", "各項規定的符合情形", *_STATES, "最早未符合"),
        **_table("bureau.board", "各機構情形", "狀態", "錄影中", "今日涵蓋率", "已保存天數"),
        **_table("bureau.board", "各機構情形", "待處理案件", "逾期銷毀", "最後回報"),
        "怎麼算：錄影中": _RULE,
        "平台有 # 項作業停滯…": "— what stands still of the platform: tests/tenants/platform",
    },
    "articles": {
        **_told("bureau.articles", "＃的情形，每 # 分鐘…"),
        **_table("bureau.articles", "各項規定的符合情形", *_STATES, "最早未符合"),
    },
    "article": {
        **_told("bureau.article", "未符合", "未回報", "無資料", "預警", "建議改善", "符合", "不適用"),
        **_told("bureau.article", "共 # 個機構；…", "＃的情形，單位是機構…"),
        **_table("bureau.article", "機構清單", "情形", "數量", "自何時起"),
        **_table("bureau.article", "分行政區的符合情形", *_STATES),
        **_table("bureau.article", "分類型的符合情形", *_STATES),
        **_table("bureau.article", "分公私立的符合情形", *_STATES),
        **_table("bureau.article", "每日符合的機構比例", "符合比例"),
        **_table("— the words of the texts: tests/tenants/profiles", "各規定的要求", "要求", "依據"),
        **_told(_RULE, "再不處理就會使…", "有中斷而逾期…", "當日應錄影時段…"),
        "過去 # 日": _CHART,
    },
    "overview": {
        **_told("bureau.overview", "全市分數", "未達目標的機構", "無資料的機構", "達到目標的機構", "不計分的機構"),
        **_told("bureau.overview", "# 個機構的影像…", "＃的情形，計算於…"),
        **_table("bureau.overview", "分行政區的分數", *_REACHES),
        **_table("bureau.overview", "分類型的分數", *_REACHES),
        **_table("bureau.overview", "分公私立的分數", *_REACHES),
        **_table("bureau.overview", "全市每日分數", "分數", "影像遺失預警的機構"),
        "過去 # 日的分數": _CHART,
    },
    "scores": {
        **_told("bureau.institution_scores", "共 # 個機構。…", "＃的情形，計算於…"),
        **_table("bureau.institution_scores", "各機構的分數", "分數", "與目標相比", "預警"),
    },
    "retention": {
        **_told("bureau.lateness", "影像未滿天數即遺失的機構", "銷毀遲延逾一日的機構", "暫停、等候核可的銷毀作業"),
        **_told("bureau.lateness", "逾複查日的保全與備查複製本", "共 # 個機構，…"),
        **_table("bureau.lateness", "各機構的保存與銷毀", "下限：遺失", "上限：遲延", "逾一日", "暫停", "保全"),
        **_table("bureau.lateness", "各機構的保存與銷毀", "逾複查日", "說明"),
    },
    "brands": {
        **_told("bureau.brands", "列冊管理的設備", "其中尚未載明理由與文號", "已逾預定汰換日"),
        **_table("bureau.brands", "各機構的設備", "使用中", "列冊管理", "未載明", "逾汰換日", "未列帳", "未偵測到"),
        **_table("bureau.brands", "各機構的設備", "保管人已離職"),
        **_table("— what the bureau itself entered", "限制廠牌", "自", "依據", "狀態"),
    },
    "zones": {
        **_told("bureau.zones", "戶外公共區域的鏡頭", "室內公共區域的鏡頭", "室內活動室的鏡頭"),
        **_table("bureau.zones", "各機構的鏡頭", "戶外公共區域", "室內公共區域", "室內活動室", "情形"),
        **_table(_NONE, "在不得設置的處所登記鏡頭而遭拒絕（一年內）", "機構", "處所", "選取的區域", "途徑"),
    },
    "files": {
        **_table("files", "board.csv", *_NAMED, "狀態", "說明", "錄影中", "鏡頭", "今日涵蓋率", "已保存天數"),
        **_table("files", "board.csv", "待處理案件", "逾期銷毀", "最後回報"),
        **_table("files", "retention.csv", *_NAMED, "下限：遺失", "上限：遲延", "逾一日", "暫停", "保全"),
        **_table("files", "retention.csv", "逾複查日", "說明", "計算時間"),
        **_table("files", "brands.csv", *_NAMED, "使用中", "列冊管理", "未載明", "逾汰換日", "未列帳", "未偵測到"),
        **_table("files", "brands.csv", "保管人已離職"),
        **_table("files", "overview.csv", "分類", "名稱", "分數", "目標", "與目標相比", "機構", "達到目標", "未達目標"),
        **_table("files", "overview.csv", "無資料", "不計分", "影像遺失預警"),
        **_table("files", "scores.csv", *_NAMED, "分數", "目標", "與目標相比", "影像遺失預警"),
        **_table("files", "articles.csv", "規定事項", "要求", *_STATES, "建議改善", "不適用", "尚未起算", "最早未符合"),
        **_table("files", "article.csv", *_NAMED, "情形", "未符合", "檢視", "自何時起"),
        "articles.csv｜計算方式": _RULE,
        "article.csv｜是哪些": "— counted where the page lists them: bureau.article",
    },
    "institution": {
        **_told("institution", "代碼", "類型", "行政區", "資料計算時間", "邊緣主機最後回報", "已保存天數"),
        **_told("institution", "最早可查日期", "保存不足的鏡頭", "逾期未完成銷毀", "未滿天數即遺失", "銷毀遲延"),
        **_told("institution", "收件後遭刪除的申請", "暫停的銷毀作業", "保全中", "尚未結案", "怎麼算：已保存天數"),
        **_told("institution", "分數 …", "＃的情形，計算於…", "錄影中 #／#；…", "錄影中：無資料（…"),
        **_table("institution", "各項規定的情形", "情形", "計分", "依據"),
        **_table("institution", "過去 40 日的分數", "分數", "影像遺失預警"),
        **_table("institution", "每日應錄影時段的涵蓋率", "涵蓋率"),
        **_table("institution", "各鏡頭情形", "狀態", "今日涵蓋率"),
        **_table("institution", "各鏡頭最早可查日期", "最早可查日期"),
        **_table("— the site's name", "各鏡頭情形", "地點"),
        **_table("— the site's name", "各鏡頭最早可查日期", "地點"),
        **_table(_NONE, "進行中的緊急保全", "已保全", "屆期日", "上限"),
        **_told(_CHART, "過去 # 日的分數", "過去 # 日涵蓋率"),
        "怎麼算：錄影中": _RULE,
        "聯絡電話": "— as somebody typed it",
    },
    "school": {
        **_told("school.first_page", "現在該做什麼", "正在錄影的鏡頭", "進行中的調閱案件", "目前可查的天數"),
        **_told("school.first_page", "下一個銷毀日", "小鹿幼兒園自＃起停辦…"),
    },
}


def where(page: str, label: str) -> str:
    """Where a figure of a page is compared, or why not; empty where the table does not have it."""
    found = FIGURES[page].get(label, "")
    begun = (told for key, told in FIGURES[page].items() if key.endswith("…") and label.startswith(key[:-1]))
    return found or next(begun, "")
