"""`camera`: where the streams of the site's cameras are."""

import argparse

from infra.streams import without_password
from workers.edge.commands.asking import newest_config
from workers.edge.commands.terminal import Commands, fail, say
from workers.edge.home import Home


def add_to(commands: Commands, common: argparse.ArgumentParser) -> None:
    """Name the commands."""
    camera = commands.add_parser("camera", help="cameras of this box").add_subparsers(required=True)
    add = camera.add_parser(
        "add", parents=[common], help="set a camera's stream; the address is read from the keyboard"
    )
    add.add_argument("camera", help="the camera's code or id")
    add.add_argument("--url", help="instead of asking; other users of this machine may see it")
    add.set_defaults(command=_add)
    camera.add_parser("list", parents=[common], help="the site's cameras").set_defaults(command=_list)


def _add(home: Home, options: argparse.Namespace) -> int:
    config = newest_config(home)
    found = [one for one in config.cameras.values() if options.camera in {one.code, str(one.camera_id)}]
    if len(found) != 1:
        codes = "、".join(one.code for one in config.cameras.values())
        return fail(f"平台上沒有鏡頭 {options.camera}。這個地點的鏡頭有：{codes or '（尚無）'}。")
    address = options.url or input("串流位址（rtsp://帳號:密碼@位址/路徑）：").strip()
    home.keep_address(found[0].camera_id, address)
    say(f"已設定 {found[0].code}（{found[0].name}）：{without_password(address)}")
    return 0


def _list(home: Home, _options: argparse.Namespace) -> int:
    addresses = home.addresses()
    for camera in newest_config(home).cameras.values():
        address = addresses.get(camera.camera_id)
        say(f"{camera.code}\t{camera.name}\t{without_password(address) if address else '（尚未設定）'}")
    return 0
