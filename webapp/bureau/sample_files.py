"""What an auditor found, as rows of a spreadsheet and as a paper: codes, counts, days and the auditor's own words."""

from collections.abc import Sequence

from infra import clock
from infra.spreadsheets import Row
from tenants.compliance.sampling.facts import CHECK_NAMES, VERDICT_NAMES, Check, Verdict
from tenants.compliance.sampling.lifecycle import STATE_NAMES, CaseState
from tenants.compliance.sampling.models import AuditSample
from tenants.compliance.sampling.queries import DrawnCase
from tenants.compliance.sampling.rules import METHOD
from tenants.forms import Imprint, Section, Sheet, document_sheet
from tenants.registry import queries as registry
from tenants.roc_dates import format_date, format_instant

_HEAD = ("序", "機構代碼", "機構", "案號", "情形", "項目", "系統事實", "查核結果", "依據", "說明")


def rows(sample: AuditSample, cases: Sequence[DrawnCase]) -> list[Row]:
    """One row for each check of each case; a case that nobody has opened is one row with its code alone."""
    told: list[Row] = [(name, value) for name, value in _facts(sample)]
    return [*told, _HEAD, *(row for each in cases for row in _case(each))]


def sheet(sample: AuditSample, cases: Sequence[DrawnCase], *, printed_by: str) -> Sheet:
    """The findings as a paper: what the draw was, each case in a line, and what was found lacking."""
    lines = [
        (str(each.row.place), each.institution, each.row.serial, STATE_NAMES[CaseState(each.row.state)], _lacks(each))
        for each in cases
    ]
    wanting = [
        (each.row.serial, CHECK_NAMES[check], _said(each, check)["article"], each.row.note)
        for each in cases
        for check in each.lacking
    ]
    return document_sheet(
        title="調閱案件抽查結果",
        facts=_facts(sample),
        sections=[
            Section(heading="案件", head=("序", "機構", "案號", "情形", "缺漏"), rows=lines),
            Section(
                heading=f"缺漏事項（{len(wanting)} 項）",
                paragraphs=[] if wanting else ["沒有缺漏。"],
                head=("案號", "項目", "依據", "說明"),
                rows=wanting,
            ),
        ],
        signing=["稽核人員"],
        imprint=Imprint(
            institution=registry.bureau().name, printed_at=clock.now(), printed_by=printed_by, case=sample.serial
        ),
    )


def _facts(sample: AuditSample) -> list[tuple[str, str]]:
    return [
        ("抽查編號", sample.serial),
        ("依據", sample.purpose),
        ("收件期間", f"{format_date(sample.first_day)}至{format_date(sample.last_day)}"),
        ("母體", f"{sample.population} 件，抽 {min(sample.asked, sample.population)} 件"),
        ("種子", f"{sample.seed}（稽核軌跡第 {sample.seq} 筆的雜湊）"),
        ("方法", METHOD),
        ("抽出時間", format_instant(sample.drawn_at)),
    ]


def _case(found: DrawnCase) -> list[Row]:
    row = found.row
    head = (row.place, found.code, found.institution, row.serial, STATE_NAMES[CaseState(row.state)])
    if not row.facts:
        return [(*head, "", "", "", "", "")]
    return [
        (
            *head,
            CHECK_NAMES[Check(said["check"])],
            f"{VERDICT_NAMES[Verdict(said['verdict'])]}：{said['words']}",
            VERDICT_NAMES[Verdict(row.verdicts[said["check"]])] if row.verdicts else "尚未查核",
            said["article"],
            row.note,
        )
        for said in row.facts
    ]


def _lacks(found: DrawnCase) -> str:
    return "、".join(CHECK_NAMES[check] for check in found.lacking) or "—"


def _said(found: DrawnCase, check: Check) -> dict[str, str]:
    return next(each for each in found.row.facts if each["check"] == check)
