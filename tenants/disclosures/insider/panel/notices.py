"""What members of a panel are told by mail, and the school of a member. In mails stands no name and no case (DR-31)."""

from collections.abc import Mapping
from enum import StrEnum


class Notice(StrEnum):
    """What a mail is about. All go to the member but `VACATED`, which goes to those who convene."""

    INVITED = "invited"
    MOVED = "moved"
    CODE = "code"
    RESOLVED = "resolved"
    VACATED = "vacated"


# Subject, and what there is to read or do. A mail passes through servers that are not ours: no person, no reason.
WORDS: Mapping[Notice, tuple[str, str]] = {
    Notice.INVITED: (
        "專案小組開會通知 {serial}",
        "您受邀擔任專案小組成員。請查看開會時間與地點，並完成利害關係聲明與保密切結；完成後才看得到案件摘要。",
    ),
    Notice.MOVED: ("專案小組開會時間變更 {serial}", "專案小組的開會時間或地點已變更，請查看新的時間與地點。"),
    Notice.CODE: (
        "專案小組驗證碼",
        "您的驗證碼是 {code}，{minutes} 分鐘內有效。請勿告訴任何人；如非您本人操作，請忽略本信。",
    ),
    Notice.RESOLVED: ("專案小組會議紀錄 {serial}", "專案小組已作成決議，請查看出席情形與決議結果。"),
    Notice.VACATED: (
        "專案小組成員迴避 {serial}",
        "有一位專案小組成員聲明與本案有利害關係，須另請他人擔任。已保全的影像不受影響。",
    ),
}
