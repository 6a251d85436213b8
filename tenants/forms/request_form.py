"""調閱申請單: 附件1 of KH and 附錄1 of TY, blank or filled (KH-A1-*, TY-A1-*)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from tenants.forms.sheet import TEMPLATES, Imprint, Sheet, day_parts, frame, minute_parts, plain, written, written_span
from tenants.forms.wording import RequestWording

_DAY, _MINUTE = ("年", "月", "日"), ("年", "月", "日", "時", "分")


class Capacity(StrEnum):
    """As what somebody signed, where it was not as themselves (KH-A1-14, KH-A1-15)."""

    SELF = ""
    DEPUTY = "代"
    DECIDING_DEPUTY = "代為決行"
    CONCURRENT = "兼任"


@dataclass(frozen=True, kw_only=True)
class Signature:
    """An approval given in the system: printed as words. Never an image; ink gets an empty box."""

    name: str
    at: datetime
    capacity: Capacity = Capacity.SELF


@dataclass(frozen=True, kw_only=True)
class Signatures:
    """The four boxes in the order of signing (KH-A1-16). None is left empty for ink."""

    applicant: Signature | None = None
    handler: Signature | None = None
    office_head: Signature | None = None
    head: Signature | None = None


@dataclass(frozen=True, kw_only=True)
class Window:
    """調閱監視畫面時段."""

    start: datetime
    end: datetime


@dataclass(frozen=True, kw_only=True)
class RequestForm:
    """What is written on the form. As it stands it is a blank one.

    `ground` is printed as the reason's first words where the form has grounds. `cameras` are their names. `late_entry`
    is the number of the paper that was entered later (補登).
    """

    applicant: str = ""
    applied_on: date | None = None
    national_id: str = ""
    phone: str = ""
    relation: str = ""
    unit: str = ""
    cameras: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()
    ground: str = ""
    reason: str = ""
    signatures: Signatures = Signatures()
    late_entry: str = ""


def request_sheet(wording: RequestWording, form: RequestForm, *, short_name: str, imprint: Imprint) -> Sheet:
    """The form as a sheet to typeset. `short_name` stands in the title of the forms that have the school's."""
    title = wording.title.format(short_name=short_name)
    data = frame(title=title, imprint=imprint) | {
        "annex": wording.annex,
        "annex_place": wording.annex_place,
        "notes": list(wording.notes),
        "labels": _labels(wording),
        "names": {name: "".join(getattr(wording, name)) for name in _CELLS},
        "values": _values(wording, form),
        "applied_on": {"values": ["", *day_parts(form.applied_on)], "units": ["民國", *_DAY]},
        "window": _boxes(form.windows),
        "windows_listed": _listed(wording, form.windows),
        "signatures": [_signed(s) for s in _in_order(form.signatures)],
        "mark": f"補登　紙本編號：{form.late_entry}" if form.late_entry else "",
    }
    return Sheet(template=TEMPLATES / wording.template, data=data, at=imprint.printed_at)


_CELLS = ("applicant", "national_id", "phone", "relation", "unit", "place", "reason")
_LABELS = (*_CELLS, "applied_on", "window", "signatures")


def _labels(wording: RequestWording) -> dict[str, Any]:
    return {name: getattr(wording, name) for name in _LABELS}


def _values(wording: RequestWording, form: RequestForm) -> dict[str, str]:
    grounded = f"{form.ground}：{form.reason}" if wording.ground and form.ground else form.reason
    written_there = {name: getattr(form, name) for name in ("applicant", "national_id", "phone", "relation", "unit")}
    return written_there | {"place": "、".join(form.cameras), "reason": plain(grounded)}


def _in_order(signatures: Signatures) -> tuple[Signature | None, ...]:
    return signatures.applicant, signatures.handler, signatures.office_head, signatures.head


def _signed(signature: Signature | None) -> str:
    if signature is None:
        return ""
    capacity = f"（{signature.capacity}）" if signature.capacity else ""
    day, _, hour = written(signature.at).partition(" ")
    return f"{signature.name}{capacity}\n電子簽核\n{day}\n{hour}"


def _boxes(windows: tuple[Window, ...]) -> dict[str, Any]:
    """The first window in the boxes; where they do not say all, what stands beneath them."""
    first = windows[0] if windows else None
    return {
        "start": {"values": minute_parts(first.start if first else None), "units": _MINUTE},
        "until": "至",
        "end": {"values": minute_parts(first.end if first else None), "units": _MINUTE},
        "more": "" if _fit_the_boxes(windows) else f"共{len(windows)}段，詳續頁",
    }


def _fit_the_boxes(windows: tuple[Window, ...]) -> bool:
    """One window of whole minutes: the boxes end with 分."""
    return len(windows) <= 1 and not any(w.start.second or w.end.second for w in windows)


def _listed(wording: RequestWording, windows: tuple[Window, ...]) -> list[list[str]]:
    if _fit_the_boxes(windows):
        return []
    return [["".join(wording.window), "\n".join(written_span(w.start, w.end) for w in windows)]]
