"""Files that would have us read, fetch or hold what they name: nothing is read, and the attempt is told (8.4)."""

import re
import threading
import tracemalloc
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra import official_documents, strict_xml
from infra.official_documents import BadDocument
from infra.strict_xml import BadXml, Reference
from tests.made_documents import DECLARED, letter

SECRET = "what nobody may read"


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine, and what was asked of it."""
    paths: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f'<!ENTITY leak "{SECRET}">'.encode())

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Noting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", paths
        server.shutdown()


@pytest.mark.req("KH-6-1e")
def test_nothing_is_read_from_a_file_or_an_address_and_the_attempt_is_told(
    tmp_path: Path, asked: tuple[str, list[str]]
) -> None:
    address, paths = asked
    (tmp_path / "secret.txt").write_text(SECRET, encoding="utf-8")
    file = (tmp_path / "secret.txt").as_uri()
    hostile = letter(
        declared=f"""{DECLARED}
<!ENTITY one SYSTEM "{file}">
<!ENTITY two PUBLIC "-//x" "{address}/two">
<!ENTITY 附件三 SYSTEM "{address}/three.pdf" NDATA _X>
<!ENTITY % four SYSTEM "{address}/four.dtd"> %four; """,
        subject="影像&one;&two;",
    ).replace('"104_2_utf8.dtd"', f'"{address}/104_2_utf8.dtd"')

    document = official_documents.read(hostile.encode())

    assert paths == []
    assert SECRET not in repr(document)
    assert document.subject == "影像"
    assert {reference.target for reference in document.outside} == {
        f"{address}/104_2_utf8.dtd",
        file,
        f"{address}/two",
        f"{address}/three.pdf",
        f"{address}/four.dtd",
    }
    assert document.warnings == ("outside",)
    assert document.attachment_files == ("1157123450_ATTACH1.pdf",)


@pytest.mark.req("KH-6-1e")
@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/hostname",
        "/etc/hostname",
        "../1.pdf",
        "\\\\10.0.0.1\\share",
        "C:\\a.pdf",
        "http://10.0.0.1/",
        "a%2fb",
        "",
    ],
)
def test_only_a_bare_file_name_is_taken_for_an_attachment(target: str) -> None:
    document = official_documents.read(
        letter(declared=f'<!NOTATION _X SYSTEM ""><!ENTITY a SYSTEM "{target}" NDATA _X>').encode()
    )
    assert document.attachment_files == ()
    assert document.outside == (Reference("a", target),)


def test_what_a_hostile_file_names_is_fit_for_a_log_line() -> None:
    document = official_documents.read(
        letter(declared=f'<!ENTITY a SYSTEM "http://x/\u202e&#10;{"y" * 500}">').encode()
    )
    (reference,) = document.outside
    assert reference.target.isprintable()
    assert len(reference.target) == 200


@pytest.mark.req("KH-6-1e")
@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY z "ha"><!ENTITY y "&z;&z;&z;&z;&z;&z;&z;&z;"><!ENTITY a "&y;&y;&y;&y;&y;&y;&y;&y;">',
        '<!ENTITY a "' + "x" * 50_000 + '">',
        '<!ENTITY a "&a;">',
        "<!ENTITY % a \"<!ENTITY b SYSTEM 'file:///etc/hostname'>\"> %a;",
        '<!ENTITY lt2 "&#38;#60;">',
    ],
    ids=["laughs", "blow-up", "itself", "parameter", "character"],
)
def test_an_entity_with_a_value_of_its_own_is_refused_where_it_is_declared(declared: str) -> None:
    for subject in ("影像", "&a;" * 1000):
        with pytest.raises(BadDocument) as refused:
            official_documents.read(letter(declared=declared, subject=subject).encode())
        assert refused.value.code == "entities"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("<a>" * 100 + "</a>" * 100, "too_deep"),
        ("<a>" + "<b/>" * 30_000 + "</a>", "too_many"),
        ("<a " + " ".join(f"a{n}=''" for n in range(100)) + "/>", "too_many"),
        ("<!DOCTYPE a [" + "".join(f'<!ENTITY e{n} SYSTEM "f{n}">' for n in range(600)) + "]><a/>", "too_many"),
        ("<a>" + "x" * strict_xml.MAX_BYTES + "</a>", "too_large"),
    ],
    ids=["deep", "elements", "attributes", "declarations", "bytes"],
)
def test_a_file_of_no_honest_shape_is_refused(data: str, code: str) -> None:
    with pytest.raises(BadXml) as refused:
        strict_xml.read(data.encode())
    assert refused.value.code == code


def test_a_default_of_the_document_type_is_not_copied_into_every_element() -> None:
    default = "x" * 100_000
    data = f'<!DOCTYPE a [<!ATTLIST b c CDATA "{default}">]><a>{"<b/>" * 10_000}</a>'
    tracemalloc.start()
    try:
        root = strict_xml.read(data.encode()).root
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert not any(child.attributes for child in root.children())
    assert peak < 50_000_000


PIECES = """\
<函> </函> <主旨> </主旨> <文字> </文字> <發文字號> </發文字號> <正本> </正本> <全銜> </全銜> <條列> </條列> <a/> 年度
&x; &#0; &#x110000; &amp; %p; <![CDATA[ ]]> <!-- --> <?pi?> ]> \x00 \ufeff
<!DOCTYPE\u00a0函\u00a0SYSTEM\u00a0"file:///a"\u00a0[ <!ENTITY\u00a0x\u00a0SYSTEM\u00a0"y">
<!ENTITY\u00a0%\u00a0p\u00a0'q'>
<段落\u00a0段名='說明'> </段落> <?xml\u00a0version="1.0"\u00a0encoding="big5"?> <?xml\u00a0version="1.1"?>
"""
FILES = st.lists(st.sampled_from([each.replace("\u00a0", " ") for each in re.split("[ \n]", PIECES)]), max_size=30)


@given(data=FILES.map("".join).map(str.encode) | st.binary(max_size=300))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    try:
        official_documents.read(data)
    except BadDocument as refused:
        assert refused.code  # noqa: PT017 - either is right


@given(
    at=st.integers(min_value=0, max_value=3000),
    cut=st.integers(min_value=0, max_value=40),
    put=st.binary(max_size=20),
)
def test_no_change_of_an_honest_file_breaks_the_reader(at: int, cut: int, put: bytes) -> None:
    honest = letter().encode()
    try:
        official_documents.read(honest[:at] + put + honest[at + cut :])
    except BadDocument as refused:
        assert refused.code  # noqa: PT017 - either is right
