"""Which cameras answer on the local network: a WS-Discovery probe by UDP multicast, over every network of the box."""

import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote
from uuid import uuid4

from infra import strict_xml
from infra.stream_addresses import host_of
from infra.strict_xml import BadXml
from workers.edge.onvif.trees import every

GROUP = ("239.255.255.250", 3702)
SECONDS = 4.0
MOST_ANSWERS = 512
_DATAGRAM = 65_507
_LONGEST_SCOPES = 8_000
_PROBE = (
    '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" '
    'xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"><s:Header>'
    "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action><a:MessageID>urn:uuid:{id}</a:MessageID>"
    "<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header><s:Body>"
    '<Probe xmlns="http://schemas.xmlsoap.org/ws/2005/04/discovery"><Types '
    'xmlns:dn="http://www.onvif.org/ver10/network/wsdl">dn:NetworkVideoTransmitter</Types></Probe></s:Body></s:Envelope>'
)


@dataclass(frozen=True, kw_only=True)
class Found:
    """A device that answered, by what it says of itself. `url` is its device service, on the host that answered."""

    host: str
    url: str
    name: str
    hardware: str


def probe(to: tuple[str, int] = GROUP, *, seconds: float = SECONDS) -> list[Found]:
    """Whoever answers in time, each once, by address. Not ours to trust: nothing is asked of other hosts it names."""
    found: dict[str, Found] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        _send(line, to)
        for data, host in _answers(line, until=time.monotonic() + seconds):
            one = _read(data, host)
            if one is not None:
                found.setdefault(one.url, one)
    return sorted(found.values(), key=lambda one: socket.inet_aton(one.host))


def _send(line: socket.socket, to: tuple[str, int]) -> None:
    message = _PROBE.format(id=uuid4()).encode()
    if not _is_group(to[0]):
        line.sendto(message, to)
        return
    # Cameras often have a network of their own, which is not where the default route leads.
    for number, _name in socket.if_nameindex():
        try:
            chosen = struct.pack("@4s4si", socket.inet_aton(to[0]), socket.inet_aton("0.0.0.0"), number)  # noqa: S104
            line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, chosen)
            line.sendto(message, to)
        except OSError:  # a network without IPv4, or one that is down
            continue


def _answers(line: socket.socket, *, until: float) -> Iterator[tuple[bytes, str]]:
    for _count in range(MOST_ANSWERS):
        left = until - time.monotonic()
        if left <= 0:
            return
        line.settimeout(left)
        try:
            data, sender = line.recvfrom(_DATAGRAM)
        except TimeoutError:
            return
        except OSError:  # a host that says that nobody listens there
            continue
        yield data, str(sender[0])


def _read(data: bytes, host: str) -> Found | None:
    try:
        root = strict_xml.read(data).root
    except BadXml:
        return None
    for match in every(root, "Body", "ProbeMatches", "ProbeMatch"):
        addresses = [one for part in every(match, "XAddrs") for one in part.text().split()]
        own = [one for one in addresses if host_of(one) == host and one.isprintable()]
        if own:
            scopes = next((part.text()[:_LONGEST_SCOPES].split() for part in every(match, "Scopes")), [])
            return Found(host=host, url=own[0], name=_scope(scopes, "name"), hardware=_scope(scopes, "hardware"))
    return None


def _scope(scopes: list[str], kind: str) -> str:
    before = f"onvif://www.onvif.org/{kind}/"
    said = next((unquote(one[len(before) :]) for one in scopes if one.lower().startswith(before)), "")
    return "".join(one for one in said if one.isprintable())[:80]


def _is_group(host: str) -> bool:
    return socket.inet_aton(host)[0] in range(224, 240)
