"""Many cameras by a table: every fault told by its line; a forbidden place fails alone, any other fault all (KH-3-6).

A forbidden place is refused for good, whatever the rest says, and the attempt is kept. A slip of the pen is corrected
and the table sent again: until then nothing of it is entered, so that no half of it has to be looked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tenants import csv_tables
from tenants.actor import Actor
from tenants.csv_tables import Layout
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.registry import actions, queries, rules, standing
from tenants.registry.assessments import attempts
from tenants.registry.assessments.attempts import Tried
from tenants.registry.assessments.rules import Way
from tenants.registry.models import Site
from tenants.registry.zones import ZONE_NAMES, Screening, Zone, screen

HEADINGS = ("場所代碼", "代碼", "名稱", "設置區域", "收音")
MOST_BYTES = 512 * 1024
_LAYOUT = Layout(headings=HEADINGS, most_bytes=MOST_BYTES, most_lines=500, things="支鏡頭")
_ZONES: Mapping[str, Zone] = {name: zone for zone, name in ZONE_NAMES.items()} | {zone.value: zone for zone in Zone}
_YES, _NO = frozenset({"是", "有", "y", "yes", "1"}), frozenset({"", "否", "無", "n", "no", "0"})


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What is wrong with a line, counted as a spreadsheet counts them, the headings being the first."""

    line: int
    message: str
    is_forbidden: bool = False


@dataclass(frozen=True, kw_only=True)
class Imported:
    """How many cameras were entered, and every fault in the order of the lines."""

    added: int
    faults: Sequence[Fault]


@dataclass(frozen=True, kw_only=True)
class _Row:
    line: int
    site: Site
    code: str
    name: str
    zone: Zone
    audio: bool


def import_cameras(*, actor: Actor, tenant_id: UUID, content: bytes) -> Imported:
    """Enter the cameras of a CSV table. Raises `Invalid` for a file that is no such table."""
    actor.require(Permission.CAMERA_MANAGE)
    standing.refuse_closed(tenant_id=tenant_id, what="不能再新增鏡頭")
    table = csv_tables.read(content, _LAYOUT)
    rows, faults = _sorted_out(tenant_id, table.lines)
    for unread in table.faults:
        message = f"{unread.column}：{unread.message}" if unread.column else unread.message
        faults.append((Fault(line=unread.line, message=message), None))
    for fault, tried in faults:
        if tried is not None:
            attempts.note_attempt(actor=actor, tenant_id=tenant_id, tried=tried)
        assert fault.is_forbidden == (tried is not None)  # noqa: S101 - both say the same
    told = sorted((fault for fault, _ in faults), key=lambda fault: fault.line)
    if any(not fault.is_forbidden for fault in told):
        return Imported(added=0, faults=told)
    for row in rows:
        actions.add_camera(
            tenant_id=tenant_id,
            site_id=row.site.id,
            code=row.code,
            name=row.name,
            zone=row.zone,
            audio=row.audio,
            actor=actor,
        )
    return Imported(added=len(rows), faults=told)


def _sorted_out(
    tenant_id: UUID, lines: Sequence[tuple[int, Mapping[str, str]]]
) -> tuple[list[_Row], list[tuple[Fault, Tried | None]]]:
    sites = {site.code: site for site in queries.sites(tenant_id=tenant_id)}
    taken = {(each.site_id, each.code) for each in queries.cameras_ever(tenant_id=tenant_id)}
    rows: list[_Row] = []
    faults: list[tuple[Fault, Tried | None]] = []
    for number, cells in lines:
        tried = _forbidden(cells)
        if tried is not None:
            faults.append((Fault(line=number, message=_refusal(cells), is_forbidden=True), tried))
            continue
        row, wrong = _row(number, cells, sites)
        if row is not None and (row.site.id, row.code) in taken:
            wrong = [f"代碼 {row.code} 在這個場所已使用過"]
        if row is not None and not wrong:
            taken.add((row.site.id, row.code))
            rows.append(row)
        faults += [(Fault(line=number, message=each), None) for each in wrong]
    if not rows and not faults:
        raise Invalid("檔案裡沒有鏡頭。請在欄位名稱下一列開始填寫。", field="file")
    return rows, faults


def _forbidden(cells: Mapping[str, str]) -> Tried | None:
    """A name that says, or leaves open, that it is inside a place where no camera may be."""
    zone = _ZONES.get(cells["設置區域"])
    if screen(cells["名稱"], zone or Zone.INDOOR_OTHER) is not Screening.PROHIBITED:
        return None
    return Tried(typed=cells["名稱"], zone=zone or "", way=Way.IMPORT)


def _refusal(cells: Mapping[str, str]) -> str:
    try:
        rules.check_place(name=cells["名稱"], zone=_ZONES.get(cells["設置區域"], Zone.INDOOR_OTHER), reviewed=False)
    except Invalid as refused:
        return f"「{cells['名稱']}」：{refused}"
    raise AssertionError  # what `screen` prohibits, `check_place` refuses


def _row(number: int, cells: Mapping[str, str], sites: Mapping[str, Site]) -> tuple[_Row | None, list[str]]:
    wrong = []
    site, zone = sites.get(cells["場所代碼"].upper()), _ZONES.get(cells["設置區域"])
    if site is None:
        wrong.append(f"沒有代碼為「{cells['場所代碼']}」的場所，本機構的場所：{'、'.join(sites)}")
    if zone is None:
        wrong.append(f"「{cells['設置區域']}」不在設置區域清單中")
    code = cells["代碼"]
    try:
        code = rules.normal_code(code)
    except Invalid as refused:
        wrong.append(str(refused))
    try:
        rules.check_place(name=cells["名稱"], zone=zone or Zone.FRONT_GATE, reviewed=False)
    except Invalid as refused:
        wrong.append(str(refused))
    said = cells["收音"].lower()
    if said not in _YES | _NO:
        wrong.append(f"收音請填「是」或「否」，不是「{cells['收音']}」")
    if site is None or zone is None or wrong:
        return None, wrong
    return _Row(line=number, site=site, code=code, name=cells["名稱"], zone=zone, audio=said in _YES), wrong
