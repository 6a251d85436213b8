"""Requests by official document in any state, as rows. To walk the real lifecycle, use the actions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from infra import clock
from infra.db import db
from tenants.disclosures.models import DisclosureWindow
from tenants.disclosures.official.models import Letter, MediumHandover, OfficialRequest
from tenants.disclosures.packages.models import HandoverPassphrase, Package, PackageState, SigningCertificate
from tenants.disclosures.papers.models import PaperScan
from tenants.disclosures.register.models import RegisterEntry
from tests.factories.registry import Institution
from tests.factories.retention import hold


@dataclass(frozen=True)
class Case:
    """The ids of one request and of what hangs on it."""

    disclosure_id: UUID
    window_id: UUID
    letter_id: UUID
    package_id: UUID
    register_entry_id: UUID
    scan_id: UUID
    handover_id: UUID


def case(of: Institution, *, agency_id: UUID, filed_by: UUID, state: str = "submitted", camera: str = "C-GATE") -> Case:
    """A request with a window, a letter, a package and a register line. Bind to institution and agency before."""
    started_at = clock.now() - timedelta(hours=1)
    disclosure = _disclosure(
        of, agency_id=agency_id, filed_by=filed_by, state=state, hold_id=hold(of, camera=camera, started_at=started_at)
    )
    db.session.add(disclosure)
    db.session.flush()
    ids = Case(disclosure.id, uuid4(), uuid4(), uuid4(), uuid4(), uuid4(), uuid4())
    belongs = {"tenant_id": of.tenant_id, "disclosure_id": disclosure.id}
    span = {"started_at": started_at, "ended_at": started_at + timedelta(minutes=30)}
    db.session.add_all(
        [
            DisclosureWindow(
                id=ids.window_id,
                agency_id=agency_id,
                camera_id=of.cameras[camera],
                camera_name=camera,
                **span,
                **belongs,
            ),
            Letter(
                id=ids.letter_id,
                agency_id=agency_id,
                file_name="letter.pdf",
                size=1000,
                pages=1,
                sha256="0" * 64,
                uploaded_at=clock.now(),
                uploaded_by=filed_by,
                **belongs,
            ),
            Package(id=ids.package_id, agency_id=agency_id, state="pending", ordered_at=clock.now(), **belongs),
            HandoverPassphrase(made_at=started_at, shown_at=clock.now(), shown_by=filed_by, **belongs),
            _medium(ids.handover_id, belongs, filed_by),
            _register_entry(ids.register_entry_id, belongs, started_at),
        ]
    )
    _on_paper(ids, belongs, filed_by)
    return ids


def ready(disclosure_id: UUID, *, size: int = 1000, sha256: str = "a" * 64, ago: timedelta = timedelta()) -> Package:
    """The copy of an approved case as the worker leaves it. Bind to the institution before."""
    query = db.select(Package).where(Package.disclosure_id == disclosure_id)
    package = db.session.scalars(query, execution_options={"populate_existing": True}).one()
    package.state, package.built_at = PackageState.READY, clock.now() - ago
    package.size, package.sha256 = size, sha256
    db.session.commit()
    return package


def _on_paper(ids: Case, belongs: dict[str, UUID], filed_by: UUID) -> None:
    db.session.flush()
    db.session.add(_paper_scan(ids, belongs, filed_by))
    db.session.commit()


def certificate(of: Institution) -> SigningCertificate:
    """A certificate whose key signs nothing."""
    made = SigningCertificate(
        tenant_id=of.tenant_id,
        certificate=b"certificate",
        fingerprint=uuid4().hex * 2,
        made_at=clock.now(),
        ends_at=clock.now() + timedelta(days=3653),
        wrapped_secret=b"wrapped",
    )
    db.session.add(made)
    db.session.commit()
    return made


def _disclosure(of: Institution, *, agency_id: UUID, filed_by: UUID, state: str, hold_id: UUID) -> OfficialRequest:
    number = f"高市警向分偵字第{uuid4().int % 10**11:011}號"
    return OfficialRequest(
        id=uuid4(),
        tenant_id=of.tenant_id,
        agency_id=agency_id,
        site_id=of.site_id,
        serial=f"調閱-115-{uuid4().hex[:6]}",
        state=state,
        profile="KH_PRESCHOOL",
        profile_version="1",
        filed_at=clock.now(),
        filed_by=filed_by,
        officer_name="陳志明",
        officer_title="偵查佐",
        officer_phone="07-0000000",
        document_number=number,
        folded_number=number,
        document_date=clock.today(),
        urgency="",
        classification="",
        subject="調閱監錄資料",
        duty="偵辦竊盜案",
        legal_basis="刑事訴訟法第230條",
        purpose="查明經過",
        scope="前門",
        intended_use="偵查",
        wants_copy=True,
        copy_necessity="",
        hold_id=hold_id,
    )


def _medium(handover_id: UUID, belongs: dict[str, UUID], prepared_by: UUID) -> MediumHandover:
    medium = MediumHandover(id=handover_id, medium_kind="usb", medium_serial="A1", prepared_by=prepared_by, **belongs)
    medium.prepared_at = clock.now()
    return medium


def _register_entry(entry_id: UUID, belongs: dict[str, UUID], started_at: datetime) -> RegisterEntry:
    return RegisterEntry(
        id=entry_id,
        roc_year=115,
        number=uuid4().int % 10**6,
        accessed_from=clock.now(),
        accessed_until=clock.now() + timedelta(minutes=5),
        accessor_name="陳志明",
        accessor_unit="守園市政府警察局向陽分局",
        accessor_title="偵查佐",
        content=[{"camera": "C-GATE", "from": started_at.isoformat(), "until": clock.now().isoformat()}],
        summary="意外事故",
        operator_name="林怡君",
        viewed=False,
        copied=True,
        entered_at=clock.now(),
        **belongs,
    )


def _paper_scan(ids: Case, belongs: dict[str, UUID], uploaded_by: UUID) -> PaperScan:
    return PaperScan(
        id=ids.scan_id,
        entry_id=ids.register_entry_id,
        file_name="paper.pdf",
        size=1000,
        pages=1,
        sha256="0" * 64,
        uploaded_at=clock.now(),
        uploaded_by=uploaded_by,
        **belongs,
    )
