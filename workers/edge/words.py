"""What the box tells the person beside it: what happened, and what to do. Commands and the local page say the same."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from infra.causes import GapCause
from infra.clock import TAIPEI
from workers.edge.aside import put_aside
from workers.edge.configuration import Config
from workers.edge.home import Home
from workers.edge.places import PROHIBITED

# The server hands out two weeks; fewer than these mean that the box has not heard of it for some days.
KEYS_LOW_DAYS = 10

# How a command names any camera.
_A_NUMBER = "鏡頭編號"
ADVICE: Mapping[GapCause, str] = {
    GapCause.CAMERA_UNREACHABLE: "連不到鏡頭。請檢查電源、網路線與位址。",
    GapCause.CAMERA_REFUSED: (
        "鏡頭拒絕連線。請檢查帳號、密碼與串流路徑，再執行一次：sudo shouyuan-edge camera add 鏡頭編號。"
        "密碼試錯多次的鏡頭會鎖定；鎖定期間，正確的密碼也會被拒，請等 30 分鐘。"
    ),
    GapCause.NOT_A_CAMERA: (
        "這個位址不是可錄的影像串流。請確認位址以 rtsp:// 開頭、連接埠是串流的（通常是 554，不是網頁的 80），"
        "且編碼為 H.264 或 H.265。"
    ),
    GapCause.NO_VIDEO: "鏡頭沒有送出影像。請檢查鏡頭的串流設定。",
    GapCause.NO_KEY_FRAME: "鏡頭未送出可獨立解碼的畫面。請將關鍵畫面間隔設為 2 秒以內。",
    GapCause.STREAM_ENDED: "鏡頭中斷了串流，正在重新連線。若常發生，請檢查網路線、交換器與鏡頭的電源。",
    GapCause.STREAM_STALLED: "鏡頭停止送出畫面，正在重新連線。若未恢復，請重新啟動鏡頭，並檢查網路線與電源。",
    GapCause.NO_DAY_KEY: "沒有當日的加密金鑰，無法錄影。請檢查主機與平台的連線。",
    GapCause.SPOOL_FAILED: "無法寫入磁碟。請檢查磁碟空間與健康狀態。",
    GapCause.DISK_FULL: "磁碟已滿，新的畫面無法保存；待上傳的影像都還在。請恢復上傳，或清出其他資料、加大磁碟。",
    GapCause.SPOOL_MISSING: "找不到錄影磁碟，沒有錄影。請確認磁碟已接上並掛載在原來的位置，掛載後會自動恢復。",
    GapCause.PROCESS_RESTARTED: "錄影程式正在重新啟動。一分鐘後若未恢復，請執行：sudo shouyuan-edge doctor。",
    GapCause.BOX_RESTARTED: "主機曾斷電或重新開機，正在重新錄影。若常發生，請檢查電源與不斷電系統。",
    GapCause.EDGE_STOPPED: "錄影程式已停止。請執行：sudo systemctl start shouyuan-edge。",
    GapCause.NOT_CONFIGURED: "尚未設定串流位址。請執行：sudo shouyuan-edge camera add 鏡頭編號。",
    GapCause.SETTINGS_CHANGED: "錄影設定已變更，正在重新連線，不需處理。",
    GapCause.CAMERA_DISABLED: "平台的設定已不錄這支鏡頭。如需錄影，請機構承辦人在平台重新啟用。",
    GapCause.CAMERA_SESSION_CHANGED: "鏡頭混入另一個連線的畫面，正在重新連線。若常發生，請更新鏡頭韌體或重新啟動鏡頭。",
    GapCause.CLOCK_CHANGED: "主機的時鐘曾被調整，正在繼續錄影。請檢查時間校正（NTP）設定。",
    GapCause.PROHIBITED_ZONE: PROHIBITED,
    GapCause.NO_MASK: (
        "設置區域須有隱私遮罩，但鏡頭未回報遮罩已全部開啟，因此不錄影。"
        "請在鏡頭開啟遮罩並啟用 ONVIF，數分鐘內會自動恢復；"
        "遮罩若有減少，請確認畫面後重新執行：sudo shouyuan-edge camera add 鏡頭編號。"
    ),
}
INDEX_SPOILT = (
    "錄影索引（ledger.sqlite3）損壞，無法讀取。錄影程式會將它另存，並由錄影檔重建；"
    "一分鐘後若未恢復，請檢查磁碟，並執行：sudo systemctl restart shouyuan-edge。"
)
CONFIG_SPOILT = (
    "平台設定檔（config.json）損壞，無法讀取。主機連上平台後會將它另存，並重新取得設定。"
    "請檢查主機與平台的連線，以及磁碟健康狀態。"
)
_ASIDE = {
    "ledger.sqlite3": "錄影索引曾損壞，已於{} 另存為 {}，並由錄影檔重建；當時尚未回報的中斷紀錄可能遺失。",
    "config.json": "平台設定曾損壞，已於{} 另存為 {}，並向平台重新取得。",
}
_LOOK_AT_DISK = "請檢查磁碟健康狀態；處理後，可將該檔移走。"
BEGINS = "剛開始錄影，第一段錄製中"
NOT_RUNNING = "錄影程式沒有在執行。請執行：sudo systemctl start shouyuan-edge。"
REVOKED_WORDS = (
    "這台主機已被學校停用，不再上傳；執行中時，影像仍加密錄在這台主機。請洽機構承辦人：若是誤按，請勿清除這台主機的資料夾；"
    "要重新使用，請依安裝說明的「重新註冊」。"
)


def advice(cause: GapCause, code: str) -> str:
    """What to do about one camera, with its own number in the commands."""
    return ADVICE[cause].replace(_A_NUMBER, code)


def keys_words(config: Config, moment: datetime) -> str:
    """For how long the box could go on without the server."""
    left = config.days_ahead(moment)
    if not config.has_key(moment):
        return "沒有今天的加密金鑰，無法錄影。請立即恢復主機與平台的連線。"
    if left < KEYS_LOW_DAYS:
        return f"金鑰只剩今天與之後 {left} 日，之後就無法錄影。請恢復主機與平台的連線；若學校即將停辦，則屬正常。"
    return f"今天與之後 {left} 日都有金鑰，與平台斷線仍可錄影。"


def aside_words(home: Home) -> list[str]:
    """For each file that was put aside and not taken away since: what happened, and what to do."""
    found = [(one, _ASIDE[path.name]) for path in (home.ledger, home.config) for one in put_aside(path)]
    return [words.format(moment_words(_put_at(one)), one) + _LOOK_AT_DISK for one, words in found]


def _put_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_ctime, tz=UTC)


def moment_words(moment: datetime) -> str:
    """An instant as people here write it: 民國115年11月20日 08:05."""
    local = moment.astimezone(TAIPEI)
    return f"{day_words(moment)} {local:%H:%M}"


def day_words(moment: datetime) -> str:
    """The 民國 date of an instant (DR-21)."""
    local = moment.astimezone(TAIPEI)
    return f"民國{local.year - 1911}年{local.month}月{local.day}日"
