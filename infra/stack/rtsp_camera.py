"""An RTSP server that shows a moving pattern with a clock, or loops a clip: what a camera on the wall would send.

It runs under the system's Python, where Debian's GStreamer bindings are; `infra.stack.cameras` starts it.
"""

import argparse
from importlib import import_module

_ENCODERS = {
    "h264": "x264enc tune=zerolatency speed-preset=ultrafast key-int-max={keys} bitrate={kbit} ! rtph264pay",
    "h265": "x265enc tune=zerolatency speed-preset=ultrafast key-int-max={keys} bitrate={kbit} ! rtph265pay",
}
_SOUND = "audiotestsrc is-live=true ! audioconvert ! audioresample ! audio/x-raw,rate=8000,channels=1 ! "
_AUDIO = {
    "none": "",
    "alaw": _SOUND + "alawenc ! rtppcmapay name=pay1 pt=8 ",
    "mulaw": _SOUND + "mulawenc ! rtppcmupay name=pay1 pt=0 ",
    "aac": _SOUND + "avenc_aac ! aacparse ! rtpmp4gpay name=pay1 pt=97 ",
}


def main() -> None:
    """Serve until killed."""
    options = _options()
    gi = import_module("gi")  # by name: the project's own environment lacks Debian's bindings
    gi.require_version("Gst", "1.0")
    gi.require_version("GstRtspServer", "1.0")
    rtsp = import_module("gi.repository.GstRtspServer")
    import_module("gi.repository.Gst").init(None)
    server = rtsp.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(options.port))
    for number in range(options.mounts):
        factory = rtsp.RTSPMediaFactory()
        factory.set_launch(_clip(options) if options.clip else _pattern(options))
        factory.set_shared(True)
        server.get_mount_points().add_factory(f"/cam{number}", factory)
    server.attach(None)
    import_module("gi.repository.GLib").MainLoop().run()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--mounts", type=int, default=4)
    parser.add_argument("--codec", choices=_ENCODERS, default="h264")
    parser.add_argument("--audio", choices=_AUDIO, default="none")
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--rate", type=int, default=10)
    parser.add_argument("--key-every", type=int, default=20, help="frames between key frames")
    parser.add_argument("--kbit", type=int, default=500)
    parser.add_argument("--clip", help="an MP4 with H.264 (and AAC, with --audio aac), played once per client")
    return parser.parse_args()


def _pattern(options: argparse.Namespace) -> str:
    width, height = options.size.split("x")
    encoder = _ENCODERS[options.codec].format(keys=options.key_every, kbit=options.kbit)
    picture = f"video/x-raw,width={width},height={height},framerate={options.rate}/1"
    clock = 'clockoverlay time-format="%Y-%m-%d %H:%M:%S" ! videoconvert'
    video = f"videotestsrc is-live=true pattern=ball ! {picture} ! {clock} ! {encoder} name=pay0 pt=96 "
    return f"( {video}{_AUDIO[options.audio]})"


def _clip(options: argparse.Namespace) -> str:
    video = "d.video_0 ! queue ! h264parse ! rtph264pay name=pay0 pt=96 config-interval=-1 "
    sound = "d.audio_0 ! queue ! aacparse ! rtpmp4gpay name=pay1 pt=97 " if options.audio == "aac" else ""
    return f"( filesrc location={options.clip} ! qtdemux name=d {video}{sound})"


if __name__ == "__main__":
    main()
