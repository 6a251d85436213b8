"""An electronic official document fills a form, is kept nowhere, and is believed nothing that it could lie about."""

import io
import zipfile

import pytest

from infra import strict_xml
from infra.db import db
from infra.tenancy import Binding, bind
from tenants.audit.models import AuditEvent
from tenants.disclosures.official import electronic
from tenants.disclosures.official.documents import Classification, Urgency
from tenants.disclosures.official.electronic import Reading
from tenants.errors import Invalid, NotAllowed
from tests.factories import people
from tests.made_documents import E1, K1, a_pdf, letter, zipped
from tests.tenants.disclosures.conftest import Scene

pytestmark = pytest.mark.req("KH-6-1e", "TY-5-2c")
REACHING_OUT = '<!ENTITY ATTCH1 SYSTEM "file:///etc/passwd" NDATA _X>\n<!NOTATION _X SYSTEM "">'


def read(scene: Scene, data: str | bytes | io.BytesIO) -> Reading:
    people.bureau()
    scene.at_agency()
    text = data.encode() if isinstance(data, str) else data
    return electronic.read_document(
        actor=scene.officer, stream=text if isinstance(text, io.BytesIO) else io.BytesIO(text)
    )


def outside_events() -> list[AuditEvent]:
    bind(db.session, Binding(tenant_id=people.bureau()))
    query = db.select(AuditEvent).where(AuditEvent.event == "document:reached_out")
    return list(db.session.scalars(query))


def test_number_date_urgency_and_words_come_from_the_file(scene: Scene) -> None:
    found = read(scene, letter())

    assert found.number == "守警陽分偵字第1157123450號"
    assert found.dated is not None
    assert found.dated.isoformat() == "2026-11-20"
    assert (found.urgency, found.classification) == (Urgency.FAST, Classification.NONE)
    assert found.subject == "請提供貴園監視錄影影像，請查照。"
    assert "一、依刑事訴訟法第一百三十三條辦理。" in found.body
    assert found.phone == "02-5555-0110#12"


def test_a_letter_of_somebody_else_is_told(scene: Scene) -> None:
    (warning,) = [each for each in read(scene, letter()).warnings if "發文機關" in each]

    assert "守園市政府警察局向陽分局" in warning


@pytest.mark.req("KH-6-1c")
def test_each_recipient_of_the_original_is_named(scene: Scene) -> None:
    found = read(scene, letter(recipients=(K1, E1)))

    assert found.recipients == (K1, E1)
    assert any("分別立案並互相連結" in each for each in found.warnings)


@pytest.mark.parametrize("grade", ["密", "機密", "極機密", "絕對機密"])
def test_of_a_classified_letter_only_what_finds_it_again_is_read(scene: Scene, grade: str) -> None:
    found = read(scene, letter(secrecy=f"<密等>{grade}</密等><解密條件或保密期限/>"))

    assert found.classification == grade
    assert (found.subject, found.body) == ("", ())
    assert found.number
    assert any("不得上傳掃描檔" in each for each in found.warnings)


def test_a_grade_and_an_urgency_that_nobody_knows_are_asked(scene: Scene) -> None:
    found = read(scene, letter(urgency='<速別 代碼="火速"/>', secrecy="<密等>國防密</密等>"))

    assert (found.urgency, found.classification) == (Urgency.NONE, Classification.NONE)
    assert any("火速" in each for each in found.warnings)
    assert any("國防密" in each for each in found.warnings)


@pytest.mark.req("DR-06")
def test_what_points_outside_is_not_read_and_goes_into_the_platforms_chain(scene: Scene) -> None:
    found = read(scene, letter(declared=REACHING_OUT))

    assert "root:" not in str(found)
    assert any("指向外部" in each for each in found.warnings)
    (event,) = outside_events()
    assert event.fields["count"] >= 1
    assert event.actor_id == scene.officer.id


def test_an_honest_letter_leaves_no_event(scene: Scene) -> None:
    read(scene, letter())

    assert outside_events() == []


def test_attachments_are_named_with_why_they_are_not_taken(scene: Scene) -> None:
    found = read(scene, zipped({"a.di": letter(), "清單.pdf": a_pdf(), "tool.pdf": b"MZ" + bytes(99)}))

    assert any("「清單.pdf」" in each for each in found.warnings)
    assert any("「tool.pdf」不能使用：這個檔案不是 PDF" in each for each in found.warnings)


def _bomb() -> io.BytesIO:
    return zipped({"a.di": letter(), **{f"{n}.xml.pdf": b"%PDF-1.7\n" + bytes(19 << 20) for n in range(4)}})


def _locked() -> io.BytesIO:
    file = zipped({"a.di": letter()}, method=zipfile.ZIP_STORED)
    data = bytearray(file.getvalue())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    return io.BytesIO(bytes(data))


@pytest.mark.parametrize(
    ("upload", "sentence"),
    [
        (io.BytesIO(b""), "0 位元組"),
        (io.BytesIO(b"MZ\x90\x00" + bytes(500)), "不是電子公文，或已損毀"),
        (io.BytesIO(b"PK\x03\x04 no zip"), "不是電子公文，或已損毀"),
        (io.BytesIO(b"<html><body/></html>"), "不是公文"),
        (io.BytesIO(b"<a>" + b"x" * strict_xml.MAX_BYTES + b"</a>"), "檔案太大"),
        (io.BytesIO(bytes(41 << 20)), "檔案太大"),
        (io.BytesIO(letter(declared='<!ENTITY a "b">').encode()), "不應出現的實體宣告"),
        (_bomb(), "解開後過大"),
        (_locked(), "設有密碼"),
        (zipped({"a.di": letter(), "b.di": letter()}), "一次上傳一件"),
        (zipped({"a.pdf": a_pdf()}), "找不到電子公文"),
        (zipped({"../a.di": letter()}), "不安全的路徑"),
    ],
    ids=["empty", "exe", "no zip", "html", "long xml", "40 MB", "entity", "bomb", "locked", "two", "none", "path"],
)
def test_a_file_that_is_not_taken_says_why_and_what_to_do(scene: Scene, upload: io.BytesIO, sentence: str) -> None:
    upload.seek(0)

    with pytest.raises(Invalid, match=sentence) as raised:
        read(scene, upload)

    assert raised.value.field == "electronic"


def test_nobody_of_a_school_has_documents_read(scene: Scene) -> None:
    with pytest.raises(NotAllowed):
        electronic.read_document(actor=scene.handler, stream=io.BytesIO(letter().encode()))
