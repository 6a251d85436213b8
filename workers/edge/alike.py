"""Cameras that were given the same stream: one of them is not where it is said to be."""

from collections.abc import Mapping
from uuid import UUID

from infra.stream_addresses import CLIP
from workers.edge.configuration import CameraRules
from workers.edge.home import Home

_USUAL_PORT = ":554"


def warnings(home: Home, cameras: Mapping[UUID, CameraRules], of: UUID | None = None) -> list[str]:
    """A sentence for each two cameras of one address; only for those of one camera where it is named."""
    addresses = home.addresses()
    held = [(one, _plain(addresses.get(camera_id, ""))) for camera_id, one in cameras.items()]
    return [
        f"{later.code} 與 {one.code} 的位址相同，請確認。"
        for number, (later, address) in enumerate(held)
        for one, other in held[:number]
        if address and address == other and of in {None, later.camera_id, one.camera_id}
    ]


def _plain(address: str) -> str:
    """What two ways to write one address have in common; nothing of a clip, which many cameras of a demo play."""
    if not address or address.startswith(CLIP):
        return ""
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host.lower().removesuffix(_USUAL_PORT)}{slash}{path}"
