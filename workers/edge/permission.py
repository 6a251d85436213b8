"""The cameras that must not be recorded where they are, whatever their file says (KH-3-3, KH-3-6, DR-19)."""

from collections.abc import Mapping
from uuid import UUID

from infra.causes import GapCause
from workers.edge.configuration import Config
from workers.edge.home import Home
from workers.edge.masked import Masked
from workers.edge.places import is_prohibited


class Permission:
    """What one box refuses by itself. Names are looked at once for each config, masks each time."""

    def __init__(self, home: Home) -> None:
        self._masked = Masked(home)
        self._judged: tuple[Config | None, frozenset[UUID]] = None, frozenset()

    def refused(self, config: Config, addresses: Mapping[UUID, str]) -> Mapping[UUID, GapCause]:
        """Each camera that is refused, and why."""
        prohibited = self._prohibited(config)
        unmasked = [
            camera_id
            for camera_id, address in addresses.items()
            if camera_id in config.cameras and self._masked.lacks(config.cameras[camera_id], address)
        ]
        return dict.fromkeys(unmasked, GapCause.NO_MASK) | dict.fromkeys(prohibited, GapCause.PROHIBITED_ZONE)

    def _prohibited(self, config: Config) -> frozenset[UUID]:
        if config is not self._judged[0]:
            self._judged = config, frozenset(one.camera_id for one in config.cameras.values() if is_prohibited(one))
        return self._judged[1]
