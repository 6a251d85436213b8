"""`page` and `sheet`: who may see the box's page, and the sheet that is signed at acceptance."""

import argparse
import sys
import time

from infra.clock import now
from workers.edge.commands.terminal import Commands, fail, say
from workers.edge.doctor.examination import examine
from workers.edge.home import Home
from workers.edge.local_page import settings
from workers.edge.local_page.addresses import own_addresses
from workers.edge.local_page.sheet import sheet
from workers.edge.locks import is_held
from workers.edge.words import NOT_RUNNING

# The page reads its settings once a second, and is then started anew.
_WAIT_SECONDS = 6
_PORTS_WORDS = f"連接埠請用 {settings.PORTS[0]} 到 {settings.PORTS[-1]}，例如 {settings.PORT + 1}"


def add_to(commands: Commands, common: argparse.ArgumentParser) -> None:
    """Name the commands."""
    page = commands.add_parser("page", parents=[common], help="這台主機的狀態頁：網址與誰可以看")
    where = page.add_mutually_exclusive_group()
    where.add_argument("--lan", action="store_true", help="開放校內網路查看，並顯示新的查看碼")
    where.add_argument("--loopback", action="store_true", help="只限這台主機；先前的查看碼失效")
    page.add_argument(
        "--port", type=_port, metavar="連接埠", help=f"換到這個連接埠；省略時不變（起初為 {settings.PORT}）"
    )
    page.set_defaults(command=_page)
    printed = commands.add_parser("sheet", parents=[common], help="檢查全部項目，輸出驗收表（HTML，可列印）")
    printed.set_defaults(command=_sheet)


def _port(typed: str) -> int:
    if not typed.isdecimal() or int(typed) not in settings.PORTS:
        raise argparse.ArgumentTypeError(_PORTS_WORDS)
    return int(typed)


def _page(home: Home, options: argparse.Namespace) -> int:
    home.identity()
    port = options.port or settings.load(home).port
    if options.lan:
        code = settings.open_to_network(home, port=port)
        say(f"查看碼：{code}（只顯示這一次；重新執行會換成新的，這一組就失效）")
        for address in own_addresses():
            say(f"在校內網路以瀏覽器開啟：http://{address}:{port}/")
        say(f"從現在起，在這台主機上開啟 http://127.0.0.1:{port}/ 也要輸入查看碼。")
        return _answers(home, port)
    if options.loopback:
        settings.close_to_network(home, port=port)
    elif options.port:
        settings.move(home, port=port)
    held = settings.load(home)
    who = "校內網路（需要查看碼）" if held.code_hash else "只有這台主機"
    say(f"狀態頁：http://127.0.0.1:{held.port}/，可以看的範圍：{who}")
    return _answers(home, held.port)


def _answers(home: Home, port: int) -> int:
    """Say it when nobody, or another program of this machine, is at the address that was printed."""
    if not is_held(home.lock):
        say(f"{NOT_RUNNING}狀態頁要等它執行後才打得開。")
        return 0
    deadline = time.monotonic() + _WAIT_SECONDS
    while settings.held_port(home) != port:
        if time.monotonic() > deadline:
            return fail(settings.taken_words(port))
        time.sleep(0.2)
    return 0


def _sheet(home: Home, _options: argparse.Namespace) -> int:
    faults = sum(one.good is False for one in examine(home))
    sys.stdout.write(sheet(home, now(), alone=True))
    return fail(f"有 {faults} 項不合格，請處理後再列印。") if faults else 0
