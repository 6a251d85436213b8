"""The bureau's menu, by duty. A page is one line of the table: its group, words, endpoint, and what it asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tenants.permissions import Permission
from webapp.identify import actor
from webapp.menus import marked


class Group(StrEnum):
    """What a page is for: what stands today, what is asked, who looks, what runs, who is there."""

    TODAY = "今日合規"
    RULES = "規定與目標"
    REVIEW = "查核"
    PLATFORM = "平台"
    REGISTER = "名單與帳號"


PAGES: Sequence[tuple[Group, str, str, Permission]] = (
    (Group.TODAY, "合規總覽", "bureau.board", Permission.COMPLIANCE_READ),
    (Group.TODAY, "待處理事項", "bureau.matters.index", Permission.COMPLIANCE_READ),
    (Group.TODAY, "全市分數", "bureau.overview.index", Permission.COMPLIANCE_READ),
    (Group.TODAY, "各項規定", "bureau.articles.index", Permission.COMPLIANCE_READ),
    (Group.TODAY, "保存與銷毀", "bureau.lateness", Permission.COMPLIANCE_READ),
    (Group.RULES, "規定與版本", "bureau.regulations.index", Permission.COMPLIANCE_READ),
    (Group.RULES, "權重與目標", "bureau.weights.index", Permission.COMPLIANCE_READ),
    (Group.RULES, "學年行事曆", "bureau.calendar.index", Permission.COMPLIANCE_READ),
    (Group.REVIEW, "設置區域統計", "bureau.zones.index", Permission.COMPLIANCE_READ),
    (Group.REVIEW, "設備來源", "bureau.brands.index", Permission.COMPLIANCE_READ),
    (Group.REVIEW, "稽核", "bureau.audits.index", Permission.AUDIT_READ),
    (Group.REVIEW, "抽查案件", "bureau.samples.index", Permission.SAMPLE_DRAW),
    (Group.REVIEW, "改善事項", "bureau.improvements.index", Permission.COMPLIANCE_READ),
    (Group.REVIEW, "函稿", "bureau.letters.index", Permission.LETTER_DRAFT),
    (Group.REVIEW, "銷毀證明查核", "bureau.certificates.index", Permission.CERTIFICATE_AUDIT),
    (Group.REVIEW, "追查外流畫面", "bureau.traces.index", Permission.VIEWING_TRACE),
    (Group.PLATFORM, "平台健康情形", "bureau.platform.show", Permission.PLATFORM_READ),
    (Group.PLATFORM, "作業佇列", "bureau.queues.show", Permission.PLATFORM_READ),
    (Group.PLATFORM, "儲存空間預測", "bureau.storage.show", Permission.PLATFORM_READ),
    (Group.PLATFORM, "緊急存取", "bureau.emergencies.index", Permission.EMERGENCY_READ),
    (Group.PLATFORM, "隔離的物件", "bureau.quarantine.index", Permission.STRAY_DESTROY),
    (Group.REGISTER, "機構名單", "bureau.tenants", Permission.PLATFORM_READ),
    (Group.REGISTER, "名冊匯入", "bureau.rosters.index", Permission.TENANT_MANAGE),
    (Group.REGISTER, "公務機關", "bureau.agencies", Permission.AGENCY_VERIFY),
    (Group.REGISTER, "帳號", "bureau.accounts.find", Permission.ACCOUNT_MANAGE),
    (Group.REGISTER, "權限總表", "bureau.permissions", Permission.ACCESS_READ),
)
# Pages without a link of their own lie under that of another part.
_UNDER = {
    "bureau.institution": "bureau.board",
    "bureau.matters": "bureau.matters.index",
    "bureau.articles": "bureau.articles.index",
    "bureau.overview": "bureau.overview.index",
    "bureau.weights": "bureau.weights.index",
    "bureau.urgent": "bureau.board",
    "bureau.platform": "bureau.platform.show",
    "bureau.queues": "bureau.queues.show",
    "bureau.storage": "bureau.storage.show",
    "bureau.adoptions": "bureau.regulations.index",
    "bureau.improvements": "bureau.improvements.index",
    "bureau.letters": "bureau.letters.index",
    "bureau.samples": "bureau.samples.index",
    "bureau.audits": "bureau.audits.index",
    "bureau.calendar": "bureau.calendar.index",
    "bureau.certificates": "bureau.certificates.index",
    "bureau.traces": "bureau.traces.index",
    "bureau.fault_targets": "bureau.regulations.index",
    "bureau.regulations": "bureau.regulations.index",
    "bureau.quarantine": "bureau.quarantine.index",
    "bureau.emergencies": "bureau.emergencies.index",
    "bureau.institutions": "bureau.tenants",
    "bureau.rosters": "bureau.rosters.index",
    "bureau.add_agency": "bureau.agencies",
    "bureau.officers": "bureau.agencies",
    "bureau.account_reviews": "bureau.accounts.find",
    "bureau.zones": "bureau.zones.index",
    "bureau.brands": "bureau.brands.index",
    "bureau.accounts": "bureau.accounts.find",
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """The links of one group as (words, address, endpoint); that of the open part bears the page's own endpoint."""

    words: str
    links: Sequence[tuple[str, str, str]]


def parts() -> Sequence[Part]:
    """The groups of which this person can reach a page, with those pages."""
    may = [(group, words, endpoint) for group, words, endpoint, needed in PAGES if actor().may(needed)]
    found = [(each, [(words, endpoint) for group, words, endpoint in may if group is each]) for each in Group]
    return [Part(words=group, links=marked(pages, under=_UNDER)) for group, pages in found if pages]
