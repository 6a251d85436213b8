"""What an application must be for, and what it is found not to be for. Pure."""

import re
from collections.abc import Sequence

from tenants.disclosures.asking import AskedWindow
from tenants.disclosures.insider.rules import Ground, Incident
from tenants.errors import Caution, Invalid

# The system protects people; it appraises, counts and advertises nobody (KH-1-1).
_OUTSIDE = re.compile(r"考核|考績|出勤|差勤|打卡|遲到早退|工作表現|行銷|廣告|宣傳|招生")
RIGHTS = ("財物遺失或毀損", "身體、健康", "名譽", "隱私", "工作上的權益")
LONGEST_RIGHT = 50
NO_RIGHT_NAMED = (
    "申請未指明涉及哪一項個人權益，也未說明為何須以影像維護，與規定所定「涉及個人權益維護必要之事項」不符，歉難同意。"
    "如有具體受影響的權益，請敘明後再提出申請。"
)


def outside_purpose(reason: str) -> tuple[str, ...]:
    """The words by which a reason does not fit what the system is for, each once; empty where it fits (KH-1-1)."""
    return tuple(dict.fromkeys(_OUTSIDE.findall(reason)))


def check_right(right: str) -> str:
    """The right that is concerned, trimmed. Empty is an answer too: who cannot say it is told what will be advised."""
    text = right.strip()
    if len(text) > LONGEST_RIGHT:
        raise Invalid(f"權益的說明至多{LONGEST_RIGHT}字，細節請寫在事由中。", field="concerned_right")
    return text


def advice(ground: Ground, right: str) -> str:
    """What the panel, or who signs, is advised to answer; empty where nothing stands against it (KH-6-2c6)."""
    return NO_RIGHT_NAMED if ground is Ground.PERSONAL_RIGHTS and not right else ""


def purpose_cautions(
    ground: Ground, windows: Sequence[AskedWindow], *, incident: Incident | None, right: str, reason: str
) -> tuple[Caution, ...]:
    """What of ground and reason a person should look at again before it is sent; none of it stops them."""
    found = []
    if words := outside_purpose(reason):
        found.append(
            Caution(
                "outside_purpose",
                f"事由提到「{'」「'.join(words)}」，與設置監視錄影系統的目的不符，機構可能退請補正",
            )
        )
    if advice(ground, right.strip()):
        found.append(Caution("no_right", "沒有指明涉及哪一項權益，申請可能不獲同意"))
    if ground is Ground.ACCIDENT and incident is not None and not _covered(incident, windows):
        found.append(Caution("accident_outside", "意外開始的時間不在申請的時段內，請確認時段是否正確"))
    return tuple(found)


def _covered(incident: Incident, windows: Sequence[AskedWindow]) -> bool:
    return any(window.started_at <= incident.started_at < window.ended_at for window in windows)
