"""Signs a PDF so that every PDF reader shows who signed it and whether a byte changed since (PAdES, ETSI EN 319 142).

Baseline B-B; B-T when an authority gave the time. The signature is not visible on the paper and leaves what was written
before it as it was, byte for byte.
"""

import io
from concurrent.futures import ThreadPoolExecutor

from asn1crypto import keys, tsp, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from infra.certificates import OwnCertificate, check_pair
from infra.signing import BadSignature
from infra.timestamps import TimestampAuthority

_FIELD = "Institution"


def signed(pdf: bytes, *, own: OwnCertificate, name: str, reason: str, authority: TimestampAuthority | None) -> bytes:
    """The PDF with one signature over all of it. With an authority, its time is within (B-T).

    Raises `NotItsKey` unless key and certificate belong together, and `NoTimestamp`, upon which nothing was signed.
    """
    check_pair(own)
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(own.certificate),
        signing_key=keys.PrivateKeyInfo.load(own.secret),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call] # pyHanko is typed in part
    )
    said = signers.PdfSignatureMetadata(
        field_name=_FIELD, md_algorithm="sha256", name=name, reason=reason, subfilter=SigSeedSubFilter.PADES
    )
    stamper = _Stamper(authority) if authority is not None else None
    out = io.BytesIO()
    # pyHanko starts an event loop of its own, which a thread must not have two of; this one has none for certain.
    with ThreadPoolExecutor(max_workers=1) as alone:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        alone.submit(signers.PdfSigner(said, signer, timestamper=stamper).sign_pdf, writer, output=out).result()
    return out.getvalue()


class _Stamper(TimeStamper):
    """Our bounded and checked question in the place of pyHanko's own."""

    def __init__(self, authority: TimestampAuthority) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # as above
        self._authority = authority

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return self._authority.answer(req)


def check(pdf: bytes, certificate: bytes) -> None:
    """Raise `BadSignature` unless the PDF bears one signature, of this certificate's key, over all of it."""
    with ThreadPoolExecutor(max_workers=1) as alone:
        try:
            holds = alone.submit(_holds, pdf, x509.Certificate.load(certificate)).result()
        except (PdfReadError, SignatureValidationError, ValueError, KeyError) as error:
            raise BadSignature("the PDF's signature cannot be read") from error
    if not holds:
        raise BadSignature("the PDF is not as this certificate's key signed it")


def _holds(pdf: bytes, certificate: x509.Certificate) -> bool:
    found = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    if len(found) != 1 or found[0].signer_cert.dump() != certificate.dump():
        return False
    trusted = ValidationContext(trust_roots=[certificate], allow_fetching=False)
    status = validate_pdf_signature(found[0], signer_validation_context=trusted)
    return bool(status.intact and status.valid and status.coverage is SignatureCoverageLevel.ENTIRE_FILE)
