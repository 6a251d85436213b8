"""Pure decisions about a case of misuse or leakage (KH-5-1c, TY-4-1b)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from tenants.errors import Invalid, refuse
from tenants.misuse.models import MeasureKind, MisuseKind

KIND_NAMES: Mapping[MisuseKind, str] = {MisuseKind.MISUSE: "不當使用", MisuseKind.LEAK: "洩密"}
MEASURE_NAMES: Mapping[MeasureKind, str] = {
    MeasureKind.INQUIRY: "調查",
    MeasureKind.REPORTED_CYBER: "通報資通安全事件",
    MeasureKind.REPORTED_AUTHORITY: "向主管機關通報個資事故",
    MeasureKind.NOTIFIED: "通知當事人",
    MeasureKind.ETHICS_OFFICE: "移送政風",
    MeasureKind.POLICE: "報警",
    MeasureKind.OTHER: "其他處置",
}
# What another authority was given has a number, or nobody can follow it there.
_WITH_DOCUMENT = frozenset(
    {MeasureKind.REPORTED_CYBER, MeasureKind.REPORTED_AUTHORITY, MeasureKind.ETHICS_OFFICE, MeasureKind.POLICE}
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of each kind of liability; 「不涉及」 is an outcome too."""

    administrative: str
    civil: str
    criminal: str


def check_report(*, discovered_at: datetime, discovered_by: str, what: str, now: datetime) -> None:
    """Raise `Invalid` for a report without who, when and what, or of the future."""
    refuse(report_faults(discovered_at=discovered_at, discovered_by=discovered_by, what=what, now=now))


def report_faults(*, discovered_at: datetime | None, discovered_by: str, what: str, now: datetime) -> Iterator[Invalid]:
    """All that `check_report` asks, so that it is told in one round."""
    if discovered_at is not None and discovered_at > now:
        yield Invalid("知悉時間不能晚於現在。請填寫實際知悉的時間。", field="discovered_time")
    if not discovered_by.strip():
        yield Invalid("請填寫是誰發現的。", field="discovered_by")
    if not what.strip():
        yield Invalid("請填寫發現的情形，例如在何處看到哪一段影像。", field="what")


def check_measure(kind: MeasureKind, *, words: str, document: str) -> None:
    """Raise `Invalid` for a measure that says nothing, or a referral without its number."""
    refuse(measure_faults(kind, words=words, document=document))


def measure_faults(kind: MeasureKind, *, words: str, document: str) -> Iterator[Invalid]:
    """All that `check_measure` asks, so that it is told in one round."""
    if not words.strip():
        yield Invalid("請填寫處置的內容。", field="words")
    if kind in _WITH_DOCUMENT and not document.strip():
        yield Invalid("通報、移送或報警時，請填寫通報編號、文號或報案三聯單號碼。", field="document")


def check_outcome(outcome: Outcome) -> None:
    """Raise `Invalid` unless each kind of liability has its outcome (依法追究行政或民、刑事責任)."""
    refuse(outcome_faults(outcome))


def outcome_faults(outcome: Outcome) -> Iterator[Invalid]:
    """All that `check_outcome` asks, so that it is told in one round."""
    for name, label in (("administrative", "行政責任"), ("civil", "民事責任"), ("criminal", "刑事責任")):
        if not getattr(outcome, name).strip():
            yield Invalid(f"請填寫{label}的結果；不涉及時請填「不涉及」。", field=name)
