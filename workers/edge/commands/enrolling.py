"""`enrol`: become a device of the site that a one-time code was issued for."""

import argparse
import socket
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from infra.clock import now
from infra.signing import public_key_text, sign
from workers.edge import api
from workers.edge.commands.terminal import Commands, fail, say
from workers.edge.former import Mounted, newcomer, replace
from workers.edge.home import Home, Identity
from workers.edge.locks import AlreadyRuns, only_one

_RUNS = "錄影程式正在執行，沒有重新註冊。請先執行：sudo systemctl stop shouyuan-edge，再執行一次同一個指令。"
_ENROLLED = (
    "這台邊緣主機已經註冊過。若要重新註冊（例如用了別所學校的註冊碼，或主機已被停用），"
    "請先執行：sudo systemctl stop shouyuan-edge，再執行同一個 enrol 指令，最後加上 --again。"
    "原有的設定、金鑰與影像會移到另一個資料夾，不會刪除；還沒上傳的影像不會再上傳，若主機未被停用，請先等它上傳完畢。"
)


def add_to(commands: Commands, common: argparse.ArgumentParser) -> None:
    """Name the command."""
    enrol = commands.add_parser("enrol", parents=[common], help="以註冊碼把這台主機登記到學校（園）的地點")
    enrol.add_argument("--server", required=True, metavar="平台網址", help="例如 https://platform.example")
    enrol.add_argument("--token", required=True, metavar="註冊碼", help="機構承辦人提供，24 小時內有效，只能用一次")
    enrol.add_argument(
        "--name", default=socket.gethostname(), metavar="名稱", help="平台上顯示的主機名稱（預設：%(default)s）"
    )
    enrol.add_argument(
        "--again", action="store_true", help="已註冊過的主機重新註冊；原有的設定、金鑰與影像移到另一個資料夾，不刪除"
    )
    enrol.set_defaults(command=_enrol)


def _enrol(home: Home, options: argparse.Namespace) -> int:
    if home.is_enrolled() and not options.again:
        return fail(_ENROLLED)
    server = str(options.server).rstrip("/")
    if not _is_sealed(server):
        return fail(f"平台網址請從 https:// 開始寫，例如：https://{server.rpartition('://')[2] or 'platform.example'}")
    if not home.is_enrolled():
        return _become(home, server, options)
    try:
        with only_one(home.lock, _RUNS):
            return _become_another(home, server, options)
    except AlreadyRuns:
        return fail(_RUNS)
    except Mounted as error:
        return fail(str(error))


def _is_sealed(server: str) -> bool:
    """Whether nobody on the way reads along. On this machine, as in development, there is no way."""
    try:
        parts = urlsplit(server)
        host = parts.hostname or ""
        is_here = parts.scheme == "http" and (host == "localhost" or ip_address(host).is_loopback)
        return is_here or (parts.scheme == "https" and bool(host))
    except ValueError:
        return False


def _become_another(home: Home, server: str, options: argparse.Namespace) -> int:
    at = now()
    new = newcomer(home, at=at)
    done = _become(new, server, options)
    former = replace(home, new, at=at)
    say(f"原有的設定、金鑰與影像都移到 {former}，沒有刪除；其中可能有尚未上傳的影像，請保留。")
    return done


def _become(home: Home, server: str, options: argparse.Namespace) -> int:
    home.make()
    key = home.device_key()
    answer = api.enrol(
        server,
        {
            "token": options.token,
            "public_key": public_key_text(key),
            "proof": sign(key, options.token.encode()),
            "name": options.name,
        },
    )
    try:
        ids = {name: UUID(answer[name]) for name in ("device_id", "tenant_id", "site_id")}
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise api.NotThePlatform("server: another answer") from error
    home.keep_identity(Identity(server=server, **ids))
    place = "／".join(filter(None, (answer.get("tenant_name"), answer.get("site_name"))))
    if place:
        wrong = "如果不是這個地點，請機構承辦人撤銷這台主機，並以正確地點的註冊碼加上 --again 重新註冊。"
        say(f"這台主機屬於：{place}。{wrong}")
    say(f"註冊完成，主機編號 {ids['device_id']}。")
    say("接著請以 sudo shouyuan-edge camera list 查看鏡頭編號，以 camera add 逐支設定串流位址，以 check 確認，")
    say("再執行：sudo systemctl start shouyuan-edge")
    return 0
