"""What vouches for a package and is made of its finished manifest: timestamp, paper of custody, and the signatures.

A timestamp that cannot be had is left out, and the paper says why. Without the institution's key nothing leaves.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from infra import certificates, clock, pdf_signing
from infra.archives import Entry
from infra.timestamps import NoTimestamp, Timestamp, TimestampAuthority
from tenants.audit import queries as audit
from tenants.disclosures.models import Disclosure
from tenants.disclosures.packages.certificates import Signer
from tenants.disclosures.packages.custody import Vouching, as_pdf, as_text, custody_sheet_of
from tenants.disclosures.packages.manifest import MANIFEST_NAME
from tenants.disclosures.packages.models import Package
from tenants.disclosures.packages.papers import Draft, Paper
from tenants.forms.custody import CUSTODY_TITLE

CUSTODY_NAME, CUSTODY_TEXT_NAME, STAMP_NAME = f"{CUSTODY_TITLE}.pdf", f"{CUSTODY_TITLE}.txt", f"{MANIFEST_NAME}.tsr"
SIGNATURE_NAME, CERTIFICATE_NAME = "manifest-sha256.txt.sig", "institution.cer"


@dataclass
class Seal:
    """The seal of one package: first its papers, which the bag lists, then the signature over that list."""

    signer: Signer
    authority: TimestampAuthority | None
    _by: Vouching | None = field(default=None, init=False)

    def papers(self, disclosure: Disclosure, draft: Draft, manifest: str, files: Sequence[Entry]) -> Iterator[Paper]:
        """The token over the manifest where one could be had, and the signed paper of custody (text without fonts)."""
        stamp = self._stamp(manifest.encode())
        self._by = by = Vouching(
            manifest_sha256=hashlib.sha256(manifest.encode()).hexdigest(),
            certificate_sha256=self.signer.row.fingerprint,
            certificate_ends_at=self.signer.row.ends_at,
            stamp=stamp,
            head=audit.newest(tenant_id=disclosure.tenant_id),
            at=clock.now(),
        )
        if isinstance(stamp, Timestamp):
            yield Paper(STAMP_NAME, stamp.answer)
        sheet = custody_sheet_of(disclosure, draft, files, by)
        pdf = as_pdf(sheet)
        if pdf is None:
            yield Paper(CUSTODY_TEXT_NAME, as_text(sheet))
        else:
            yield Paper(CUSTODY_NAME, self._signed(pdf, draft.heading.institution, isinstance(stamp, Timestamp)))

    def over(self, listing: bytes) -> Iterator[tuple[str, bytes]]:
        """Signature over the bag's list, and so over every file in it; and the certificate to check it with."""
        yield SIGNATURE_NAME, certificates.sign(self.signer.own, listing)
        yield CERTIFICATE_NAME, self.signer.own.certificate

    def enter(self, package: Package) -> None:
        """Keep in the package's row what its paper says, for comparing. Only after `papers`."""
        assert self._by is not None  # noqa: S101 - the order of one build
        package.certificate_fingerprint = self._by.certificate_sha256
        package.chain_seq, package.chain_hash = self._by.head
        package.stamped_at = self._by.stamp.at if isinstance(self._by.stamp, Timestamp) else None

    def _stamp(self, manifest: bytes) -> Timestamp | str:
        if self.authority is None:
            return ""
        try:
            return self.authority.stamp(manifest)
        except NoTimestamp as fault:
            return fault.code

    def _signed(self, pdf: bytes, name: str, stamped: bool) -> bytes:  # noqa: FBT001 - only from above
        """With the authority's time within (B-T) where it answered for the manifest and does again, else without."""
        said = {"own": self.signer.own, "name": name, "reason": CUSTODY_TITLE}
        if stamped:
            with suppress(NoTimestamp):
                return pdf_signing.signed(pdf, **said, authority=self.authority)  # type: ignore[arg-type]
        return pdf_signing.signed(pdf, **said, authority=None)  # type: ignore[arg-type]
