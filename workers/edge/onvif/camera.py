"""One camera by ONVIF: what it is, what time it has, and which streams it offers (Media2, else Media)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from infra.clock import now
from infra.manifest import microseconds
from infra.stream_addresses import RTSP, Login, host_of, without_password
from infra.strict_xml import Element
from workers.edge.clocks.readings import Reading, between, moment
from workers.edge.onvif.soap import CameraFault, Fault, Soap, escaped
from workers.edge.onvif.trees import every, first, number_at, text_at, whole_at

DEVICE = "http://www.onvif.org/ver10/device/wsdl"
MEDIA = "http://www.onvif.org/ver10/media/wsdl"
MEDIA2 = "http://www.onvif.org/ver20/media/wsdl"
SCHEMA = "http://www.onvif.org/ver10/schema"
_PATH = "/onvif/device_service"
_CODECS = {"H264": "h264", "H265": "hevc"}
_MOST_PROFILES = 64
_SECOND_US = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Model:
    """What a camera says it is."""

    make: str
    model: str
    firmware: str
    hardware: str


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One stream that a camera offers, as it is set there. `codec` is `h264` or `hevc`, else empty."""

    token: str
    source: str
    codec: str
    width: int
    height: int
    fps: float | None
    key_every: int | None
    kbps: int | None


class OnvifCamera:
    """Questions to one camera. Each raises `CameraFault`."""

    def __init__(self, address: str, login: Login | None) -> None:
        """`address` is a host, a host and port, or the URL of its device service."""
        self._url = address if "://" in address else f"http://{address}{_PATH}"
        self.host = host_of(self._url)
        self._soap = Soap(login)
        self._services: Mapping[str, str] | None = None

    @property
    def url(self) -> str:
        """Where its device service is."""
        return self._url

    def clock_ahead_ms(self) -> int:
        """How far its clock is ahead of the box's, to a second. Asked without a login; logins are dated by it."""
        asked = now()
        told = self._time()
        self._soap.clock_offset = told - (asked + (now() - asked) / 2)
        return round(self._soap.clock_offset.total_seconds() * 1000)

    def clock(self) -> Reading:
        """What its clock shows, to a second. Asked without a login."""
        sent_ns = moment()
        told = self._time()
        return between(sent_ns, microseconds(told), moment(), coarse_us=_SECOND_US)

    def _time(self) -> datetime:
        answer = self._soap.ask(self._url, f'<GetSystemDateAndTime xmlns="{DEVICE}"/>', signed=False)
        said = first(answer, "SystemDateAndTime", "UTCDateTime")
        parts = [whole_at(said, "Date", part) for part in ("Year", "Month", "Day")]
        parts += [whole_at(said, "Time", part) for part in ("Hour", "Minute", "Second")]
        try:
            return datetime(*[part if part is not None else -1 for part in parts], tzinfo=UTC)  # type: ignore[arg-type, misc]
        except ValueError:
            raise CameraFault(Fault.NOT_ONVIF) from None

    def model(self) -> Model:
        """What it is. The first question that needs a login."""
        answer = self._soap.ask(self._url, f'<GetDeviceInformation xmlns="{DEVICE}"/>')
        return Model(
            make=text_at(answer, "Manufacturer"),
            model=text_at(answer, "Model"),
            firmware=text_at(answer, "FirmwareVersion"),
            hardware=text_at(answer, "HardwareId"),
        )

    def profiles(self) -> list[Profile]:
        """Every stream with a video encoder."""
        if MEDIA2 in self._offered():
            answer = self.ask(MEDIA2, "GetProfiles", "<Type>VideoSource</Type><Type>VideoEncoder</Type>")
            found = [_profile2(one) for one in every(answer, "Profiles")]
        else:
            answer = self.ask(MEDIA, "GetProfiles")
            found = [_profile(one) for one in every(answer, "Profiles")]
        return [one for one in found if one is not None][:_MOST_PROFILES]

    def stream_address(self, profile: Profile) -> str:
        """Where a stream is, without a password. Refuses one that is not on the camera itself."""
        token = f"<ProfileToken>{escaped(profile.token)}</ProfileToken>"
        if MEDIA2 in self._offered():
            answer = self.ask(MEDIA2, "GetStreamUri", f"<Protocol>RTSP</Protocol>{token}")
            said = first(answer, "Uri")
        else:
            setup = (
                f"<StreamSetup><Stream xmlns='{SCHEMA}'>RTP-Unicast</Stream>"
                f"<Transport xmlns='{SCHEMA}'><Protocol>RTSP</Protocol></Transport></StreamSetup>"
            )
            answer = self.ask(MEDIA, "GetStreamUri", setup + token)
            said = first(answer, "MediaUri", "Uri")
        return self.own(said.text().strip() if said is not None else "", *RTSP)

    def is_at(self, profile: Profile, address: str) -> bool:
        """Whether a stream is the one at this address. Raises no `CameraFault`: a stream that is not for us is not."""
        try:
            return self.stream_address(profile) == without_password(address)
        except CameraFault:
            return False

    def masks_on(self, profile: Profile) -> int:
        """How many privacy masks are switched on over the picture of a stream, by Media2; 0 where it cannot tell."""
        try:
            answer = self.ask(MEDIA2, "GetMasks")
        except CameraFault as error:
            if error.fault is not Fault.NOT_OFFERED:
                raise
            return 0
        masks = [one for one in every(answer, "Masks") if text_at(one, "ConfigurationToken") == profile.source]
        return sum(text_at(one, "Enabled") in {"true", "1"} for one in masks)

    def offers(self, service: str) -> bool:
        """Whether it has a service, by the service's namespace."""
        return service in self._offered()

    def ask(self, service: str, name: str, parts: str = "") -> Element:
        """A question to one of its services, by the service's namespace and the question's name."""
        url = self._offered().get(service)
        if url is None:
            raise CameraFault(Fault.NOT_OFFERED)
        return self._soap.ask(url, f'<{name} xmlns="{service}">{parts}</{name}>')

    def _offered(self) -> Mapping[str, str]:
        """Where its services are, by namespace. Old cameras tell it otherwise than newer ones."""
        if self._services is None:
            try:
                asked = f'<GetServices xmlns="{DEVICE}"><IncludeCapability>false</IncludeCapability></GetServices>'
                answer = self._soap.ask(self._url, asked)
                told = {text_at(one, "Namespace"): text_at(one, "XAddr") for one in every(answer, "Service")}
            except CameraFault as error:
                if error.fault is not Fault.NOT_OFFERED:
                    raise
                asked = f'<GetCapabilities xmlns="{DEVICE}"><Category>All</Category></GetCapabilities>'
                told = {MEDIA: text_at(self._soap.ask(self._url, asked), "Capabilities", "Media", "XAddr")}
            self._services = {name: self.own(url, "http://", "https://") for name, url in told.items() if url}
        return self._services

    def own(self, url: str, *schemes: str) -> str:
        """An address that the camera gave, without a password; refused unless it is of a scheme and on the camera."""
        shown = without_password(url)
        if not shown.lower().startswith(schemes) or not shown.isprintable():
            raise CameraFault(Fault.NOT_OFFERED)
        if host_of(shown) != self.host:
            raise CameraFault(Fault.FOREIGN)
        return shown


def _profile2(said: Element) -> Profile | None:
    encoder = first(said, "Configurations", "VideoEncoder")
    source = first(said, "Configurations", "VideoSource")
    if encoder is None:
        return None
    key_every = encoder.attributes.get("GovLength", "")
    return _made(said, encoder, source, int(key_every) if key_every.isascii() and key_every.isdigit() else None)


def _profile(said: Element) -> Profile | None:
    encoder = first(said, "VideoEncoderConfiguration")
    if encoder is None:
        return None
    return _made(said, encoder, first(said, "VideoSourceConfiguration"), whole_at(encoder, "H264", "GovLength"))


def _made(said: Element, encoder: Element, source: Element | None, key_every: int | None) -> Profile:
    return Profile(
        token=said.attributes.get("token", ""),
        source=source.attributes.get("token", "") if source is not None else "",
        codec=_CODECS.get(text_at(encoder, "Encoding").upper(), ""),
        width=whole_at(encoder, "Resolution", "Width") or 0,
        height=whole_at(encoder, "Resolution", "Height") or 0,
        fps=number_at(encoder, "RateControl", "FrameRateLimit"),
        key_every=key_every,
        kbps=whole_at(encoder, "RateControl", "BitrateLimit"),
    )
