"""`camera mask`: privacy masks, set at the camera where it takes them, as the installer sees the picture."""

import argparse

from infra.stream_addresses import host_of, login_of
from workers.edge.commands.asking import asked_login, named, newest_config, unknown
from workers.edge.commands.terminal import Commands, fail, say
from workers.edge.configuration import CameraRules
from workers.edge.home import Home
from workers.edge.masked import Masked
from workers.edge.onvif.camera import OnvifCamera
from workers.edge.onvif.choosing import best_first
from workers.edge.onvif.masks import Area, BadArea, area, cover, masks_over
from workers.edge.onvif.soap import WORDS, CameraFault, Fault


def add_to(commands: Commands, common: argparse.ArgumentParser) -> None:
    """Name the command."""
    mask = commands.add_parser("mask", parents=[common], help="在鏡頭上設定隱私遮罩")
    mask.add_argument("camera", metavar="鏡頭編號", help="例如 C-ROOM2")
    mask.add_argument("--at", metavar="IP位址", help="鏡頭的 IP 位址（或 位址:連接埠）；省略時用 camera add 設定的位址")
    mask.add_argument(
        "--area",
        action="append",
        required=True,
        metavar="左,上,右,下",
        help="以畫面的百分比表示，可重複",
    )
    mask.set_defaults(command=_mask)


def _mask(home: Home, options: argparse.Namespace) -> int:
    try:
        areas = [area(typed) for typed in options.area]
    except BadArea as wrong:
        return fail(str(wrong))
    config = newest_config(home)
    camera = named(config, options.camera)
    if camera is None:
        return fail(unknown(config, options.camera))
    host = options.at or home.onvif_of(camera.camera_id)
    if not host:
        return fail("不知道這支鏡頭的位址。請加上 --at 鏡頭的 IP 位址。")
    login = asked_login() if options.at else login_of(home.stream_of(camera.camera_id))
    try:
        asked = OnvifCamera(host, login)
        source = _cover(asked, camera, areas)
        _note(home, camera, asked)
    except CameraFault as fault:
        return fail(WORDS[Fault.NO_MASKING] if fault.fault is Fault.NOT_OFFERED else str(fault))
    say(f"{camera.code}（{camera.name}）已設定並確認遮罩：{'；'.join(one.words for one in areas)}（{source}）")
    say("請查看鏡頭的即時畫面，確認床位、檢查角落或盥洗室入口內側都已遮住。")
    say("尚未設定的鏡頭請接著執行：sudo shouyuan-edge camera add 鏡頭編號")
    return 0


def _cover(asked: OnvifCamera, camera: CameraRules, areas: list[Area]) -> str:
    """Cover the picture that `camera add` would take; which one it is."""
    asked.clock_ahead_ms()
    offered = best_first(asked.profiles(), camera.approved)
    if not offered:
        raise CameraFault(Fault.NO_STREAM)
    cover(asked, offered[0], areas)
    return f"主要串流 {offered[0].width}×{offered[0].height}"


def _note(home: Home, camera: CameraRules, asked: OnvifCamera) -> None:
    """Of a camera that is set already, these are the masks that it must have from now on."""
    address = home.addresses().get(camera.camera_id, "")
    if host_of(address) == asked.host:
        Masked(home).taken(camera.camera_id, address, masks_over(asked, address))
