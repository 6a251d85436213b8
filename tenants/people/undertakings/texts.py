"""What is signed. A version is never reworded: a changed text gets the next number."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

# The text that each version had, since a signature is worth what was read.
SECRECY: Mapping[str, Sequence[str]] = {
    "1": (
        "因管理、操作或維護監視錄影系統所知悉的影像、聲音及個人資料，我會保守秘密，不告訴任何人，也不在通訊軟體或社群網站談論。",
        "我只在核准的範圍內操作影像，不翻拍、不另存、不攜出，也不將帳號、密碼或 PIN 交給他人使用。",
        "離職或調職後，對在職期間的監錄資料，我仍負保密義務；持有的資料、鑰匙與設備已全部交還。",
        "違反時，我願依個人資料保護法及相關法規，負行政、民事或刑事責任。",
    ),
}
NEWEST = max(SECRECY, key=int)


def digest(version: str) -> str:
    """The SHA-256 of a version's words, hexadecimal, as the chain keeps it beside the signature."""
    return sha256("\n".join(SECRECY[version]).encode()).hexdigest()
