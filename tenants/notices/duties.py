"""The table of what people are told of: whose it is, when, who hears of it when nothing happens, and by which article.

A duty is a line here and a reading in `reading` (infra/decisions/0059).
"""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum

from tenants.permissions import DESIGNATED_ROLES, Role
from tenants.profiles import Clause


class Kind(StrEnum):
    """What may be due. Kept in rows, so a word is never used for another thing."""

    ACCOUNT_REVIEW = "account_review"
    AGENCY_REPLY = "agency_reply"
    APPLICATION = "application"
    BREACH_CLOCK = "breach_clock"
    CALIBRATION = "calibration"
    COPY_OUT = "copy_out"
    DEPARTURE = "departure"
    DEPUTY_ENDS = "deputy_ends"
    DESIGNATION = "designation"
    DESIGNATION_ENDS = "designation_ends"
    DESTRUCTION = "destruction"
    DESTRUCTION_STOP = "destruction_stop"
    FAULT = "fault"
    GAPS = "gaps"
    HOLD_REVIEW = "hold_review"
    IMPROVEMENT = "improvement"
    INSPECTION = "inspection"
    OWN_SECRECY = "own_secrecy"
    RIGHTS = "rights"
    SECRECY = "secrecy"
    ZONES = "zones"


class Level(StrEnum):
    """How high a thing has risen: whose duty it is, the head, the bureau's morning."""

    OWNER = "owner"
    HEAD = "head"
    BUREAU = "bureau"


HEADS = frozenset({Role.HEAD, Role.CUSTODIAN})
# The finding by which the bureau learns of what no article of its own tells (tenants.compliance.articles).
RISEN = "risen"
# And where no article has to: what the bureau asked for itself is late on its own list, on its first page.
OWN_LIST = ""
# The statute and not a regulation of the bureau.
_DATA_PROTECTION = "個人資料保護法第十三條"


@dataclass(frozen=True)
class Duty:
    """One line. `told` whose it is; a deputy is told as the holder, and the head where nobody holds any of the roles.

    `lead`: civil days before the due day on which a digest speaks of it; from the day itself on it does so again every
    `again` working days. `head_after` and `bureau_after`: so many working days after the due day; None: never, or by
    the room's own clocks. `finding`: the article by which the bureau's morning tells it. `basis`: what asks for it
    where no clause does and no item says its own. `at_once`: where a text says 立即, or a clock runs by the hour.
    """

    name: str
    unit: str
    told: frozenset[Role]
    clause: Clause | None
    _: KW_ONLY
    lead: tuple[int, ...] = ()
    again: int = 1
    head_after: int | None = None
    bureau_after: int | None = None
    finding: str = RISEN
    at_once: bool = False
    basis: str = ""


_HANDLER = frozenset({Role.HANDLER})
# Who has duties by law, and so may not do without the morning's mail; others choose.
BOUND = HEADS | _HANDLER
_OFFICE = frozenset({Role.HANDLER, Role.OFFICE_HEAD})
_REPAIR = frozenset({Role.HANDLER, Role.OFFICE_HEAD, Role.TECHNICIAN})
# In this order a mail lists them: what runs by the hour, footage, cases, and then papers.
DUTIES: Mapping[Kind, Duty] = {
    Kind.BREACH_CLOCK: Duty(
        "資安或個資事故的通報期限", "項", BOUND, Clause.CONFIDENTIALITY, bureau_after=1, at_once=True
    ),
    # 立即: whoever repairs hears of it the same hour; its clocks run in the office's hours and rise by themselves.
    Kind.FAULT: Duty("待處理的故障", "件", _REPAIR, Clause.FAULTS, finding="faults", at_once=True),
    Kind.GAPS: Duty(
        "待說明原因的錄影中斷", "段", _OFFICE, Clause.CONTINUITY, head_after=1, bureau_after=3, finding="gaps"
    ),
    Kind.DESTRUCTION_STOP: Duty(
        "等候首長核可的銷毀", "次", HEADS, Clause.RETENTION_MAX, bureau_after=3, finding="retention_max"
    ),
    Kind.DESTRUCTION: Duty(
        "已到期而未完成的銷毀", "日份", BOUND, Clause.RETENTION_MAX, bureau_after=1, finding="retention_max"
    ),
    Kind.AGENCY_REPLY: Duty(
        "公文調閱的處理期限", "件", BOUND, Clause.AGENCY_REPLY, lead=(1,), bureau_after=3, finding="agency_reply"
    ),
    Kind.APPLICATION: Duty(
        "調閱申請的處理期限", "件", HEADS | _OFFICE, Clause.INSIDER_ACCESS, lead=(1,), bureau_after=5
    ),
    Kind.RIGHTS: Duty(
        "個人資料權利請求的期限", "件", BOUND, None, basis=_DATA_PROTECTION, lead=(7, 3, 1), bureau_after=3
    ),
    Kind.HOLD_REVIEW: Duty(
        "保全的複查", "筆", HEADS, Clause.RETENTION_EXCEPTIONS, lead=(7,), bureau_after=5, finding="retained_copy"
    ),
    Kind.IMPROVEMENT: Duty(
        "教育局要求的改善事項",
        "件",
        BOUND,
        None,
        basis="各改善事項所載條文",
        lead=(7, 1),
        bureau_after=1,
        finding=OWN_LIST,
    ),
    Kind.COPY_OUT: Duty(
        "機關逾期未返還或銷毀的影像", "件", _HANDLER, Clause.CONFIDENTIALITY, again=5, head_after=5, bureau_after=20
    ),
    Kind.INSPECTION: Duty(
        "定期檢查",
        "處",
        _OFFICE,
        Clause.INSPECTION,
        lead=(30, 7, 1),
        head_after=1,
        bureau_after=5,
        finding="inspection",
    ),
    Kind.CALIBRATION: Duty(
        "該校正的鏡頭", "支", _REPAIR, Clause.CALIBRATION, again=5, head_after=5, bureau_after=10, finding="calibration"
    ),
    Kind.ZONES: Duty(
        "待補評估、註記或複核的鏡頭", "支", BOUND, Clause.ZONES, again=5, bureau_after=10, finding="zones"
    ),
    Kind.DESIGNATION: Duty("未指派專人", "項", HEADS, Clause.DESIGNATION, bureau_after=1, finding="designation"),
    Kind.DESIGNATION_ENDS: Duty("指派將屆滿而無接任", "項", HEADS, Clause.DESIGNATION, lead=(30, 7, 1)),
    Kind.DEPUTY_ENDS: Duty("代理將屆滿", "項", HEADS, Clause.DESIGNATION, lead=(3,)),
    Kind.DEPARTURE: Duty("離職或調職的交接", "人", HEADS, Clause.LEAVERS, lead=(7, 1), again=5, bureau_after=10),
    Kind.OWN_SECRECY: Duty("您的保密切結待簽署", "份", frozenset(), Clause.CONFIDENTIALITY, again=3, finding="secrecy"),
    Kind.SECRECY: Duty(
        "尚未簽署保密切結的人員", "人", HEADS, Clause.LEAVERS, again=5, bureau_after=10, finding="secrecy"
    ),
    Kind.ACCOUNT_REVIEW: Duty(
        "年度帳號清查", "次", HEADS, None, lead=(30, 7), again=5, bureau_after=20, finding="account_review"
    ),
}
# Who has anything that is due at all: nobody else is looked at.
INVOLVED = HEADS | _REPAIR | DESIGNATED_ROLES
