"""Electronic official documents as the exchange writes them, honest and hostile. Every agency and person is made up."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence

import pikepdf

DECLARED = """\
<!ENTITY 表單 SYSTEM "1157123450.sw" NDATA DI>
<!ENTITY ATTCH1 SYSTEM "1157123450_ATTACH1.pdf" NDATA _X>
<!NOTATION DI SYSTEM "">
<!NOTATION _X SYSTEM "">"""
NUMBER = "<字>守警陽分偵</字><文號><年度>115</年度><流水號>7123450</流水號><支號></支號></文號>"
K1, E1 = "守園市私立晨光幼兒園", "守園市向陽國民小學"


def letter(
    *,
    declared: str = DECLARED,
    number: str = NUMBER,
    urgency: str = '<速別 代碼="速件"/>',
    secrecy: str = "<密等/><解密條件或保密期限></解密條件或保密期限>",
    subject: str = "請提供貴園監視錄影影像，請查照。",
    recipients: Sequence[str] = (K1,),
    more: str = "",
    encoding: str = "UTF-8",
) -> str:
    """A 函 of a police station that asks for footage. long because it is one document, seen whole."""
    named = "".join(f"<全銜>{name}</全銜>" for name in recipients)
    return f"""<?xml version="1.0" encoding="{encoding}"?>
<!DOCTYPE 函 SYSTEM "104_2_utf8.dtd" [
{declared}
]>
<函>
  <發文機關><全銜>守園市政府警察局向陽分局</全銜><機關代碼>999130100C</機關代碼></發文機關>
  <函類別 代碼="函"/>
  <地址>100001守園市向陽區中山路1號</地址>
  <聯絡方式>承辦人：陳偵查佐</聯絡方式>
  <聯絡方式>電話：02-5555-0110#12</聯絡方式>
  <聯絡方式>傳真：02-5555-0111</聯絡方式>
  <聯絡方式>電子信箱：case@police.example</聯絡方式>
  <受文者><交換表 交換表單="表單">如正副本行文單位</交換表></受文者>
  <發文日期><年月日>中華民國115年11月20日</年月日></發文日期>
  <發文字號>{number}</發文字號>
  {urgency}
  <密等及解密條件或保密期限>{secrecy}</密等及解密條件或保密期限>
  <附件><文字>調閱清單1份</文字><附件檔名 附件名="ATTCH1"/></附件>
  <主旨><文字>{subject}</文字></主旨>
  <段落 段名="說明：">
    <條列 序號="一、"><文字>依刑事訴訟法第一百三十三條
      辦理。</文字></條列>
    <條列 序號="二、"><文字>調閱範圍：</文字>
      <條列 序號="(一)"><文字>前門，115年11月18日09時55分至10時30分。</文字></條列>
    </條列>
  </段落>
  {more}
  <正本>{named}</正本>
  <副本><全銜>守園市政府教育局</全銜><含附件>含附件</含附件></副本>
  <署名>分局長</署名>
</函>
"""


def roster(parties: Mapping[str, str]) -> str:
    """The SW file that gives the recipients' codes."""
    rows = "".join(f"<全銜>{name}</全銜><機關代碼>{code}</機關代碼>" for name, code in parties.items())
    return f'<!DOCTYPE 交換表單 SYSTEM "104_roster_utf8.dtd"><交換表單>{rows}</交換表單>'


def a_pdf(change: Callable[[pikepdf.Pdf], object] | None = None, **saving: object) -> bytes:
    """One blank page of A4, changed before it is saved; harmless unless told."""
    document, file = pikepdf.new(), io.BytesIO()
    document.add_blank_page(page_size=(595, 842))
    if change is not None:
        change(document)
    document.save(file, **saving)  # type: ignore[arg-type]
    return file.getvalue()


def scripted(document: pikepdf.Pdf) -> None:
    """Let something run when the document is opened."""
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))


def zipped(files: Mapping[str, bytes | str], *, method: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    """A package of these files, in this order."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    file.seek(0)
    return file
