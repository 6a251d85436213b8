"""The command line of an edge box: `python -m workers.edge enrol | camera | check | doctor | undated | run ...`.

What it prints is for the installer who stands beside the box.
"""

import argparse
import os
import sqlite3
import sys
from pathlib import Path

from workers.edge import api
from workers.edge.commands import cameras, dating, enrolling, examining, picturing, recording, showing
from workers.edge.commands.terminal import Command, Parser, fail
from workers.edge.configuration import UnknownConfig
from workers.edge.home import Home, NotEnrolled
from workers.edge.index_faults import is_spoilt
from workers.edge.sealing import CannotOpen
from workers.edge.spool_mark import SpoolMissing
from workers.edge.words import INDEX_SPOILT

_ABOUT = "邊緣主機的指令，給在主機旁的安裝人員使用。"
_ORDER = (
    "安裝順序：enrol → camera list →（寢室等：camera mask）→ camera add → check → systemctl start shouyuan-edge "
    "→ doctor → picture accept → sheet"
)

_NO_RIGHTS = (
    "沒有權限使用資料夾 {}。請以 sudo 執行同一個指令：sudo shouyuan-edge {} …；"
    "已經用 sudo 時，請確認路徑正確，且 shouyuan-edge 這個帳號可以寫入，或省略 --home。"
)


def main() -> int:
    """Run one command; 0 when all is well, 1 with a sentence on standard error when not."""
    options = _parser().parse_args()
    try:
        ended = _carried_out(options)
        sys.stdout.flush()
    except BrokenPipeError:  # who reads has seen enough, as `head` does; nothing more goes there
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return ended


def _carried_out(options: argparse.Namespace) -> int:
    command: Command = options.command
    try:
        return command(Home(options.home), options)
    except (NotEnrolled, CannotOpen, SpoolMissing, UnknownConfig, sqlite3.DatabaseError) as error:
        return fail(_sentence(error))
    except PermissionError:
        # Without what follows: it may hold a password.
        return fail(_NO_RIGHTS.format(options.home, sys.argv[1]))
    except api.Refused as error:
        return fail(error.detail or f"平台拒絕了這個要求（{error.code or error.status}）。")
    except api.Unavailable as error:
        return fail(_away(error))
    except (EOFError, KeyboardInterrupt):
        return fail("已取消。")


def _away(error: api.Unavailable) -> str:
    """What to do where the server is not reached."""
    if isinstance(error, api.NotTrusted):
        return (
            "平台的憑證無法驗證，或加密連線被中斷。請先校正主機時間（timedatectl），"
            "並確認學校防火牆沒有攔截 https，再試一次。"
        )
    if isinstance(error, api.NotThePlatform):
        return (
            f"這個網址不是守園平台（{error}）。請核對平台網址；"
            "若校內網路須先登入才能上網，請網路管理人員將這台主機列為例外。"
        )
    return f"連不到平台（{error}）。請檢查網址與網路，再試一次。"


def _sentence(error: Exception) -> str:
    """What an error says to the installer."""
    if not isinstance(error, sqlite3.DatabaseError):
        return str(error)
    if not is_spoilt(error):
        raise error
    return INDEX_SPOILT


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="shouyuan-edge", description=_ABOUT, epilog=_ORDER)
    common = argparse.ArgumentParser(add_help=False)
    default = Path(os.environ.get("SHOUYUAN_EDGE_HOME", "var/edge"))
    common.add_argument(
        "--home", type=Path, default=default, metavar="資料夾", help=f"這台主機的資料夾（預設 {default}）"
    )
    commands = parser.add_subparsers(required=True, metavar="指令")
    for subject in (enrolling, cameras, recording, examining, showing, picturing, dating):
        subject.add_to(commands, common)
    return parser


if __name__ == "__main__":
    sys.exit(main())
