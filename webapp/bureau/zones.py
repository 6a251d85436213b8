"""設置區域統計: cameras by the three groups, which are never merged, what waits, and attempts at forbidden places."""

from datetime import timedelta

from flask import Blueprint, render_template

from infra import clock
from tenants.permissions import Permission
from tenants.registry.assessments import city
from tenants.registry.zones import GROUP_NAMES, ZONE_NAMES, Zone, ZoneGroup
from webapp.access import Place, requires
from webapp.paging import cut, page_number

blueprint = Blueprint("zones", __name__, url_prefix="/zones")
_YEAR, _PER_PAGE = timedelta(days=365), 50
PLACE_NAMES = {
    "washroom": "廁所、盥洗室內",
    "bathroom": "浴室、淋浴間",
    "changing_room": "更衣室",
    "nursing_room": "哺（集）乳室",
    "nappy_place": "尿布更換區",
    "dormitory": "宿舍房間",
}
WAY_NAMES = {"form": "逐筆登記", "import": "批次匯入", "assessment": "設置評估"}


@blueprint.get("")
@requires(Permission.COMPLIANCE_READ, place=Place.BUREAU)
def index() -> str:
    """The city's figures, the institutions behind them, and the attempts of a year."""
    lines = city.zones()
    shown = cut(lines, page_number(), _PER_PAGE)
    counts = {group: [line.groups[group] for line in lines if group in line.groups] for group in ZoneGroup}
    return render_template(
        "bureau/zones.html",
        groups=[(GROUP_NAMES[group], counts[group]) for group in ZoneGroup],
        lines=shown.lines,
        total=len(lines),
        number=shown.number,
        has_more=shown.has_more,
        order=list(ZoneGroup),
        group_names=GROUP_NAMES,
        attempts=city.attempts(since=clock.today() - _YEAR),
        places=PLACE_NAMES,
        ways=WAY_NAMES,
        zone_names={zone.value: ZONE_NAMES[zone] for zone in Zone},
    )
