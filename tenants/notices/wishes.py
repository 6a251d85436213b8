"""A person's own quiet hours and whether they want the morning's mail. The act is nobody's else: the bureau's chain."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from infra import clock
from infra.db import db
from tenants.actor import Actor
from tenants.audit.events import Event
from tenants.errors import NotAllowed, NotFound, refuse
from tenants.notices import rules
from tenants.notices.models import NoticeWish
from tenants.notices.people import Wishes
from tenants.people import queries as people
from tenants.people.recording import record_person
from tenants.permissions import Role


def set_wishes(*, actor: Actor, user_id: UUID, wanted: Wishes, roles: Iterable[Role]) -> None:
    """Keep what a person chose for themselves; `roles` are theirs everywhere. Raises `Invalid`, `NotAllowed`."""
    if actor.id != user_id:
        raise NotAllowed("只能變更自己的通知設定。")
    begins, ends = wanted.quiet.begins, wanted.quiet.ends
    refuse(rules.wish_faults(begins=begins, ends=ends, digest=wanted.digest, roles=set(roles)))
    user = people.user(user_id=user_id)
    if user is None:
        raise NotFound
    values = {"digest": wanted.digest, "quiet_from": begins, "quiet_until": ends, "said_at": clock.now()}
    statement = insert(NoticeWish).values(user_id=user_id, **values)
    db.session.execute(statement.on_conflict_do_update(index_elements=["user_id"], set_=values))
    record_person(
        event=Event.NOTICE_WISHES_SET,
        user=user,
        actor=actor,
        daily=int(wanted.digest),
        quiet_from=begins,
        quiet_until=ends,
    )
