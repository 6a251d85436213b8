"""Opening institutions and sites, entering and retiring cameras."""

from datetime import date
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from infra.queues import Job, enqueue_after_commit
from infra.tenancy import Binding, bound
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.registry import phones, queries, regulations, rules, standing
from tenants.registry.models import Camera, Site, Tenant, TenantKind


def add_tenant(
    *,
    code: str,
    kind: TenantKind,
    name: str,
    short_name: str,
    district: str,
    ownership: str,
    supervising_authority: str,
    phone: str = "",
    actor: Actor,
) -> Tenant:
    """Open an institution and its chain. Its first act is in its own chain, the opening in the bureau's."""
    actor.require(Permission.TENANT_MANAGE)
    code = rules.normal_code(code)
    if not name.strip():
        raise Invalid("請填寫機構名稱。", field="name")
    if queries.tenant_by_code(code=code) is not None:
        raise Invalid(f"代碼 {code} 已有機構使用。學校代碼不重複，請再確認。", field="code")
    tenant = Tenant(
        id=uuid4(),
        code=code,
        kind=kind,
        name=name.strip(),
        short_name=short_name.strip() or name.strip(),
        district=district.strip(),
        ownership=ownership,
        supervising_authority=supervising_authority,
        phone=phones.checked(phone),
        opened_on=clock.today(),
    )
    with bound(db.session, Binding(tenant_id=tenant.id)):
        db.session.add(tenant)
        db.session.flush()  # the chain refers to it
        audit.start_chain(tenant_id=tenant.id, code=code, actor=actor)
    bureau_id = tenant.id if kind is TenantKind.BUREAU else queries.bureau().id
    with bound(db.session, Binding(tenant_id=bureau_id)):
        audit.record(Event.TENANT_ADDED, tenant_id=bureau_id, actor=actor, subject_id=tenant.id, code=code, kind=kind)
    return tenant


def add_site(
    *,
    tenant_id: UUID,
    code: str,
    name: str,
    profile: str,
    actor: Actor,
) -> Site:
    """Open a place under one regulation, with that regulation's days or more (KH-2-1, DR-11)."""
    actor.require(Permission.TENANT_MANAGE)
    standing.refuse_closed(tenant_id=tenant_id, what="不能再新增場所")
    code = rules.normal_code(code)
    regulations.profile(profile, clock.today())  # an unknown one is an error of the program, not of a person
    with bound(db.session, Binding(tenant_id=tenant_id)):
        if any(site.code == code for site in queries.sites(tenant_id=tenant_id)):
            raise Invalid(f"代碼 {code} 已用於這個機構的另一處。請換一個代碼。", field="code")
        site = Site(
            id=uuid4(),
            tenant_id=tenant_id,
            code=code,
            name=name.strip() or code,
            profile=profile,
        )
        db.session.add(site)
        audit.record(
            Event.SITE_ADDED,
            tenant_id=tenant_id,
            actor=actor,
            subject_id=site.id,
            code=code,
            profile=profile,
        )
    # Without day keys nothing can be recorded there.
    enqueue_after_commit(db.session, Job.MAKE_KEYS, tenant_id=tenant_id)
    return site


def declare_capacity(*, tenant_id: UUID, site_id: UUID, gigabytes: str, actor: Actor) -> Site:
    """Say how much storage is planned for a site, or nothing again; the bureau's forecast compares with it (DR-10)."""
    actor.require(Permission.CAMERA_MANAGE)
    site = queries.site(tenant_id=tenant_id, site_id=site_id)
    site.capacity_bytes = rules.capacity(gigabytes)
    audit.record(
        Event.SITE_CAPACITY_DECLARED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=site.id,
        site_id=str(site.id),
        bytes=site.capacity_bytes,
    )
    return site


def add_camera(
    *,
    tenant_id: UUID,
    site_id: UUID,
    code: str,
    name: str,
    zone: str,
    audio: bool = False,
    reviewed: bool = False,
    active_from: date | None = None,
    actor: Actor,
) -> Camera:
    """Enter a camera at a place of the catalogue. Raises `Invalid` for a place where none may be (KH-3-6, DR-19)."""
    actor.require(Permission.CAMERA_MANAGE)
    standing.refuse_closed(tenant_id=tenant_id, what="不能再新增鏡頭", on=active_from)
    code = rules.normal_code(code)
    place = rules.known_zone(zone)
    rules.check_place(name=name, zone=place, reviewed=reviewed)
    queries.site(tenant_id=tenant_id, site_id=site_id)  # another institution's site is not found
    if queries.camera_by_code(tenant_id=tenant_id, site_id=site_id, code=code) is not None:
        raise Invalid(f"這一處已有代碼 {code} 的鏡頭。請換一個代碼。", field="code")
    camera = Camera(id=uuid4(), tenant_id=tenant_id, site_id=site_id, code=code, name=name.strip(), zone=place)
    camera.audio, camera.active_from = audio, active_from or clock.today()
    db.session.add(camera)
    audit.record(
        Event.CAMERA_ADDED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=camera.id,
        site_id=str(site_id),
        code=code,
        zone=place,
    )
    return camera


def retire_camera(*, tenant_id: UUID, camera_id: UUID, on: date | None = None, actor: Actor) -> Camera:
    """Take a camera out of use; what it recorded stays for its days. Retiring it again changes nothing."""
    actor.require(Permission.CAMERA_MANAGE)
    camera = queries.camera(tenant_id=tenant_id, camera_id=camera_id)
    if camera.retired_on is not None:
        return camera
    day = on or clock.today()
    rules.check_retirement(active_from=camera.active_from, on=day)
    camera.retired_on = day
    audit.record(Event.CAMERA_RETIRED, tenant_id=tenant_id, actor=actor, subject_id=camera.id, camera_id=str(camera.id))
    return camera
