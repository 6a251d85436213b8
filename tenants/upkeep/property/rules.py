"""What an entry of the ledger must say, and what has to be done before it ends. Pure (KH-8-2a to c, TY-6-2, DR-35)."""

import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from tenants.errors import Invalid, InvalidTransition

_LONGEST, _MOST_YEARS, _MOST_COST = 200, 60, 10**9
_EVERYBODY = "*"
_MINISTRY = "教育部"
PRIVATE_RULE = "自有財產，依「相關規定」由機構自行列帳"


class AssetKind(StrEnum):
    """What an entry is. A recorder and a disk may hold footage."""

    CAMERA = "camera"
    RECORDER = "recorder"
    DISK = "disk"
    OTHER = "other"


class NumberKind(StrEnum):
    """財產編號, 物品編號, or 自有財產 of a private institution, which needs none."""

    PROPERTY = "property"
    ARTICLE = "article"
    OWN = "own"


class Ending(StrEnum):
    """How an entry left the ledger."""

    SCRAPPED = "scrapped"
    TRANSFERRED = "transferred"


HOLDS_FOOTAGE = frozenset({AssetKind.RECORDER, AssetKind.DISK})


@dataclass(frozen=True, kw_only=True)
class TypedAsset:
    """An entry as it was typed; None where a number or a day could not be read."""

    site_id: UUID
    kind: AssetKind
    number_kind: NumberKind
    number: str
    name: str
    brand: str
    model: str
    serial: str
    origin: str
    firmware: str
    acquired_on: date | None
    cost: int | None
    service_years: int | None
    place: str
    custodian_id: UUID | None
    camera_id: UUID | None = None
    device_id: UUID | None = None
    planned_replacement: date | None = None
    head_note: str = ""
    bureau_document: str = ""


@dataclass(frozen=True, kw_only=True)
class TypedDestruction:
    """What was done to the media of a recorder."""

    destroyed_on: date | None
    method: str
    carried_out_by: str
    witness: str
    document: str


def property_rule(rules: Mapping[str, str], *, authority: str, ownership: str) -> str:
    """The rule that the ledger is kept by: the supervising authority's, or a private institution's own (TY-6-3)."""
    if _EVERYBODY in rules:
        return PRIVATE_RULE if ownership == "private" else rules[_EVERYBODY]
    ministry = authority == _MINISTRY
    return next((words for key, words in rules.items() if (key == _MINISTRY) == ministry), "")


def faults_of_asset(typed: TypedAsset, *, ownership: str, today: date) -> Iterator[Invalid]:
    """Everything that is wrong with an entry by itself; what others have, the action looks for."""
    private = ownership == "private"
    if typed.number_kind is NumberKind.OWN and not private:
        yield Invalid("公立機構的設備應列財產或物品，請選擇編號類別並填寫編號。", field="number_kind")
    if typed.number_kind is not NumberKind.OWN and not typed.number.strip():
        yield Invalid("請填寫財產或物品編號。私立機構沒有編號時，請選擇自有財產。", field="number")
    required = (
        ("name", typed.name, "請填寫名稱，例如：網路攝影機。"),
        ("brand", typed.brand, "請填寫廠牌；自行組裝請填「自行組裝」。"),
        ("origin", typed.origin, "請填寫產地（國家或地區）；不詳請填「不詳」並洽廠商查明。"),
        ("place", typed.place, "請填寫放置地點。"),
    )
    yield from (Invalid(sentence, field=field) for field, words, sentence in required if not words.strip())
    if typed.acquired_on is None:
        yield Invalid("請填寫取得日期，例如 113/08/20。", field="acquired_on")
    elif typed.acquired_on > today:
        yield Invalid("取得日期不可晚於今天。", field="acquired_on")
    if typed.cost is None or not 0 <= typed.cost <= _MOST_COST:
        yield Invalid("請填寫金額，整數，單位為新臺幣元，例如 28000。", field="cost")
    if typed.service_years is None or not 1 <= typed.service_years <= _MOST_YEARS:
        yield Invalid(f"請填寫使用年限，1 到 {_MOST_YEARS} 的整數，例如 4。", field="service_years")
    if typed.custodian_id is None:
        yield Invalid("請選擇保管人。", field="custodian")
    texts = (
        "number",
        "name",
        "brand",
        "model",
        "serial",
        "origin",
        "firmware",
        "place",
        "head_note",
        "bureau_document",
    )
    yield from (Invalid(f"最多 {_LONGEST} 字。", field=each) for each in texts if len(getattr(typed, each)) > _LONGEST)


def faults_of_restricted(typed: TypedAsset, *, is_head: bool) -> Iterator[Invalid]:
    """What a device of a restricted brand lacks to be enrolled: the head's note and the bureau's (DR-35)."""
    if not is_head:
        yield Invalid(
            "這個廠牌列為限制廠牌，須由首長登記並載明理由。請由首長辦理。", field="brand", code="restricted_brand"
        )
    if not typed.head_note.strip():
        yield Invalid("這個廠牌列為限制廠牌。請由首長載明必須使用的理由。", field="head_note", code="restricted_brand")
    if not typed.bureau_document.strip():
        yield Invalid(
            "這個廠牌列為限制廠牌。請填寫教育局同意列冊管理的文號。", field="bureau_document", code="restricted_brand"
        )


def is_restricted(brand: str, restricted: Collection[str]) -> bool:
    """Whether a brand, however it is written, is one of the restricted ones, which are given folded."""
    folded = folded_brand(brand)
    return any(each in folded for each in restricted)


def folded_brand(brand: str) -> str:
    """A brand by which its spellings are one: width, capitals, spaces and signs."""
    text = unicodedata.normalize("NFKC", brand).casefold()
    return "".join(each for each in text if each.isalnum())


def normal_number(number: str) -> str:
    """A number as it is stored: narrow, without spaces."""
    return "".join(unicodedata.normalize("NFKC", number).split()).upper()


def faults_of_destruction(typed: TypedDestruction, *, today: date) -> Iterator[Invalid]:
    """Everything that is wrong with what was done to the media."""
    if typed.destroyed_on is None:
        yield Invalid("請填寫銷毀日期，例如 115/11/20。", field="destroyed_on")
    elif typed.destroyed_on > today:
        yield Invalid("銷毀日期不可晚於今天。請於銷毀後再登記。", field="destroyed_on")
    required = (
        ("method", typed.method, "請填寫銷毀方式，例如：硬碟打孔、實體粉碎。"),
        ("carried_out_by", typed.carried_out_by, "請填寫執行銷毀的人或廠商。"),
        ("witness", typed.witness, "請填寫監毀人。"),
    )
    yield from (Invalid(sentence, field=field) for field, words, sentence in required if not words.strip())
    if typed.witness.strip() and typed.witness.strip() == typed.carried_out_by.strip():
        yield Invalid("監毀人不能是執行銷毀的人。", field="witness")


def check_end(kind: str, *, is_destroyed: bool, is_enrolled: bool) -> None:
    """Raise `InvalidTransition` while what leaves may still hold footage, or still records (KH-8-2a)."""
    if is_enrolled:
        raise InvalidTransition("這台主機仍在錄影。請先在「邊緣主機」撤銷，再登記報廢或移撥。")
    if AssetKind(kind) in HOLDS_FOOTAGE and not is_destroyed:
        raise InvalidTransition(
            "這台設備的儲存媒體可能還有未銷毀的影像。請先銷毀媒體並登記「媒體銷毀」，再登記報廢或移撥。"
        )
