"""What the registry's rooms hold in the sample city: calendar, hours, zones and equipment."""

from datetime import date, timedelta
from uuid import UUID

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bound
from tenants.compliance.scoring import rules as scoring
from tenants.compliance.scoring import weights
from tenants.compliance.scoring.rules import Aim
from tenants.registry.assessments import actions as assessments
from tenants.registry.assessments.attempts import Tried, note_attempt
from tenants.registry.assessments.rules import Decision, TypedAssessment, Way
from tenants.registry.hours import actions as hours
from tenants.registry.hours import calendar
from tenants.registry.hours.actions import TypedDays, TypedHours
from tenants.registry.hours.calendar import TypedSpan
from tenants.registry.hours.models import SpanKind
from tenants.registry.hours.rules import DEFAULT_WEEKLY
from tenants.registry.zones import Zone
from tenants.roc_dates import this_year
from tenants.upkeep.property import actions as property_actions
from tenants.upkeep.property.brands import restrict_brand
from tenants.upkeep.property.rules import AssetKind, NumberKind, TypedAsset, TypedDestruction
from workers.sample_city import cast
from workers.sample_city.founding import City, Place
from workers.sample_city.past import day

_FRIDAY, _SATURDAY = 4, 5
_HEAVY = {"continuity": 5, "retention_min": 5, "retention_max": 4, "agency_reply": 3, "inspection": 3, "faults": 3}


def furnish(city: City) -> None:
    """On the day on which the city is founded."""
    _calendar(city)
    _hours(city)
    for code in ("K1", "E1", "E1K"):
        _zones(city, city.places[code])
    _property(city)
    _weights(city)


def _calendar(city: City) -> None:
    """The bureau's hours, a Saturday that makes up for a Friday, and a closure that was announced for a district."""
    officer, number = city.actor("bureau"), this_year()
    calendar.publish_template(
        weekly=DEFAULT_WEEKLY,
        vacation=None,
        effective_from=clock.today(),
        document=f"守園教幼字第{number}0010號",
        actor=officer,
    )
    made_up = _next(_SATURDAY, after=day(-7))
    told = [
        TypedSpan(
            kind=SpanKind.MAKE_UP,
            first_day=made_up,
            last_day=made_up,
            name="補行上課",
            document=f"守園教幼字第{number}0011號",
            like_weekday=_FRIDAY,
        ),
        TypedSpan(
            kind=SpanKind.CLOSURE,
            first_day=day(-5),
            last_day=day(-5),
            name="颱風停班停課",
            document=f"守園人字第{number}0012號",
            districts=[cast.K2.district],
        ),
    ]
    for each in told:
        calendar.enter_days(typed=each, actor=officer)


def _hours(city: City) -> None:
    """K1 looks after children for an hour longer from tomorrow on, and has a day for parents ahead."""
    k1 = city.places["K1"]
    with bound(db.session, Binding(tenant_id=k1.tenant_id)):
        hours.set_hours(
            tenant_id=k1.tenant_id,
            site_id=k1.site_id,
            typed=TypedHours(weekly=None, care=[["18:00", "19:00"]], vacation=None),
            effective_from=day(-1),
            actor=city.actor(city.head_of(k1)),
        )
        parents = _next(_SATURDAY, after=day(-14))
        hours.set_days(
            tenant_id=k1.tenant_id,
            site_id=k1.site_id,
            typed=TypedDays(
                first_day=parents, last_day=parents, periods=[["09:00", "12:00"]], reason="親職日", notice="", note=""
            ),
            actor=city.actor(city.head_of(k1)),
        )


def _zones(city: City, place: Place) -> None:
    """Each camera rests on an assessment, a bedroom was assessed for none, and somebody tried a washroom."""
    head = city.actor(city.head_of(place))
    ids = {"tenant_id": place.tenant_id}
    with bound(db.session, Binding(**ids)):
        for plan in place.plan.cameras:
            made = assessments.assess(
                actor=head, **ids, site_id=place.site_id, typed=_assessed(plan.zone, plan.name, Decision.INSTALL)
            )
            camera_id = place.cameras[plan.code]
            assessments.link_camera(actor=head, **ids, camera_id=camera_id, assessment_id=made.id)
        bedroom = _assessed(Zone.BEDROOM, "午睡室", Decision.OMIT)
        assessments.assess(actor=head, **ids, site_id=place.site_id, typed=bedroom)
        if place.plan.code == "E1":
            tried = Tried(typed="二樓女廁", zone=Zone.INDOOR_OTHER, way=Way.FORM)
            note_attempt(actor=head, **ids, tried=tried)


def _assessed(zone: Zone, place: str, decision: Decision) -> TypedAssessment:
    omitted = decision is Decision.OMIT
    return TypedAssessment(
        zone=zone,
        place=place,
        need="保護幼兒與學生安全",
        decision=decision,
        reason="午睡時更換衣物，不宜設置" if omitted else "出入或活動頻繁，曾發生碰撞",
        assessor="總務、教保人員",
        assessed_on=clock.today(),
        meeting="",
    )


def _property(city: City) -> None:
    """A brand that the bureau restricts, and K1's ledger: a recorder in use, and one whose media were destroyed."""
    number, k1 = this_year(), city.places["K1"]
    document = f"守園教資字第{number}0013號"
    restrict_brand(actor=city.actor("bureau"), brand="限安影像", document=document, effective_from=clock.today())
    head, ids = city.actor(city.head_of(k1)), {"tenant_id": k1.tenant_id}
    with bound(db.session, Binding(**ids)):
        devices = [
            _device(city, k1, name="網路攝影機", kind=AssetKind.CAMERA, camera_id=k1.cameras["C-GATE"]),
            _device(city, k1, name="舊監錄主機", kind=AssetKind.RECORDER),
        ]
        made = [property_actions.add_asset(actor=head, **ids, typed=each) for each in devices]
        destroyed = TypedDestruction(
            destroyed_on=clock.today(), method="硬碟打孔", carried_out_by="維護廠商", witness="總務", document=""
        )
        property_actions.destroy_media(actor=head, **ids, asset_id=made[-1].id, typed=destroyed)


def _device(city: City, place: Place, *, name: str, kind: AssetKind, camera_id: UUID | None = None) -> TypedAsset:
    return TypedAsset(
        site_id=place.site_id,
        kind=kind,
        number_kind=NumberKind.OWN,
        number="",
        name=name,
        brand="良視",
        model="A-1",
        serial="",
        origin="臺灣",
        firmware="",
        acquired_on=day(800),
        cost=12_000,
        service_years=4,
        place="門廳",
        custodian_id=city.users["k1-handler"],
        camera_id=camera_id,
    )


def _next(weekday: int, *, after: date) -> date:
    return after + timedelta(days=(weekday - after.weekday()) % 7)


def _weights(city: City) -> None:
    """What the bureau weighs: recording and keeping the most, papers the least."""
    aims = {
        article.key: Aim(weight=_HEAVY.get(article.key, 1), target=980 if article.key in _HEAVY else 900)
        for article in scoring.WEIGHED
    }
    weighting = scoring.Weighting(effective_from=clock.today() + timedelta(days=1), target=900, aims=aims)
    with bound(db.session, Binding(tenant_id=city.tenants["BUREAU"])):
        weights.set_weights(actor=city.actor("bureau"), weighting=weighting, reason="年度合規重點會議決議")
