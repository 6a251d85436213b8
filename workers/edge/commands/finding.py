"""`camera find` and what `camera add` does with a camera that was found: ask it for its streams, try one, keep it."""

import argparse
from dataclasses import dataclass

from infra.causes import GapCause
from infra.stream_addresses import Login, with_login
from infra.streams import StreamFault, open_stream
from workers.edge.commands.asking import asked_login
from workers.edge.commands.terminal import fail, say
from workers.edge.configuration import CameraRules
from workers.edge.onvif.camera import OnvifCamera, Profile
from workers.edge.onvif.choosing import best_first
from workers.edge.onvif.discovery import GROUP, Found, probe
from workers.edge.onvif.soap import CameraFault, Fault
from workers.edge.words import ADVICE

_PORT = GROUP[1]


@dataclass(frozen=True)
class Stream:
    """A stream that was opened: its address with the password, where the camera answers by ONVIF, and its masks."""

    address: str
    onvif: str
    masks: int = 0


def find(options: argparse.Namespace) -> int:
    """Print who answers, and whether a login works there."""
    found = probe(_target(options.at)) if options.at else probe()
    if not found:
        return fail(
            "沒有鏡頭回應。請確認鏡頭與主機在同一個網段並已啟用 ONVIF；"
            "不同網段請加上 --at 鏡頭位址，或直接以 camera add 設定 rtsp:// 位址。"
        )
    login = asked_login()
    say("位址\t廠牌\t型號\t硬體編號\tONVIF 登入")
    for one in found:
        say("\t".join([one.host, *_described(one, login)]))
    return 0


def look_up(host: str, camera: CameraRules, login: Login | None) -> Stream:
    """The camera's main stream, tried. Raises `CameraFault`, or `StreamFault` when the stream gives no picture."""
    asked = OnvifCamera(host, login)
    asked.clock_ahead_ms()
    offered = best_first(asked.profiles(), camera.approved)
    if not offered:
        raise CameraFault(Fault.NO_STREAM)
    masks = asked.masks_on(offered[0])
    if camera.needs_mask and not masks:
        raise CameraFault(Fault.NO_MASK)
    address = asked.stream_address(offered[0])
    say(f"{camera.code}\t主要串流 {_sizes(offered[0])}\t{address}")
    full = with_login(address, login) if login is not None else address
    try_once(full)
    return Stream(full, asked.url, masks)


def try_once(address: str) -> None:
    """Open a stream until its first picture. Raises `StreamFault` when it gives none."""
    with open_stream(address, audio=False) as stream:
        next(stream.arrivals)


def advice_on(error: CameraFault | StreamFault) -> str:
    """What the person beside the box can do."""
    return ADVICE.get(error.cause, ADVICE[GapCause.NOT_A_CAMERA]) if isinstance(error, StreamFault) else str(error)


def _described(found: Found, login: Login | None) -> list[str]:
    """Make, model, hardware and the login's fate; of a camera that lets nobody in, what it told everybody."""
    if login is None:
        return ["", found.name, found.hardware, "未嘗試"]
    asked = OnvifCamera(found.url, login)
    try:
        asked.clock_ahead_ms()
        model = asked.model()
    except CameraFault as error:
        return ["", found.name, found.hardware, str(error)]
    return [model.make, model.model, model.hardware, "成功"]


def _sizes(profile: Profile) -> str:
    rate = f" {profile.fps:g} fps" if profile.fps else ""
    return f"{profile.codec} {profile.width}×{profile.height}{rate}"


def _target(at: str) -> tuple[str, int]:
    host, _, port = at.partition(":")
    return host, int(port) if port.isdigit() else _PORT
