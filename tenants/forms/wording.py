"""What is printed on each form whatever the case: titles, labels, notes, as the regulations have them.

Sections 3, 5 and 12.1 of the requirements, character by character: 份 and 分, full-width brackets, 附件 and 附錄.
A label is the lines it is printed in; the spaces of 「申 請 人」 are the typesetter's.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Label = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Form:
    """One version of a form. `title` may hold `{short_name}`, the school's."""

    form: str
    version: str
    effective_from: date
    template: str
    title: str
    annex: str
    annex_place: Literal["foot", "title"]
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class RequestWording(_Form):
    """調閱申請單 (附件1, 附錄1). `signatures` in the order of signing; `ground`: whether the reason begins with it."""

    ground: bool
    applicant: Label
    applied_on: Label
    national_id: Label
    phone: Label
    relation: Label
    unit: Label
    place: Label
    window: Label
    reason: Label
    signatures: tuple[Label, Label, Label, Label]


@dataclass(frozen=True, kw_only=True)
class RegisterWording(_Form):
    """調閱登記簿 (附件2), `rows` lines a page. `notes_title` stands above the notes."""

    rows: int
    columns: tuple[Label, ...]
    notes_title: str


@dataclass(frozen=True, kw_only=True)
class InspectionWording(_Form):
    """檢查及保養紀錄 (附件3, 附錄2), `rows` lines a page. `notes_title` is empty where the note itself begins so."""

    rows: int
    columns: tuple[Label, Label, Label, Label, Label, Label]
    notes_title: str


_PURPOSE_ONLY = (
    "1.影像資料僅供申請目的之使用，不得另行複製傳閱散佈播放，並應遵守「個人資料保護法」之規定，以維護當事人之隱私權益。"
    "若未遵守相關法律而衍生之爭議，由申請人自行負責。"
)

KH_ANNEX1 = RequestWording(
    form="KH_ANNEX1",
    version="1",
    effective_from=date(2019, 5, 13),
    template="request_form_1.typ",
    title="監視錄影系統監錄資料調閱申請單",
    annex="附件 1",
    annex_place="foot",
    ground=True,
    applicant=("申請人",),
    applied_on=("申請日期",),
    national_id=("身份證號",),
    phone=("聯絡電話",),
    relation=("與當事人", "關係"),
    unit=("調閱單位",),
    place=("監錄系統", "地點"),
    window=("調閱監視", "畫面時段"),
    reason=("申請事由：",),
    signatures=(
        ("申請人",),
        ("監錄系統管理", "承辦人"),
        ("監錄系統管理", "處室主管"),
        ("校（園）長／", "負責人"),
    ),
    notes=(_PURPOSE_ONLY, "2.監視錄影系統監錄資料調閱申請單至少應保存一年。"),
)

TY_APPENDIX1 = RequestWording(
    form="TY_APPENDIX1",
    version="1",
    effective_from=date(2019, 6, 17),
    template="request_form_1.typ",
    title="{short_name}監視器攝錄資料調閱申請單",
    annex="附錄1",
    annex_place="title",
    ground=False,
    applicant=("申請人",),  # lost in the text we have; the signature row and 附件1 both say so (TY-A1-03)
    applied_on=("申請日期",),
    national_id=("身分證號",),
    phone=("聯絡電話",),
    relation=("與當事人", "關係"),
    unit=("調閱單位",),
    place=("攝影機", "地點"),
    window=("調閱監視", "畫面時段"),
    reason=("申請事由：",),
    signatures=(("申請人",), ("監錄系統管理", "承辦人"), ("監錄系統管理", "處室主管"), ("校長",)),
    notes=(_PURPOSE_ONLY, "2.監視器攝錄資料調閱申請單至少應保存一年。"),
)

_CONFIDENTIAL = (
    "資料應予保密，並遵守個人資料保護法等相關法令規定。如有發現不當使用或洩密情事，依法追究行政或民、刑事責任。"
)
_REGISTER_COLUMNS = (
    ("調閱日期",),
    ("申請人",),
    ("調閱單位",),
    ("調閱監錄資", "料時段、地點"),
    ("調閱原因", "摘要"),
    ("系統操作", "承辦人"),
    ("資料處理", "方式"),
)

KH_ANNEX2 = RegisterWording(
    form="KH_ANNEX2",
    version="1",
    effective_from=date(2019, 5, 13),
    template="register_1.typ",
    title="監視錄影系統監錄資料調閱登記簿",
    annex="附件 2",
    annex_place="foot",
    rows=14,
    columns=_REGISTER_COLUMNS,
    notes_title="備註：",
    notes=(
        f"1.監錄{_CONFIDENTIAL}",
        "2.監視錄影系統監錄資料調閱登記簿至少應保存一年。",
    ),
)

# TY orders a register and prints none (TY-5-4b): 附件2's layout and columns under the school's name, said to be ours,
# and the notes in TY's own words (肆、一 and 伍、五).
TY_OWN_REGISTER = RegisterWording(
    form="TY_OWN_REGISTER",
    version="1",
    effective_from=date(2019, 6, 17),
    template="register_1.typ",
    title="{short_name}監視器攝錄資料調閱登記簿",
    annex="本系統預設格式",
    annex_place="title",
    rows=14,
    columns=_REGISTER_COLUMNS,
    notes_title="備註：",
    notes=(
        f"1.監錄系統所攝錄之影音{_CONFIDENTIAL}",
        "2.監錄系統調閱申請單及登記簿至少應保存一年。",
    ),
)

KH_ANNEX3 = InspectionWording(
    form="KH_ANNEX3",
    version="1",
    effective_from=date(2019, 5, 13),
    template="inspection_1.typ",
    title="監視錄影系統檢查及保養紀錄",
    annex="附件 3",
    annex_place="foot",
    rows=13,
    columns=(
        ("檢查日期",),
        ("監錄系統主機", "是否正常運作"),
        ("監錄器材", "是否正常運轉"),
        ("視訊畫面", "是否清晰"),
        ("保養", "檢(複)查", "人"),
        ("備考",),
    ),
    notes_title="備註：",
    notes=(
        "1.管理單位應定期檢查監錄系統運作狀況，發現故障，立即報修。",
        "2.管理單位應定期檢查及保養維護監錄系統設備，以確保設備之正常運作，並定期校正。",
        "3.檢查及維護應作成紀錄，並妥善保存至少一年。",
    ),
)

# 監材 is what the text prints (TY-A2-05); 保養紀錄表 is what the text calls the form, and not what it is headed.
TY_APPENDIX2 = InspectionWording(
    form="TY_APPENDIX2",
    version="1",
    effective_from=date(2019, 6, 17),
    template="inspection_1.typ",
    title="{short_name}監視錄影系統紀錄表",
    annex="附錄2",
    annex_place="title",
    rows=16,
    columns=(
        ("檢查日期",),
        ("監視主機", "是否正常運作"),
        ("錄影監材", "是否正常運轉"),
        ("視訊是否清晰",),
        ("保養檢(複)查人",),
        ("備考",),
    ),
    notes_title="",
    notes=("備註：管理單位應定期檢查監錄系統運作狀況，發現故障，立即報修。",),
)
