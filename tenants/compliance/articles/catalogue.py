"""The table of articles. A new duty is one line here, a look, and a reading in its room (infra/decisions/0047).

The order is that in which a page lists them: recording and keeping before papers and people.
"""

from collections.abc import Mapping

from tenants.compliance.articles import looks
from tenants.compliance.articles.model import Article, Force
from tenants.compliance.rules import ENOUGH_COVERAGE
from tenants.permissions import ROLE_NAMES, Role
from tenants.profiles import Clause

_HEAD, _HANDLER = ROLE_NAMES[Role.HEAD], ROLE_NAMES[Role.HANDLER]

ARTICLES: tuple[Article, ...] = (
    Article(
        key="continuity",
        name="持續正常運作",
        clause=Clause.CONTINUITY,
        force=Force.MUST,
        definition=(
            f"當日應錄影時段（教保服務機構為開放時間，國小為全日）內，錄影時間不足 {ENOUGH_COVERAGE:.1%} 的鏡頭。"
            "遲傳的影像算有錄影；整日沒有回報的鏡頭列為未回報或無資料，不算符合。"
        ),
        unit="支鏡頭",
        owner=_HANDLER,
        looks=looks.continuity,
        retold=True,
    ),
    Article(
        key="retention_min",
        name="保存天數",
        clause=Clause.RETENTION_MIN,
        force=Force.MUST,
        definition="鏡頭最早可查的影像晚於應保存的日數；以及未滿保存天數即遺失、或收件後遭刪除的影像。新設鏡頭自啟用日起算。",
        unit="支鏡頭",
        owner=_HANDLER,
        looks=looks.floor,
    ),
    Article(
        key="at_risk",
        name="影像遺失預警",
        clause=Clause.RETENTION_MIN,
        force=Force.MUST,
        definition=(
            "再不處理就會使保存天數出現缺口：邊緣主機兩日以上沒有連線、錄影磁碟剩不到 48 小時，或鏡頭一日以上沒有錄影。"
            "這是預警，尚未違反規定。"
        ),
        unit="項",
        owner=_HANDLER,
        looks=looks.at_risk,
        warns=True,
    ),
    Article(
        key="retention_max",
        name="屆期銷毀",
        clause=Clause.RETENTION_MAX,
        force=Force.MUST,
        definition="影像屆期後逾一日仍未完成銷毀與查核的日份，以及停住的銷毀作業。依法保全的影像不計。",
        unit="日份",
        owner=_HEAD,
        looks=looks.ceiling,
    ),
    Article(
        key="agency_reply",
        name="公文依限函復",
        clause=Clause.AGENCY_REPLY,
        force=Force.MUST,
        definition="處理期限已過，尚未決定或尚未函復的公文調閱案件。期限依速別以工作日計。",
        unit="件案件",
        owner=_HEAD,
        looks=looks.replies,
    ),
    Article(
        key="retained_copy",
        name="保全與備查複製本",
        clause=Clause.RETAINED_COPY,
        force=Force.MUST,
        definition="逾複查日仍未複查，或未完成的保全與備查複製本。",
        unit="筆",
        owner=_HEAD,
        looks=looks.copies,
    ),
    Article(
        key="local_policy",
        name="訂定管理規定",
        clause=Clause.LOCAL_POLICY,
        force=Force.MUST,
        definition="規定要求經會議通過，而當日沒有已生效的登記。規定未要求者不列入。",
        unit="個場所",
        owner=_HEAD,
        looks=looks.policies,
        retold=True,
    ),
    Article(
        key="calibration",
        name="定期校正",
        clause=Clause.CALIBRATION,
        force=Force.MUST,
        definition="已逾下次校正日（未曾校正者自啟用日起算六個月），或時間不準而尚未校正的鏡頭。規定未提及者僅列為建議。",
        unit="支鏡頭",
        owner=_HANDLER,
        looks=looks.calibrations,
    ),
    Article(
        key="equipment",
        name="設備功能",
        clause=Clause.EQUIPMENT,
        force=Force.SHOULD,
        definition="評估後有功能未符合的鏡頭。規定用「宜」，只列建議，不算未符合（四項功能：彩色清晰、角度全面、時間準點、收音）。",
        unit="支鏡頭",
        owner=_HANDLER,
        looks=looks.functions,
    ),
)
BY_KEY: Mapping[str, Article] = {article.key: article for article in ARTICLES}
