"""Who and what is in the city. All names are made up; nobody's number, address or picture is in here."""

from dataclasses import dataclass

from tenants.permissions import Role
from tenants.registry.models import TenantKind
from tenants.registry.zones import Zone

PAST_DAYS = 40
# With which everybody but a head accompanies a viewing here.
PIN = "582047"
# Month and day on which a school year begins.
SCHOOL_YEAR = (8, 1)


@dataclass(frozen=True, kw_only=True)
class Person:
    """An account and the one role it holds."""

    login: str
    name: str
    title: str
    role: Role
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class CameraPlan:
    """A camera. `live` ones have an edge that plays a clip; `broken` ones an address where nothing answers."""

    code: str
    name: str
    zone: Zone
    live: bool = False
    broken: bool = False


@dataclass(frozen=True, kw_only=True)
class SitePlan:
    """A place under one regulation. `silent_days`: for so many days its recorder has said nothing.

    Days other than the regulation's were passed by the `meeting`. Of some nobody has said what storage is planned.
    """

    code: str
    name: str
    profile: str
    retention_days: int
    cameras: tuple[CameraPlan, ...]
    silent_days: int = 0
    meeting: str = ""
    minutes: str = ""
    capacity_gb: str = ""

    @property
    def is_live(self) -> bool:
        """Whether an edge runs for it."""
        return any(camera.live for camera in self.cameras)


@dataclass(frozen=True, kw_only=True)
class InstitutionPlan:
    """An institution, its places and its people."""

    code: str
    kind: TenantKind
    name: str
    short_name: str
    district: str
    ownership: str
    phone: str
    sites: tuple[SitePlan, ...]
    people: tuple[Person, ...]


@dataclass(frozen=True, kw_only=True)
class AgencyPlan:
    """A public agency and its officer."""

    name: str
    code: str
    kind: str
    contact: str
    officer: Person


def _people(
    code: str, *, head: str, handler: str, staff: str, guard: str = "", title: str = "園長"
) -> tuple[Person, ...]:
    found = [
        Person(login=f"{code}-head", name=head, title=title, role=Role.HEAD),
        Person(login=f"{code}-handler", name=handler, title="組長", role=Role.HANDLER, unit="總務"),
        Person(login=f"{code}-staff", name=staff, title="教師", role=Role.STAFF, unit="教務"),
    ]
    if guard:
        found.append(Person(login=f"{code}-guard", name=guard, title="警衛", role=Role.GUARD, unit="警衛室"))
    return tuple(found)


BUREAU_PEOPLE = (
    Person(login="bureau", name="趙承恩", title="科員", role=Role.BUREAU_OFFICER, unit="幼兒教育科"),
    Person(login="operator", name="周立平", title="工程師", role=Role.OPERATOR, unit="平台維運"),
    Person(login="auditor", name="吳佳蓉", title="專員", role=Role.AUDITOR, unit="政風室"),
)
K1 = InstitutionPlan(
    code="K1",
    kind=TenantKind.PRESCHOOL,
    name="守園市私立晨光幼兒園",
    short_name="晨光幼兒園",
    district="向陽區",
    ownership="private",
    phone="02-5555-0101#12",
    sites=(
        SitePlan(
            code="K1",
            name="晨光幼兒園",
            profile="KH_PRESCHOOL",
            retention_days=14,
            capacity_gb="10",
            cameras=(
                CameraPlan(code="C-GATE", name="前門", zone=Zone.FRONT_GATE, live=True),
                CameraPlan(code="C-ROOM2", name="兔兔班活動室", zone=Zone.ACTIVITY_ROOM, live=True),
            ),
        ),
    ),
    people=_people("k1", head="王淑芬", handler="林怡君", staff="張雅婷"),
)
E1 = InstitutionPlan(
    code="E1",
    kind=TenantKind.ELEMENTARY_SCHOOL,
    name="守園市向陽區向陽國民小學",
    short_name="向陽國小",
    district="向陽區",
    ownership="public",
    phone="02-5555-0110#210",
    sites=(
        SitePlan(
            code="E1",
            name="向陽國小",
            profile="TY_ELEMENTARY",
            retention_days=30,
            meeting="115學年度第1次校務會議",
            minutes="向陽國小校務字第1150003號",
            capacity_gb="500",
            cameras=(
                CameraPlan(code="E-GATE", name="校門口", zone=Zone.FRONT_GATE, live=True),
                CameraPlan(code="E-YARD", name="操場", zone=Zone.OUTDOOR_ACTIVITY, broken=True),
            ),
        ),
        SitePlan(
            code="E1K",
            name="向陽國小附設幼兒園",
            profile="KH_PRESCHOOL",
            retention_days=14,
            cameras=(CameraPlan(code="K-ROOM1", name="彩虹班活動室", zone=Zone.ACTIVITY_ROOM, live=True),),
        ),
    ),
    people=_people("e1", head="陳國華", handler="黃志豪", staff="劉美玲", guard="許文雄", title="校長"),
)
K2 = InstitutionPlan(
    code="K2",
    kind=TenantKind.PRESCHOOL,
    name="守園市私立星星幼兒園",
    short_name="星星幼兒園",
    district="溪口區",
    ownership="private",
    phone="02-5555-0120",
    sites=(
        SitePlan(
            code="K2",
            name="星星幼兒園",
            profile="KH_PRESCHOOL",
            retention_days=14,
            silent_days=6,
            cameras=(
                CameraPlan(code="C-GATE", name="前門", zone=Zone.FRONT_GATE),
                CameraPlan(code="C-PLAY", name="遊戲場", zone=Zone.OUTDOOR_ACTIVITY),
            ),
        ),
    ),
    people=_people("k2", head="何秀蘭", handler="宋柏翰", staff="羅心怡"),
)
E2 = InstitutionPlan(
    code="E2",
    kind=TenantKind.ELEMENTARY_SCHOOL,
    name="守園市溪口區河濱國民小學",
    short_name="河濱國小",
    district="溪口區",
    ownership="public",
    phone="02-5555-0130",
    sites=(
        SitePlan(
            code="E2",
            name="河濱國小",
            profile="TY_ELEMENTARY",
            retention_days=21,
            meeting="115學年度第1次校務會議",
            minutes="河濱國小校務字第1150002號",
            silent_days=1,
            cameras=(
                CameraPlan(code="E-GATE", name="校門口", zone=Zone.FRONT_GATE),
                CameraPlan(code="E-HALL", name="川堂", zone=Zone.INDOOR_OTHER),
            ),
        ),
    ),
    people=_people("e2", head="鄭明德", handler="蔡宗翰", staff="江佩珊", guard="葉金水", title="校長"),
)
INSTITUTIONS = (K1, E1, K2, E2)
POLICE = AgencyPlan(
    name="守園市政府警察局向陽分局",
    code="SY-POLICE-1",
    kind="police",
    contact="向陽分局偵查隊",
    officer=Person(login="police", name="李偉誠", title="偵查佐", role=Role.AGENCY_OFFICER, unit="偵查隊"),
)
PROSECUTORS = AgencyPlan(
    name="守園地方檢察署",
    code="SY-PROS-1",
    kind="prosecution",
    contact="守園地方檢察署書記官室",
    officer=Person(login="prosecutor", name="高子涵", title="書記官", role=Role.AGENCY_OFFICER, unit="書記官室"),
)
AGENCIES = (POLICE, PROSECUTORS)
