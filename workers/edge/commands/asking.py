"""What commands ask: the server for its config, and the person for a login.

Not in `configuration`, which cameras import without a client.
"""

import sys
from getpass import getpass

from infra.stream_addresses import Login
from workers.edge import configuration
from workers.edge.api import Api
from workers.edge.configuration import CameraRules, Config
from workers.edge.home import Home


def newest_config(home: Home) -> Config:
    """The server's config now, kept as well. Raises `NotEnrolled`, `Unavailable` or `Refused`."""
    return configuration.keep(home, Api(home.identity(), home.device_key()).get("/config"))


def named(config: Config, typed: str) -> CameraRules | None:
    """The camera with this code or id; None when there is none, or more than one."""
    found = [one for one in config.cameras.values() if typed in {one.code, str(one.camera_id)}]
    return found[0] if len(found) == 1 else None


def unknown(config: Config, typed: str) -> str:
    """What to say then."""
    codes = "、".join(one.code for one in config.cameras.values())
    return f"平台上沒有鏡頭 {typed}。這個地點的鏡頭有：{codes or '（尚無）'}。"


def asked_login() -> Login | None:
    """From the keyboard, the password unseen; from a pipe when there is no keyboard. None without a user."""
    user = input("帳號（沒有請直接按 Enter）：").strip()
    if not user:
        return None
    return Login(user, getpass("密碼（輸入時不顯示）：") if sys.stdin.isatty() else input())
