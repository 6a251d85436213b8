"""維修時段: work that is announced. It hides nothing: what is not recorded counts, and is labelled (KH-5-3b)."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import TextAreaField

from infra import clock
from tenants.permissions import Permission
from tenants.registry import queries as registry
from tenants.upkeep.faults import maintenance
from tenants.upkeep.faults.maintenance import Announcement
from webapp.access import requires
from webapp.form_fields import ClockField, OneOf, RocDateField, Stated, id_or_none, options, read_instant
from webapp.forms import Form
from webapp.identify import actor
from webapp.outcome import outcome_said

blueprint = Blueprint("works", __name__, url_prefix="/maintenance")


class WorkForm(Form):
    """Where, from when until when, and what is done."""

    place = OneOf("範圍")
    starts_day = RocDateField("開始日期", [Stated("請填寫開始日期，例如 115/11/20。")])
    starts = ClockField("開始時間", [Stated("請填寫開始時間，例如 09:00。")])
    ends_day = RocDateField("結束日期", [Stated("請填寫結束日期，例如 115/11/20。")])
    ends = ClockField("結束時間", [Stated("請填寫結束時間，例如 12:00。")])
    reason = TextAreaField("維修內容")

    def said(self) -> Announcement | None:
        """What was typed, or None with every fault beside its field."""
        self.validate()
        starts, ends = read_instant(self.starts_day, self.starts), read_instant(self.ends_day, self.ends)
        site, _, camera = str(self.place.data or "").partition("/")
        site_id = id_or_none(site)
        if self.errors or starts is None or ends is None or site_id is None:
            return None
        reason = self.reason.data or ""
        said = Announcement(
            site_id=site_id, camera_id=id_or_none(camera), starts_at=starts, ends_at=ends, reason=reason
        )
        return said if self.tell(maintenance.faults(said, clock.now())) else None


@blueprint.get("/")
@requires(Permission.FAULT_HANDLE)
def index(tenant_id: UUID) -> str:
    """What is announced and what was, with a form."""
    return _page(tenant_id, _form(tenant_id))


@blueprint.post("/")
@requires(Permission.FAULT_HANDLE)
def announce(tenant_id: UUID) -> ResponseReturnValue:
    """登記維修時段."""
    form = _form(tenant_id)
    said = form.said()
    if said is None:
        return _page(tenant_id, form), HTTPStatus.UNPROCESSABLE_ENTITY
    made = maintenance.announce(actor=actor(), tenant_id=tenant_id, said=said)
    planned = maintenance.is_planned(made)
    flash("已登記計畫性維修。" if planned else "已登記。開始之後才登記，列為事後說明。", "good" if planned else "warn")
    return redirect(url_for("school.works.index"), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:maintenance_id>/withdraw")
@requires(Permission.FAULT_HANDLE)
def withdraw(tenant_id: UUID, maintenance_id: UUID) -> ResponseReturnValue:
    """撤回."""
    with outcome_said("已撤回。"):
        maintenance.withdraw(actor=actor(), tenant_id=tenant_id, maintenance_id=maintenance_id)
    return redirect(url_for("school.works.index"), HTTPStatus.SEE_OTHER)


def _form(tenant_id: UUID) -> WorkForm:
    form, cameras = WorkForm(), registry.cameras(tenant_id=tenant_id)
    sites = registry.sites(tenant_id=tenant_id)
    form.place.choices = options(
        [
            *((str(site.id), f"{site.name}（全部鏡頭）") for site in sites),
            *((f"{each.site_id}/{each.id}", f"{each.name}（{each.code}）") for each in cameras),
        ]
    )
    return form


def _page(tenant_id: UUID, form: WorkForm) -> str:
    now = clock.now()
    names = {camera.id: camera.name for camera in registry.cameras_ever(tenant_id=tenant_id)}
    sites = {site.id: site.name for site in registry.sites(tenant_id=tenant_id)}
    return render_template(
        "school/upkeep/works.html",
        form=form,
        works=[
            (
                each,
                names[each.camera_id] if each.camera_id else sites[each.site_id],
                maintenance.is_planned(each),
                each.starts_at > now,
            )
            for each in maintenance.listed(tenant_id=tenant_id, since=maintenance.shown_since(now))
        ],
    )
