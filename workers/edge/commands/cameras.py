"""`camera`: where the streams of the site's cameras are. A password is asked for, sealed, and never printed."""

import argparse

from infra.stream_addresses import CLIP, hides_something, with_login, without_password
from infra.streams import StreamFault
from workers.edge.commands import finding, masking
from workers.edge.commands.asking import asked_login, named, newest_config, unknown
from workers.edge.commands.finding import Stream
from workers.edge.commands.terminal import Commands, fail, say
from workers.edge.configuration import CameraRules
from workers.edge.home import Home
from workers.edge.onvif.soap import CameraFault, Fault
from workers.edge.places import PROHIBITED, is_prohibited


def add_to(commands: Commands, common: argparse.ArgumentParser) -> None:
    """Name the commands."""
    camera = commands.add_parser("camera", help="cameras of this box").add_subparsers(required=True)
    add = camera.add_parser(
        "add", parents=[common], help="set a camera's stream; address, user and password are read from the keyboard"
    )
    add.add_argument("camera", help="the camera's code or id")
    add.add_argument("--url", help="instead of asking; other users of this machine may see it")
    add.add_argument("--at", help="the camera's host, or host:port; it is asked for its streams by ONVIF")
    add.set_defaults(command=_add)
    found = camera.add_parser("find", parents=[common], help="which cameras answer on this network")
    found.add_argument("--at", help="ask this host (or host:port) alone, as when it is on another network")
    found.set_defaults(command=_find)
    masking.add_to(camera, common)
    camera.add_parser("list", parents=[common], help="the site's cameras").set_defaults(command=_list)


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
    try:
        stream = finding.look_up(typed, camera, asked_login()) if _is_host(typed) else _given(typed, camera, options)
    except (CameraFault, StreamFault) as error:
        return fail(finding.advice_on(error))
    home.keep_address(camera.camera_id, stream.address, onvif=stream.onvif)
    say(f"已設定 {camera.code}（{camera.name}）：{without_password(stream.address)}{_password_words(home, camera)}")
    return 0


def _is_host(typed: str) -> bool:
    """Whether a camera is to be asked for its streams, by its host or the URL of its device service."""
    return "/onvif/" in typed or ("://" not in typed and not typed.startswith(CLIP))


def _given(address: str, camera: CameraRules, options: argparse.Namespace) -> Stream:
    """A stream as somebody typed it. Raises `CameraFault` where only the camera could say that its mask is on."""
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
