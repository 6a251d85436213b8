"""Why something a recorder has does not enter, and what to do: the same words at the recorder and on the school's page.

The first codes are the server's answers. The last ones the recorder gives itself, about its own disk.
"""

from collections.abc import Mapping
from dataclasses import dataclass

DESTROYED = "day_destroyed"
CHANGED_ON_DISK = "changed_on_disk"
LINE_UNREADABLE = "line_unreadable"
FILE_UNREADABLE = "file_unreadable"


@dataclass(frozen=True)
class Refusal:
    """`words` are for a person: what is wrong and what to do. What `passes` may be taken later just as it is."""

    words: str
    passes: bool = False


REFUSALS: Mapping[str, Refusal] = {
    "bad_signature": Refusal("簽章不是這台邊緣主機所簽。請確認主機金鑰未被複製或更換，並洽平台維運人員。"),
    # Of a recorder that is newer than its server, until that is updated too.
    "bad_line": Refusal("影像片段的紀錄格式不正確。請更新邊緣主機的程式。", passes=True),
    "other_device": Refusal("紀錄所載的主機、機構或地點與註冊資料不符。請確認主機註冊在正確的機構。"),
    "foreign_camera": Refusal("紀錄所載的鏡頭不屬於這台主機所在的地點。請檢查邊緣主機的鏡頭設定。", passes=True),
    "implausible_time": Refusal(
        "錄影時間不合理（過早、在未來或過長）。請校正邊緣主機的時鐘；片段會留在主機，不會刪除。", passes=True
    ),
    "unknown_key": Refusal("片段不是以平台核發的當日金鑰加密。請讓邊緣主機重新下載設定。", passes=True),
    DESTROYED: Refusal("這一天的監錄資料已依規定銷毀，不能再收。"),
    "audio_not_allowed": Refusal("這支鏡頭設定為不收音，但片段含有聲音。請關閉鏡頭或主機的收音設定。"),
    "after_closing": Refusal("這個機構已停辦，停辦後錄得的片段不收。請停止這台主機的錄影。"),
    "gap_conflict": Refusal("同一段中斷已有不同的回報，新的回報不予採用。請洽平台維運人員。"),
    "conflict": Refusal("同一個片段編號已有不同的紀錄，新的紀錄不予採用。請洽平台維運人員。"),
    CHANGED_ON_DISK: Refusal("片段在主機磁碟上已與錄下時不同，無法上傳。請施作廠商檢查或更換磁碟。"),
    LINE_UNREADABLE: Refusal("主機磁碟上片段的紀錄無法讀取。請施作廠商檢查或更換磁碟。", passes=True),
    FILE_UNREADABLE: Refusal("主機磁碟上的片段無法讀取。請施作廠商檢查或更換磁碟。", passes=True),
}
LASTING = frozenset(code for code, one in REFUSALS.items() if not one.passes)


def in_words(segments: int, gaps: int) -> str:
    """`3 段影像、1 筆中斷紀錄無法上傳，仍留在主機內`."""
    counted = [f"{segments} 段影像"] * bool(segments) + [f"{gaps} 筆中斷紀錄"] * bool(gaps)
    return f"{'、'.join(counted)}無法上傳，仍留在主機內"


def to_do(code: str) -> str:
    """What is wrong and what to do about it. A code that is not in the table came with another version."""
    known = REFUSALS.get(code, Refusal(f"原因代碼為 {code}。請更新邊緣主機的程式，並洽平台維運人員。", passes=True))
    return f"{known.words}排除後，主機會在一天內自動再送。" if known.passes else known.words
