"""`undated`: what earlier boots left without a time, and dating it by what a person knows of them (DR-18)."""

import argparse
import re
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime

from infra.clock import TAIPEI
from infra.manifest import instant, microseconds
from workers.edge import configuration
from workers.edge.clocks.readings import Readings
from workers.edge.commands.terminal import Commands, fail, say
from workers.edge.home import Home
from workers.edge.ledger import Ledger
from workers.edge.undated.boots import Boots
from workers.edge.undated.by_hand import ByHand, Left, NotPossible, span_words
from workers.edge.words import moment_words

_MICROSECOND, _MINUTE_US = 1_000_000, 60_000_000
_FIRST_ROC_YEAR, _LONGEST_ROC_YEAR = 1911, 1000
_MOST_MINUTES = 24 * 60
_WHEN = re.compile(r"(\d{2,4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d{2})")
_NONE = "沒有時間不明的影像。"
_LOST = "主機現在還不知道時間，無法補上先前的時間。請先恢復網路，再執行一次。"
_UNREADABLE = "看不懂開機的時刻。請寫成民國年-月-日 時:分，例如：--began '115-11-20 14:05'"
_YES = "yes"


def add_to(commands: Commands, common: argparse.ArgumentParser) -> None:
    """Name the commands."""
    undated = commands.add_parser("undated", help="時間不明的影像")
    subjects = undated.add_subparsers(required=True, metavar="指令")
    listing = subjects.add_parser("list", parents=[common], help="依主機每次開機列出，以及可能的時刻")
    listing.set_defaults(command=_list)
    date = subjects.add_parser("date", parents=[common], help="補上主機那次開機的時刻；送出後不能更改")
    date.add_argument("number", type=int, metavar="編號", help="undated list 列出的編號")
    date.add_argument("--began", required=True, metavar="時刻", help="主機那次開機的時刻，例如 '115-11-20 14:05'")
    date.add_argument("--within", type=int, default=10, metavar="分鐘", help="可能的誤差（預設 10 分鐘）")
    date.add_argument("--yes", action="store_true", help="不再詢問確認")
    date.set_defaults(command=_date)


def _list(home: Home, _options: argparse.Namespace) -> int:
    home.identity()
    with closing(Ledger(home.ledger)) as ledger:
        found = _by_hand(home, ledger).left()
    if not found:
        say(_NONE)
    for number, left in enumerate(found, start=1):
        say(f"{number}\t{left.segments} 段\t{_ran(left)}\t主機開機的時刻{span_words(left)}")
    if found:
        say(
            "知道主機那次開機（例如復電）的時刻時，請執行：sudo shouyuan-edge undated date 編號 --began 115-11-20 14:05"
        )
    return 0


def _date(home: Home, options: argparse.Namespace) -> int:
    home.identity()
    try:
        with closing(Ledger(home.ledger)) as ledger:
            count = _dated(home, ledger, options)
    except NotPossible as error:
        return fail(str(error))
    say(
        f"已補上 {count} 段影像的時間。錄影程式會逐段簽章並上傳；紀錄會載明時間是人工填報，誤差 {options.within} 分鐘。"
    )
    return 0


def _dated(home: Home, ledger: Ledger, options: argparse.Namespace) -> int:
    """How many segments were dated. Raises `NotPossible`."""
    began_us, readings, by_hand = _typed(options.began), Readings(ledger), _by_hand(home, ledger)
    if not 0 < options.within <= _MOST_MINUTES:
        raise NotPossible(f"誤差請填 1 至 {_MOST_MINUTES} 分鐘。")
    if Boots(ledger, readings, lambda: configuration.load(home)).is_standing():
        raise NotPossible(_LOST)
    left = _chosen(by_hand.left(), options.number)
    if not options.yes and not _is_sure(left, began_us, options.within):
        raise NotPossible("沒有變更。")
    return by_hand.settle(left, began_us=began_us, bound_us=options.within * _MINUTE_US, now_us=readings.now_us())


def _by_hand(home: Home, ledger: Ledger) -> ByHand:
    boots = Boots(ledger, Readings(ledger), lambda: configuration.load(home))
    boots.end_earlier()
    return ByHand(ledger, boots, home.spool)


def _chosen(found: Sequence[Left], number: int) -> Left:
    if not 0 < number <= len(found):
        raise NotPossible(f"沒有編號 {number} 的影像。請執行 sudo shouyuan-edge undated list 查看編號。")
    return found[number - 1]


def _is_sure(left: Left, began_us: int, within: int) -> bool:
    """Ask, since what was signed and sent stays as it is."""
    first, last = (moment_words(instant(began_us + one)) for one in (left.from_us, left.until_us))
    say(f"{left.segments} 段影像將記為 {first} 至 {last}（誤差 {within} 分鐘）。送出後不能更改。")
    return input(f"確定請輸入 {_YES}：").strip().lower() == _YES


def _typed(text: str) -> int:
    """A moment in Taipei, by the 民國 year or the common one. Raises `NotPossible` for what is none."""
    found = _WHEN.fullmatch(text.strip())
    year, month, day, hour, minute = map(int, found.groups()) if found is not None else (0, 0, 0, 0, 0)
    year += _FIRST_ROC_YEAR if year < _LONGEST_ROC_YEAR else 0
    try:
        return microseconds(datetime(year, month, day, hour, minute, tzinfo=TAIPEI))
    except ValueError as error:
        raise NotPossible(_UNREADABLE) from error


def _ran(left: Left) -> str:
    """How long the machine had run at the first and the last of it."""
    first, last = (_length(one // _MICROSECOND) for one in (left.from_us, left.until_us))
    return f"錄於開機後 {first} 至 {last}"


def _length(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
