"""Where this machine can be reached, so that nobody has to look it up before the page is opened from elsewhere."""

import fcntl
import socket
import struct

# Linux, netdevice(7): the address of an interface lies behind its name, in the second half of what is answered.
_SIOCGIFADDR = 0x8915
_REQUEST = struct.Struct("16s24x")
_ADDRESS = slice(20, 24)
_LOOPBACK = "127."


def own_addresses() -> list[str]:
    """The IPv4 addresses of this machine's interfaces, which the page listens at; none while it has no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        found = [_address(line, name) for _index, name in socket.if_nameindex()]
    return [one for one in found if one and not one.startswith(_LOOPBACK)]


def _address(line: socket.socket, name: str) -> str:
    try:
        answer = fcntl.ioctl(line.fileno(), _SIOCGIFADDR, _REQUEST.pack(name.encode()))
    except OSError:  # it has none
        return ""
    return socket.inet_ntoa(answer[_ADDRESS])
