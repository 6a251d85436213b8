"""Whether a camera's film may be shown to anybody: one question for every door behind which footage plays (KH-3-4)."""

from collections.abc import Iterable
from uuid import UUID

from infra import clock
from tenants.errors import NotAllowed
from tenants.registry.assessments import queries
from tenants.registry.assessments.rules import EntranceState

_WHY = {
    EntranceState.NEVER: "尚未由第二人查看拍攝範圍",
    EntranceState.MOVED: "移動或重設基準後尚未由第二人複核",
    EntranceState.UNCLEAR: "經複核拍得到盥洗室內部",
}


class NotReviewed(NotAllowed):
    """A camera before a washroom that nobody saw to be clear as it now hangs, without the head's leave."""

    code = "entrance_not_reviewed"


def check_playable(*, tenant_id: UUID, camera_ids: Iterable[UUID]) -> None:
    """Raise `NotReviewed` unless each of these cameras may be played today.

    Cameras elsewhere than before a washroom may.
    """
    today = clock.today()
    for entrance in queries.entrances(tenant_id=tenant_id, camera_ids=list(camera_ids)):
        if not entrance.may_play(today):
            raise NotReviewed(
                f"鏡頭「{entrance.camera.name}」設在盥洗室入口前，{_WHY[entrance.state]}，不能播放。"
                "請先到「設置評估」完成複核；確有必要時，由首長在該頁核可播放。（要點第三點）"
            )
