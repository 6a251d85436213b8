"""What the box learns from a camera by ONVIF, and what no camera can do to it."""

from datetime import timedelta

import pytest

from infra.camera_profiles import Approved
from infra.stack.processes import free_port
from infra.stream_addresses import Login
from tests.cameras.onvif import LOGIN, Encoder, OnvifCamera, serving
from workers.edge.onvif.camera import OnvifCamera as Asked
from workers.edge.onvif.choosing import best_first
from workers.edge.onvif.discovery import probe
from workers.edge.onvif.soap import CameraFault, Fault, Soap

STREAM = "rtsp://127.0.0.1:554/main"


def fault_of(camera: OnvifCamera, login: Login = LOGIN) -> Fault:
    with pytest.raises(CameraFault) as caught:
        ask_all(Asked(camera.address, login))
    return caught.value.fault


def ask_all(asked: Asked) -> None:
    asked.clock_ahead_ms()
    asked.model()
    for profile in asked.profiles():
        asked.stream_address(profile)


@pytest.mark.parametrize("newer", [True, False])
@pytest.mark.parametrize("http_digest", [True, False])
def test_a_camera_tells_what_it_is_and_which_streams_it_has(*, newer: bool, http_digest: bool) -> None:
    small = Encoder(token="sub", size=(320, 180), fps=5)
    large = Encoder(token="ma&in", size=(1920, 1080), fps=25, key_every=50, kbps=4096)
    camera = OnvifCamera(stream=STREAM, encoders=[small, large], newer=newer, http_digest=http_digest)
    camera.ahead = timedelta(minutes=-7)
    with serving(camera):
        asked = Asked(camera.address, LOGIN)
        assert abs(asked.clock_ahead_ms() + 7 * 60_000) < 3_000, "and the login is dated by the camera's time"
        model = asked.model()
        (best, _other) = best_first(asked.profiles(), None)
        address = asked.stream_address(best)
    assert (model.make, model.model, model.firmware, model.hardware) == ("Acme", "Dome 2", "1.0.4", "HW-7")
    assert (best.token, best.codec, best.width, best.height) == ("ma&in", "h264", 1920, 1080)
    assert (best.fps, best.key_every, best.kbps, best.source) == (25, 50, 4096, "v0")
    assert address == STREAM


def test_the_main_stream_is_the_largest_that_the_school_approved() -> None:
    sizes = [(320, 180), (3840, 2160), (1920, 1080)]
    streams = [Encoder(token=f"{size[0]}", size=size) for size in sizes]
    streams += [Encoder(token="mjpeg", encoding="JPEG", size=(4000, 3000)), Encoder(token="new", encoding="H265")]
    approved = Approved(
        codec="h264",
        width=1920,
        height=1080,
        fps_from=8,
        fps_to=12,
        key_interval_most_ms=2000,
        kbps_from=1,
        kbps_to=9000,
    )
    with serving(OnvifCamera(stream=STREAM, encoders=streams)) as camera:
        offered = Asked(camera.address, LOGIN).profiles()
    assert [one.token for one in best_first(offered, None)] == ["3840", "1920", "new", "320"]
    assert [one.token for one in best_first(offered, approved)] == ["1920", "320"]


def test_a_wrong_password_is_said_to_be_one() -> None:
    for http_digest in (True, False):
        with serving(OnvifCamera(stream=STREAM, http_digest=http_digest)) as camera:
            assert fault_of(camera, Login("admin", "wrong")) is Fault.REFUSED


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("garbage", Fault.NOT_ONVIF),
        ("page", Fault.NOT_ONVIF),
        ("nothing", Fault.NOT_ONVIF),
        ("entity", Fault.NOT_ONVIF),
        ("elsewhere", Fault.NOT_ONVIF),
        ("endless", Fault.TOO_LARGE),
    ],
)
def test_an_answer_that_is_none_is_refused_with_a_sentence(fault: str, said: Fault) -> None:
    with serving(OnvifCamera(stream=STREAM, fault=fault)) as camera:
        assert fault_of(camera) is said


def test_a_camera_that_answers_a_byte_at_a_time_holds_nobody_up() -> None:
    with serving(OnvifCamera(stream=STREAM, fault="slow")) as camera:
        soap = Soap(LOGIN, seconds=0.5)
        with pytest.raises(CameraFault):
            soap.ask(f"http://{camera.address}/", "<a/>")
    assert not camera.said_all, "nobody heard it to its end"


def test_nobody_at_an_address_is_said() -> None:
    assert fault_of(OnvifCamera(stream=STREAM, port=free_port())) is Fault.UNREACHABLE


@pytest.mark.parametrize(
    "stream", ["rtsp://10.6.6.6/main", "rtsp://127.0.0.1@10.6.6.6/main", "rtsp://10.6.6.6:554/?127.0.0.1"]
)
def test_a_stream_that_is_elsewhere_is_refused(stream: str) -> None:
    with serving(OnvifCamera(stream=stream)) as camera:
        assert fault_of(camera) is Fault.FOREIGN


def test_a_login_is_not_sent_to_a_service_that_is_elsewhere() -> None:
    with serving(OnvifCamera(stream=STREAM)) as trap, serving(OnvifCamera(stream=STREAM)) as camera:
        camera.foreign = f"localhost:{trap.port}"
        assert fault_of(camera) is Fault.FOREIGN
        assert trap.asked == []


def test_a_probe_finds_a_camera_once_at_the_address_that_answered() -> None:
    with serving(OnvifCamera(stream=STREAM)) as camera:
        (found,) = probe(("127.0.0.1", camera.port), seconds=0.5)
    assert (found.host, found.name, found.hardware) == ("127.0.0.1", "Acme Dome", "HW-7")
    assert found.url == f"http://{camera.address}/onvif/device_service", "not at one that it names"


def test_a_probe_that_nobody_answers_ends() -> None:
    assert probe(("127.0.0.1", free_port()), seconds=0.2) == []
