"""The columns of a roster, what each asks for, and the two lines of the template."""

from collections.abc import Mapping

from tenants.csv_tables import Layout
from tenants.profiles import CODES
from tenants.registry.regulations import BY_NAME

CODE, NAME, SHORT_NAME, KIND, OWNERSHIP, AUTHORITY = "機構代碼", "機構名稱", "簡稱", "類別", "公私立", "主管機關"
DISTRICT, PHONE, LOGIN, HEAD, TITLE, EMAIL = "行政區", "聯絡電話", "首長帳號", "首長姓名", "首長職稱", "首長電子郵件"
SITE_CODE, SITE_NAME, SITE_RULE = "場所代碼", "場所名稱", "適用規定"
OTHER_CODE, OTHER_NAME, OTHER_RULE = "附設場所代碼", "附設場所名稱", "附設適用規定"
BEGINS, DOCUMENT = "變更生效日", "變更核定文號"
_LOGIN_HINT = "3 到 64 個小寫英文字母、數字及 . _ @ -；已有帳號的人填原帳號。不填密碼：首長由信中的連結自行設定。"

EXPLANATIONS: Mapping[str, str] = {
    CODE: "必填。英文字母、數字、- 及 _，最多 32 字；永不變更，已有的代碼表示更新該機構。",
    NAME: "必填。機構全銜，最多 100 字。",
    SHORT_NAME: "可不填，與機構名稱相同。",
    KIND: "必填。國民小學或教保服務機構。",
    OWNERSHIP: "必填。公立或私立。",
    AUTHORITY: "必填。直轄市或教育部。",
    DISTRICT: "必填。應為平台上已有的行政區；新的行政區須在上傳時另外列出。",
    PHONE: "可不填。含區碼，有分機時以 # 連接，例如 02-5555-0101#12。",
    SITE_CODE: "必填。第一個場所的代碼，同一機構內不可重複。",
    SITE_NAME: "可不填，與場所代碼相同。",
    SITE_RULE: f"必填。{'、'.join(CODES)}，或規定名稱：{'、'.join(BY_NAME)}。",
    OTHER_CODE: "可不填。附設幼兒園等第二個場所的代碼。",
    OTHER_NAME: "可不填。",
    OTHER_RULE: "有第二個場所時必填。",
    LOGIN: f"新機構必填。{_LOGIN_HINT}",
    HEAD: "新機構必填。首長姓名。",
    TITLE: "可不填。例如園長、校長。",
    EMAIL: "新機構必填。設定密碼的信寄到這裡。",
    BEGINS: "只在已有的機構變更名稱、簡稱或行政區時填寫，例如 116/08/01。",
    DOCUMENT: "同上，核定變更的公文文號。",
}
HEADINGS = tuple(EXPLANATIONS)
# A city of 1,200 institutions in one file, with room for the next years.
LAYOUT = Layout(headings=HEADINGS, most_bytes=1024 * 1024, most_lines=2000, things="個機構")
SAMPLE: Mapping[str, str] = {
    CODE: "K101",
    NAME: "私立春風幼兒園",
    SHORT_NAME: "春風",
    KIND: "教保服務機構",
    OWNERSHIP: "私立",
    AUTHORITY: "直轄市",
    DISTRICT: "向陽區",
    PHONE: "07-555-0101#12",
    SITE_CODE: "K101",
    SITE_NAME: "本園",
    SITE_RULE: "KH_PRESCHOOL",
    LOGIN: "k101-head",
    HEAD: "王園長",
    TITLE: "園長",
    EMAIL: "head@k101.example",
}
