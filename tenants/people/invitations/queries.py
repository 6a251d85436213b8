"""Reads about invitations, and the mail. The session is bound to the institution."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from infra import clock
from infra.db import db
from infra.mail import Mail
from infra.tenancy import Binding, bound
from tenants.errors import Invalid, InvalidTransition, NotFound
from tenants.people import queries
from tenants.people.invitations import rules
from tenants.people.invitations.models import AccountInvitation, Occasion
from tenants.people.models import User
from tenants.registry import queries as registry

WORDS: Mapping[Occasion, tuple[str, str]] = {
    Occasion.OPENED: ("請啟用您的帳號", "貴機構已於守園系統開通，您是首長帳號。請於十四日內設定密碼並登入。"),
    Occasion.EMERGENCY: ("請重新設定密碼", "平台維運人員依緊急存取程序，請您於二十四小時內重新設定密碼。"),
}
_TEXT = """{sentence}

帳號：{login}
設定密碼：{link}

連結僅供您本人使用一次，請勿轉寄。若您不知道這件事，請勿開啟連結，並告知教育局。
本信由系統自動寄出，請勿回覆。
"""


def waiting(*, tenant_id: UUID) -> list[UUID]:
    """The invitations whose mail was not sent yet."""
    query = select(AccountInvitation.id).where(
        AccountInvitation.tenant_id == tenant_id,
        AccountInvitation.sent_at.is_(None),
        AccountInvitation.ended_at.is_(None),
    )
    return list(db.session.scalars(query))


def invited(*, tenant_id: UUID, token: str) -> User:
    """Whose password a living link sets. Raises `NotFound` for any other link."""
    query = select(AccountInvitation).where(
        AccountInvitation.tenant_id == tenant_id,
        AccountInvitation.token_hash == token_hash(token),
        AccountInvitation.used_at.is_(None),
        AccountInvitation.ended_at.is_(None),
        AccountInvitation.expires_at > clock.now(),
    )
    found = db.session.scalar(query)
    user = queries.user(user_id=found.user_id) if found is not None else None
    if user is None or user.deactivated_at is not None:
        raise NotFound
    return user


def of_heads(*, tenant_id: UUID) -> Sequence[tuple[User, AccountInvitation]]:
    """The present heads who were invited as the institution was opened, each with the latest link; by name."""
    query = (
        select(User, AccountInvitation)
        .join(AccountInvitation, AccountInvitation.user_id == User.id)
        .where(
            AccountInvitation.tenant_id == tenant_id,
            AccountInvitation.occasion == Occasion.OPENED,
            User.id.in_(queries.heads(tenant_id=tenant_id)),
        )
        .order_by(User.name, User.id, AccountInvitation.asked_at)
    )
    latest = {user.id: (user, invitation) for user, invitation in db.session.execute(query)}
    return list(latest.values())


def has_set_password(*, tenant_id: UUID, user_id: UUID) -> bool:
    """Whether a person who was invited has used a link, here or at another institution where they hold a role."""
    with bound(db.session, Binding(user_id=user_id)):
        held = {each.tenant_id for each in queries.not_over(user_id=user_id) if each.tenant_id is not None}
    used = select(AccountInvitation.id).where(
        AccountInvitation.user_id == user_id, AccountInvitation.used_at.is_not(None)
    )
    for each in {tenant_id, *held}:
        with bound(db.session, Binding(tenant_id=each)):
            if db.session.scalar(used.where(AccountInvitation.tenant_id == each).limit(1)) is not None:
                return True
    return False


def not_renewable(found: AccountInvitation, *, now: datetime) -> Invalid | InvalidTransition | None:
    """Why no new link may take this one's place, as `rules.not_renewable` says of it; None where one may."""
    return rules.not_renewable(
        found,
        is_head=found.user_id in queries.heads(tenant_id=found.tenant_id),
        has_password=has_set_password(tenant_id=found.tenant_id, user_id=found.user_id),
        now=now,
    )


def token_hash(token: str) -> str:
    """What is kept of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def message(*, tenant_id: UUID, invitation_id: UUID, token: str, base_url: str) -> Mail:
    """The mail with the link, to the address on file. Raises `NotFound`."""
    query = select(AccountInvitation).where(
        AccountInvitation.tenant_id == tenant_id, AccountInvitation.id == invitation_id
    )
    found = db.session.scalar(query)
    user = queries.user(user_id=found.user_id) if found is not None else None
    if found is None or user is None:
        raise NotFound
    subject, sentence = WORDS[Occasion(found.occasion)]
    text = _TEXT.format(sentence=sentence, login=user.login, link=f"{base_url}/invitations/{tenant_id}/{token}")
    return Mail(to=user.email, house=registry.tenant(tenant_id=tenant_id).name, subject=subject, text=text)
