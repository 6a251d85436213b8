"""Where a camera may look."""

import pytest

from infra import clock
from tenants.errors import Invalid
from tenants.profiles import profile
from tenants.registry import rules
from tenants.registry.zones import GROUP_NAMES, ZONE_NAMES, Screening, Zone, ZoneGroup, group_of, screen


@pytest.mark.req("KH-3-2", "KH-3-3", "KH-3-5")
def test_the_catalogue_is_the_articles_own() -> None:
    assert set(profile("KH_PRESCHOOL", clock.today()).zones or ()) == set(Zone)
    assert set(ZONE_NAMES) == set(Zone)
    assert set(GROUP_NAMES) == {group_of(zone) for zone in Zone} == set(ZoneGroup)


@pytest.mark.req("KH-3-5")
def test_activity_rooms_are_a_group_of_their_own() -> None:
    assert [zone for zone in Zone if group_of(zone) is ZoneGroup.ACTIVITY_ROOM] == [Zone.ACTIVITY_ROOM]


@pytest.mark.req("KH-3-6", "DR-19")
@pytest.mark.parametrize(
    "name",
    [
        "2F 女廁",
        "２Ｆ　女 廁",
        "廁所內",
        "更衣室",
        "哺乳室",
        "哺（集）乳室",
        "浴室",
        "淋浴間",
        "教師宿舍201",
        "尿布更換區",
        "Toilet 2",
        "WC",
        "走廊廁所內",
        "女廁前門內",
    ],
)
@pytest.mark.parametrize("zone", [Zone.INDOOR_OTHER, Zone.ACTIVITY_ROOM, Zone.OUTDOOR_CORRIDOR])
def test_no_camera_may_look_into_a_private_place(name: str, zone: Zone) -> None:
    with pytest.raises(Invalid, match="要點第三點") as refused:
        rules.check_place(name=name, zone=zone, reviewed=True)
    assert (refused.value.code, refused.value.field) == ("prohibited_place", "name")


@pytest.mark.req("KH-3-4", "KH-3-6")
@pytest.mark.parametrize(
    "name", ["廁所入口前走廊", "女廁外", "更衣室門口走廊", "兔兔班", "寢室", "洗手台旁走道", "室內廁所前走廊"]
)
def test_places_outside_of_it_and_sleeping_rooms_pass(name: str) -> None:
    assert screen(name, Zone.INDOOR_OTHER) is Screening.PASSES


@pytest.mark.req("KH-3-4")
def test_before_a_washroom_a_doubtful_name_needs_a_second_persons_look() -> None:
    with pytest.raises(Invalid, match="第二人檢視") as doubtful:
        rules.check_place(name="男廁內", zone=Zone.WASHROOM_ENTRANCE, reviewed=False)
    assert doubtful.value.code == "zone_review"
    rules.check_place(name="男廁內", zone=Zone.WASHROOM_ENTRANCE, reviewed=True)
    rules.check_place(name="男廁入口前", zone=Zone.WASHROOM_ENTRANCE, reviewed=False)


def test_a_zone_that_is_not_in_the_catalogue_is_refused() -> None:
    with pytest.raises(Invalid, match="設置區域清單"):
        rules.known_zone("washroom_interior")
