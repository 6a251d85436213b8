"""Which version of a form a case is printed on: the one in force when it was filed (section 12, item 14)."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from tenants.forms.wording import (
    KH_ANNEX1,
    KH_ANNEX2,
    KH_ANNEX3,
    TY_APPENDIX1,
    TY_APPENDIX2,
    TY_OWN_REGISTER,
    InspectionWording,
    RegisterWording,
    RequestWording,
)

# Every version ever in force, oldest first. A version that was printed once is never changed: a new one is added, with
# a template of its own where the layout differs.
_REQUEST_FORMS: Sequence[RequestWording] = (KH_ANNEX1, TY_APPENDIX1)
_REGISTERS: Sequence[RegisterWording] = (KH_ANNEX2, TY_OWN_REGISTER)
_INSPECTIONS: Sequence[InspectionWording] = (KH_ANNEX3, TY_APPENDIX2)
# A profile whose text prints no register gets this one.
_OWN_REGISTERS = {"TY_ELEMENTARY": TY_OWN_REGISTER.form}

_Wording = TypeVar("_Wording", RequestWording, RegisterWording, InspectionWording)


class UnknownForm(LookupError):
    """There is no such form, or none was in force on that day."""


def request_wording(form: str, on: date, among: Sequence[RequestWording] = _REQUEST_FORMS) -> RequestWording:
    """The 調閱申請單 that a profile names (`request_form.form`), as it was on the Taipei day of filing.

    Raises `UnknownForm`.
    """
    return _in_force(form, on, among)


def register_wording(
    form: str | None, on: date, *, profile: str = "", among: Sequence[RegisterWording] = _REGISTERS
) -> RegisterWording:
    """The 調閱登記簿 that a profile names (`register.form`), as it was on a day; of a silent `profile` our own layout.

    Raises `UnknownForm`.
    """
    return _in_force(form or _OWN_REGISTERS.get(profile, ""), on, among)


def inspection_wording(form: str, on: date, among: Sequence[InspectionWording] = _INSPECTIONS) -> InspectionWording:
    """The 檢查及保養紀錄 that a profile names (`inspection.form`), as it was on a day. Raises `UnknownForm`."""
    return _in_force(form, on, among)


def _in_force(form: str, on: date, among: Sequence[_Wording]) -> _Wording:
    in_force = [wording for wording in among if wording.form == form and wording.effective_from <= on]
    if not in_force:
        raise UnknownForm(f"{form} was not in force on {on.isoformat()}")
    return in_force[-1]
