"""The register on paper and as a spreadsheet: whole pages of the book, and each copy leaves a line in the chain.

No copy has an identity number: the register never had one (DR-22). Title and clock time are never left out (KH-7-3).
"""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from infra import clock
from infra.spreadsheets import Row
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.register import reading
from tenants.disclosures.register.reading import ShownLine
from tenants.forms import (
    Elsewhere,
    Footage,
    Imprint,
    Person,
    RegisterRow,
    RegisterWording,
    Sheet,
    Volume,
    register_sheet,
    register_wording,
)
from tenants.permissions import Permission
from tenants.profiles import RuleProfile
from tenants.registry.models import Tenant
from tenants.roc_dates import format_date, format_instant, format_span, format_time

HEADINGS = (
    "年度",
    "編號",
    "案號",
    "調閱日期",
    "開始時間",
    "結束時間",
    "申請人",
    "調閱單位",
    "職稱",
    "調閱時段、地點",
    "調閱原因摘要",
    "系統操作承辦人",
    "陪同人員",
    "調閱",
    "複製",
    "補登紙本編號",
    "更正",
    "更正原因",
    "登載時間",
    "登載者",
)
_BETWEEN = "；"


def printed(
    *, actor: Actor, tenant: Tenant, rule: RuleProfile, year: int, first: date | None = None, last: date | None = None
) -> Sheet:
    """The volume of a year on the form of `rule`, or those of its pages that hold a line of these days.

    Whole pages, so that no line of a page is lost (KH-A2-09); a blank page where there is none. Numbers run on also
    where an institution stands under two regulations: of a case under the other one the page says where the line is,
    which is on that one's form (DR-11).
    """
    actor.require(Permission.REGISTER_READ)
    found = reading.lines(tenant_id=tenant.id, roc_year=year)
    wording = register_wording(rule.register.form, _form_of(found), profile=rule.code)
    own = [each for each in found if each.profile == rule.code]
    wanted = _whole_pages(found, reading.of_period(own, first=first, last=last), per_page=wording.rows)
    _note(actor, tenant.id, year, "pdf", wanted)
    return sheet(
        wanted,
        wording=wording,
        profile=rule.code,
        tenant=tenant,
        year=year,
        of=len(found),
        printed_by=actor.name,
    )


def exported(
    *, actor: Actor, tenant_id: UUID, year: int, form: str, first: date | None = None, last: date | None = None
) -> list[Row]:
    """The lines of a year, or of these days of it, under their headings; `form` is which file is made of them."""
    actor.require(Permission.REGISTER_READ)
    wanted = reading.of_period(reading.lines(tenant_id=tenant_id, roc_year=year), first=first, last=last)
    _note(actor, tenant_id, year, form, wanted)
    return [HEADINGS, *(row_of(each) for each in wanted)]


def sheet(
    found: Sequence[ShownLine],
    *,
    wording: RegisterWording,
    profile: str,
    tenant: Tenant,
    year: int,
    of: int,
    printed_by: str,
) -> Sheet:
    """These lines on the form of the regulation `profile`; of the blank form none. `of` is how many the volume has."""
    return register_sheet(
        wording,
        [_on_paper(each) if each.profile == profile else _elsewhere(each) for each in found],
        volume=Volume(name=f"{year}年", lines=of),
        institution=tenant.name,
        short_name=tenant.short_name,
        imprint=Imprint(institution=tenant.name, printed_at=clock.now(), printed_by=printed_by),
    )


def row_of(line: ShownLine) -> Row:
    """A line as cells, in the order of `HEADINGS`."""
    return (
        line.roc_year,
        line.number,
        line.serial,
        format_date(clock.civil_day(line.accessed_from)),
        format_time(line.accessed_from),
        _end(line),
        _BETWEEN.join(each.name for each in line.people),
        _BETWEEN.join(each.unit for each in line.people),
        _BETWEEN.join(each.title for each in line.people),
        _BETWEEN.join(f"{each.camera} {format_span(each.started_at, each.ended_at)}" for each in line.seen),
        line.summary,
        line.operator,
        line.accompanied_by,
        "是" if line.viewed else "",
        "是" if line.copied else "",
        line.paper_number,
        _BETWEEN.join(_marks(line)),
        line.correction_reason,
        format_instant(line.entered_at.replace(microsecond=0)),
        line.entered_by or "系統",
    )


def _end(line: ShownLine) -> str:
    same_day = clock.civil_day(line.accessed_from) == clock.civil_day(line.accessed_until)
    return format_time(line.accessed_until) if same_day else format_instant(line.accessed_until)


def _elsewhere(line: ShownLine) -> Elsewhere:
    return Elsewhere(number=line.number, place=line.place)


def _on_paper(line: ShownLine) -> RegisterRow:
    """A line on the form. It has no column for who accompanied; they stand with what the viewing was for."""
    company = f"（陪同：{line.accompanied_by}）" if line.accompanied_by else ""
    reason = f"（更正：{line.correction_reason}）" if line.correction_reason else ""
    return RegisterRow(
        number=line.number,
        accessed_from=line.accessed_from.replace(second=0, microsecond=0),
        accessed_until=line.accessed_until.replace(second=0, microsecond=0),
        people=tuple(Person(name=each.name, unit=each.unit, title=each.title) for each in line.people),
        footage=tuple(Footage(camera=each.camera, start=each.started_at, end=each.ended_at) for each in line.seen),
        summary=f"{line.summary}{company}{reason}",
        operator=line.operator,
        viewed=line.viewed,
        copied=line.copied,
        late_entry=line.paper_number,
        marks=_marks(line),
    )


def _marks(line: ShownLine) -> tuple[str, ...]:
    """Which line this one corrects, and which correct it; the year where it is another."""
    corrects = [f"更正{_named(line.corrects, line.roc_year)}"] if line.corrects else []
    return (*corrects, *(f"見{_named(each, line.roc_year)}更正" for each in line.corrected_by))


def _named(number: tuple[int, int], in_year: int) -> str:
    year, of_year = number
    return f"第{of_year}號" if year == in_year else f"{year}年第{of_year}號"


def _whole_pages(found: Sequence[ShownLine], wanted: Sequence[ShownLine], *, per_page: int) -> list[ShownLine]:
    if not wanted:
        return []
    first = (wanted[0].number - 1) // per_page * per_page + 1
    last = ((wanted[-1].number - 1) // per_page + 1) * per_page
    return [each for each in found if first <= each.number <= last]


def _form_of(found: Sequence[ShownLine]) -> date:
    """The day whose form the volume is printed on: that of its last line, so that an old book keeps its form."""
    return clock.civil_day(found[-1].entered_at) if found else clock.today()


def _note(actor: Actor, tenant_id: UUID, year: int, form: str, wanted: Sequence[ShownLine]) -> None:
    audit.record(Event.REGISTER_COPIED, tenant_id=tenant_id, actor=actor, roc_year=year, form=form, lines=len(wanted))
