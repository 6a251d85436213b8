"""Builds what leaves: from the copies of the case's hold only, into one encrypted package and its pieces for review.

Nothing plain ever has a name on a disk, memory holds one segment at a time, and a build that was killed is begun anew:
the same copies give the same package.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO
from uuid import UUID

from sqlalchemy import select

from infra import age, clock, object_keys, shares
from infra.archives import Archive, Entry, sha256_of
from infra.db import db
from infra.joining import Part, join
from infra.kms import Kms
from infra.manifest import SignedLine, microseconds
from infra.objects import ObjectStore
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.held_clips import clips_of
from tenants.disclosures.models import Disclosure
from tenants.disclosures.packages import contents as contents_of
from tenants.disclosures.packages.keys import package_lock
from tenants.disclosures.packages.manifest import (
    MANIFEST_NAME,
    NOTES_NAME,
    VERIFIER_NAME,
    ApprovedWindow,
    Contents,
    Heading,
    manifest_text,
    notes_text,
    safe_name,
    verifier_text,
)
from tenants.disclosures.packages.models import Package, PackageState
from tenants.disclosures.packages.parts import PackagePart, PartGap
from tenants.errors import NotFound
from tenants.retention import queries as retention
from tenants.retention.models import PreservedSegment
from tenants.retention.rules import CameraWindow


def build_package(
    *, actor: Actor, tenant_id: UUID, package_id: UUID, store: ObjectStore, kms: Kms, scratch: Path
) -> PackageState:
    """Build an ordered package if everything it needs has arrived; its state afterwards. Repeatable.

    `pending`: something is still being copied or uploaded. `lacking`: of the approved windows nothing was ever there.
    """
    package = db.session.scalar(
        select(Package).where(Package.tenant_id == tenant_id, Package.id == package_id).with_for_update()
    )
    if package is None:
        raise NotFound
    disclosure = db.session.get_one(Disclosure, package.disclosure_id)
    windows = contents_of.approved_windows(disclosure)
    if package.state != PackageState.PENDING or package.destroyed_at is not None:
        return PackageState(package.state)
    if contents_of.is_waiting(package, disclosure, windows):
        return PackageState(package.state)
    build = _Build(package, disclosure, store=store, kms=kms, scratch=scratch)
    build.run(windows)
    parts, lacking = build.parts, not build.parts
    package.state = PackageState.LACKING if lacking else PackageState.READY
    package.built_at = clock.now()
    db.session.flush()
    audit.record(
        Event.PACKAGE_LACKING if lacking else Event.PACKAGE_BUILT,
        tenant_id=tenant_id,
        actor=actor,
        subject_id=disclosure.id,
        package_id=str(package_id),
        serial=disclosure.serial,
        **({} if lacking else {"sha256": package.sha256, "parts": len(parts), "gaps": build.gap_count}),
    )
    return PackageState(package.state)


@dataclass
class _Build:
    """One run. What it put into the store is overwritten by the next when this one does not commit."""

    package: Package
    disclosure: Disclosure
    store: ObjectStore
    kms: Kms
    scratch: Path
    parts: list[PackagePart] = field(default_factory=list)
    files: list[Entry] = field(default_factory=list)
    gaps: dict[UUID, Sequence[PartGap]] = field(default_factory=dict)
    copies: dict[UUID, PreservedSegment] = field(default_factory=dict)
    key: age.Identity = field(default_factory=age.new_identity)

    @property
    def gap_count(self) -> int:
        """How many gaps the manifest admits."""
        return sum(len(gaps) for gaps in self.gaps.values())

    def run(self, windows: Sequence[ApprovedWindow]) -> None:
        """Put the package into the store and describe it in its row; nothing when there is no frame to give."""
        with tempfile.TemporaryFile(dir=self.scratch) as plain:
            with Archive(plain) as archive:
                for window in windows:
                    self._add_window(window, archive)
                if not self.parts:
                    return
                text = self._add_papers(windows, archive)
            self.package.sha256 = sha256_of(plain)
            self.package.size = plain.seek(0, 2)
            self._put(plain)
        self.package.manifest = text
        self.package.parts = [part.to_json() for part in self.parts]
        self.package.recipient = self.key.recipient
        lock = package_lock(tenant_id=self.package.tenant_id, package_id=self.package.id, recipient=self.key.recipient)
        self.package.wrapped_secret = shares.seal(self.key.secret.encode(), lock, kms=self.kms, store=self.store)

    def _add_window(self, window: ApprovedWindow, archive: Archive) -> None:
        span = CameraWindow(camera_id=window.camera_id, started_at=window.started_at, ended_at=window.ended_at)
        copies = retention.preserved(tenant_id=self.package.tenant_id, hold_id=self.disclosure.held_as, span=span)
        self.copies |= {copy.segment_id: copy for copy in copies}
        self.gaps[window.id] = contents_of.gaps_in(window, copies)
        before = len(self.parts)
        joined = join(
            clips_of(copies, store=self.store, kms=self.kms),
            from_us=microseconds(window.started_at),
            until_us=microseconds(window.ended_at),
            scratch=self.scratch,
            keep=lambda part, name, data: self._keep(before + part, name, data),
        )
        for part in joined:
            with part.file:
                self._add_part(window, part, archive)

    def _add_part(self, window: ApprovedWindow, part: Part, archive: Archive) -> None:
        name = safe_name(window.code)
        same_camera = sum(earlier.camera_id == window.camera_id for earlier in self.parts)
        entry = archive.add(f"{name}-{same_camera + 1}.mp4", part.file)
        self.files.append(entry)
        self.parts.append(
            PackagePart(
                number=len(self.parts) + 1,
                file=entry.name,
                window_id=window.id,
                camera_id=window.camera_id,
                camera=window.camera,
                bytes=entry.bytes,
                sha256=entry.sha256,
                gaps=tuple(self.gaps[window.id]),
                **{name: getattr(part, name) for name in _SAME},
            )
        )

    def _add_papers(self, windows: Sequence[ApprovedWindow], archive: Archive) -> str:
        heading: Heading = contents_of.heading(self.package, self.disclosure)
        missing = [(window.camera, gap) for window in windows for gap in self.gaps[window.id]]
        self.files.append(archive.add(NOTES_NAME, notes_text(heading, missing, self.parts).encode()))
        self.files.append(archive.add(VERIFIER_NAME, verifier_text()))
        copies = sorted(self.copies.values(), key=lambda copy: (str(copy.camera_id), copy.started_at))
        text = manifest_text(
            heading,
            Contents(
                windows=windows,
                gaps=self.gaps,
                parts=self.parts,
                files=self.files,
                lines=[SignedLine(copy.line, copy.signature) for copy in copies],
                public_keys=contents_of.public_keys(self.package.tenant_id, {copy.device_id for copy in copies}),
            ),
        )
        archive.add(MANIFEST_NAME, text.encode())
        return text

    def _keep(self, part: int, name: str, data: bytes) -> None:
        ids = {"tenant_id": self.package.tenant_id, "package_id": self.package.id}
        key = object_keys.playback_piece(**ids, part=part, name=name)
        self.store.put(key, age.encrypt(data, self.key.recipient))

    def _put(self, plain: IO[bytes]) -> None:
        key = object_keys.package(tenant_id=self.package.tenant_id, package_id=self.package.id)
        plain.seek(0)
        with tempfile.TemporaryFile(dir=self.scratch) as cipher:
            age.encrypt_stream(plain, cipher, self.key.recipient)
            cipher.seek(0)
            self.store.put(key, cipher)


_SAME = ("started_us", "ended_us", "pre_roll_ms", "codec", "width", "height", "audio", "pieces")
