"""What an agency's officer does: file, complete, withdraw."""

from dataclasses import dataclass
from typing import IO
from uuid import UUID

from infra.objects import ObjectStore
from tenants.actor import Actor
from tenants.disclosures.documents import OfficialDocument
from tenants.disclosures.models import Disclosure
from tenants.disclosures.rules import AskedWindow, Caution
from tenants.errors import DomainError


@dataclass(frozen=True, kw_only=True)
class Scan:
    """An uploaded PDF, not read yet. The stream is seekable and starts at the file's first byte."""

    file_name: str
    stream: IO[bytes]


@dataclass(frozen=True, kw_only=True)
class Filing:
    """A request as typed: the officer in charge, the letter, and the windows of one institution's one site."""

    officer_name: str
    officer_title: str
    officer_phone: str
    document: OfficialDocument
    windows: tuple[AskedWindow, ...]
    scan: Scan | None = None
    confirmed: bool = False


@dataclass(frozen=True, kw_only=True)
class Completion:
    """What a second letter added after 退請補正. None keeps what was there."""

    duty: str | None = None
    legal_basis: str | None = None
    purpose: str | None = None
    scope: str | None = None
    intended_use: str | None = None
    copy_necessity: str | None = None
    scan: Scan | None = None


@dataclass(frozen=True, kw_only=True)
class Filed:
    """The new case, and this agency's other cases under the same 字號: parts of one letter, or duplicates."""

    disclosure: Disclosure
    linked: tuple[Disclosure, ...]


class NeedsConfirmation(DomainError):
    """Nothing is wrong, but a person should look again: send the same once more with `confirmed=True`."""

    code = "needs_confirmation"

    def __init__(self, cautions: tuple[Caution, ...]) -> None:
        super().__init__("請確認下列事項後再送出：" + "；".join(caution.message for caution in cautions))
        self.cautions = cautions


def file_request(*, actor: Actor, tenant_id: UUID, filing: Filing, store: ObjectStore) -> Filed:
    """File a request and preserve its windows at once, in one transaction (KH-6-1, DR-01).

    Raises `Invalid` with the form's field, and `NeedsConfirmation` unless `filing.confirmed`.
    """
    raise NotImplementedError


def complete(
    *, actor: Actor, tenant_id: UUID, disclosure_id: UUID, completion: Completion, store: ObjectStore
) -> Disclosure:
    """補正: add what was missing; the request is under review again."""
    raise NotImplementedError


def withdraw(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID) -> Disclosure:
    """撤回, before the decision. The hold ends after the appeal period, as after a refusal (DR-01)."""
    raise NotImplementedError
