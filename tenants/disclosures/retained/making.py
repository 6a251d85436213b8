"""Making a copy for reference: exactly what was viewed or handed over, to a key of its own, read back before it counts.

Nothing plain ever has a name on a disk. A run that died is begun anew under the same names, so nothing of it stays but
shares that open nothing, which go with the copy.
"""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from sqlalchemy import select

from infra import age, clock, object_keys
from infra.age_envelopes import sealed, to_recipient
from infra.bags import payload
from infra.db import db
from infra.kms import Kms
from infra.objects import ObjectStore
from infra.pieces import cut
from infra.playlists import Piece
from tenants.actor import Actor
from tenants.audit.events import Event
from tenants.disclosures import queries as disclosures
from tenants.disclosures.models import Disclosure
from tenants.disclosures.packages import contents
from tenants.disclosures.packages.models import Package, PackageState
from tenants.disclosures.packages.opening import open_package
from tenants.disclosures.packages.parts import PackagePart, parts_of
from tenants.disclosures.retained import checking, rules
from tenants.disclosures.retained.form_data import form_text
from tenants.disclosures.retained.history import record
from tenants.disclosures.retained.keys import new_retained_key
from tenants.disclosures.retained.models import Found, RetainedCopy
from tenants.disclosures.retained.pieces import to_json
from tenants.disclosures.retained.queries import is_carried_out, is_over
from tenants.errors import Tampered
from tenants.permissions import Permission
from tenants.retention import pending
from tenants.retention import queries as retention
from tenants.retention.models import Hold, HoldBasis


def make_copy(
    *,
    actor: Actor,
    tenant_id: UUID,
    disclosure_id: UUID,
    store: ObjectStore,
    kms: Kms,
    scratch: Path,
    kind: age.Kind,
) -> RetainedCopy | None:
    """Make the copy of a case that was carried out, and verify it by reading it back. Repeatable.

    None where there is nothing to copy: nobody saw anything, the package is not there, or its year is over and no
    exception of the law keeps it. `kind` is that of the copy's key. Raises `Tampered` for what is not exactly what was
    approved and built, or kept.
    """
    disclosure = disclosures.found(tenant_id=tenant_id, disclosure_id=disclosure_id)
    package = _locked_package(disclosure)
    if package is None or not is_carried_out(disclosure):
        return None
    copy = _found(package)
    if copy is not None and copy.made_at is not None:
        return copy
    windows = contents.approved_windows(disclosure)
    if package.state != PackageState.READY or package.wrapped_secret is None or not windows:
        return None
    rules.check_within(parts_of(package), windows)
    oldest, exception = min(window.started_at for window in windows), _exception(disclosure)
    if is_over(oldest, HoldBasis(exception.basis) if exception is not None else HoldBasis.REQUEST):
        return None
    copy = copy or _added(package)
    copy.oldest_at = oldest
    form = form_text(disclosure, windows).encode()
    _Making(copy, package, store=store, kms=kms, scratch=scratch, kind=kind).put(form)
    made_at = clock.now()
    review_on = _first_review(copy, exception, made_on=clock.civil_day(made_at))
    copy.made_at, copy.review_on, copy.failures, copy.last_error = made_at, review_on, 0, ""
    said: dict[str, Any] = {"sha256": copy.sha256, "form_sha256": copy.form_sha256, "bytes": copy.size}
    record(Event.RETAINED_MADE, copy, actor=actor, review_on=review_on.isoformat(), **said)
    return copy


def note_failure(*, actor: Actor, tenant_id: UUID, disclosure_id: UUID, error: Exception) -> None:
    """Count a try to make a copy that failed. The next one that works sets it back."""
    actor.require(Permission.PLATFORM_READ)
    disclosure = disclosures.found(tenant_id=tenant_id, disclosure_id=disclosure_id)
    package = _locked_package(disclosure)
    if package is None:
        return
    copy = _found(package) or _added(package)
    if copy.made_at is None:
        copy.failures, copy.last_error = copy.failures + 1, pending.kept(error)


def _locked_package(disclosure: Disclosure) -> Package | None:
    """The case's package, taken for this transaction: making the copy and destroying the package wait for another."""
    query = select(Package).where(Package.tenant_id == disclosure.tenant_id, Package.disclosure_id == disclosure.id)
    return db.session.scalar(query.with_for_update(), execution_options={"populate_existing": True})


def _found(package: Package) -> RetainedCopy | None:
    query = select(RetainedCopy).where(RetainedCopy.tenant_id == package.tenant_id, RetainedCopy.id == package.id)
    return db.session.scalar(query, execution_options={"populate_existing": True})


def _added(package: Package) -> RetainedCopy:
    """The row of the copy. The package's lock is held, so nobody else adds it."""
    made = RetainedCopy(id=package.id, tenant_id=package.tenant_id, disclosure_id=package.disclosure_id)
    made.oldest_at, made.failures, made.last_error = package.ordered_at, 0, ""
    db.session.add(made)
    return made


def _exception(disclosure: Disclosure) -> Hold | None:
    """The case's hold, where it goes on under an exception of the law: what that keeps, it keeps in the copy too.

    And until the same review (KH-5-4b, KH-5-4c).
    """
    hold = retention.hold(tenant_id=disclosure.tenant_id, hold_id=disclosure.held_as)
    return hold if hold.basis != HoldBasis.REQUEST and hold.released_at is None else None


def _first_review(copy: RetainedCopy, exception: Hold | None, *, made_on: date) -> date:
    """When the copy is reviewed first. Where an exception of the law keeps the case, the copy stands under it too."""
    if exception is None:
        return rules.first_review(made_on=made_on, oldest=clock.civil_day(copy.oldest_at))
    copy.basis, copy.reference, copy.document = exception.basis, exception.reference, exception.document
    copy.necessity = exception.necessity
    return max(exception.review_on, made_on)


@dataclass(frozen=True)
class _Making:
    """One run."""

    copy: RetainedCopy
    package: Package
    store: ObjectStore
    kms: Kms
    scratch: Path
    kind: age.Kind

    def put(self, form: bytes) -> None:
        """Put everything into the store under a fresh key, describe it in the row, and read it back."""
        ids = {"tenant_id": self.copy.tenant_id, "copy_id": self.copy.id}
        self.copy.recipient, self.copy.wrapped_secret = new_retained_key(
            **ids, kms=self.kms, store=self.store, kind=self.kind
        )
        with tempfile.TemporaryFile(dir=self.scratch) as plain:
            open_package(package=self.package, into=plain, kms=self.kms, store=self.store)
            self._put_file(object_keys.retained_copy(**ids), plain)
            self.copy.sha256, self.copy.size = self.package.sha256, self.package.size
            self.copy.pieces = to_json({part.number: self._cut(part, plain) for part in parts_of(self.package)})
        self.store.put(object_keys.retained_form(**ids), age.encrypt(form, self.copy.recipient))
        self.copy.form_sha256 = hashlib.sha256(form).hexdigest()
        if checking.read_back(copy=self.copy, kms=self.kms, store=self.store) is not Found.SAME:
            raise Tampered("備查複製本寫入後讀回的內容不符，將重新製作。")

    def _put_file(self, key: str, plain: IO[bytes]) -> None:
        plain.seek(0)
        self.store.put(key, sealed(to_recipient(self.copy.recipient), plain))

    def _cut(self, part: PackagePart, plain: IO[bytes]) -> Sequence[Piece]:
        """Put the pieces of a part into the store: cut from its film, they show nothing but what was approved (DR-12).

        A film that browsers do not play has a copy beside it that they do.
        """
        ids: dict[str, Any] = {"tenant_id": self.copy.tenant_id, "copy_id": self.copy.id, "part": part.number}

        def keep(name: str, data: bytes) -> None:
            self.store.put(object_keys.retained_piece(**ids, name=name), age.encrypt(data, self.copy.recipient))

        with payload(plain, part.browser_copy or part.file) as film:
            return cut(film, started_us=part.started_us, keep=keep)
