"""Playback of a finished package's parts in the institution's own review page.

Only pieces of the approved windows exist at all, so there is nothing else that a changed number could reach (DR-12). No
address works without the session that opened the playlist. Each opening is one event of the chain, and the key opens a
piece only while that event is found there: no audit, no access.
"""

from datetime import timedelta
from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, Response

from infra import age, clock, object_keys
from infra.playlists import INIT, piece_name, playlist
from tenants.audit import actions as audit
from tenants.audit import queries as chain
from tenants.audit.events import Event
from tenants.audit.rules import Link
from tenants.disclosures.models import Disclosure, DisclosureState
from tenants.disclosures.packages import queries as packages
from tenants.disclosures.packages.keys import open_package_key
from tenants.disclosures.packages.models import Package, PackageState
from tenants.disclosures.packages.parts import PackagePart, parts_of
from tenants.errors import NotAllowed, NotFound
from tenants.permissions import Permission
from webapp.access import requires
from webapp.identify import actor
from webapp.media.holdings import kms, store
from webapp.media.opened import opened_by, remember

playback = Blueprint(
    "media_playback",
    __name__,
    url_prefix="/media/schools/<uuid:tenant_id>/packages/<uuid:package_id>/<int:part>",
)
_WATCHED_FOR = timedelta(hours=4)


@playback.get("/index.m3u8")
@requires(Permission.FOOTAGE_WATCH)
def index(tenant_id: UUID, package_id: UUID, part: int) -> Response:
    """The playlist of one part, and the audit's line that somebody watches it."""
    package, chosen = _part(tenant_id, package_id, part)
    disclosure = packages.disclosure_of(package)
    remember(f"{package_id}:{part}", _record(package, disclosure, part).seq)
    return Response(playlist(chosen.pieces), HTTPStatus.OK, mimetype="application/vnd.apple.mpegurl")


@playback.get("/init.mp4")
@requires(Permission.FOOTAGE_WATCH)
def init(tenant_id: UUID, package_id: UUID, part: int) -> Response:
    """What a player needs before the first piece."""
    return _piece(tenant_id, package_id, part, INIT)


@playback.get("/<int:number>.m4s")
@requires(Permission.FOOTAGE_WATCH)
def piece(tenant_id: UUID, package_id: UUID, part: int, number: int) -> Response:
    """Some seconds of the part."""
    return _piece(tenant_id, package_id, part, piece_name(number))


def _piece(tenant_id: UUID, package_id: UUID, part: int, name: str) -> Response:
    package, chosen = _part(tenant_id, package_id, part)
    if name not in {INIT, *(piece_name(held.number) for held in chosen.pieces)}:
        raise NotFound
    if not _is_watching(package, part):
        raise NotAllowed("影像只能在案件的播放頁面中觀看。請回到案件頁面重新開啟播放。")
    secret = open_package_key(package=package, kms=kms(), store=store())
    key = object_keys.playback_piece(tenant_id=tenant_id, package_id=package_id, part=part, name=name)
    return Response(age.decrypt(store().get(key), secret), HTTPStatus.OK, mimetype="video/mp4")


def _part(tenant_id: UUID, package_id: UUID, part: int) -> tuple[Package, PackagePart]:
    package = packages.package(tenant_id=tenant_id, package_id=package_id)
    if package.agency_id is None:  # an insider looks with somebody beside them, in a session, or not at all (KH-6-2i)
        raise NotAllowed("家長與教職員工申請的影像只能在陪同調閱時觀看。請由申請案件頁面開始調閱。")
    if package.state != PackageState.READY:
        raise NotFound
    if packages.disclosure_of(package).state == DisclosureState.WITHDRAWN:
        raise NotAllowed("案件已由來文機關撤回，影像不再播放，於救濟期間屆滿後銷毀。")
    for held in parts_of(package):
        if held.number == part:
            return package, held
    raise NotFound


def _record(package: Package, disclosure: Disclosure, part: int) -> Link:
    return audit.record(
        Event.PACKAGE_WATCHED,
        tenant_id=package.tenant_id,
        actor=actor(),
        subject_id=disclosure.id,
        package_id=str(package.id),
        serial=disclosure.serial,
        part=part,
    )


def _is_watching(package: Package, part: int) -> bool:
    """Whether the chain says that this person opened this part, not long ago."""
    seq = opened_by(f"{package.id}:{part}")
    found = chain.event(tenant_id=package.tenant_id, seq=seq) if seq is not None else None
    return (
        found is not None
        and found.event == Event.PACKAGE_WATCHED.key
        and found.actor_id == actor().id
        and (found.fields["package_id"], found.fields["part"]) == (str(package.id), part)
        and found.at > clock.now() - _WATCHED_FOR
    )
