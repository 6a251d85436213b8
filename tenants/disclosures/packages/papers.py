"""The papers that lie in a package beside its films: the notes, the verifier, and whatever else tells about them.

A paper is made before the manifest and listed in it; whoever adds one adds its maker here and nothing elsewhere. What
vouches for the finished manifest is made of it and named by the bag's list (`sealing`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources

from infra.clock import civil_day
from tenants.disclosures.official.handover import DUTY_NOTICE
from tenants.disclosures.packages.manifest import COPY_PURPOSE, Contents, Heading
from tenants.disclosures.packages.parts import PackagePart, signing_words
from tenants.roc_dates import format_instant, format_span

NOTES_NAME, VERIFIER_NAME, PAGE_NAME = "說明.txt", "verify.py", "verify.html"


@dataclass(frozen=True)
class Paper:
    """A file of the package by its name, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, kw_only=True)
class Draft:
    """All that is known of a package before its manifest is written; `contents.files` are the films alone."""

    heading: Heading
    contents: Contents


def notes(draft: Draft) -> Iterator[Paper]:
    """說明.txt: what is in the package, how to check it, and the duties of whoever holds it (KH-6-5a)."""
    heading, contents = draft.heading, draft.contents
    gaps = [
        f"  {window.camera}　{format_span(gap.started_at, gap.ended_at)}"
        for window in contents.windows
        for gap in contents.gaps[window.id]
    ]
    text = "\n".join(
        [
            f"{heading.institution}　監錄資料複製　案號 {heading.serial}",
            f"申請機關：{heading.agency}　公文：{heading.document_number}",
            f"核准時間：{format_instant(heading.ordered_at)}",
            "",
            "一、內容（在 data 資料夾；原始影像，未重新編碼，以一般播放程式開啟）",
            *[_film(part) for part in contents.parts],
            "",
            "二、核准時段內的缺漏",
            *(gaps or ["  無"]),
            "",
            "三、時間",
            "  畫面時間是錄影主機的時間。主機較慢者，平台時間為畫面時間加上所列秒數；較快者為減去。",
            *[f"  {window.camera}　{contents.clocks[window.id].words}" for window in contents.windows],
            "",
            *_CHECKING,
            "",
            "五、義務",
            f"  {DUTY_NOTICE}",
            "",
        ]
    )
    yield Paper(NOTES_NAME, text.encode())


def verifiers(_draft: Draft) -> Iterator[Paper]:
    """verify.py and the page verify.html, to the byte."""
    for name in (VERIFIER_NAME, PAGE_NAME):
        yield Paper(name, (resources.files("tenants.disclosures.packages") / name).read_bytes())


PAPERS: Sequence[Callable[[Draft], Iterable[Paper]]] = (notes, verifiers)


def about(heading: Heading) -> Sequence[tuple[str, str]]:
    """What bag-info.txt says (RFC 8493, 2.2.2). The date is the decision's, so that two builds are the same."""
    return [
        ("Source-Organization", heading.institution),
        ("External-Identifier", heading.serial),
        ("External-Description", f"監錄資料複製；申請機關 {heading.agency}；公文 {heading.document_number}"),
        ("Internal-Sender-Identifier", str(heading.package_id)),
        ("Bagging-Date", civil_day(heading.ordered_at).isoformat()),
    ]


def _film(part: PackagePart) -> str:
    hidden = f"　（檔內另有 {part.pre_roll_ms} 毫秒解碼所需之前導畫面，播放時不顯示）" if part.pre_roll_ms else ""
    copy = f"\n  {part.browser_copy}　{part.file} {COPY_PURPOSE}" if part.browser_copy else ""
    words = signing_words(part.signing)
    signing = f"\n    {words}" if words else ""
    return f"  {part.file}　{part.camera}　{format_span(part.started_at, part.ended_at)}{hidden}{signing}{copy}"


_CHECKING = (
    "四、驗證",
    "  以瀏覽器開啟 data/verify.html，選擇收到的 ZIP 檔或解開後的資料夾（不需網路、不需安裝，也不會傳出資料）。",
    "  或在解開後的資料夾內執行（Python 3.9 以上）：",
    "    python3 data/verify.py --fingerprint 函復所載的清單指紋或憑證指紋",
    "  在 Windows，請將 python3 改為 py。不填指紋也能驗證，但不會與函復核對。",
    "  兩者都會比對每一個檔案與清單、檢查機構與錄影裝置的簽章，並指出任何被變更的檔案與位置。",
    "  也會顯示清單指紋與機構憑證指紋，請與機構函復或案件頁面所載者核對。",
    "  監錄資料保管鏈紀錄為 PDF 檔者，由機構簽署；為純文字檔者，由機構對檔案清單的簽章涵蓋。",
    "  憑證由機構自行簽發，PDF 閱讀程式顯示「簽章有效、發行者不明」屬正常情形。",
    "  data 資料夾內有 manifest.json.tsr 者，附有時戳機構的時戳，在該資料夾內可這樣檢查：",
    "    openssl ts -verify -data manifest.json -in manifest.json.tsr -CAfile 時戳機構的憑證",
    "  沒有該檔者，本封裝沒有時戳，原因載於保管鏈紀錄。",
    "  影像含攝影機自身的簽章者（見一），簽章隨影像原樣保留，本系統沒有廠商的憑證，未予檢核。請以廠商的工具檢核：",
    "    Axis Signed Video：github.com/AxisCommunications/signed-video-framework-examples 的 validator",
    "    ONVIF Media Signing：github.com/onvif/media-signing-framework 的 validator，並給它攝影機廠商的根憑證",
    "  核准時段起迄處的影像，其簽章所涵蓋的畫面可能在時段之外，該處不能檢核屬正常情形。",
    "  整個資料夾是 BagIt（RFC 8493）封裝，檔案管理或典藏系統可直接收存並檢查。",
)
