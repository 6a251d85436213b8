"""`picture`: accept what a camera shows now as what it is to show."""

import argparse

from infra.causes import GapCause
from infra.clock import now
from infra.streams import open_stream
from workers.edge.commands.asking import newest_config
from workers.edge.commands.terminal import Commands, fail, say
from workers.edge.configuration import CameraRules
from workers.edge.home import Home
from workers.edge.picture import kept
from workers.edge.picture.look import Look, look
from workers.edge.watching import tried
from workers.edge.words import advice


def add_to(commands: Commands, common: argparse.ArgumentParser) -> None:
    """Name the commands."""
    picture = commands.add_parser("picture", help="鏡頭應有的畫面").add_subparsers(required=True, metavar="指令")
    accept = picture.add_parser("accept", parents=[common], help="將目前的畫面設為基準")
    accept.add_argument("camera", nargs="*", metavar="鏡頭編號", help="省略時為全部鏡頭")
    accept.set_defaults(command=_accept)


def _accept(home: Home, options: argparse.Namespace) -> int:
    cameras = list(newest_config(home).cameras.values())
    wanted = [one for one in cameras if not options.camera or one.code in options.camera]
    if len(wanted) < len(options.camera):
        return fail(f"平台上沒有這些鏡頭。這個地點的鏡頭有：{'、'.join(one.code for one in cameras) or '（尚無）'}。")
    return 1 if sum(_fails(home, camera) for camera in wanted) else 0


def _fails(home: Home, camera: CameraRules) -> bool:
    found = tried(camera, home, _seen)
    if isinstance(found, GapCause):
        say(f"{camera.code}\t{advice(found, camera.code)}")
        return True
    if found is None:
        say(f"{camera.code}\t畫面無法解碼，未設定基準。請檢查鏡頭的編碼設定。")
        return True
    kept.keep_reference(home, camera.camera_id, found.measures, at=now())
    say(f"{camera.code}\t已將目前畫面設為基準，下次每小時檢查後平台會顯示；只記錄數值，不留存畫面。")
    return False


def _seen(address: str) -> Look | None:
    with open_stream(address, audio=False) as stream:
        context = stream.video.codec_context
        frame = next(one.packet for one in stream.arrivals if one.packet.is_keyframe)
        return look(context.name, bytes(context.extradata or b""), bytes(frame))
