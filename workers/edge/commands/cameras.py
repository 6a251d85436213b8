"""`camera`: where the streams of the site's cameras are. A password is asked for, sealed, and never printed."""

import argparse

from infra.causes import GapCause
from infra.stream_addresses import CLIP, RTSP, hides_something, is_doubtful, with_login, without_password
from infra.streams import StreamFault
from workers.edge import alike
from workers.edge.commands import finding, masking
from workers.edge.commands.asking import asked_login, named, newest_config, unknown
from workers.edge.commands.finding import Stream
from workers.edge.commands.terminal import Commands, fail, say
from workers.edge.configuration import CameraRules
from workers.edge.home import Home
from workers.edge.masked import Masked
from workers.edge.onvif.soap import CameraFault, Fault
from workers.edge.places import PROHIBITED, is_prohibited

# Without what was typed, which holds a password.
_DOUBTFUL = "密碼裡有 @、/ 等符號時，請只輸入 rtsp://位址/路徑，帳號與密碼會另外詢問；沒有更改任何設定。"


def add_to(commands: Commands, common: argparse.ArgumentParser) -> None:
    """Name the commands."""
    camera = commands.add_parser("camera", help="這台主機的鏡頭：設定、尋找、遮罩、清單").add_subparsers(
        required=True, metavar="指令"
    )
    add = camera.add_parser(
        "add", parents=[common], help="設定一支鏡頭的串流；位址、帳號與密碼會逐項詢問，密碼不會顯示"
    )
    add.add_argument("camera", metavar="鏡頭編號", help="鏡頭編號，例如 C-GATE（可先以 camera list 查看）")
    add.add_argument("--url", metavar="位址", help="直接寫出 rtsp:// 位址而不詢問；同一台機器的其他使用者可能看得到")
    add.add_argument("--at", metavar="IP位址", help="鏡頭的 IP 位址（或 位址:連接埠），以 ONVIF 查詢串流")
    add.add_argument("--force", action="store_true", help="新的位址現在連不上，也用它取代原來的位址")
    add.set_defaults(command=_add)
    found = camera.add_parser("find", parents=[common], help="找出這個網路上有回應的鏡頭")
    found.add_argument("--at", metavar="IP位址", help="只問這個位址（或 位址:連接埠），例如鏡頭在另一個網段時")
    found.set_defaults(command=_find)
    masking.add_to(camera, common)
    camera.add_parser("list", parents=[common], help="這個地點的鏡頭，以及是否已設定").set_defaults(command=_list)


def _find(_home: Home, options: argparse.Namespace) -> int:
    return finding.find(options)


def _add(home: Home, options: argparse.Namespace) -> int:
    config = newest_config(home)
    camera = named(config, options.camera)
    if camera is None:
        return fail(unknown(config, options.camera))
    if is_prohibited(camera):
        return fail(PROHIBITED)
    typed = (
        options.url or options.at or input("串流位址（rtsp://位址/路徑），或鏡頭的 IP 位址（以 ONVIF 查詢）：").strip()
    )
    if is_doubtful(typed) or (_is_host(typed) and "@" in typed):
        return fail(_DOUBTFUL)
    try:
        stream = finding.look_up(typed, camera, asked_login()) if _is_host(typed) else _given(typed, camera, options)
    except (CameraFault, StreamFault) as error:
        return fail(finding.advice_on(error))
    failed = _keep(home, camera, stream, is_forced=options.force)
    if not failed:
        for warning in alike.warnings(home, config.cameras, camera.camera_id):
            say(f"注意：{warning}")
    return failed


def _keep(home: Home, camera: CameraRules, stream: Stream, *, is_forced: bool) -> int:
    """Keep a stream that opens. One that does not is kept as well where the camera had none: it may not hang yet."""
    fault = None if stream.onvif else _fault(stream.address)
    had = home.addresses().get(camera.camera_id)
    if fault is not None and had and not is_forced:
        return fail(f"{finding.advice_on(fault)}沒有更改，仍使用原來的 {had}；仍要儲存請加 --force。")
    if stream.masks:
        Masked(home).taken(camera.camera_id, stream.address, stream.masks)
    home.keep_address(camera.camera_id, stream.address, onvif=stream.onvif)
    say(f"已設定 {camera.code}（{camera.name}）：{without_password(stream.address)}{_password_words(home, camera)}")
    if fault is not None:
        say(f"注意：已儲存，但現在還不能錄影。{finding.advice_on(fault)}處理後請執行 sudo shouyuan-edge check 確認。")
    return 0


def _fault(address: str) -> StreamFault | None:
    try:
        finding.try_once(address)
    except StreamFault as fault:
        return fault
    return None


def _is_host(typed: str) -> bool:
    """Whether a camera is to be asked for its streams, by its host or the URL of its device service."""
    return "/onvif/" in typed or ("://" not in typed and not typed.startswith(CLIP))


def _given(address: str, camera: CameraRules, options: argparse.Namespace) -> Stream:
    """A stream as somebody typed it.

    Raises `StreamFault` for what is no address of one, and `CameraFault` where only the camera could say that its mask
    is on.
    """
    if not address.startswith((*RTSP, CLIP)):
        raise StreamFault(GapCause.NOT_A_CAMERA)
    if camera.needs_mask:
        raise CameraFault(Fault.NO_MASK)
    ask = not options.url and not address.startswith(CLIP) and not hides_something(address)
    login = asked_login() if ask else None
    return Stream(with_login(address, login) if login is not None else address, "")


def _list(home: Home, _options: argparse.Namespace) -> int:
    home.seal_passwords()
    addresses = home.addresses()
    for camera in newest_config(home).cameras.values():
        address = addresses.get(camera.camera_id)
        words = f"{address}{_password_words(home, camera)}" if address else "（尚未設定）"
        say(f"{camera.code}\t{camera.name}\t{words}")
    return 0


def _password_words(home: Home, camera: CameraRules) -> str:
    return "\t密碼已設定" if home.has_password(camera.camera_id) else "\t未設定密碼"
