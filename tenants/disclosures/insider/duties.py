"""What the law asks of the institution besides showing footage: to report, in time, to others. Pure (section 9.7).

The platform reports nothing by itself: it reminds, and keeps when somebody first knew and under which number it was
reported.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tenants.disclosures.insider.rules import Ground
from tenants.errors import Invalid, refuse

WITHIN = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Duty:
    """One duty: its sentence, the law, and how soon it is due (None: no number of hours)."""

    sentence: str
    source: str
    within: timedelta | None = WITHIN
    named: str = "通報序號"


DUTIES: Mapping[Ground, Duty] = {
    Ground.SUSPECTED_MISTREATMENT: Duty(
        sentence="疑似不當對待涉及兒少保護時，應於知悉後24小時內向主管機關通報，並辦理校安通報。",
        source="兒童及少年福利與權益保障法第五十三條",
    ),
    Ground.GENDER_INCIDENT: Duty(
        sentence="疑似校園性別事件，應於知悉後24小時內通報主管機關，並辦理校安通報。",
        source="性別平等教育法第二十二條",
    ),
    Ground.UNLAWFUL_HARM_ON_DUTY: Duty(
        sentence="教職員執行職務遭受不法侵害時，請依機構的職業安全衛生程序通報。",
        source="職業安全衛生法第六條第二項",
        within=None,
        named="職安通報編號或網址",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is known of a report: when the first of the staff knew, and when and under which number it was reported."""

    known_at: datetime
    reported_at: datetime | None = None
    number: str = ""


def check_report(report: Report, *, now: datetime) -> None:
    """Raise `Invalid`, with the field, for a report that cannot have been made so."""
    refuse(report_faults(report, now=now))


def report_faults(report: Report, *, now: datetime) -> Iterator[Invalid]:
    """All that `check_report` asks, so that it is told in one round."""
    if report.known_at > now:
        yield Invalid("知悉時間不能晚於現在。", field="known_at")
    if report.reported_at is None and report.number.strip():
        yield Invalid("已有通報序號時，請填寫通報時間。", field="reported_at")
    if report.reported_at is None:
        return
    if not report.number.strip():
        yield Invalid("已通報時，請填寫通報序號。", field="report_number")
    if report.reported_at > now:
        yield Invalid("通報時間不能晚於現在。", field="reported_at")
    if report.reported_at < report.known_at:
        yield Invalid("通報時間不能早於知悉時間。", field="reported_at")


def due(duty: Duty, known_at: datetime | None, filed_at: datetime) -> datetime | None:
    """By when it is to be reported: counted from when the first of the staff knew, at the latest from the filing."""
    return (known_at or filed_at) + duty.within if duty.within is not None else None
