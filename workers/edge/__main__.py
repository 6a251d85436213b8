"""The command line of an edge box: `python -m workers.edge enrol | camera | check | status | run`.

What it prints is for the installer who stands beside the box.
"""

import argparse
import os
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from uuid import UUID

from infra import logs
from infra.causes import GapCause
from infra.clock import TAIPEI, now
from infra.manifest import instant, microseconds
from infra.signing import public_key_text, sign
from infra.streams import StreamFault, open_stream, without_password
from workers.edge import api, configuration
from workers.edge.children import Stop
from workers.edge.home import Home, Identity, NotEnrolled
from workers.edge.ledger import Ledger, State
from workers.edge.status import status_of
from workers.edge.supervisor import AlreadyRuns, Supervisor

ADVICE: Mapping[GapCause, str] = {
    GapCause.CAMERA_UNREACHABLE: "連不到鏡頭。請檢查電源、網路線與位址。",
    GapCause.CAMERA_REFUSED: "鏡頭拒絕連線。請檢查帳號、密碼與串流路徑。",
    GapCause.NOT_A_CAMERA: "這個位址不是可錄的影像串流。請確認位址以 rtsp:// 開頭，且編碼為 H.264 或 H.265。",
    GapCause.NO_VIDEO: "鏡頭沒有送出影像。請檢查鏡頭的串流設定。",
    GapCause.NO_KEY_FRAME: "鏡頭未送出可獨立解碼的畫面。請將關鍵畫面間隔設為 2 秒以內。",
    GapCause.STREAM_ENDED: "鏡頭中斷了串流，正在重新連線。",
    GapCause.STREAM_STALLED: "鏡頭停止送出畫面，正在重新連線。",
    GapCause.NO_DAY_KEY: "沒有當日的加密金鑰，無法錄影。請檢查主機與平台的連線。",
    GapCause.SPOOL_FAILED: "無法寫入磁碟。請檢查磁碟空間與健康狀態。",
    GapCause.PROCESS_RESTARTED: "錄影程式正在重新啟動。",
    GapCause.EDGE_STOPPED: "錄影程式已停止。請執行 run。",
    GapCause.NOT_CONFIGURED: "尚未設定串流位址。請執行 camera add。",
    GapCause.SETTINGS_CHANGED: "錄影設定已變更，正在重新連線。",
}


def main() -> int:
    """Run one command; 0 when all is well, 1 with a sentence on standard error when not."""
    options = _parser().parse_args()
    command: Callable[[Home, argparse.Namespace], int] = options.command
    try:
        return command(Home(options.home), options)
    except (NotEnrolled, AlreadyRuns) as error:
        return _fail(str(error))
    except api.Refused as error:
        return _fail(error.detail or f"平台拒絕了這個要求（{error.code or error.status}）。")
    except api.Unavailable as error:
        return _fail(f"連不到平台（{error}）。請檢查網址與網路，再試一次。")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m workers.edge", description=__doc__)
    common = argparse.ArgumentParser(add_help=False)
    default = Path(os.environ.get("SHOUYUAN_EDGE_HOME", "var/edge"))
    common.add_argument("--home", type=Path, default=default, help=f"the box's folder (default {default})")
    commands = parser.add_subparsers(required=True)
    enrol = commands.add_parser("enrol", parents=[common], help="become a device of the site a code was issued for")
    enrol.add_argument("--server", required=True)
    enrol.add_argument("--token", required=True)
    enrol.add_argument("--name", default=socket.gethostname())
    enrol.set_defaults(command=_enrol)
    camera = commands.add_parser("camera", help="cameras of this box").add_subparsers(required=True)
    add = camera.add_parser(
        "add", parents=[common], help="set a camera's stream; the address is read from the keyboard"
    )
    add.add_argument("camera", help="the camera's code or id")
    add.add_argument("--url", help="instead of asking; other users of this machine may see it")
    add.set_defaults(command=_add_camera)
    camera.add_parser("list", parents=[common], help="the site's cameras").set_defaults(command=_list_cameras)
    commands.add_parser("check", parents=[common], help="try every camera and the server").set_defaults(command=_check)
    commands.add_parser("status", parents=[common], help="what records now").set_defaults(command=_status)
    commands.add_parser("run", parents=[common], help="record until stopped").set_defaults(command=_run)
    return parser


def _enrol(home: Home, options: argparse.Namespace) -> int:
    if home.is_enrolled():
        return _fail("這台邊緣主機已經註冊過。若要註冊到別處，請使用另一個資料夾（--home）；原資料夾請保留到全部上傳。")
    home.make()
    key, server = home.device_key(), str(options.server).rstrip("/")
    answer = api.enrol(
        server,
        {
            "token": options.token,
            "public_key": public_key_text(key),
            "proof": sign(key, options.token.encode()),
            "name": options.name,
        },
    )
    ids = {name: UUID(answer[name]) for name in ("device_id", "tenant_id", "site_id")}
    home.keep_identity(Identity(server=server, **ids))
    _say(f"註冊完成，主機編號 {ids['device_id']}。接著請以 camera add 設定各鏡頭的串流位址，再執行 run。")
    return 0


def _add_camera(home: Home, options: argparse.Namespace) -> int:
    config = _refresh(home)
    found = [one for one in config.cameras.values() if options.camera in {one.code, str(one.camera_id)}]
    if len(found) != 1:
        codes = "、".join(one.code for one in config.cameras.values())
        return _fail(f"平台上沒有鏡頭 {options.camera}。這個地點的鏡頭有：{codes or '（尚無）'}。")
    address = options.url or input("串流位址（rtsp://帳號:密碼@位址/路徑）：").strip()
    home.keep_address(found[0].camera_id, address)
    _say(f"已設定 {found[0].code}（{found[0].name}）：{without_password(address)}")
    return 0


def _list_cameras(home: Home, _options: argparse.Namespace) -> int:
    addresses = home.addresses()
    for camera in _refresh(home).cameras.values():
        address = addresses.get(camera.camera_id)
        _say(f"{camera.code}\t{camera.name}\t{without_password(address) if address else '（尚未設定）'}")
    return 0


def _check(home: Home, _options: argparse.Namespace) -> int:
    config, addresses = _refresh(home), home.addresses()
    days = sum(1 for day in config.days if day >= now().astimezone(TAIPEI).date())
    _say(f"平台\t正常\t金鑰可用 {days} 日")
    faults = 0
    for camera in config.cameras.values():
        cause = _try(addresses.get(camera.camera_id))
        faults += cause is not None
        _say(f"{camera.code}\t{camera.name}\t{ADVICE[cause] if cause is not None else '正常'}")
    return 1 if faults else 0


def _try(address: str | None) -> GapCause | None:
    if address is None:
        return GapCause.NOT_CONFIGURED
    try:
        with open_stream(address, audio=False) as stream:
            next(stream.arrivals)
    except StreamFault as fault:
        return fault.cause
    return None


def _status(home: Home, _options: argparse.Namespace) -> int:
    home.identity()
    config = configuration.load(home)
    if config is None:
        return _fail("尚未取得平台的設定。請檢查主機與平台的連線，並執行 run。")
    ledger = Ledger(home.ledger)
    faults = 0
    for camera in config.cameras.values():
        state = ledger.state_of(camera.camera_id)
        recording = status_of(state, config, microseconds(now()))["recording"]
        faults += not recording
        until = _local(state.recorded_until_us) if state.recorded_until_us else "從未"
        words = "錄影中" if recording else ADVICE[state.cause or GapCause.PROCESS_RESTARTED]
        _say(f"{camera.code}\t{words}\t最後錄到 {until}\t待上傳 {state.spooled} 段")
    refused = ledger.count(State.REFUSED)
    if refused:
        _say(f"有 {refused} 段被平台拒收，仍留在主機上。請洽平台維運人員。")
    ledger.close()
    return 1 if faults or refused else 0


def _run(home: Home, _options: argparse.Namespace) -> int:
    stop = Stop()
    logs.configure(process="edge")
    Supervisor(home, stop).run()
    return 0


def _refresh(home: Home) -> configuration.Config:
    """The server's config now, kept as well."""
    return configuration.keep(home, api.Api(home.identity(), home.device_key()).get("/config"))


def _local(moment_us: int) -> str:
    return instant(moment_us).astimezone(TAIPEI).strftime("%H:%M:%S")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _fail(text: str) -> int:
    sys.stderr.write(text + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
