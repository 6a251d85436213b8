"""What a mail and a calendar say: kinds, counts, days and where to sign in (DR-31, KH-1-2).

A message passes through servers that are not ours: it names no person, no agency, no case, no camera and no reason.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from tenants.notices.duties import DUTIES, Kind
from tenants.notices.models import What
from tenants.notices.rules import Line
from tenants.profiles import RuleProfile
from tenants.profiles.model import OUR_DEFAULT
from tenants.roc_dates import format_date, format_instant

_TEXT = """{opening}

{lines}

請登入辦理：{link}

本信由系統自動寄出，請勿回覆。為保護個人資料，信中只有項目、數量與期限。
要調整提醒的時間，請登入後到「我的帳號」的「通知設定」：{wishes}
"""
_OPENINGS: Mapping[What, str] = {
    What.DIGEST: "{house}今天（{day}）有以下事項需要您處理。每天只寄這一封。",
    What.AT_ONCE: "{house}有以下事項依規定應立即處理，所以現在就通知您。",
}
_SUBJECTS: Mapping[What, str] = {What.DIGEST: "今日待辦 {count} 項", What.AT_ONCE: "請立即處理 {count} 項"}


@dataclass(frozen=True, kw_only=True)
class Message:
    """Subject and text of one mail."""

    subject: str
    text: str


def message(
    lines: Sequence[Line], *, what: What, day: date, house: str, law: RuleProfile, base_url: str, home: str
) -> Message:
    """The mail that these lines make, with each line's article."""
    late = sum(line.late > 0 for line in lines)
    subject = _SUBJECTS[what].format(count=len(lines)) + (f"，{late} 項已逾期" if late else "")
    listed = "\n".join(f"{number}. {sentence(line, law)}" for number, line in enumerate(lines, 1))
    text = _TEXT.format(
        opening=_OPENINGS[what].format(house=house, day=format_date(day)),
        lines=listed,
        link=f"{base_url}{home}",
        wishes=f"{base_url}/account/notices",
    )
    return Message(subject=subject, text=text)


def sentence(line: Line, law: RuleProfile) -> str:
    """One kind: how many, how many of them late, until when, and by which article."""
    return (
        f"{DUTIES[line.kind].name}：{counted(line)}（{_until(line)}）依據：{article(line.kind, law, own=line.articles)}"
    )


def counted(line: Line) -> str:
    """`3 件，其中 1 件已逾期`."""
    unit = DUTIES[line.kind].unit
    return f"{line.count} {unit}" + (f"，其中 {line.late} {unit}已逾期" if line.late else "")


def article(kind: Kind, law: RuleProfile, *, own: Collection[str] = ()) -> str:
    """The article behind a kind under a regulation, or the things' own; 「本系統預設」 where no text asks it."""
    if own:
        return "、".join(own)
    duty = DUTIES[kind]
    return law.article(duty.clause) if duty.clause is not None else duty.basis or OUR_DEFAULT


def kept_line(line: Line) -> dict[str, Any]:
    """A line as a row keeps it."""
    told = asdict(line) | {"kind": line.kind.value, "first": line.first.isoformat(), "articles": list(line.articles)}
    return told | {"at": line.at.isoformat() if line.at is not None else None}


def read_line(told: Mapping[str, Any]) -> Line:
    """A line that a row kept."""
    return Line(
        kind=Kind(told["kind"]),
        count=told["count"],
        late=told["late"],
        first=date.fromisoformat(told["first"]),
        at=datetime.fromisoformat(told["at"]) if told["at"] else None,
        articles=tuple(told.get("articles", ())),  # a mail of before has none
    )


def _until(line: Line) -> str:
    return f"期限 {format_instant(line.at)}" if line.at is not None else f"最早期限 {format_date(line.first)}"
