"""A camera that speaks ONVIF over real sockets: WS-Discovery by UDP, SOAP over HTTP with either login, and faults."""

import base64
import hashlib
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

from infra.stream_addresses import Login
from tests.cameras.card import Card

LOGIN = Login("admin", "camera-pass")
_ENVELOPE = '<?xml version="1.0"?><e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>{}</e:Body></e:Envelope>'  # fmt: skip  # noqa: E501
_FAULT = (
    "<e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>ter:{}</e:Value></e:Subcode></e:Code></e:Fault>"
)
_MEDIA2 = "http://www.onvif.org/ver20/media/wsdl"
_CARD = ["http://www.onvif.org/ver10/search/wsdl", "http://www.onvif.org/ver10/replay/wsdl"]


@dataclass(kw_only=True)
class Encoder:
    """One stream as the camera is set; at an address of its own where `stream` says so."""

    token: str = "main"
    encoding: str = "H264"
    size: tuple[int, int] = (320, 240)
    fps: int = 10
    key_every: int = 5
    kbps: int = 512
    source: str = "v0"
    stream: str = ""


@dataclass(kw_only=True)
class OnvifCamera:
    """What it is and how it is set; `fault` is how it misbehaves. Change any of it while it runs.

    Each of `cards` is a recording, by number of the source that `sources` names, else of the only one.

    `said_all` is set once a slow answer went out to its end.
    """

    stream: str
    login: Login = LOGIN
    encoders: list[Encoder] = field(default_factory=lambda: [Encoder()])
    newer: bool = True
    http_digest: bool = False
    ahead: timedelta = timedelta()
    firmware: str = "1.0.4"
    masks: list[bool] = field(default_factory=list)
    drawn: list[str] = field(default_factory=list)
    most_masks: int = 4
    fault_of_masks: str = ""
    foreign: str = ""
    cards: list[Card] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    fault: str = ""
    said_all: bool = False
    asked: list[str] = field(default_factory=list)
    port: int = 0
    _question: str = ""

    @property
    def address(self) -> str:
        """Host and port."""
        return f"127.0.0.1:{self.port}"

    def answer(self, question: str, authorization: str) -> tuple[int, str]:
        """Status and body for one SOAP question."""
        name = (re.findall(r"Body>\s*<(?:\w+:)?(\w+)", question) or ["?"])[0]
        self.asked.append(name)
        self._question = question
        if name != "GetSystemDateAndTime" and not self._let_in(question, authorization):
            return (401, "") if self.http_digest else (400, _ENVELOPE.format(_FAULT.format("NotAuthorized")))
        if name == "GetStreamUri" and not any(
            f"ProfileToken>{escape(one.token)}<" in question for one in self.encoders
        ):
            return 400, _ENVELOPE.format(_FAULT.format("NoProfile"))
        answer = getattr(self, f"_{name}", None)
        masks_not = self.fault_of_masks == "sets none" and name in {"GetMaskOptions", "CreateMask"}
        if answer is None or masks_not or (name == "GetServices" and not self.newer):
            return 500, _ENVELOPE.format(_FAULT.format("ActionNotSupported"))
        return 200, _ENVELOPE.format(f"<w:{name}Response>{answer()}</w:{name}Response>")

    def _let_in(self, question: str, authorization: str) -> bool:
        if self.http_digest:
            said = dict(re.findall(r'(\w+)="?([^",]+)', authorization))
            secret = _md5(f"{self.login.user}:camera:{self.login.password}")
            asked = _md5(f"POST:{said.get('uri')}")
            middle = f"n0nce:{said.get('nc')}:{said.get('cnonce')}:auth"
            return said.get("response") == _md5(f"{secret}:{middle}:{asked}")
        parts = [
            re.search(rf"<\w+:{name}(?: [^>]*)?>([^<]*)<", question)
            for name in ("Username", "Password", "Nonce", "Created")
        ]
        if not all(parts):
            return False
        user, digest, nonce, created = (part.group(1) if part else "" for part in parts)
        wanted = hashlib.sha1(base64.b64decode(nonce) + created.encode() + self.login.password.encode()).digest()  # noqa: S324
        fresh = abs(datetime.fromisoformat(created) - self._time()) < timedelta(seconds=60)
        return fresh and user == self.login.user and base64.b64decode(digest) == wanted

    def _time(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def _url(self) -> str:
        return f"http://{self.foreign or self.address}/onvif/media_service"

    def _GetSystemDateAndTime(self) -> str:  # noqa: N802 - the question's own name
        told = self._time()
        day = f"<t:Year>{told.year}</t:Year><t:Month>{told.month}</t:Month><t:Day>{told.day}</t:Day>"
        hour = f"<t:Hour>{told.hour}</t:Hour><t:Minute>{told.minute}</t:Minute><t:Second>{told.second}</t:Second>"
        both = f"<t:Time>{hour}</t:Time><t:Date>{day}</t:Date>"
        return f"<w:SystemDateAndTime><t:UTCDateTime>{both}</t:UTCDateTime></w:SystemDateAndTime>"

    def _GetDeviceInformation(self) -> str:  # noqa: N802
        said = {"Manufacturer": "Acme", "Model": "Dome 2", "FirmwareVersion": self.firmware, "HardwareId": "HW-7"}
        return "".join(f"<w:{name}>{value}</w:{name}>" for name, value in said.items())

    def _GetServices(self) -> str:  # noqa: N802
        names = [_MEDIA2, *(_CARD if self.cards else [])]
        return "".join(
            f"<w:Service><w:Namespace>{name}</w:Namespace><w:XAddr>{self._url()}</w:XAddr></w:Service>"
            for name in names
        )

    def _FindRecordings(self) -> str:  # noqa: N802
        return "<w:SearchToken>search-1</w:SearchToken>"

    def _GetRecordingSearchResults(self) -> str:  # noqa: N802
        found = "".join(self._recording(number) for number in range(len(self.cards)))
        sound = "<t:RecordingInformation><t:RecordingToken>s</t:RecordingToken><t:Track><t:TrackType>Audio</t:TrackType></t:Track></t:RecordingInformation>"  # noqa: E501
        return f"<w:ResultList><t:SearchState>Completed</t:SearchState>{sound}{found}</w:ResultList>"

    def _recording(self, number: int) -> str:
        first, last = (f"{one:%Y-%m-%dT%H:%M:%S.%fZ}" for one in self.cards[number].span)
        source = f"<t:Source><t:SourceId>{(self.sources or ['v0'] * 9)[number]}</t:SourceId></t:Source>"
        span = f"<t:EarliestRecording>{first}</t:EarliestRecording><t:LatestRecording>{last}</t:LatestRecording>"
        track = "<t:Track><t:TrackToken>V</t:TrackToken><t:TrackType>Video</t:TrackType></t:Track>"
        said = f"<t:RecordingToken>rec{number}</t:RecordingToken>{source}{span}{track}"
        return f"<t:RecordingInformation>{said}</t:RecordingInformation>"

    def _GetReplayUri(self) -> str:  # noqa: N802
        number = int((re.findall(r"RecordingToken>rec(\d+)<", self._question) or ["0"])[0])
        return f"<w:Uri>{escape(self.cards[number].address)}</w:Uri>"

    def _GetCapabilities(self) -> str:  # noqa: N802
        return f"<w:Capabilities><t:Media><t:XAddr>{self._url()}</t:XAddr></t:Media></w:Capabilities>"

    def _GetProfiles(self) -> str:  # noqa: N802
        return "".join(self._profile2(one) if self.newer else self._profile(one) for one in self.encoders)

    def _profile2(self, one: Encoder) -> str:
        encoder = f'<w:VideoEncoder token="e" GovLength="{one.key_every}">{_set(one)}</w:VideoEncoder>'
        return f'<w:Profiles token="{escape(one.token)}"><w:Configurations><w:VideoSource token="{one.source}"/>{encoder}</w:Configurations></w:Profiles>'  # noqa: E501

    def _profile(self, one: Encoder) -> str:
        group = f"<t:H264><t:GovLength>{one.key_every}</t:GovLength></t:H264>"
        encoder = f'<t:VideoEncoderConfiguration token="e">{_set(one)}{group}</t:VideoEncoderConfiguration>'
        return f'<w:Profiles token="{escape(one.token)}"><t:VideoSourceConfiguration token="v0"/>{encoder}</w:Profiles>'

    def _GetStreamUri(self) -> str:  # noqa: N802
        asked = next(one for one in self.encoders if f"ProfileToken>{escape(one.token)}<" in self._question)
        stream = asked.stream or self.stream
        return f"<w:Uri>{stream}</w:Uri>" if self.newer else f"<w:MediaUri><t:Uri>{stream}</t:Uri></w:MediaUri>"

    def _GetMasks(self) -> str:  # noqa: N802
        plain = [f"<w:Enabled>{str(on).lower()}</w:Enabled>" for on in self.masks]
        drawn = [f"{polygon}<w:Enabled>true</w:Enabled>" for polygon in self.drawn]
        return "".join(
            f'<w:Masks token="m{number}"><w:ConfigurationToken>v0</w:ConfigurationToken>{one}</w:Masks>'
            for number, one in enumerate([*plain, *drawn])
        )

    def _GetMaskOptions(self) -> str:  # noqa: N802
        kinds = "<w:Types>Blurred</w:Types><w:Types>Color</w:Types>"
        return f"<w:Options><w:MaxMasks>{self.most_masks}</w:MaxMasks><w:MaxPoints>4</w:MaxPoints>{kinds}</w:Options>"

    def _CreateMask(self) -> str:  # noqa: N802
        (polygon,) = re.findall(r"<Polygon>.*</Polygon>", self._question)
        if self.fault_of_masks != "forgets":
            self.drawn.append(re.sub(r"<(/?)(Polygon|Point)", r"<\1w:\2", polygon))
        return "<w:Token>made</w:Token>"


def _set(one: Encoder) -> str:
    size = f"<t:Width>{one.size[0]}</t:Width><t:Height>{one.size[1]}</t:Height>"
    rate = f"<t:FrameRateLimit>{one.fps}</t:FrameRateLimit><t:BitrateLimit>{one.kbps}</t:BitrateLimit>"
    kind, size = f"<t:Encoding>{one.encoding}</t:Encoding>", f"<t:Resolution>{size}</t:Resolution>"
    return f"{kind}{size}<t:RateControl>{rate}</t:RateControl>"


class _Handler(BaseHTTPRequestHandler):
    camera: OnvifCamera

    def do_POST(self) -> None:
        question = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        if self.camera.fault:
            self._misbehave(self.camera.fault)
            return
        status, body = self.camera.answer(question, self.headers.get("Authorization", ""))
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate", 'Digest realm="camera", nonce="n0nce", qop="auth", algorithm=MD5')
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def _misbehave(self, fault: str) -> None:
        bodies = {"garbage": b"\x00\xff" * 50, "page": b"<html><body>login</body></html>", "nothing": b""}
        bodies |= {"entity": b'<!DOCTYPE a [<!ENTITY b "c">]><e:Envelope><e:Body><a>&b;</a></e:Body></e:Envelope>'}
        self.send_response(302 if fault == "elsewhere" else 200)
        if fault == "elsewhere":
            self.send_header("Location", "http://127.0.0.1:9/")
        self.end_headers()
        try:
            if fault == "endless":
                for _piece in range(100):
                    self.wfile.write(b"<a>" * 350_000)
            elif fault == "slow":
                for _piece in range(600):
                    self.wfile.write(b"<")
                    time.sleep(0.05)
                self.camera.said_all = True
            else:
                self.wfile.write(bodies.get(fault, b""))
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(camera: OnvifCamera) -> Iterator[OnvifCamera]:
    """The camera on a loopback port, by HTTP and, for probes, by UDP."""
    server, line = _ports(type("Handler", (_Handler,), {"camera": camera}))
    camera.port = server.server_port
    for run in (server.serve_forever, lambda: _answer_probes(camera, line)):
        threading.Thread(target=run, daemon=True).start()
    try:
        yield camera
    finally:
        server.shutdown()
        server.server_close()
        line.close()


def _ports(handler: type[BaseHTTPRequestHandler]) -> tuple[ThreadingHTTPServer, socket.socket]:
    """A port that is free for both: what is free by TCP may be somebody's by UDP."""
    for _try in range(20):
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            line.bind(("127.0.0.1", server.server_port))
        except OSError:
            server.server_close()
            line.close()
        else:
            return server, line
    raise OSError("no port is free by TCP and UDP")


def _answer_probes(camera: OnvifCamera, line: socket.socket) -> None:
    while True:
        try:
            data, sender = line.recvfrom(65_507)
        except OSError:
            return
        if b"NetworkVideoTransmitter" not in data:
            continue
        urls = f"http://10.6.6.6/onvif/device_service http://{camera.address}/onvif/device_service"
        scopes = "onvif://www.onvif.org/name/Acme%20Dome onvif://www.onvif.org/hardware/HW-7"
        match = f"<d:XAddrs>{urls}</d:XAddrs><d:Scopes>{scopes}</d:Scopes>"
        for body in (
            b"\x00garbage",
            _ENVELOPE.format(f"<d:ProbeMatches><d:ProbeMatch>{match}</d:ProbeMatch></d:ProbeMatches>").encode(),
        ):
            line.sendto(body, sender)


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324
