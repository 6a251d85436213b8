"""The box's own no to places where no camera may be: also when the server's config names one (KH-3-6, DR-19)."""

from infra.private_places import names_private_place
from workers.edge.configuration import CameraRules

PROHIBITED = "這支鏡頭的設置區域或名稱屬於不得設置監錄系統的空間，主機拒絕錄影。請洽機構承辦人更正設置區域。"
# Its doubtful names were looked at by a second person, on the server (KH-3-4).
_REVIEWED_ZONE = "washroom_entrance"


def is_prohibited(camera: CameraRules) -> bool:
    """Whether nothing may be recorded there. An older server names no zones, and has screened the names itself."""
    if not camera.zone:
        return False
    return names_private_place(camera.zone) or (camera.zone != _REVIEWED_ZONE and names_private_place(camera.name))
