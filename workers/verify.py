"""`python -m workers.verify PACKAGE`, for whoever has this repository: no database, store, network or settings needed.

What `verify.py` in a package checks, and the two signatures that it leaves to other programs: the one inside the paper
of custody, by the institution's certificate, and the authority's in the token. Ends with the same three numbers.
"""

import sys
from pathlib import Path

from infra import pdf_signing, timestamps
from infra.signing import BadSignature
from infra.timestamps import NoTimestamp
from tenants.disclosures.packages import verify as alone
from tenants.disclosures.packages.verify import (
    CERTIFICATE,
    CUSTODY,
    CUSTODY_TEXT,
    MANIFEST,
    PARTLY,
    STAMP,
    VERIFIED,
    show,
)
from tenants.roc_dates import format_instant


def main(arguments: list[str]) -> int:
    """The command. Returns its exit status: 0 verified, 2 partly verified, 1 not verified."""
    state = alone.main(arguments)
    given = [argument for argument in arguments if Path(argument).exists()]
    if state not in {VERIFIED, PARTLY} or not given:
        return state
    path = Path(given[0])
    package = alone.in_folder(path) if path.is_dir() else alone.in_zip(path)
    faults = [fault for fault in (_custody(package), _stamp(package)) if fault]
    for fault in faults:
        show(f"  ✘ {fault}")
    if faults and state == VERIFIED:
        show(alone.WORDS[PARTLY])
    return PARTLY if faults else state


def _custody(package: alone.Package) -> str:
    """The fault of the paper's signature, if it has one."""
    if CUSTODY_TEXT in package:
        show("  （保管鏈紀錄為純文字，由檔案清單的簽章涵蓋）")
        return ""
    if not {CUSTODY, CERTIFICATE} <= package.keys():
        return "沒有監錄資料保管鏈紀錄或機構憑證，簽章未檢查"
    try:
        pdf_signing.check(alone.read(package, CUSTODY), alone.read(package, CERTIFICATE))
    except BadSignature:
        return f"{CUSTODY.removeprefix('data/')} 的簽章不符：不是該機構憑證所簽，或簽署後已變更"
    show("  ✔ 監錄資料保管鏈紀錄的簽章有效，且由封裝內的機構憑證所簽")
    return ""


def _stamp(package: alone.Package) -> str:
    """The fault of the token, if there is one and it has one."""
    if STAMP not in package:
        show("  （本封裝沒有時戳）")
        return ""
    try:
        found = timestamps.read(alone.read(package, STAMP), alone.read(package, f"data/{MANIFEST}"))
    except NoTimestamp as fault:
        return f"{STAMP.removeprefix('data/')} 不是這份清單的有效時戳（{fault.code}）"
    show(f"  ✔ 時戳 {format_instant(found.at)}，由 {found.authority} 簽發（是否信任該機構，請自行判斷）")
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
