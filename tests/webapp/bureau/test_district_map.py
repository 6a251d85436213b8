"""Where a district is drawn: its own place, also after a renaming, and never on another one (DR-33)."""

from webapp.bureau.district_map import tiles


def test_districts_keep_their_place_and_empty_rows_close_up() -> None:
    found = {each.district: (each.column, each.row) for each in tiles(["楠梓區", "旗津區"], formerly={})}
    assert found == {"楠梓區": (1, 0), "旗津區": (0, 1)}


def test_a_district_that_was_renamed_stands_where_it_stood() -> None:
    before = {each.district: (each.column, each.row) for each in tiles(["楠梓區", "旗津區"], formerly={})}
    after = {
        each.district: (each.column, each.row)
        for each in tiles(["新楠區", "旗津區"], formerly={"新楠區": ["新楠區", "楠梓區"]})
    }
    assert after["新楠區"] == before["楠梓區"]


def test_districts_that_no_map_has_stand_below_and_none_covers_another() -> None:
    unknown = [f"第{number:02}區" for number in range(20)]
    found = tiles(["楠梓區", *unknown], formerly={})
    assert len({(each.column, each.row) for each in found}) == 21
    assert max(each.column for each in found) == 6


def test_a_long_name_is_shortened_on_its_tile() -> None:
    (tile,) = tiles(["很長很長的名字區"], formerly={})
    assert tile.label == "很長…"
