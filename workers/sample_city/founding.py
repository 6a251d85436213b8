"""Opening the bureau, the institutions and the agencies, and giving everybody an account."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from unittest.mock import patch
from uuid import UUID

from infra import clock
from infra.db import db
from infra.tenancy import Binding, bind, bound
from tenants.actor import Actor, ActorKind, system
from tenants.closing import actions as closing
from tenants.closing.models import ClosingKind
from tenants.closing.rules import Decision
from tenants.leaving import actions as leaving
from tenants.leaving.models import Way
from tenants.leaving.rules import Leaving
from tenants.people import actions as people
from tenants.people import passwords, pins, roles
from tenants.people.designations import actions as designations
from tenants.people.designations.models import Kind
from tenants.people.designations.rules import Wanted
from tenants.people.reviews import actions as reviews
from tenants.people.reviews.models import Verdict
from tenants.people.undertakings import actions as undertakings
from tenants.people.undertakings import texts
from tenants.people.undertakings.models import Occasion
from tenants.permissions import Role
from tenants.registry import actions as registry
from tenants.registry import agencies, notices, policies, regulations, renaming
from tenants.registry.models import TenantKind
from tenants.registry.period_rules import Adoption
from tenants.roc_dates import roc_year, this_year
from workers.sample_city import cast
from workers.sample_city.cast import AgencyPlan, InstitutionPlan, Person, SitePlan
from workers.sample_city.past import day

# A city that stands for a while still has the change ahead of it.
_AHEAD = 60
FOUNDER = system("sample_city")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A site as it was made: what was planned, and the ids."""

    plan: SitePlan
    tenant_id: UUID
    site_id: UUID
    cameras: dict[str, UUID]


@dataclass(kw_only=True)
class City:
    """Everything by the names of the cast."""

    password: str
    tenants: dict[str, UUID] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    agencies: dict[str, UUID] = field(default_factory=dict)
    users: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def head_of(self, place: Place) -> str:
        """The sign-in name of the head who decides for a place."""
        return next(f"{code.lower()}-head" for code, found in self.tenants.items() if found == place.tenant_id)

    def actor(self, login: str) -> Actor:
        """The person as one who acts where their role is."""
        person = self.people[login]
        return Actor(
            kind=ActorKind.PERSON,
            id=self.users[login],
            name=person.name,
            roles=frozenset({person.role}),
            agency_id=self.agencies.get(login),
            address="127.0.0.1",
            client="sample city",
        )


def enter(tenant_id: UUID, *, agency_id: UUID | None = None) -> None:
    """Act for an institution from now on; what was done for another one is written first, while it may be."""
    db.session.flush()
    bind(db.session, Binding(tenant_id=tenant_id, agency_id=agency_id))


def found(password: str) -> City:
    """The city with its people, places and cameras, and nothing recorded yet."""
    # A hash is slow on purpose, and everybody has the same password here: one is enough.
    with patch.object(passwords, "hashed", cache(passwords.hashed)):
        return _found(City(password=password))


def _found(city: City) -> City:
    bureau = registry.add_tenant(
        code="BUREAU",
        kind=TenantKind.BUREAU,
        name="守園市政府教育局",
        short_name="教育局",
        district="",
        ownership="public",
        supervising_authority="直轄市",
        actor=FOUNDER,
    )
    city.tenants["BUREAU"] = bureau.id
    for person in cast.BUREAU_PEOPLE:
        _appoint(city, bureau.id, person)
    for institution in cast.INSTITUTIONS:
        _open(city, institution)
    for agency in cast.AGENCIES:
        _admit(city, agency)
    _schedule(city)
    _reorder(city)
    _look_through(city)
    return city


def _next_school_year() -> date:
    """The first one that begins when the city has stood for a while."""
    summer = day(-_AHEAD)
    return date(summer.year + (summer.month >= cast.SCHOOL_YEAR[0]), *cast.SCHOOL_YEAR)


def _reorder(city: City) -> None:
    """A district that will be called otherwise in the middle of the year, and a school that will go into another."""
    operator, number = city.actor("operator"), this_year()
    renaming.rename_district(
        district=cast.E2.district,
        to="溪畔區",
        effective_from=day(-_AHEAD),
        document=f"守園民字第{number}0002號",
        actor=operator,
    )
    merger = Decision(
        kind=ClosingKind.MERGED,
        effective_from=_next_school_year(),
        document=f"守園教國字第{number}0003號",
        document_date=clock.today(),
        keeper="",
        custodian_id=city.users["e1-head"],
        successor_id=city.tenants["E1"],
    )
    closing.schedule_closing(tenant_id=city.tenants["E2"], decision=merger, actor=operator)


def _look_through(city: City) -> None:
    """A review of accounts that is under way, and a guard who leaves with the school year."""
    k1, e1 = city.tenants["K1"], city.tenants["E1"]
    with bound(db.session, Binding(tenant_id=k1)):
        head = city.actor("k1-head")
        reviews.begin(actor=head, tenant_id=k1)
        reviews.say(actor=head, tenant_id=k1, user_id=city.users["k1-handler"], verdict=Verdict.CONFIRMED)
    with bound(db.session, Binding(tenant_id=e1)):
        wanted = Leaving(user_id=city.users["e1-guard"], way=Way.LEFT, gone_on=_next_school_year())
        leaving.leave(actor=city.actor("e1-head"), tenant_id=e1, wanted=wanted)


def _schedule(city: City) -> None:
    """The floor that preschools will have from the next school year on, so that there is something to reckon with."""
    begins = _next_school_year()
    regulations.schedule_version(
        code="KH_PRESCHOOL",
        version=str(roc_year(begins)),
        effective_from=begins,
        min_days="30",
        document=f"守園教幼字第{roc_year(begins) - 1}0001號",
        words="監錄系統應於教保服務機構開放時間持續正常運作，不可無故中斷，監錄資料應保存至少30日以上。",
        actor=city.actor("bureau"),
    )


def _open(city: City, plan: InstitutionPlan) -> None:
    operator = city.actor("operator")
    tenant = registry.add_tenant(
        code=plan.code,
        kind=plan.kind,
        name=plan.name,
        short_name=plan.short_name,
        district=plan.district,
        ownership=plan.ownership,
        supervising_authority="直轄市",
        phone=plan.phone,
        actor=operator,
    )
    with bound(db.session, Binding(tenant_id=tenant.id)):
        tenant.opened_on = day(cast.PAST_DAYS + 1)  # the city has stood as long as it remembers
        db.session.flush()
    city.tenants[plan.code] = tenant.id
    for person in plan.people:
        _appoint(city, tenant.id, person, office="事務組" if plan.kind is TenantKind.ELEMENTARY_SCHOOL else "")
    for person in plan.people:
        if person.role not in {Role.HEAD, Role.CUSTODIAN}:
            # So that whoever tries a viewing session has somebody to accompany it.
            pins.set_pin(
                user_id=city.users[person.login], password=city.password, pin=cast.PIN, actor=city.actor(person.login)
            )
        if person.role is Role.HANDLER and plan is not cast.K2:  # so that one first page asks for a signature
            _sign(city, tenant.id, person)
    for site in plan.sites:
        _equip(city, plan, site)


def _sign(city: City, tenant_id: UUID, person: Person) -> None:
    """保密切結 of whoever is designated."""
    with bound(db.session, Binding(tenant_id=tenant_id)):
        undertakings.sign(
            actor=city.actor(person.login),
            tenant_id=tenant_id,
            user_id=city.users[person.login],
            occasion=Occasion.DESIGNATED,
            version=texts.NEWEST,
            pin=cast.PIN,
        )


def _equip(city: City, plan: InstitutionPlan, site: SitePlan) -> None:
    tenant_id = city.tenants[plan.code]
    made = registry.add_site(
        tenant_id=tenant_id,
        code=site.code,
        name=site.name,
        profile=site.profile,
        actor=city.actor("operator"),
    )
    rule = regulations.profile(site.profile, clock.today())
    head = city.actor(next(person.login for person in plan.people if person.role is Role.HEAD))
    handler = city.actor(next(person.login for person in plan.people if person.role is Role.HANDLER))
    with bound(db.session, Binding(tenant_id=tenant_id)):
        if site.retention_days != rule.retention.min_days:
            policies.adopt_policy(
                tenant_id=tenant_id,
                site_id=made.id,
                retention_days=str(site.retention_days),
                effective_from=clock.today(),
                adoption=Adoption(meeting=site.meeting, held_on=clock.today(), minutes=site.minutes),
                actor=head,
            )
        notices.post_notice(
            tenant_id=tenant_id, site_id=made.id, posted_on=clock.today(), places="大門、辦公室門口", actor=head
        )
        registry.declare_capacity(tenant_id=tenant_id, site_id=made.id, gigabytes=site.capacity_gb, actor=head)
        cameras = {
            camera.code: registry.add_camera(
                tenant_id=tenant_id,
                site_id=made.id,
                code=camera.code,
                name=camera.name,
                zone=camera.zone,
                actor=handler,
            ).id
            for camera in site.cameras
        }
    city.places[site.code] = Place(plan=site, tenant_id=tenant_id, site_id=made.id, cameras=cameras)


def _appoint(city: City, tenant_id: UUID, person: Person, *, office: str = "") -> None:
    with bound(db.session, Binding(tenant_id=tenant_id)):
        user_id = _account(city, tenant_id, person)
        if person.role is Role.HANDLER:
            kind = Kind.OFFICE if office else Kind.PERSON
            wanted = Wanted(kind=kind, office=office, contact_id=user_id, from_on=clock.today())
            designations.designate(actor=FOUNDER, tenant_id=tenant_id, wanted=wanted)
            return
        roles.grant_role(tenant_id=tenant_id, user_id=user_id, role=person.role, unit=person.unit, actor=FOUNDER)


def _admit(city: City, plan: AgencyPlan) -> None:
    operator, bureau_id = city.actor("operator"), city.tenants["BUREAU"]
    agency = agencies.add_agency(name=plan.name, code=plan.code, kind=plan.kind, contact=plan.contact, actor=operator)
    agencies.verify_agency(agency_id=agency.id, actor=operator)
    with bound(db.session, Binding(tenant_id=bureau_id)):
        user_id = _account(city, bureau_id, plan.officer)
    roles.appoint_agency_officer(agency_id=agency.id, user_id=user_id, unit=plan.officer.unit, actor=operator)
    city.agencies[plan.officer.login] = agency.id


def _account(city: City, tenant_id: UUID, person: Person) -> UUID:
    user = people.create_user(
        tenant_id=tenant_id,
        login=person.login,
        name=person.name,
        title=person.title,
        email=f"{person.login}@shouyuan.invalid",
        password=city.password,
        actor=FOUNDER,
    )
    city.users[person.login], city.people[person.login] = user.id, person
    return user.id
