"""The inspection pack: everything of article 八 for a period, kept on file for whoever comes to look (KH-8-0).

Cancelled records stand in it with their mark. No picture, no identity number, and of sealed cases no word.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from infra import clock
from infra.spreadsheets import Row
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.register import reading
from tenants.errors import Invalid
from tenants.forms import Imprint, Section, Sheet, document_sheet
from tenants.people import queries as people
from tenants.permissions import ROLE_NAMES, Permission, Role
from tenants.registry import queries as registry
from tenants.registry.models import Tenant
from tenants.roc_dates import format_date, format_span, roc_year, short_date
from tenants.upkeep.faults import history
from tenants.upkeep.faults.history import Past
from tenants.upkeep.faults.kinds import KIND_NAMES, REASON_NAMES, FaultKind, GapReason
from tenants.upkeep.inspections import paper, queries, rules
from tenants.upkeep.inspections.models import DrillOutcome, Inspection, MaintenanceEntry, Way, Work
from tenants.upkeep.inspections.queries import Told

TITLE = "監視錄影系統檢查與保養資料"
_YES_NO = {True: "是", False: "否"}
_NOTHING = Told()
_DESIGNATED = (Role.HANDLER, Role.OFFICE_HEAD, Role.HEAD)
# A pack of more is no pack: whoever needs it takes it year by year.
_MOST_YEARS = 3


@dataclass(frozen=True, kw_only=True)
class Part:
    """One kind of record: its name, the names of its columns, and its rows; `words` where rows say too little."""

    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Pack:
    """What an institution did about its equipment from one day through another."""

    tenant: Tenant
    first: date
    last: date
    parts: Sequence[Part]

    def sheet(self, *, printed_by: str) -> Sheet:
        """As one document."""
        sections = [
            Section(
                heading=f"{part.name}（{len(part.rows)} 筆）",
                paragraphs=[part.words] if part.words else [] if part.rows else ["本期間沒有紀錄。"],
                head=part.head,
                rows=part.rows,
            )
            for part in self.parts
        ]
        return document_sheet(
            title=TITLE,
            facts=[("機構", self.tenant.name), ("期間", f"{format_date(self.first)}至{format_date(self.last)}")],
            sections=sections,
            signing=(),
            imprint=Imprint(institution=self.tenant.name, printed_at=clock.now(), printed_by=printed_by),
        )

    def rows(self) -> list[Row]:
        """As rows of one sheet: each kind under its own headings."""
        told: list[Row] = [(TITLE, self.tenant.name, format_date(self.first), format_date(self.last))]
        for part in self.parts:
            told += [(), (part.name, part.words), tuple(part.head), *(tuple(row) for row in part.rows)]
        return told


def pack(*, actor: Actor, tenant_id: UUID, first: date, last: date, form: str) -> Pack:
    """The pack of a period; that it was taken stands in the chain. Raises `Invalid` for a period that is none."""
    actor.require(Permission.UPKEEP_READ)
    check_period(first, last)
    found = _Of(tenant_id=tenant_id, first=first, last=last)
    parts = [
        found.inspections(),
        found.maintenance(),
        found.calibrations(),
        found.drills(),
        found.repairs(),
        found.register(),
        found.designations(),
    ]
    audit.record(
        Event.UPKEEP_PACKED,
        tenant_id=tenant_id,
        actor=actor,
        first_day=first.isoformat(),
        last_day=last.isoformat(),
        form=form,
    )
    return Pack(tenant=registry.tenant(tenant_id=tenant_id), first=first, last=last, parts=parts)


def check_period(first: date, last: date) -> None:
    """Raise `Invalid` for a period that ends before it begins, or is too long for one pack."""
    if last < first:
        raise Invalid("迄日不能早於起日。請檢查日期。", field="until", code="period")
    if roc_year(last) - roc_year(first) > _MOST_YEARS:
        raise Invalid(f"一次最多 {_MOST_YEARS} 年，請分次匯出。", field="until", code="period")


@dataclass(frozen=True, kw_only=True)
class _Of:
    """The parts of one institution's pack."""

    tenant_id: UUID
    first: date
    last: date

    def inspections(self) -> Part:
        found = queries.inspections(tenant_id=self.tenant_id, first=self.first, last=self.last)
        ids = {one for each in found for one in each.calibrations}
        calibrated = queries.calibrated(tenant_id=self.tenant_id, ids=ids)
        told, places = self._told(), self._places()
        return Part(
            name="檢查",
            head=("檢查日期", "場所", "主機", "器材", "畫面", "檢（複）查人", "備考", "註記"),
            rows=[
                (
                    format_date(each.inspected_on),
                    places[each.site_id],
                    *(_YES_NO[ok] for ok in (each.host_ok, each.devices_ok, each.picture_ok)),
                    _people(each, told.get(each.id, _NOTHING)),
                    paper.remark(each, calibrated),
                    _marks(each, told.get(each.id, _NOTHING)),
                )
                for each in found
            ],
        )

    def maintenance(self) -> Part:
        found, told = queries.maintenance(tenant_id=self.tenant_id, first=self.first, last=self.last), self._told()
        return Part(
            name="保養",
            head=("時間", "工作", "方式", "廠商與人員", "在場人員", "說明", "註記"),
            rows=[
                (
                    format_span(each.began_at, each.ended_at),
                    rules.WORK_NAMES[Work(each.work)],
                    rules.WAY_NAMES[Way(each.way)],
                    f"{each.firm} {each.firm_people}".strip(),
                    each.staff_name,
                    each.remark,
                    _marks(each, told.get(each.id, _NOTHING)),
                )
                for each in found
            ],
        )

    def calibrations(self) -> Part:
        found = queries.calibrations(tenant_id=self.tenant_id, first=self.first, last=self.last)
        names = {camera.id: camera.name for camera in registry.cameras_ever(tenant_id=self.tenant_id)}
        return Part(
            name="校正",
            head=("校正日期", "鏡頭", "對時來源", "校正前（秒）", "校正後（秒）", "下次校正日"),
            rows=[
                (
                    format_date(clock.civil_day(each.calibrated_at)),
                    names[each.camera_id],
                    each.time_source,
                    *(f"{ms / 1000:.1f}" for ms in (each.offset_before_ms, each.offset_after_ms)),
                    format_date(each.next_due),
                )
                for each in found
            ],
        )

    def drills(self) -> Part:
        found = queries.drills(tenant_id=self.tenant_id, first=self.first, last=self.last)
        tried = [each for each in found if each.outcome != DrillOutcome.NO_FOOTAGE]
        good = sum(each.outcome == DrillOutcome.OK for each in tried)
        places = self._places()
        return Part(
            name="夜間抽驗未成功",
            head=("錄影日", "場所", "原因代碼"),
            rows=[
                (format_date(each.civil_day), places[each.site_id], each.cause)
                for each in tried
                if each.outcome == DrillOutcome.FAILED
            ],
            words=f"每夜每一場所隨機取一段影像實際還原：{len(tried)} 次中 {good} 次成功。",
        )

    def repairs(self) -> Part:
        found = history.of_period(tenant_id=self.tenant_id, first=self.first, last=self.last)
        places = self._places()
        return Part(
            name="故障與修復",
            head=("故障", "範圍", "發現與受理", "修復與複查", "結案", "錄影中斷的原因"),
            rows=[
                (
                    f"{each.fault.serial} {KIND_NAMES[FaultKind(each.fault.kind)]}",
                    "、".join(camera.name for camera in each.cameras) or places[each.fault.site_id],
                    _steps((each.fault.found_at, "發現"), (each.fault.reported_at, "受理")),
                    _steps((each.fault.repaired_at, "修復"), (each.fault.rechecked_at, f"{_duty(each)}複查")),
                    _ended(each),
                    _reasons(each),
                )
                for each in found
            ],
        )

    def register(self) -> Part:
        years = range(roc_year(self.first), roc_year(self.last) + 1)
        lines = [line for year in years for line in reading.lines(tenant_id=self.tenant_id, roc_year=year)]
        found = reading.of_period(lines, first=self.first, last=self.last)
        viewed, copied = sum(line.viewed for line in found), sum(line.copied for line in found)
        late = sum(bool(line.paper_number) for line in found)
        return Part(
            name="調閱登記簿摘要",
            head=("登記列數", "調閱", "複製", "補登"),
            rows=[(str(len(found)), str(viewed), str(copied), str(late))],
        )

    def designations(self) -> Part:
        return Part(
            name="指派",
            head=("職務", "姓名", "單位", "自"),
            rows=[
                (ROLE_NAMES[Role(held.role)], user.name, held.unit, format_date(clock.civil_day(held.granted_at)))
                for held, user in people.staff(tenant_id=self.tenant_id)
                if held.role in _DESIGNATED
            ],
            words="匯出當日的指派情形。",
        )

    def _told(self) -> Mapping[UUID, Told]:
        return queries.told(tenant_id=self.tenant_id)

    def _places(self) -> Mapping[UUID, str]:
        return {site.id: site.name for site in registry.sites(tenant_id=self.tenant_id)}


def _steps(*taken: tuple[datetime | None, str]) -> str:
    return "；".join(f"{short_date(clock.civil_day(at))} {what}" for at, what in taken if at is not None)


def _duty(past: Past) -> str:
    """What the second person was here, whose name stays in the fault's own history."""
    return "、".join(ROLE_NAMES[role] for role in past.rechecked_as)


def _ended(past: Past) -> str:
    if past.fault.ended_at is None:
        return "未結案"
    return _steps((past.fault.ended_at, f"取消：{past.fault.end_reason}" if past.fault.end_reason else "結案"))


def _reasons(past: Past) -> str:
    said = Counter(f"{REASON_NAMES[GapReason(each.reason)]}（{each.words}）" for each in past.settled)
    return "；".join(f"{words}{count} 段" for words, count in said.items())


def _people(found: Inspection, told: Told) -> str:
    again = f"；複查 {told.rechecked.person_name}" if told.rechecked is not None else ""
    return f"{found.inspector_name}{again}"


def _marks(found: Inspection | MaintenanceEntry, told: Told) -> str:
    late = "補登" if isinstance(found, Inspection) and found.late_reason else ""
    ended = f"作廢：{told.cancelled.reason}" if told.cancelled is not None else ""
    return "；".join(each for each in (late, ended) if each)
