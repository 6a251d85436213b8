"""Decisions of the registry: codes, camera names, and who counts as a public agency. Pure."""

import re
import unicodedata
from datetime import date

from tenants.errors import Invalid
from tenants.registry.zones import Screening, Zone, screen

GIGABYTE = 10**9
_MOST_GIGABYTES = 1_000_000

_CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{0,31}")
# Bodies that may not apply, by what such names end in or contain: the regulations know public agencies only (KH-6-1a).
_PRIVATE_BODY = re.compile("公司|商號|事務所|徵信|保險|補習班|協會|基金會|電視臺|電視台|報社|新聞|媒體|雜誌|工作室")


def normal_code(code: str, *, field: str = "code") -> str:
    """A code as it is stored: narrow, upper case. Raises `Invalid`."""
    text = unicodedata.normalize("NFKC", code).strip().upper()
    if not _CODE.fullmatch(text):
        raise Invalid("代碼只能用英文字母、數字、- 及 _，最多 32 個字元，例如 C-GATE。", field=field)
    return text


def is_called(names: str, typed: str) -> bool:
    """Whether every word that was typed is among an institution's names, however either of them is written.

    One are 台 and 臺, full and half width, small and capital letters, with and without spaces; and 幼稚園, as a
    preschool was called until 2012, is 幼兒園.
    """
    sought = "".join(_looked_for(names).split())
    return all(word in sought for word in _looked_for(typed).split())


def _looked_for(words: str) -> str:
    folded = unicodedata.normalize("NFKC", words).casefold().replace("台", "臺")
    return folded.replace("幼稚園", "幼兒園").replace("附幼", "附設幼兒園")


def known_zone(zone: str) -> Zone:
    """The zone of the catalogue. Raises `Invalid`."""
    try:
        return Zone(zone)
    except ValueError:
        raise Invalid("請從設置區域清單中選取。（要點第三點）", field="zone") from None


def check_place(*, name: str, zone: Zone, reviewed: bool) -> None:
    """Raise `Invalid` where a camera's name says that it looks into a place that is nobody's to record (KH-3-6).

    `reviewed` says that a second person looked at the picture and saw no interior (KH-3-4).
    """
    if not name.strip():
        raise Invalid("請填寫鏡頭名稱，讓人一看就知道在哪裡。", field="name")
    verdict = screen(name, zone)
    if verdict is Screening.PROHIBITED:
        raise Invalid(
            "廁所、盥洗室、浴室、更衣室、哺（集）乳室、尿布更換區及宿舍房間內不得設置鏡頭。"
            "若鏡頭在入口外，請寫明位置，例如「廁所入口前走廊」。（要點第三點）",
            field="name",
            code="prohibited_place",
        )
    if verdict is Screening.NEEDS_REVIEW and not reviewed:
        raise Invalid(
            "盥洗室僅得設置於入口前空間，這個名稱看起來像在內部。請改名，或由第二人檢視參考畫面，"
            "確認未攝入內部後再登記。（要點第三點）",
            field="name",
            code="zone_review",
        )


def capacity(gigabytes: str) -> int | None:
    """Planned storage in bytes from what was typed in GB, None for nothing. Raises `Invalid`."""
    text = unicodedata.normalize("NFKC", gigabytes).replace(",", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _MOST_GIGABYTES):
        raise Invalid("規劃儲存容量請填 1 到 1,000,000 的整數，單位為 GB，例如 2000。", field="gigabytes")
    return int(text) * GIGABYTE


def check_retirement(*, active_from: date, on: date) -> None:
    """Raise `Invalid` when a camera would be retired before it was in use."""
    if on < active_from:
        raise Invalid("停用日期不可早於啟用日期。請重新選擇日期。", field="retired_on")


def folded_name(name: str) -> str:
    """An agency's name by which two spellings are one: 臺 and 台, full and half width, with and without spaces."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name)).replace("臺", "台")


def check_public(name: str) -> None:
    """Raise `Invalid` for a body that is no public agency (KH-6-1a)."""
    if not name.strip():
        raise Invalid("請填寫機關全銜。", field="name")
    if _PRIVATE_BODY.search(unicodedata.normalize("NFKC", name)):
        raise Invalid(
            "依規定僅公務機關得以公文申請調閱。民間單位請先向警察機關報案或循司法程序。（要點第六點第一項第一款）",
            field="name",
            code="private_body",
        )
