"""JSON for edge devices. Footage itself never passes here: the edge puts it to the store with the URLs it gets.

Every route can be sent twice with the same effect as once, so a device that got no answer simply asks again.
"""

from typing import Any
from uuid import UUID

from flask import Blueprint, current_app, request

from infra import clock, metrics
from infra.db import db
from infra.manifest import beside, microseconds
from infra.objects import ObjectStore
from infra.settings import Settings
from infra.tenancy import Binding, bind, binding_of
from tenants.actor import Actor, ActorKind
from tenants.footage import actions, camera_checks, gap_reports, heartbeats, queries
from tenants.footage.admission import Admitted, judge
from tenants.registry import devices
from webapp.access import device, public
from webapp.identify import actor
from webapp.ingest.check_forms import ChecksForm
from webapp.ingest.forms import EnrolmentForm, HeartbeatForm, LinesForm, ReceiptsForm, read
from webapp.ingest.presenters import config_of, names_of
from webapp.ingest.proof import MAX_BODY_BYTES

ingest = Blueprint("ingest", __name__, url_prefix="/ingest/v1")

UPLOAD_SECONDS = 15 * 60


@ingest.post("/enrolments")
@public
def enrol() -> tuple[dict[str, str], int]:
    """A box shows its one-time code and its key, and becomes a device of that site."""
    request.max_content_length = MAX_BODY_BYTES
    form = read(EnrolmentForm, request)
    tenant_id = devices.tenant_of_token(form.token)
    bind(db.session, Binding(tenant_id=tenant_id))
    made = devices.enrol(
        actor=Actor(kind=ActorKind.DEVICE, address=request.remote_addr or "", client=request.user_agent.string),
        tenant_id=tenant_id,
        token=form.token,
        applicant=devices.Applicant(name=form.name, public_key=form.public_key, proof=form.proof),
        now=clock.now(),
    )
    ids = {"device_id": str(made.id), "tenant_id": str(tenant_id), "site_id": str(made.site_id)}
    return {**ids, **names_of(tenant_id=tenant_id, site_id=made.site_id)}, 201


@ingest.get("/config")
@device
def config() -> dict[str, Any]:
    """The site's cameras and rules, and public day keys far enough ahead to go on for days without us."""
    settings: Settings = current_app.config["SETTINGS"]
    return config_of(
        actor(),
        tenant_id=_tenant_id(),
        segment_seconds=settings.segment_seconds,
        store=settings.store.public_endpoint if settings.store is not None else "",
        now=clock.now(),
        time_servers=settings.time_servers,
    )


@ingest.post("/uploads")
@device
def uploads() -> dict[str, Any]:
    """For each signed line a URL with which exactly its bytes may be put, or why not."""
    lines = read(LinesForm, request).lines()
    judged = judge(lines, actor=actor(), tenant_id=_tenant_id(), now=clock.now())
    return {"items": [_upload(one) if isinstance(one, Admitted) else _refusal(one.code, one.detail) for one in judged]}


@ingest.post("/confirmations")
@device
def confirmations() -> dict[str, Any]:
    """For each signed line whether it entered the index."""
    lines = read(LinesForm, request).lines()
    outcomes = actions.confirm(actor=actor(), tenant_id=_tenant_id(), lines=lines, now=clock.now())
    metrics.SEGMENTS.inc(sum(one.size > 0 for one in outcomes))
    metrics.SEGMENT_BYTES.inc(sum(one.size for one in outcomes))
    return {"items": [_outcome(one) for one in outcomes]}


@ingest.post("/gaps")
@device
def gaps() -> dict[str, Any]:
    """For each signed line about a span that was not recorded, whether it entered the ledger."""
    lines = read(LinesForm, request).lines()
    outcomes = gap_reports.report_gaps(actor=actor(), tenant_id=_tenant_id(), lines=lines, now=clock.now())
    return {"items": [_outcome(one) for one in outcomes]}


@ingest.post("/receipts")
@device
def receipts() -> dict[str, Any]:
    """The state of each segment: only `stored` lets the device drop its copy."""
    asked = [(item.civil_day, item.segment_id) for item in read(ReceiptsForm, request).items]
    states = queries.states_of(tenant_id=_tenant_id(), segments=asked)
    return {
        "items": [
            {"segment_id": str(segment_id), "state": states.get(segment_id, "unknown")} for _, segment_id in asked
        ]
    }


@ingest.post("/heartbeats")
@device
def heartbeat() -> dict[str, int]:
    """What records now and what waits to be sent; the answer carries our time."""
    form = read(HeartbeatForm, request)
    now = clock.now()
    heartbeats.record_heartbeat(actor=actor(), tenant_id=_tenant_id(), heartbeat=form.heartbeat(now), now=now)
    return {"now_us": microseconds(now)}


@ingest.post("/checks")
@device
def checks() -> dict[str, int]:
    """How cameras were set when the box last looked."""
    form, now = read(ChecksForm, request), clock.now()
    camera_checks.record_checks(actor=actor(), tenant_id=_tenant_id(), checks=form.checks(), now=now)
    return {"now_us": microseconds(now)}


def _upload(one: Admitted) -> dict[str, Any]:
    store: ObjectStore = current_app.extensions["store"]
    url, headers = store.presign_put(
        one.object_key, md5_hex=one.line.cipher_md5, seconds=UPLOAD_SECONDS, beside=beside(one.held)
    )
    return {"outcome": "upload", "url": url, "headers": dict(headers)}


def _outcome(one: actions.Outcome) -> dict[str, Any]:
    return {"outcome": one.code} if one.accepted else _refusal(one.code, one.detail)


def _refusal(code: str, detail: str) -> dict[str, Any]:
    return {"outcome": "refused", "code": code, "detail": detail}


def _tenant_id() -> UUID:
    tenant_id = binding_of(db.session).tenant_id
    assert tenant_id is not None  # noqa: S101 - `device_actor` bound the session before any @device view runs
    return tenant_id
