"""Builds what leaves: from the copies of the case's hold only, into one encrypted package.

Nothing plain ever has a name on a disk, memory holds one segment and the next, and nothing of the package is in the
store before it is signed. A build that was killed is begun anew: the same copies give the same manifest and films. Only
what is signed anew, and its time, differs.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from infra import age, clock, object_keys, shares
from infra.age_envelopes import sealed, to_recipient
from infra.archives import Archive, Entry
from infra.bags import Bag
from infra.browser_copies import browser_copy, needs_copy
from infra.chunked import Measured, as_file
from infra.db import db
from infra.export_boxes import Exported
from infra.joining import Clip, Part, join
from infra.kms import Kms
from infra.manifest import SignedLine, microseconds, parse
from infra.objects import ObjectStore
from infra.timestamps import TimestampAuthority
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.disclosures.models import Disclosure, DisclosureState
from tenants.disclosures.packages import contents as contents_of
from tenants.disclosures.packages.certificates import keep, signer
from tenants.disclosures.packages.held_copies import HeldCopy, ReadAhead
from tenants.disclosures.packages.keys import package_lock
from tenants.disclosures.packages.manifest import MANIFEST_NAME, ApprovedWindow, Contents, manifest_text, safe_name
from tenants.disclosures.packages.models import Package, PackageState
from tenants.disclosures.packages.papers import PAPERS, Draft, about
from tenants.disclosures.packages.parts import ClockOffset, PackagePart, PartGap, clock_of, signing_of
from tenants.disclosures.packages.sealing import Seal
from tenants.errors import NotFound
from tenants.registry.models import Tenant
from tenants.retention import queries as retention
from tenants.retention.hold_keys import open_hold_key
from tenants.retention.models import PreservedSegment
from tenants.retention.rules import CameraWindow


def build_package(
    *,
    actor: Actor,
    tenant_id: UUID,
    package_id: UUID,
    store: ObjectStore,
    kms: Kms,
    scratch: Path,
    kind: age.Kind,
    authority: TimestampAuthority | None = None,
) -> PackageState:
    """Build an ordered package if everything it needs has arrived; its state afterwards. Repeatable.

    `pending`: something is still being copied or uploaded, or the case was withdrawn and nobody needs it.
    `lacking`: of the approved windows nothing was ever there.
    `kind` is that of the key under which it waits in the store.
    `authority` gives the manifest its time; when there is none or it fails, the package is made without and says so.
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
    withdrawn = disclosure.state == DisclosureState.WITHDRAWN
    if withdrawn or contents_of.is_waiting(package, disclosure, windows):
        return PackageState(package.state)
    seal = Seal(signer(tenant_id=tenant_id, kms=kms), authority)
    with ThreadPoolExecutor(1) as reading:
        key = age.new_identity(kind)
        build = _Build(package, disclosure, seal, store=store, kms=kms, scratch=scratch, reading=reading, key=key)
        build.run(windows)
    return _enter(build, actor=actor)


def _enter(build: "_Build", *, actor: Actor) -> PackageState:
    package, disclosure, lacking = build.package, build.disclosure, not build.parts
    if not lacking:
        build.seal.enter(package)
        keep(build.seal.signer, actor=actor)
    package.state = PackageState.LACKING if lacking else PackageState.READY
    package.built_at = clock.now()
    db.session.flush()
    audit.record(
        Event.PACKAGE_LACKING if lacking else Event.PACKAGE_BUILT,
        tenant_id=package.tenant_id,
        actor=actor,
        subject_id=disclosure.id,
        package_id=str(package.id),
        serial=disclosure.serial,
        **({} if lacking else {"sha256": package.sha256, "parts": len(build.parts), "gaps": build.gap_count}),
    )
    return PackageState(package.state)


@dataclass
class _Build:
    """One run. What it put into the store is overwritten by the next when this one does not commit."""

    package: Package
    disclosure: Disclosure
    seal: Seal
    store: ObjectStore
    kms: Kms
    scratch: Path
    reading: Executor
    key: age.Identity
    parts: list[PackagePart] = field(default_factory=list)
    files: list[Entry] = field(default_factory=list)
    gaps: dict[UUID, Sequence[PartGap]] = field(default_factory=dict)
    clocks: dict[UUID, ClockOffset] = field(default_factory=dict)
    copies: dict[UUID, PreservedSegment] = field(default_factory=dict)
    films: ExitStack = field(default_factory=ExitStack)

    @property
    def gap_count(self) -> int:
        """How many gaps the manifest admits."""
        return sum(len(gaps) for gaps in self.gaps.values())

    def run(self, windows: Sequence[ApprovedWindow]) -> None:
        """Put the package into the store and describe it in its row; nothing when there is no frame to give."""
        archive = Archive()
        bag = Bag(archive, f"package-{safe_name(self.disclosure.serial)}")
        with self.films:
            for window in windows:
                self._add_window(window, bag)
            if not self.parts:
                return
            text = self._add_papers(windows, bag)
            self.package.size, self.package.sha256 = self._put(archive)
        self.package.manifest = text
        self.package.parts = [part.to_json() for part in self.parts]
        self.package.recipient = self.key.recipient
        lock = package_lock(tenant_id=self.package.tenant_id, package_id=self.package.id, recipient=self.key.recipient)
        self.package.wrapped_secret = shares.seal(self.key.secret.encode(), lock, kms=self.kms, store=self.store)

    def _add_window(self, window: ApprovedWindow, bag: Bag) -> None:
        span = CameraWindow(camera_id=window.camera_id, started_at=window.started_at, ended_at=window.ended_at)
        copies = retention.preserved(tenant_id=self.package.tenant_id, hold_id=self.disclosure.held_as, span=span)
        self.copies |= {copy.segment_id: copy for copy in copies}
        self.gaps[window.id] = contents_of.gaps_in(window, copies)
        self.clocks[window.id] = clock_of(parse(copy.line) for copy in copies)
        clips = {clip: copy.segment_id for clip, copy in zip(self._clips(copies), copies, strict=True)}
        joined = join(
            clips,
            from_us=microseconds(window.started_at),
            until_us=microseconds(window.ended_at),
            scratch=self.scratch,
            exported=self._exported(window),
        )
        for part in joined:
            self._add_part(window, part, tuple(clips[clip] for clip in part.clips), bag)

    def _exported(self, window: ApprovedWindow) -> Exported:
        """What each film of the window says of itself; of the decision's time, so that two builds make one film."""
        unit = db.session.get_one(Tenant, self.package.tenant_id).name
        ordered_us = microseconds(self.package.ordered_at)
        return Exported(unit=unit, at_us=ordered_us, source=window.camera, line=window.code)

    def _add_part(self, window: ApprovedWindow, part: Part, segments: tuple[UUID, ...], bag: Bag) -> None:
        name = safe_name(window.code)
        same_camera = sum(earlier.camera_id == window.camera_id for earlier in self.parts)
        stem = f"{name}-{same_camera + 1}"
        entry = bag.add(f"{stem}.{part.suffix}", self.films.enter_context(part.file), sums=part.sums)
        self.files.append(entry)
        copy = self._add_copy(part, f"{stem}-browser.mp4", bag) if needs_copy(part) else ""
        self.parts.append(
            PackagePart(
                number=len(self.parts) + 1,
                file=entry.name,
                window_id=window.id,
                camera_id=window.camera_id,
                camera=window.camera,
                bytes=entry.bytes,
                sha256=entry.sha256,
                browser_copy=copy,
                segments=segments,
                gaps=tuple(self.gaps[window.id]),
                clock=self.clocks[window.id],
                signing=signing_of(part.signing),
                **{name: getattr(part, name) for name in _SAME},
            )
        )

    def _add_copy(self, part: Part, name: str, bag: Bag) -> str:
        file = self.films.enter_context(browser_copy(part, scratch=self.scratch))
        self.files.append(bag.add(name, file))
        return name

    def _add_papers(self, windows: Sequence[ApprovedWindow], bag: Bag) -> str:
        """Everything but the films: papers, the manifest that lists both, what vouches for it, and the bag's own."""
        copies = sorted(self.copies.values(), key=lambda copy: (str(copy.camera_id), copy.started_at))
        contents = Contents(
            windows=windows,
            gaps=self.gaps,
            clocks=self.clocks,
            parts=self.parts,
            files=self.files,
            lines=[SignedLine(copy.line, copy.signature) for copy in copies],
            public_keys=contents_of.public_keys(self.package.tenant_id, {copy.device_id for copy in copies}),
        )
        draft = Draft(heading=contents_of.heading(self.package, self.disclosure), contents=contents)
        papers = [bag.add(paper.name, paper.content) for make in PAPERS for paper in make(draft)]
        text = manifest_text(draft.heading, replace(contents, files=[*self.files, *papers]))
        listed = [*self.files, *papers, bag.add(MANIFEST_NAME, text.encode())]
        for paper in self.seal.papers(self.disclosure, draft, text, listed):
            bag.add(paper.name, paper.content)
        bag.close(about(draft.heading), vouch=self.seal.over)
        return text

    def _clips(self, copies: Sequence[PreservedSegment]) -> Iterator[Clip]:
        if not copies:
            return
        ids = {"tenant_id": self.package.tenant_id, "hold_id": self.disclosure.held_as}
        secret = open_hold_key(**ids, kms=self.kms, store=self.store)
        held = [HeldCopy.of(copy, object_keys.preserved_segment(**ids, segment_id=copy.segment_id)) for copy in copies]
        ahead = ReadAhead(held, self.store, secret, self.reading)
        for number, copy in enumerate(copies):
            line = parse(copy.line)
            yield Clip(
                started_us=line.started_us,
                ended_us=line.ended_us,
                media_ms=line.media_ms,
                read=partial(ahead.read, number),
            )

    def _put(self, archive: Archive) -> tuple[int, str]:
        """Encrypt the package on its way into the store; its plain size and SHA-256."""
        key = object_keys.package(tenant_id=self.package.tenant_id, package_id=self.package.id)
        plain = Measured(archive.read())
        self.store.put(key, sealed(to_recipient(self.key.recipient), as_file(iter(plain))))
        return plain.bytes, plain.sha256


_SAME = ("started_us", "ended_us", "pre_roll_ms", "codec", "width", "height", "audio", "sound")
