"""The token that binds a viewing session to the browser in which the companion typed the PIN (DR-12)."""

from uuid import UUID

from flask import session

_VIEWING = "viewing"


def remember(viewing_id: UUID, token: str) -> None:
    """Keep the token in this sign-in's cookie; one session at a time, since a companion is in one room."""
    session[_VIEWING] = [str(viewing_id), token]


def token_of(viewing_id: UUID) -> str:
    """The token of this session in this browser; empty where there is none, which opens nothing."""
    held, token = session.get(_VIEWING) or ("", "")
    return str(token) if held == str(viewing_id) else ""
