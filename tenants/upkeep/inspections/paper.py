"""Inspections on their regulation's form: 附件3 or 附錄2, cancelled ones struck through (KH-8-1e, TY-3-3d)."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from infra import clock
from tenants.forms import Imprint, InspectionRow, Sheet, Signer, inspection_sheet
from tenants.registry.models import Camera, Site, Tenant
from tenants.upkeep.inspections import queries
from tenants.upkeep.inspections.models import Inspection
from tenants.upkeep.inspections.queries import Told
from tenants.upkeep.models import Calibration

_NOTHING = Told()


def sheet(found: Sequence[Inspection], *, tenant: Tenant, site: Site, period: str, printed_by: str) -> Sheet:
    """These inspections of one site on its form, or a blank page of it; the form is that of the last one's day."""
    wording = queries.wording(site, found[-1].inspected_on if found else clock.today())
    told = queries.told(tenant_id=tenant.id) if found else {}
    calibrated = queries.calibrated(tenant_id=tenant.id, ids={one for each in found for one in each.calibrations})
    return inspection_sheet(
        wording,
        [_row(n, each, told.get(each.id, _NOTHING), calibrated) for n, each in enumerate(found, 1)],
        period=period,
        institution=tenant.name,
        short_name=tenant.short_name,
        imprint=Imprint(institution=tenant.name, printed_at=clock.now(), printed_by=printed_by),
    )


def remark(found: Inspection, calibrated: Mapping[UUID, tuple[Calibration, Camera]]) -> str:
    """What stands in 備考: the words, which firm helped, what was calibrated, and why it was entered late."""
    firm = f"協同廠商：{found.firm}" if found.firm else ""
    late = f"補登原因：{found.late_reason}" if found.late_reason else ""
    named = "、".join(
        calibration_words(*calibrated[UUID(one)]) for one in found.calibrations if UUID(one) in calibrated
    )
    return "；".join(_said([found.remark, firm, f"校正：{named}" if named else "", late]))


def calibration_words(held: Calibration, camera: Camera) -> str:
    """`前門 +42.0 秒→+0.1 秒`: by how much the clock was fast before and after."""
    before, after = (f"{ms / 1000:+.1f} 秒" for ms in (held.offset_before_ms, held.offset_after_ms))
    return f"{camera.name} {before}→{after}"


def _row(
    number: int, found: Inspection, told: Told, calibrated: Mapping[UUID, tuple[Calibration, Camera]]
) -> InspectionRow:
    again = told.rechecked
    return InspectionRow(
        number=number,
        inspected_on=found.inspected_on,
        answers=(found.host_ok, found.devices_ok, found.picture_ok),
        inspector=Signer(name=found.inspector_name, at=found.signed_at),
        rechecker=Signer(name=again.person_name, at=again.created_at) if again is not None else None,
        remark=remark(found, calibrated),
        late_entry=bool(found.late_reason),
        cancelled=told.cancelled.reason if told.cancelled is not None else "",
    )


def _said(words: Iterable[str]) -> list[str]:
    return [each for each in words if each]
