# long because whoever received a package runs this one file and has nothing else
"""Checks a hand-over package without network, account or any software of the platform. Python 3.9 or later is enough.

    python3 data/verify.py                      in the unpacked folder; or `python3 verify.py` in its data folder
    python3 data/verify.py package.zip          without unpacking
    python3 data/verify.py --fingerprint HEX    also compares manifest or certificate with the institution's reply

Says one of three things and ends with its number: 0 verified, 2 partly verified (and which part not), 1 not verified.
What is checked: the institution's signature over the folder's list of files (RSASSA-PSS, RFC 8017); every file against
the manifest, byte for byte; every recorded segment's line against the signature of the device that recorded it
(Ed25519, RFC 8032); that the manifest admits exactly the gaps the lines leave; that each film says the
start time of the manifest (ONVIF Export File Format); and the folder's own two lists (BagIt,
RFC 8493). A manifest that neither signature nor fingerprint proves is nobody's, and then nothing is verified.
What a camera signed of its own video is told as the manifest has it and checked nowhere here: that needs its maker's
certificate.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, Any

FORMAT = "shouyuan-package/1"
MANIFEST = "manifest.json"
TAGS, LISTING = "tagmanifest-sha256.txt", "manifest-sha256.txt"
SIGNATURE, CERTIFICATE = "manifest-sha256.txt.sig", "institution.cer"
# What tells of the manifest cannot stand on it; the folder's signed list has both.
CUSTODY, STAMP = "data/監錄資料保管鏈紀錄.pdf", "data/manifest.json.tsr"
CUSTODY_TEXT = "data/監錄資料保管鏈紀錄.txt"
CHUNK = 1 << 20
LEFT_BY_DESKTOPS = {".DS_Store", "Thumbs.db", "desktop.ini"}
VERIFIED, NOT_VERIFIED, PARTLY = 0, 1, 2
# What a camera may put into its video by itself, by the name in the manifest.
FRAMEWORKS = {"axis_signed_video": "Axis Signed Video", "onvif_media_signing": "ONVIF Media Signing"}
WORDS = {
    VERIFIED: "驗證通過：檔案完整，機構與錄影裝置的簽章全部有效。",
    PARTLY: "部分通過：至少一個影像檔完整；以上標示 ✘ 的部分無法驗證。",
    NOT_VERIFIED: "驗證失敗：沒有任何影像檔可以證明是機構交付的原始內容。",
}

# Ed25519, as in section 5.1 of RFC 8032. Points are (X, Y, Z, T) in extended homogeneous coordinates.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
BASE_Y = 4 * pow(5, P - 2, P) % P
KEY_BYTES, SIGNATURE_BYTES = 32, 64
SHA_BYTES = 32
# Boxes of a film: what each begins with, where the start time lies, and how much of the film holds it.
BOX_HEADER, START_BYTES, FRONT_BYTES = 8, 16, 4096
SINCE_1601_US = 11644473600 * 1000000
Point = tuple[int, int, int, int]
Spans = dict[str, list[tuple[int, int]]]
Hashes = dict[str, str]
Package = dict[str, Callable[[], IO[bytes]]]


def add(first: Point, second: Point) -> Point:
    """The sum of two points."""
    a = (first[1] - first[0]) * (second[1] - second[0]) % P
    b = (first[1] + first[0]) * (second[1] + second[0]) % P
    c = 2 * first[3] * second[3] * D % P
    d = 2 * first[2] * second[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Point) -> Point:
    """A point added to itself so many times."""
    result: Point = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, point)
        point = add(point, point)
        number >>= 1
    return result


def x_of(y: int, sign: int) -> int | None:
    """The x of a point, or None when there is no such point."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return P - x if x & 1 != sign else x


def decoded(data: bytes) -> Point | None:
    """A point from its 32 bytes, or None."""
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    x = x_of(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def encoded(point: Point) -> bytes:
    """The 32 bytes of a point."""
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE_X = x_of(BASE_Y, 0) or 0
BASE = (BASE_X, BASE_Y, 1, BASE_X * BASE_Y % P)


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether this key signed exactly this message (RFC 8032, section 5.1.7)."""
    if len(public_key) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    point, scalar = decoded(public_key), int.from_bytes(signature[32:], "little")
    if point is None or scalar >= ORDER:
        return False
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    negative = (P - point[0], point[1], 1, P - point[3])
    return encoded(add(times(scalar, BASE), times(hashed, negative))) == signature[:32]


class NotDer(ValueError):
    """The certificate is not one."""


def within(data: bytes, at: int) -> tuple[int, int, int]:
    """Where an element of DER begins, its content begins, and both end (X.690, section 8.1)."""
    length, start = data[at + 1], at + 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[at + 2 : start], "big")
    if start + length > len(data):
        raise NotDer
    return at, start, start + length


def children(data: bytes, at: int) -> list[int]:
    """Where each element inside the one at `at` begins."""
    _, start, end = within(data, at)
    found = []
    while start < end:
        found.append(start)
        start = within(data, start)[2]
    return found


def rsa_key(certificate: bytes) -> tuple[int, int]:
    """Modulus and exponent of an X.509 certificate's key (RFC 5280, section 4.1; RFC 8017, A.1.1)."""
    fields = children(certificate, children(certificate, 0)[0])
    key = fields[6 if certificate[fields[0]] == 0xA0 else 5]  # noqa: PLR2004 - the tag of an explicit version
    bits = within(certificate, children(certificate, key)[1])
    inner = certificate[bits[1] + 1 : bits[2]]
    modulus, exponent = (within(inner, at) for at in children(inner, 0))
    return tuple(int.from_bytes(inner[start:end], "big") for _, start, end in (modulus, exponent))  # type: ignore[return-value]


def is_certified(certificate: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the certificate's key signed exactly this: RSASSA-PSS, SHA-256, a salt of 32 bytes (RFC 8017, 9.1.2)."""
    try:
        modulus, exponent = rsa_key(certificate)
    except (ValueError, IndexError):
        return False
    number, bits = int.from_bytes(signature, "big"), modulus.bit_length() - 1
    size = (bits + 7) // 8
    if len(signature) != (bits + 8) // 8 or number >= modulus or size < 2 * SHA_BYTES + 2:
        return False
    encoded_message = pow(number, exponent, modulus)
    if encoded_message >> bits:
        return False
    text = encoded_message.to_bytes(size, "big")
    masked, inner = text[: size - SHA_BYTES - 1], text[size - SHA_BYTES - 1 : -1]
    rounds = range((len(masked) + SHA_BYTES - 1) // SHA_BYTES)
    mask = b"".join(hashlib.sha256(inner + number.to_bytes(4, "big")).digest() for number in rounds)
    clear = int.from_bytes(masked, "big") ^ int.from_bytes(mask[: len(masked)], "big")
    opened = (clear & ((1 << (bits - 8 * (SHA_BYTES + 1))) - 1)).to_bytes(len(masked), "big")
    padding, salt = opened[:-SHA_BYTES], opened[-SHA_BYTES:]
    proof = hashlib.sha256(bytes(8) + hashlib.sha256(message).digest() + salt).digest()
    return text[-1:] == b"\xbc" and padding == bytes(len(padding) - 1) + b"\x01" and proof == inner


def show(text: str) -> None:
    """One line for a person."""
    sys.stdout.write(text + "\n")


class Report:
    """What was found, line by line."""

    def __init__(self) -> None:
        self.videos = 0
        self.faults = 0
        self.doubted = False

    def say(self, text: str, *, fine: bool) -> None:
        """Print one finding and count the faults."""
        self.faults += not fine
        show(f"  {'✔' if fine else '✘'} {text}")

    def skip(self, text: str) -> None:
        """Print what was not checked. It is no fault, and no package passes with it."""
        self.faults += 1
        show(f"  ？ {text}")

    def doubt(self, nobodys: bool) -> None:  # noqa: FBT001 - one word, said once
        """Take down whether the list is nobody's."""
        self.doubted = nobodys

    def count(self, videos: int) -> None:
        """Take down how many videos are as the list and a signed line of their camera say."""
        self.videos = videos

    def result(self) -> int:
        """One of the three states. Whole notes prove nothing where no video is, nor does a list that is nobody's."""
        if self.doubted:
            return NOT_VERIFIED
        if not self.faults:
            return VERIFIED
        return PARTLY if self.videos else NOT_VERIFIED


def in_folder(path: Path) -> Package:
    """An unpacked package's files by their path in it; where only its data folder was kept, that folder's."""
    data = path / "data" if (path / "data" / MANIFEST).is_file() else path
    files = {f"data/{file.name}": file for file in data.iterdir()}
    if data.name == "data" and any((data.parent / name).is_file() for name in (TAGS, LISTING)):
        files |= {file.name: file for file in data.parent.iterdir()}
    whole = {name: file for name, file in files.items() if file.is_file() and file.name not in LEFT_BY_DESKTOPS}
    return {name: partial(opened, file) for name, file in whole.items()}


def in_zip(path: Path) -> Package:
    """The files of a package that was not unpacked, by their path in its one folder."""
    zipped = zipfile.ZipFile(path)
    names = [name for name in zipped.namelist() if not name.endswith("/")]
    return {name.partition("/")[2] or name: partial(opened_in, zipped, name) for name in names}


def opened(file: Path) -> IO[bytes]:
    """A file to read."""
    return file.open("rb")


def opened_in(zipped: zipfile.ZipFile, name: str) -> IO[bytes]:
    """A file to read on to its end, to say where it was changed."""
    file = zipped.open(name)
    vars(file)["_expected_crc"] = None  # the hash of each MiB says more
    return file


def check_files(package: Package, manifest: dict[str, Any], report: Report) -> Hashes:
    """Every listed file, to the byte; the hashes of the whole ones. In a changed one the MiB is named that changed."""
    whole_files: Hashes = {}
    for listed in manifest["files"]:
        name = listed["name"]
        if f"data/{name}" not in package:
            report.say(f"{name} 不見了", fine=False)
            continue
        whole, size = hashlib.sha256(), 0
        changed: list[str] = []
        with package[f"data/{name}"]() as file:
            for number, chunk in enumerate(iter(lambda: file.read(CHUNK), b"")):
                whole.update(chunk)
                size += len(chunk)
                expected = listed["chunks"][number] if number < len(listed["chunks"]) else ""
                if hashlib.sha256(chunk).hexdigest() != expected:
                    span = f"{number * CHUNK}–{number * CHUNK + len(chunk) - 1}"
                    changed.append(f"{span}（第 {number + 1} 個 MiB）")
        if whole.hexdigest() == listed["sha256"] and size == listed["bytes"]:
            whole_files[name] = listed["sha256"]
            also = "，方便觀看的副本，不是證據" if "copy_of" in listed else ""
            report.say(f"{name} 與清單相符（SHA-256 {listed['sha256'][:16]}…）{also}", fine=True)
        elif changed:
            report.say(f"{name} 內容已變更，在位元組 {'、'.join(changed)}之內（清單逐 1 MiB 記載雜湊）", fine=False)
        else:
            report.say(f"{name} 不完整：應有 {listed['bytes']} 位元組，實有 {size}", fine=False)
    known = {f"data/{listed['name']}" for listed in manifest["files"]}
    known |= {f"data/{MANIFEST}", CUSTODY, CUSTODY_TEXT, STAMP}
    for extra in sorted(name for name in package.keys() - known if "/" in name):
        report.say(f"{extra.removeprefix('data/')} 不在清單上", fine=False)
    return whole_files


def check_bag(package: Package, listed: set[str], whole_files: Hashes, report: Report) -> None:
    """The folder's own two lists (BagIt, RFC 8493). What was told of a listed file is not told again."""
    if TAGS not in package:
        report.skip(f"沒有 {TAGS}：簽章、時戳與保管鏈紀錄等附件是否變更未檢查")
        return
    told = {f"data/{name}" for name in listed - whole_files.keys()}
    for listing, inside in ((TAGS, False), (LISTING, True)):
        names = {name for name in package if ("/" in name) is inside} - {TAGS}
        try:
            said = listed_in(read(package, listing))
        except (KeyError, ValueError) as error:
            report.say(f"{listing} 無法讀取（{type(error).__name__}）", fine=False)
            continue
        codes = {name: whole_files.get(name.removeprefix("data/")) or digest(package[name]) for name in names - told}
        wrong = sorted(name for name in (names | said.keys()) - told if codes.get(name) != said.get(name, ""))
        for name in wrong:
            report.say(f"{name.removeprefix('data/')} 與 {listing} 的記載不符（第 1 個 MiB 起）", fine=False)
        if not wrong:
            report.say(f"{listing} 與檔案相符", fine=True)


def listed_in(raw: bytes) -> Hashes:
    """The lines of one of the folder's lists. Raises `ValueError`."""
    return {name: code for code, name in (line.split("  ") for line in raw.decode().split("\n")[:-1])}


def read(package: Package, name: str) -> bytes:
    """A small file, whole. Raises `KeyError` where there is none."""
    with package[name]() as file:
        return file.read()


def check_signature(package: Package, own: str, fingerprint: str, report: Report) -> None:
    """Whose list it is: signed by the institution, or named by the fingerprint that came another way; else doubted."""
    shown = digest(package[CERTIFICATE]) if CERTIFICATE in package else ""
    show(f"機構憑證指紋（SHA-256）{shown or '—'}")
    signed = False
    if not {CERTIFICATE, SIGNATURE, LISTING} <= package.keys():
        report.say(f"機構簽章、憑證或 {LISTING} 不見了", fine=False)
    elif not is_certified(*(read(package, name) for name in (CERTIFICATE, LISTING, SIGNATURE))):
        report.say(f"機構簽章不符：{LISTING}、{SIGNATURE} 或 {CERTIFICATE} 已變更（第 1 個 MiB 起）", fine=False)
    elif listed_in(read(package, LISTING)).get(f"data/{MANIFEST}") != own:
        report.say(f"{MANIFEST} 已變更（第 1 個 MiB 起）：不是機構簽署的清單", fine=False)
    else:
        signed = True
        report.say("機構簽章有效", fine=True)
    named = fingerprint == own or (signed and fingerprint == shown)
    if fingerprint:
        report.say(f"指紋與機構函復所載者{'相同' if named else '不同'}", fine=named)
    report.doubt(not (named if fingerprint else signed))


def digest(opened: Callable[[], IO[bytes]]) -> str:
    """The SHA-256 of a file."""
    whole = hashlib.sha256()
    with opened() as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            whole.update(chunk)
    return whole.hexdigest()


def check_lines(manifest: dict[str, Any], report: Report) -> Spans:
    """Every segment's signed line. Returns the spans that valid lines prove, by camera."""
    keys = {device["device_id"]: device["public_key"] for device in manifest["devices"]}
    proven: Spans = {}
    bad: list[str] = []
    for segment in manifest["segments"]:
        line = json.loads(segment["line"])
        key = base64.b64decode(keys.get(line["device_id"], ""))
        text = segment["line"].encode("utf-8")
        if line["tenant_id"] == manifest["institution"]["id"] and is_signed(
            key, text, base64.b64decode(segment["signature"])
        ):
            proven.setdefault(line["camera_id"], []).append((line["started_us"], line["ended_us"]))
        else:
            bad.append(line["segment_id"])
    count = len(manifest["segments"])
    if bad:
        report.say(f"{count} 個影像片段中有 {len(bad)} 個的裝置簽章無效：{'、'.join(bad)}", fine=False)
    if count > len(bad):
        report.say(f"{count - len(bad)} 個影像片段的裝置簽章有效", fine=True)
    return proven


def check_windows(manifest: dict[str, Any], proven: Spans, whole_files: Hashes, report: Report) -> None:
    """The gaps as the signed lines leave them, against the gaps that the manifest admits; and the videos that hold."""
    videos = [listed for listed in manifest["files"] if "window_id" in listed]
    report.count(sum(video["name"] in whole_files and video["camera_id"] in proven for video in videos))
    broken = {video["window_id"] for video in videos if video["name"] not in whole_files}
    for window in manifest["windows"]:
        name = f"{window['camera']}（{window['shown']}）"
        if window["window_id"] in broken:
            report.say(f"{name} 的影像檔已變更或不見，不能據以認定該時段有影像", fine=False)
            continue
        left: list[list[int]] = []
        reached = window["from_us"]
        for started, ended in sorted(proven.get(window["camera_id"], [])):
            if started > reached and started < window["until_us"]:
                left.append([reached, started])
            reached = max(reached, ended)
        if reached < window["until_us"]:
            left.append([reached, window["until_us"]])
        admitted = [[gap["from_us"], gap["until_us"]] for gap in window["gaps"]]
        if left != admitted:
            report.say(f"{name} 的缺漏時段與裝置簽署的紀錄不符", fine=False)
        elif admitted:
            missing = sum(until - start for start, until in admitted) / 1000000
            report.say(f"{name} 已載明 {len(admitted)} 段缺漏，共 {missing:.1f} 秒", fine=True)
        else:
            report.say(f"{name} 全程有影像", fine=True)


def boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    """Kind and content of each whole box that a film begins with (ISO/IEC 14496-12, 4.2)."""
    found, at = [], 0
    while at + BOX_HEADER <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size < BOX_HEADER or at + size > len(data):
            break
        found.append((data[at + 4 : at + BOX_HEADER], data[at + BOX_HEADER : at + size]))
        at += size
    return found


def started_us(front: bytes) -> int | None:
    """Which instant a film says its time zero is, in microseconds since 1970 (ONVIF Export File Format, 5.3)."""
    for meta in (content for kind, content in boxes(front) if kind == b"meta"):
        for said in (content for kind, content in boxes(meta[4:]) if kind == b"cstb"):
            if len(said) >= START_BYTES:
                return int.from_bytes(said[8:16], "big") // 10 - SINCE_1601_US
    return None


def check_starts(package: Package, manifest: dict[str, Any], whole_files: Hashes, report: Report) -> None:
    """The start time that players read in each whole film, against the manifest's. Older packages promise none."""
    for listed in manifest["files"]:
        name = listed["name"]
        if "origin_us" not in listed or name not in whole_files:
            continue
        with package[f"data/{name}"]() as file:
            is_same = started_us(file.read(FRONT_BYTES)) == listed["origin_us"]
        report.say(f"{name} 內載的起始時刻（cstb）與清單{'相符' if is_same else '不符'}", fine=is_same)


def tell_camera_signing(manifest: dict[str, Any], whole_files: Hashes) -> None:
    """Of each whole video, whether its camera signed it as far as the list says. A finding neither way."""
    for listed in manifest["files"]:
        said = listed.get("camera_signing")
        if not isinstance(said, dict) or listed["name"] not in whole_files:
            continue
        units = [
            f"{FRAMEWORKS.get(each['framework'], each['framework'])} {each['units']} 個簽章單元"
            for each in said["frameworks"]
        ]
        if units:
            how = "未檢核，請以攝影機廠商的工具與憑證檢核"
            show(f"  ※ {listed['name']} 依清單含攝影機自身的簽章（{'、'.join(units)}）：{how}")
        else:
            show(f"  ※ {listed['name']} 依清單沒有攝影機自身的簽章")


def verify(package: Package, fingerprint: str) -> int:
    """Check everything, print it, and return one of the three states."""
    report = Report()
    try:
        raw = read(package, f"data/{MANIFEST}")
        manifest = json.loads(raw.decode("utf-8"))
        if manifest["format"] != FORMAT:
            report.say(f"不認得的格式 {manifest['format']}", fine=False)
            return NOT_VERIFIED
        own = hashlib.sha256(raw).hexdigest()
        show(f"案號 {manifest['serial']}　公文 {manifest['document_number']}")
        show(f"清單指紋（SHA-256）{own}")
        check_signature(package, own, fingerprint.lower(), report)
        whole_files = check_files(package, manifest, report)
        check_starts(package, manifest, whole_files, report)
        check_windows(manifest, check_lines(manifest, report), whole_files, report)
        check_bag(package, {listed["name"] for listed in manifest["files"]}, whole_files, report)
        for name, how in (
            (CUSTODY, "簽章請以 PDF 閱讀程式檢視"),
            (STAMP, "時戳機構的簽署請依說明.txt 以 openssl 檢查"),
        ):
            if name in package:
                show(f"  ※ {name.removeprefix('data/')} 內的{how}")
        tell_camera_signing(manifest, whole_files)
    except (OSError, KeyError, ValueError, TypeError, zipfile.BadZipFile, RuntimeError) as error:
        report.say(f"清單 {MANIFEST} 或封裝無法讀取（{type(error).__name__}）", fine=False)
        report.count(0)
    return report.result()


def main(arguments: list[str]) -> int:
    """The command. Returns its exit status."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    fingerprint = ""
    if "--fingerprint" in arguments:
        at = arguments.index("--fingerprint")
        fingerprint = "".join(arguments[at + 1 : at + 2]) or "?"
        if len(fingerprint) != 2 * hashlib.sha256().digest_size or set(fingerprint.lower()) - set("0123456789abcdef"):
            show("這不是指紋（應為 64 個英數字）")
            return NOT_VERIFIED
        arguments = arguments[:at] + arguments[at + 2 :]
    path = Path(arguments[0]) if arguments else Path(__file__).resolve().parent
    try:
        package = in_folder(path) if path.is_dir() else in_zip(path)
    except (OSError, zipfile.BadZipFile):
        show(f"打不開 {path}")
        return NOT_VERIFIED
    state = verify(package, fingerprint)
    show(WORDS[state])
    if not fingerprint:
        show("請再將上列任一指紋與機構函復或案件頁面所載者核對；兩者相同，才能確定整份封裝出自該機構。")
    return state


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
