"""Where a camera may look: the catalogue of KH article 三, and the places where none may be (KH-3-2 to KH-3-6, DR-19).

The same catalogue is offered to every institution, since the schools' plan names no zones; there it is advice.
No zone exists for the inside of a washroom, bathroom, changing or nursing room, and names are screened for them.
"""

from collections.abc import Mapping
from enum import StrEnum

from infra.private_places import names_private_place


class ZoneGroup(StrEnum):
    """The three groups of the article. Activity rooms are counted apart, as public debate does (KH-3-5)."""

    OUTDOOR_PUBLIC = "outdoor_public"
    INDOOR_PUBLIC = "indoor_public"
    ACTIVITY_ROOM = "activity_room"


class Zone(StrEnum):
    """A place named by the article."""

    OUTDOOR_ACTIVITY = "outdoor_activity"
    OUTDOOR_STORAGE = "outdoor_storage"
    ECO_GARDEN = "eco_garden"
    FRONT_GATE = "front_gate"
    BACK_GATE = "back_gate"
    OUTDOOR_CORRIDOR = "outdoor_corridor"
    OUTDOOR_OTHER = "outdoor_other"
    INDOOR_PLAY = "indoor_play"
    WASHROOM_ENTRANCE = "washroom_entrance"
    HEALTH_CENTER = "health_center"
    OFFICE = "office"
    PREP_ROOM = "prep_room"
    KITCHEN = "kitchen"
    SERVING_ROOM = "serving_room"
    BEDROOM = "bedroom"
    INDOOR_STORAGE = "indoor_storage"
    OBSERVATION_ROOM = "observation_room"
    INDOOR_OTHER = "indoor_other"
    ACTIVITY_ROOM = "activity_room"


GROUP_NAMES: Mapping[ZoneGroup, str] = {
    ZoneGroup.OUTDOOR_PUBLIC: "戶外公共區域",
    ZoneGroup.INDOOR_PUBLIC: "室內公共區域",
    ZoneGroup.ACTIVITY_ROOM: "室內活動室",
}
ZONE_NAMES: Mapping[Zone, str] = {
    Zone.OUTDOOR_ACTIVITY: "室外活動空間",
    Zone.OUTDOOR_STORAGE: "室外儲藏空間",
    Zone.ECO_GARDEN: "生態教學園區",
    Zone.FRONT_GATE: "前門出入口",
    Zone.BACK_GATE: "後門出入口",
    Zone.OUTDOOR_CORRIDOR: "戶外走道",
    Zone.OUTDOOR_OTHER: "其他戶外空間",
    Zone.INDOOR_PLAY: "室內遊戲空間",
    Zone.WASHROOM_ENTRANCE: "盥洗室（包括廁所）之入口前空間",
    Zone.HEALTH_CENTER: "健康中心",
    Zone.OFFICE: "辦公室",
    Zone.PREP_ROOM: "教保準備室",
    Zone.KITCHEN: "廚房",
    Zone.SERVING_ROOM: "配膳室",
    Zone.BEDROOM: "寢室",
    Zone.INDOOR_STORAGE: "室內儲藏空間",
    Zone.OBSERVATION_ROOM: "觀察室",
    Zone.INDOOR_OTHER: "其他室內空間",
    Zone.ACTIVITY_ROOM: "室內活動室",
}
_OUTDOOR = frozenset(
    {
        Zone.OUTDOOR_ACTIVITY,
        Zone.OUTDOOR_STORAGE,
        Zone.ECO_GARDEN,
        Zone.FRONT_GATE,
        Zone.BACK_GATE,
        Zone.OUTDOOR_CORRIDOR,
        Zone.OUTDOOR_OTHER,
    }
)


class Screening(StrEnum):
    """What a camera's name says about where it looks."""

    PASSES = "passes"
    NEEDS_REVIEW = "needs_review"
    PROHIBITED = "prohibited"


# Lawful places with a part that nobody may be filmed in: beds, the corner where children are examined, and what lies
# behind the door of a washroom (KH-3-3, KH-3-4).
NEEDS_MASK = frozenset({Zone.HEALTH_CENTER, Zone.BEDROOM, Zone.WASHROOM_ENTRANCE})


def group_of(zone: Zone) -> ZoneGroup:
    """The group that statistics count a zone in."""
    if zone is Zone.ACTIVITY_ROOM:
        return ZoneGroup.ACTIVITY_ROOM
    return ZoneGroup.OUTDOOR_PUBLIC if zone in _OUTDOOR else ZoneGroup.INDOOR_PUBLIC


def screen(name: str, zone: Zone) -> Screening:
    """Whether a camera of this name may look at this zone.

    Where the zone is the space before a washroom, a doubtful name asks for a second person who looks at the picture;
    anywhere else it names a place where no camera may be.
    """
    if not names_private_place(name):
        return Screening.PASSES
    return Screening.NEEDS_REVIEW if zone is Zone.WASHROOM_ENTRANCE else Screening.PROHIBITED
