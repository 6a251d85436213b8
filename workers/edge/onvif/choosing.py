"""Which of a camera's streams is recorded: the main one, within what the school approved."""

from collections.abc import Sequence

from infra.camera_profiles import Approved
from workers.edge.onvif.camera import Profile


def best_first(profiles: Sequence[Profile], approved: Approved | None) -> list[Profile]:
    """Streams that can be recorded, the largest picture first; those that do not fit the approval are left out."""
    fitting = [one for one in profiles if one.codec and one.width and one.height and _fits(one, approved)]
    return sorted(fitting, key=lambda one: (one.width * one.height, one.fps or 0), reverse=True)


def _fits(profile: Profile, approved: Approved | None) -> bool:
    if approved is None:
        return True
    small_enough = profile.width <= approved.width and profile.height <= approved.height
    return small_enough and profile.codec == approved.codec
