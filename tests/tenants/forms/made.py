"""Filled forms of people who do not exist, and the call that prints a sheet."""

from datetime import date, datetime

from infra.clock import TAIPEI
from infra.typesetting import typeset
from tenants.forms import (
    Capacity,
    Footage,
    Imprint,
    InspectionRow,
    Person,
    RegisterRow,
    RequestForm,
    Sheet,
    Signature,
    Signatures,
    Signer,
    Window,
    inspection_wording,
    register_wording,
    request_wording,
)

FILED = date(2026, 11, 20)
KH = request_wording("KH_ANNEX1", FILED)
TY = request_wording("TY_APPENDIX1", FILED)
KH_REGISTER = register_wording("KH_ANNEX2", FILED)
TY_REGISTER = register_wording(None, FILED, profile="TY_ELEMENTARY")
KH_INSPECTIONS = inspection_wording("KH_ANNEX3", FILED)
TY_INSPECTIONS = inspection_wording("TY_APPENDIX2", FILED)


def at(day: int, hour: int, minute: int, second: int = 0) -> datetime:
    """A Taipei clock time in November 115."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=TAIPEI)


IMPRINT = Imprint(institution="晨光幼兒園", printed_at=at(22, 10, 0), printed_by="何宜珊", case="115-0012")
FOOT = "晨光幼兒園案號115-0012列印時間115/11/2210:00列印者何宜珊"
FORM = RequestForm(
    applicant="瓦歷斯‧諾幹",
    applied_on=FILED,
    national_id="A800000014",
    phone="07-7995678#123",
    relation="母",
    unit="兔兔班家長",
    cameras=("戶外遊戲區(CAM03)", "前門(C-GATE)"),
    windows=(Window(start=at(18, 10, 5), end=at(18, 10, 35)),),
    ground="意外事故",
    reason="孩子於戶外遊戲區跌倒，想了解經過。",
    signatures=Signatures(
        applicant=Signature(name="瓦歷斯‧諾幹", at=at(20, 10, 5)),
        handler=Signature(name="林怡君", at=at(20, 10, 15)),
        office_head=Signature(name="林怡君", at=at(20, 10, 20), capacity=Capacity.CONCURRENT),
        head=Signature(name="陳美惠", at=at(21, 9, 5), capacity=Capacity.DECIDING_DEPUTY),
    ),
)
OFFICER = Person(name="王志成", unit="○○分局偵查隊", title="偵查佐")


def row(number: int, **changes: object) -> RegisterRow:
    """A line of a viewing at the institution."""
    values: dict[str, object] = {
        "number": number,
        "accessed_from": at(20, 16, 30),
        "accessed_until": at(20, 16, 52),
        "people": (OFFICER,),
        "footage": (Footage(camera="前門", start=at(18, 10, 5), end=at(18, 10, 35)),),
        "summary": f"115-{number:04} 偵辦竊盜案",
        "operator": "林怡君",
        "viewed": True,
        "copied": False,
    }
    return RegisterRow(**values | changes)  # type: ignore[arg-type]


def looked(number: int, **changes: object) -> InspectionRow:
    """A line of an inspection that found everything in order."""
    values: dict[str, object] = {
        "number": number,
        "inspected_on": date(2026, 11, 2),
        "answers": (True, True, True),
        "inspector": Signer(name="林怡君", at=at(2, 14, 3)),
        "remark": "",
    }
    return InspectionRow(**values | changes)  # type: ignore[arg-type]


def printed(sheet: Sheet) -> bytes:
    """The PDF of a sheet, as a process that prints would make it."""
    return typeset(sheet.template, sheet.data, at=sheet.at)
