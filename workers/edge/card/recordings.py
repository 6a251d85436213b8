"""What lies on a camera's card, by ONVIF's search (Profile G), and where it is played from."""

from dataclasses import dataclass
from datetime import UTC, datetime

from infra.manifest import microseconds
from infra.stream_addresses import RTSP
from infra.strict_xml import Element
from workers.edge.onvif.camera import SCHEMA, OnvifCamera
from workers.edge.onvif.soap import CameraFault, Fault, escaped
from workers.edge.onvif.trees import every, first, text_at

SEARCH = "http://www.onvif.org/ver10/search/wsdl"
REPLAY = "http://www.onvif.org/ver10/replay/wsdl"
_MOST_RECORDINGS, _MOST_ANSWERS = 64, 10
_LAST_US = 2**62


@dataclass(frozen=True)
class Recording:
    """One recording with a picture. `source` is what it was made of; the span is by the camera's clock."""

    token: str
    source: str
    from_us: int
    until_us: int

    def meets(self, from_us: int, until_us: int) -> bool:
        """Whether any of it can be of this span."""
        return self.from_us < until_us and from_us < self.until_us


def recordings(camera: OnvifCamera) -> list[Recording]:
    """Every recording with a picture. Raises `CameraFault`: `NOT_OFFERED` where the camera has no card to search."""
    if not camera.offers(REPLAY):
        raise CameraFault(Fault.NOT_OFFERED)
    asked = f"<Scope/><MaxMatches>{_MOST_RECORDINGS}</MaxMatches><KeepAliveTime>PT30S</KeepAliveTime>"
    token = text_at(camera.ask(SEARCH, "FindRecordings", asked), "SearchToken")
    found: list[Recording] = []
    for _answer in range(_MOST_ANSWERS):
        wanted = f"<SearchToken>{escaped(token)}</SearchToken><WaitTime>PT2S</WaitTime>"
        listed = first(camera.ask(SEARCH, "GetRecordingSearchResults", wanted), "ResultList")
        found += [one for said in every(listed, "RecordingInformation") if (one := _recording(said)) is not None]
        if text_at(listed, "SearchState") != "Searching" or len(found) >= _MOST_RECORDINGS:
            break
    return found[:_MOST_RECORDINGS]


def of_stream(camera: OnvifCamera, found: list[Recording], stream: str) -> list[Recording]:
    """Those of the picture that the box records. A device with several pictures must say which is which.

    Nothing is better than another camera's footage under this one's name.
    """
    if len({one.source for one in found}) <= 1 and len({one.source for one in camera.profiles()}) <= 1:
        return found
    recorded = next((one for one in camera.profiles() if camera.is_at(one, stream)), None)
    names = {recorded.token, recorded.source} - {""} if recorded is not None else set()
    return [one for one in found if one.source in names]


def replay_address(camera: OnvifCamera, recording: Recording) -> str:
    """Where a recording is played from, on the camera itself, without a password."""
    setup = (
        f"<StreamSetup><Stream xmlns='{SCHEMA}'>RTP-Unicast</Stream>"
        f"<Transport xmlns='{SCHEMA}'><Protocol>RTSP</Protocol></Transport></StreamSetup>"
    )
    asked = f"{setup}<RecordingToken>{escaped(recording.token)}</RecordingToken>"
    said = first(camera.ask(REPLAY, "GetReplayUri", asked), "Uri")
    return camera.own(said.text().strip() if said is not None else "", *RTSP)


def _recording(said: Element) -> Recording | None:
    token, tracks = text_at(said, "RecordingToken"), every(said, "Track")
    if not token or not any(text_at(one, "TrackType") == "Video" for one in tracks):
        return None
    begins, ends = (_moment(text_at(said, name)) for name in ("EarliestRecording", "LatestRecording"))
    return Recording(token, text_at(said, "Source", "SourceId"), begins or 0, ends if ends is not None else _LAST_US)


def _moment(text: str) -> int | None:
    try:
        told = datetime.fromisoformat(text)
        return microseconds(told if told.tzinfo is not None else told.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None
