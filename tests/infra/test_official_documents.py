"""Reading an electronic official document: what it says, in every form that document systems write (KH-6-1e, 8.4)."""

import codecs
from datetime import date

import pytest

from infra import official_documents
from infra.official_documents import WARNINGS, BadDocument, Contact, Number, OfficialDocument, Paragraph, Party
from tests.made_documents import E1, K1, letter, roster


def read(text: str, encoding: str = "utf-8") -> OfficialDocument:
    return official_documents.read(text.encode(encoding))


@pytest.mark.req("KH-6-1e")
def test_a_letter_of_the_exchange_is_read_whole() -> None:
    document = read(letter())

    assert document.kind == "函"
    assert document.agency == Party(name="守園市政府警察局向陽分局", code="999130100C")
    assert document.dated == date(2026, 11, 20)
    assert (document.number.word, document.number.year, document.number.serial) == ("守警陽分偵", "115", "7123450")
    assert document.number.text == "守警陽分偵字第1157123450號"
    assert (document.urgency, document.classification, document.declassification) == ("速件", "", "")
    assert document.subject == "請提供貴園監視錄影影像，請查照。"
    assert document.attachments == "調閱清單1份"
    assert document.attachment_files == ("1157123450_ATTACH1.pdf",)
    assert document.recipients == (Party(name=K1),)
    assert document.copies == (Party(name="守園市政府教育局"),)
    assert document.contact == Contact(
        address="100001守園市向陽區中山路1號",
        person="陳偵查佐",
        phone="02-5555-0110#12",
        fax="02-5555-0111",
        email="case@police.example",
    )
    assert document.outside == ()
    assert document.warnings == ()


@pytest.mark.req("KH-6-1e")
def test_lines_broken_inside_a_text_are_joined_and_items_keep_their_numbers() -> None:
    assert read(letter()).paragraphs == (
        Paragraph(
            title="說明",
            text="",
            items=(
                "一、依刑事訴訟法第一百三十三條辦理。",
                "二、調閱範圍：",
                "(一)前門，115年11月18日09時55分至10時30分。",
            ),
        ),
    )
    assert (
        read(letter(subject="請提供\n\t\u3000NVR\n  camera 影像，\r\n請查照。")).subject
        == "請提供NVR camera 影像，請查照。"
    )


@pytest.mark.req("KH-6-1e")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "big5", "cp950", "utf-16"])
def test_every_encoding_of_the_exchange_is_read(encoding: str) -> None:
    declared = {"big5": "big5", "cp950": "Big5"}.get(encoding, "UTF-8")
    document = read(letter(encoding=declared), encoding)
    assert (document.subject, document.warnings) == ("請提供貴園監視錄影影像，請查照。", ())


@pytest.mark.req("KH-6-1e")
@pytest.mark.parametrize(
    ("data", "rest"),
    [
        (letter(encoding="big5").encode(), "影像"),  # says Big5 and is UTF-8
        (letter().encode("cp950"), "影像"),  # says UTF-8 and is Big5
        (letter(subject="查\x0b照影像").encode(), "影像"),
        (letter(encoding="big5", subject="影像@@").encode("cp950").replace(b"@@", b"\xfa\x40"), "影像"),  # 造字
        (letter(subject="影像\ue000").encode(), "影像"),
    ],
    ids=["utf8-as-big5", "big5-as-utf8", "control", "outside-cp950", "private-use"],
)
def test_damaged_text_is_read_and_a_person_told_to_compare(data: bytes, rest: str) -> None:
    document = official_documents.read(data)
    assert rest in document.subject
    assert set(document.warnings) & {"damaged", "rare_characters"}


@pytest.mark.req("KH-6-1e")
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("<字>守警陽分偵字</字><文號><年度>115</年度><流水號>7123450</流水號></文號>", "守警陽分偵字第1157123450號"),
        (
            "<字>守警陽分偵</字><文號><年度>115</年度><流水號>712345</流水號><支號>2</支號></文號>",
            "守警陽分偵字第1157123452號",
        ),
        ("<文字>守警陽分偵字第\n1157123450號</文字>", "守警陽分偵字第1157123450號"),
        ("<文字>守警陽分偵1157123450</文字>", "守警陽分偵1157123450"),
    ],
)
def test_a_number_is_read_by_its_parts_or_as_it_is_written(written: str, expected: str) -> None:
    document = read(letter(number=written))
    assert document.number.text == expected
    assert ("no_number" in document.warnings) is ("字第" not in expected)


@pytest.mark.req("KH-6-1e")
def test_secrecy_and_urgency_are_told_as_the_file_says() -> None:
    document = read(
        letter(secrecy='<密等 代碼="密"/><解密條件或保密期限>本案結案後解密</解密條件或保密期限>', urgency="<速別/>")
    )
    assert (document.classification, document.declassification, document.urgency) == ("密", "本案結案後解密", "")
    assert read(letter(secrecy="<密等>機密</密等>")).classification == "機密"
    assert read(letter(urgency="")).urgency == ""


@pytest.mark.req("KH-6-1e")
def test_a_letter_to_two_institutions_names_both_for_two_linked_cases() -> None:
    document = read(letter(recipients=(K1, E1, K1)))
    assert [party.name for party in document.recipients] == [K1, E1]
    assert document.warnings == ("several_recipients",)


def test_a_roster_gives_the_codes_of_the_recipients() -> None:
    parties = official_documents.roster(roster({K1: "999K10001", E1: "999E10001"}).encode())
    assert parties == (Party(name=K1, code="999K10001"), Party(name=E1, code="999E10001"))


@pytest.mark.req("KH-6-1e")
def test_a_letter_without_its_parts_is_read_and_says_what_is_missing() -> None:
    document = read("<函><未知 a='b'>不知<何/>物</未知></函>")

    assert document.number == Number()
    assert document.dated is None
    assert document.warnings == ("no_agency", "no_date", "no_number", "no_subject", "no_recipient")
    assert all(WARNINGS[code] for code in document.warnings)


def test_a_date_that_is_none_is_said_and_unknown_parts_are_passed_over() -> None:
    document = read(letter(more="<新欄位><子>甲</子></新欄位>").replace("115年11月20日", "115年2月29日"))
    assert document.dated is None
    assert document.warnings == ("no_date",)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("not xml", "not_xml"),
        ("<函><主旨></函>", "not_xml"),
        ("<函/><函/>", "not_xml"),
        ('<?xml version="1.0" encoding="EBCDIC"?><函/>', "encoding"),
        ("<簽/>", "not_a_letter"),
        ("<交換表單/>", "not_a_letter"),
        ("<html/>", "not_a_letter"),
    ],
)
def test_what_is_no_letter_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadDocument) as refused:
        read(text)
    assert refused.value.code == code


def test_another_kind_of_document_is_read_and_asked_about() -> None:
    document = read("<開會通知單><主旨><文字>開會</文字></主旨></開會通知單>")
    assert (document.kind, document.subject, document.warnings[0]) == ("開會通知單", "開會", "kind")


def test_a_mark_and_a_declaration_may_stand_together() -> None:
    assert official_documents.read(codecs.BOM_UTF8 + letter().encode()).warnings == ()
