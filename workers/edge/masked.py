"""Which cameras were seen with their privacy masks on, and at which address: kept until one is seen without (DR-19).

A camera whose zone needs a mask is recorded only with this. It is of one address, so that another stream written into
`cameras.toml` needs its own; and of as many masks as there were when an installer took the camera.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import UUID

from infra.stream_addresses import without_password
from workers.edge.configuration import CameraRules
from workers.edge.home import Home, write_durably


@dataclass(frozen=True)
class _Seen:
    """How many masks must be on over the picture at an address, and how many were, the last time somebody asked."""

    address: str
    wanted: int
    masks: int


class Masked:
    """What one home keeps of it."""

    def __init__(self, home: Home) -> None:
        self._folder = home.folder / "masks"

    def lacks(self, camera: CameraRules, address: str) -> bool:
        """Whether it must not be recorded at this address, since nobody saw its masks on there."""
        if not camera.needs_mask:
            return False
        seen = self._of(camera.camera_id)
        return seen is None or seen.address != without_password(address) or not 0 < seen.wanted <= seen.masks

    def taken(self, camera_id: UUID, address: str, masks: int) -> None:
        """An installer took the camera, or set masks at it: these are what it must have from now on."""
        self._keep(camera_id, _Seen(without_password(address), masks, masks))

    def saw(self, camera_id: UUID, address: str, masks: int) -> None:
        """The camera was asked. At an address at which nobody had asked it, what is on is what it must have."""
        before, shown = self._of(camera_id), without_password(address)
        wanted = before.wanted if before is not None and before.address == shown else 0
        seen = _Seen(shown, wanted or masks, masks)
        if seen != before:
            self._keep(camera_id, seen)

    def _of(self, camera_id: UUID) -> _Seen | None:
        try:
            held = json.loads(self._path(camera_id).read_text(encoding="utf-8"))
            return _Seen(str(held["address"]), int(held["wanted"]), int(held["masks"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):  # never asked, or broken: it is asked again
            return None

    def _keep(self, camera_id: UUID, seen: _Seen) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        write_durably(self._path(camera_id), json.dumps(asdict(seen)).encode())

    def _path(self, camera_id: UUID) -> Path:
        return self._folder / f"{camera_id}.json"
