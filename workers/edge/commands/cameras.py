"""`camera`: where the streams of the site's cameras are. A password is asked for, sealed, and never printed."""

import argparse
import sys
from getpass import getpass

from infra.stream_addresses import CLIP, Login, hides_something, with_login, without_password
from workers.edge.commands.asking import newest_config
from workers.edge.commands.terminal import Commands, fail, say
from workers.edge.configuration import CameraRules
from workers.edge.home import Home


def add_to(commands: Commands, common: argparse.ArgumentParser) -> None:
    """Name the commands."""
    camera = commands.add_parser("camera", help="cameras of this box").add_subparsers(required=True)
    add = camera.add_parser(
        "add", parents=[common], help="set a camera's stream; address, user and password are read from the keyboard"
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
    address = options.url or _asked_address()
    home.keep_address(found[0].camera_id, address)
    say(f"已設定 {_named(found[0])}：{without_password(address)}{_password_words(home, found[0])}")
    return 0


def _list(home: Home, _options: argparse.Namespace) -> int:
    home.seal_passwords()
    addresses = home.addresses()
    for camera in newest_config(home).cameras.values():
        address = addresses.get(camera.camera_id)
        words = f"{address}{_password_words(home, camera)}" if address else "（尚未設定）"
        say(f"{camera.code}\t{camera.name}\t{words}")
    return 0


def _asked_address() -> str:
    address = input("串流位址（rtsp://位址/路徑）：").strip()
    if address.startswith(CLIP) or hides_something(address):
        return address
    login = _asked_login()
    return with_login(address, login) if login is not None else address


def _asked_login() -> Login | None:
    """From the keyboard, the password unseen; from a pipe when there is no keyboard. None without a user."""
    user = input("帳號（沒有請直接按 Enter）：").strip()
    if not user:
        return None
    return Login(user, getpass("密碼（輸入時不顯示）：") if sys.stdin.isatty() else input())


def _named(camera: CameraRules) -> str:
    return f"{camera.code}（{camera.name}）"


def _password_words(home: Home, camera: CameraRules) -> str:
    return "\t密碼已設定" if home.has_password(camera.camera_id) else "\t未設定密碼"
