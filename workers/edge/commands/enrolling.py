"""`enrol`: become a device of the site that a one-time code was issued for."""

import argparse
import socket
from uuid import UUID

from infra.signing import public_key_text, sign
from workers.edge import api
from workers.edge.commands.terminal import Commands, fail, say
from workers.edge.home import Home, Identity

# Without the lock only to a platform on the same machine or network, as the demo is.
_SCHEMES = ("https://", "http://")


def add_to(commands: Commands, common: argparse.ArgumentParser) -> None:
    """Name the command."""
    enrol = commands.add_parser("enrol", parents=[common], help="以註冊碼把這台主機登記到學校（園）的地點")
    enrol.add_argument("--server", required=True, metavar="平台網址", help="例如 https://platform.example")
    enrol.add_argument("--token", required=True, metavar="註冊碼", help="機構承辦人提供，24 小時內有效，只能用一次")
    enrol.add_argument(
        "--name", default=socket.gethostname(), metavar="名稱", help="平台上顯示的主機名稱（預設：%(default)s）"
    )
    enrol.set_defaults(command=_enrol)


def _enrol(home: Home, options: argparse.Namespace) -> int:
    if home.is_enrolled():
        return fail("這台邊緣主機已經註冊過。若要註冊到別處，請使用另一個資料夾（--home）；原資料夾請保留到全部上傳。")
    server = str(options.server).rstrip("/")
    if not server.startswith(_SCHEMES):
        return fail(f"平台網址請從 https:// 開始寫，例如：https://{server.rpartition('://')[2] or 'platform.example'}")
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
    ids = {name: UUID(answer[name]) for name in ("device_id", "tenant_id", "site_id")}
    home.keep_identity(Identity(server=server, **ids))
    place = "／".join(filter(None, (answer.get("tenant_name"), answer.get("site_name"))))
    if place:
        say(f"這台主機屬於：{place}。如果不是這個地點，請機構承辦人撤銷這台主機，並改用正確地點的註冊碼。")
    say(f"註冊完成，主機編號 {ids['device_id']}。")
    say("接著請以 sudo shouyuan-edge camera add 設定各鏡頭的串流位址，再執行：sudo systemctl start shouyuan-edge")
    return 0
