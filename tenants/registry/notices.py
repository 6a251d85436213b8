"""The notice hangs where people are filmed, before a first box records there (KH-5-1b, 個人資料保護法第八條)."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import Invalid
from tenants.permissions import Permission
from tenants.registry import queries
from tenants.registry.models import EdgeDevice, Site


def post_notice(*, actor: Actor, tenant_id: UUID, site_id: UUID, posted_on: date, places: str) -> Site:
    """Say that the notice hangs at a site since a day, and where. Raises `NotFound`, or `Invalid` with the field.

    Another time replaces what was said; the chain keeps both.
    """
    actor.require(Permission.CAMERA_MANAGE)
    site = queries.site(tenant_id=tenant_id, site_id=site_id)
    if posted_on > clock.today():
        raise Invalid("張貼日期不能晚於今天。", field="posted_on")
    if not places.strip():
        raise Invalid("請填寫張貼的位置，例如「大門、辦公室門口」。", field="hangs_at")
    site.notice_posted_on, site.notice_places = posted_on, places.strip()
    audit.record(
        Event.SITE_NOTICE_POSTED,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=site.id,
        site_id=str(site.id),
        posted_on=posted_on.isoformat(),
    )
    return site


def check_live(site: Site) -> None:
    """Raise `Invalid` for a site that would go live without its notice; one that has a box already is live."""
    if site.notice_posted_on is not None:
        return
    query = select(EdgeDevice.id).where(EdgeDevice.tenant_id == site.tenant_id, EdgeDevice.site_id == site.id).limit(1)
    if db.session.scalar(query) is None:
        raise Invalid(
            f"「{site.name}」還沒有張貼告知事項，不能啟用錄影。請先列印公開的監視錄影告知事項張貼於現場，再登記張貼日期與位置。",
            field="site",
            code="no_notice",
        )
