"""One letter, several institutions, one form: entered once, filed everywhere or nowhere."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.disclosures.official.models import OfficialRequest
from tenants.disclosures.official.several import MOST_PLACES
from tenants.roc_dates import format_time, short_date
from tests.factories.registry import attached_preschool, site_without_camera
from tests.webapp.desk import NUMBER, START, Desk, letter

pytestmark = pytest.mark.req("KH-6-1c", "TY-5-2a")


def also(camera: UUID, number: int = 0) -> dict[str, object]:
    """The same half hour at a further place."""
    end = START + timedelta(minutes=30)
    return {
        f"further-{number}-windows-0-cameras": str(camera),
        f"further-{number}-windows-0-from_day": short_date(clock.civil_day(START)),
        f"further-{number}-windows-0-from_time": format_time(START),
        f"further-{number}-windows-0-until_day": short_date(clock.civil_day(end)),
        f"further-{number}-windows-0-until_time": format_time(end),
    }


def address(desk: Desk) -> str:
    """The page of a letter to K1 and E1."""
    return f"{desk.requests()}/new?also={desk.cast.e1.tenant_id}"


def typed(desk: Desk, **changes: object) -> dict[str, object]:
    both = also(desk.cast.e1.cameras["E-GATE"]) | {"copy_necessity": "移送檢察官偵辦需附證物"}
    return letter(desk.cast.k1.cameras["C-GATE"], **(both | changes))


def cases_at(tenant_id: UUID) -> list[OfficialRequest]:
    db.session.rollback()
    bind(db.session, Binding(tenant_id=tenant_id))
    return list(db.session.scalars(db.select(OfficialRequest)))


def test_the_page_shows_the_cameras_of_each(desk: Desk) -> None:
    page = desk.browser("officer").get(address(desk)).text

    assert "C-GATE" in page
    assert "E-GATE" in page
    assert 'name="further-0-windows-0-from_day"' in page
    assert 'name="copy_necessity"' in page, "one of them is under the plan (TY-5-2b)"


def test_a_letter_to_two_is_two_cases_that_only_its_agency_sees_together(desk: Desk) -> None:
    officer = desk.browser("officer")
    answer = officer.post(address(desk), data=typed(desk))

    assert answer.status_code == 303, answer.text
    (second,) = cases_at(desk.cast.e1.tenant_id)
    other = (second.id, second.serial)
    (first,) = cases_at(desk.cast.k1.tenant_id)
    page = officer.get(answer.location).text
    assert first.parent_number in page
    assert f"E1 {other[1]}" in page
    assert "同一公文已分成 2 件" in page
    school = desk.browser("k1-head").get(f"{desk.school}/cases/{first.id}").text
    assert "同時送往其他 1 個機構" in school
    assert "向陽國小" not in school
    assert desk.browser("k1-head").get(f"{desk.school}/cases/{other[0]}").status_code == 404
    assert first.parent_number in desk.browser("officer").get("/agency/").text


def test_a_fault_at_the_second_place_files_nothing_at_the_first(desk: Desk) -> None:
    wrong = typed(desk, **{"further-0-windows-0-cameras": None})

    answer = desk.browser("officer").post(address(desk), data=wrong)

    assert answer.status_code == 422
    assert "請至少勾選一支鏡頭。" in answer.text
    assert NUMBER in answer.text
    assert cases_at(desk.cast.k1.tenant_id) == []


@pytest.mark.req("DR-08")
def test_a_camera_of_the_first_is_none_of_the_second(desk: Desk) -> None:
    wrong = typed(desk, **{"further-0-windows-0-cameras": str(desk.cast.k1.cameras["C-ROOM2"])})

    answer = desk.browser("officer").post(address(desk), data=wrong)

    assert answer.status_code == 422
    assert "鏡頭不屬於這個機構" in answer.text


def test_a_place_is_found_added_and_taken_away_again_and_everything_typed_stays(desk: Desk) -> None:
    officer, e1 = desk.browser("officer"), f"{desk.cast.e1.tenant_id}.{desk.cast.e1.site_id}"
    begun = letter(desk.cast.k1.cameras["C-GATE"], scan=None)
    found = officer.post(f"{desk.requests()}/new", data=begun | {"seek_place": "向陽"}).text
    assert f'name="add_place" value="{e1}"' in found
    assert NUMBER in found

    more = f"{desk.requests()}/new?also={e1}"
    assert f'formaction="{more}"' in found
    both = officer.post(more, data=begun | {"seek_place": "向陽", "add_place": e1}).text
    assert 'name="further-0-windows-0-from_day"' in both
    assert f'action="{desk.requests()}/new?also={e1}"' in both
    assert NUMBER in both

    assert f'name="drop_place" value="0" formaction="{desk.requests()}/new"' in both
    one = officer.post(f"{desk.requests()}/new", data=typed(desk, scan=None, drop_place="0")).text
    assert "further-0" not in one
    assert f'action="{desk.requests()}/new"' in one
    assert NUMBER in one
    assert cases_at(desk.cast.k1.tenant_id) == []


def test_enter_in_the_box_for_a_place_files_nothing(desk: Desk) -> None:
    whole = letter(desk.cast.k1.cameras["C-GATE"])
    answer = desk.browser("officer").post(f"{desk.requests()}/new", data=whole | {"seek_place": "不在這裡"})
    assert answer.status_code == 200
    assert "找不到符合「不在這裡」的機構" in answer.text
    assert cases_at(desk.cast.k1.tenant_id) == []


def test_of_several_places_the_one_in_the_middle_is_taken_away(desk: Desk) -> None:
    k1, e1 = desk.cast.k1, desk.cast.e1
    site_id, camera_id = attached_preschool(e1)
    page = f"{desk.requests()}/new?also={e1.tenant_id}.{e1.site_id}&also={e1.tenant_id}.{site_id}"
    data = letter(k1.cameras["C-GATE"], scan=None) | also(e1.cameras["E-GATE"]) | also(camera_id, 1)
    rest = f"{desk.requests()}/new?also={e1.tenant_id}.{site_id}"
    officer = desk.browser("officer")
    shown = officer.post(page, data=data | {"edit": "letter"}).text
    assert f'name="drop_place" value="0" formaction="{rest}"' in shown
    answer = officer.post(rest, data=data | {"drop_place": "0"}).text
    assert f'value="{camera_id}" checked' in answer or f'checked value="{camera_id}"' in answer
    assert str(e1.cameras["E-GATE"]) not in answer


def test_the_first_place_is_taken_away_as_any_other_and_the_next_one_takes_its_turn(desk: Desk) -> None:
    k1, e1 = desk.cast.k1, desk.cast.e1
    officer = desk.browser("officer")
    left = f"{desk.requests(e1.tenant_id)}/new"
    assert f'name="drop_place" value="first.0" formaction="{left}"' in officer.get(address(desk)).text

    one = officer.post(left, data=typed(desk, scan=None, drop_place="first.0")).text

    assert f'action="{desk.requests(e1.tenant_id)}/new"' in one
    assert "further-0" not in one
    assert "drop_place" not in one, "the only place stays"
    assert re.search(rf'name="windows-0-cameras" value="{e1.cameras["E-GATE"]}" checked', one)
    assert str(k1.cameras["C-GATE"]) not in one
    assert NUMBER in one


def test_without_its_first_place_a_letter_is_sent_to_the_others(desk: Desk) -> None:
    k1, e1 = desk.cast.k1, desk.cast.e1
    site_id, camera_id = attached_preschool(e1)
    page = f"{desk.requests()}/new?also={e1.tenant_id}.{e1.site_id}&also={e1.tenant_id}.{site_id}"
    three = typed(desk, scan=None, drop_place="first.0") | also(camera_id, 1)
    officer, left = desk.browser("officer"), f"{desk.requests(e1.tenant_id)}/new?site={e1.site_id}"
    left += f"&also={e1.tenant_id}.{site_id}"
    assert f'formaction="{left.replace("&", "&amp;")}"' in officer.get(page).text

    two = officer.post(left, data=three).text

    assert f'action="{left.replace("&", "&amp;")}"' in two
    assert str(k1.tenant_id) not in two, "nothing leads to what was taken away"
    assert re.search(rf'name="further-0-windows-0-cameras" value="{camera_id}" checked', two)


def test_a_place_without_a_camera_keeps_its_turn_and_never_comes_first(desk: Desk) -> None:
    k1, e1 = desk.cast.k1, desk.cast.e1
    site_id, camera_id = attached_preschool(e1)
    bare = site_without_camera(e1)
    page = f"{desk.requests()}/new?also={e1.tenant_id}.{bare}&also={e1.tenant_id}.{site_id}"
    begun = letter(k1.cameras["C-GATE"], scan=None, drop_place="first.1") | {"further-0-here": "y"}
    officer, left = (
        desk.browser("officer"),
        f"{desk.requests(e1.tenant_id)}/new?site={site_id}&also={e1.tenant_id}.{bare}",
    )
    shown = officer.get(page).text
    assert f'name="drop_place" value="first.1" formaction="{left.replace("&", "&amp;")}"' in shown

    answer = officer.post(left, data=begun | also(camera_id, 1) | {"further-1-here": "y"}).text

    assert f'action="{left.replace("&", "&amp;")}"' in answer
    assert re.search(rf'name="windows-0-cameras" value="{camera_id}" checked', answer)


def test_a_further_window_is_added_where_its_button_stands(desk: Desk) -> None:
    page = desk.browser("officer").post(address(desk), data=typed(desk, add_window="further-0-windows", scan=None)).text

    assert 'name="further-0-windows-1-from_day"' in page
    assert 'name="windows-1-from_day"' not in page
    assert NUMBER in page


def test_an_institution_that_the_letter_goes_to_is_not_offered_again(desk: Desk) -> None:
    found = desk.browser("officer").post(address(desk), data=typed(desk, scan=None, seek_place="向陽")).text
    assert "已在上列" in found
    assert "add_place" not in found


@pytest.mark.req("DR-11")
def test_another_site_of_an_institution_may_still_be_added(desk: Desk) -> None:
    e1 = desk.cast.e1
    site_id, _ = attached_preschool(e1)
    data = letter(e1.cameras["E-GATE"], scan=None, seek_place="向陽")
    found = desk.browser("officer").post(f"{desk.requests(e1.tenant_id)}/new?site={e1.site_id}", data=data).text
    assert f'name="add_place" value="{e1.tenant_id}.{site_id}"' in found
    assert f'name="add_place" value="{e1.tenant_id}.{e1.site_id}"' not in found


def test_a_letter_that_goes_everywhere_it_may_is_offered_no_more_places(desk: Desk) -> None:
    most = "&".join(f"also={attach(desk, number)}" for number in range(1, MOST_PLACES))
    page = desk.browser("officer").get(f"{desk.requests()}/new?{most}").text
    assert "再加一個機構" not in page


def attach(desk: Desk, number: int) -> str:
    """One more place of E1, as an address names it."""
    site_id, _ = attached_preschool(desk.cast.e1, code=f"E1K{number}")
    return f"{desk.cast.e1.tenant_id}.{site_id}"


def test_a_fault_names_the_place_where_there_are_several(desk: Desk) -> None:
    answer = desk.browser("officer").post(address(desk), data=typed(desk, **{"further-0-windows-0-cameras": None}))

    assert "向陽國小 調閱地點（鏡頭）：請至少勾選一支鏡頭。" in answer.text


@pytest.mark.parametrize("also", ["x", "00000000-0000-4000-8000-000000000000", "x.y"])
def test_a_place_that_is_none_is_not_there(desk: Desk, also: str) -> None:
    assert desk.browser("officer").get(f"{desk.requests()}/new?also={also}").status_code == 404


@pytest.mark.req("DR-11")
def test_the_attached_preschool_is_a_case_of_its_own_in_the_same_letter(desk: Desk) -> None:
    tenant_id = desk.cast.e1.tenant_id
    site_id, camera_id = attached_preschool(desk.cast.e1)
    page = f"{desk.requests(tenant_id)}/new?site={desk.cast.e1.site_id}&also={tenant_id}.{site_id}"
    data = letter(desk.cast.e1.cameras["E-GATE"], **(also(camera_id) | {"copy_necessity": "移送檢察官"}))

    assert desk.browser("officer").post(page, data=data).status_code == 303

    cases = cases_at(tenant_id)
    assert {case.profile for case in cases} == {"TY_ELEMENTARY", "KH_PRESCHOOL"}
    shown = desk.browser("e1-head").get(f"/schools/{tenant_id}/cases/{cases[0].id}").text
    assert "同一公文涉及本機構不同場所" in shown
    assert "同時送往" not in shown


def test_another_site_is_chosen_without_losing_what_was_typed(desk: Desk) -> None:
    e1 = desk.cast.e1
    site_id, camera_id = attached_preschool(e1)
    bare = site_without_camera(e1)
    officer, page = desk.browser("officer"), f"{desk.requests(e1.tenant_id)}/new"
    first = officer.get(f"{page}?site={e1.site_id}").text
    assert f'name="choose_site" value="{site_id}" formaction="{page}?site={site_id}"' in first

    begun = letter(e1.cameras["E-GATE"], choose_site=str(site_id), send=None)
    other = officer.post(f"{page}?site={site_id}", data=begun).text
    assert NUMBER in other
    assert "查明行竊經過" in other
    assert str(camera_id) in other
    assert f'action="{page}?site={site_id}"' in other

    without = officer.post(
        f"{page}?site={bare}", data=letter(e1.cameras["E-GATE"], scan=None, choose_site=str(bare))
    ).text
    assert "已填寫的公文內容還在" in without
    assert f'<input type="hidden" name="document_number" value="{NUMBER}">' in without
