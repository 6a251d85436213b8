"""What a member declares, signs and is asked. A version is never reworded: a changed text gets the next number."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

CONFLICT = (
    "我確認：我不是本案的申請人、被申訴人或涉案幼兒（學生）的監護人、法定代理人，"
    "也不是他們的配偶、前配偶、四親等內之血親或三親等內之姻親，與本案沒有其他足使人認為我會偏頗的利害關係。"
)
# The text that each version had, since a signature is worth what was read.
SECRECY: Mapping[str, Sequence[str]] = {
    "1": (
        "因擔任專案小組成員所知悉的個人資料、案件內容與會議討論，我會保守秘密，不告訴任何人，也不在通訊軟體或社群網站談論。",
        "我不會錄音、錄影、翻拍或另存案件資料；紙本資料於會議結束時交回。",
        "卸任或案件結束後，保密義務仍然持續。違反時，我願依個人資料保護法及相關法規負責。",
    ),
}
NEWEST_SECRECY = max(SECRECY, key=int)
LONGEST_OPINION = 2000


class Question(StrEnum):
    """The four questions of the brief; together they are what the rule asks the panel to see to."""

    ELIGIBLE = "eligible"
    GROUND = "ground"
    PERIOD = "period"
    MILDER = "milder"


QUESTIONS: Mapping[Question, str] = {
    Question.ELIGIBLE: "申請人符合資格嗎？",
    Question.GROUND: "申請事由屬於規定所列的範圍，而且具體嗎？",
    Question.PERIOD: "調閱時段限於事件發生的期間，而且不能再縮短嗎？",
    Question.MILDER: "除了調閱，是否有對其他人隱私影響較小的辦法？",
}


class Answer(StrEnum):
    """How a member answers a question before the meeting."""

    YES = "yes"
    NO = "no"
    UNSURE = "unsure"


ANSWERS: Mapping[Answer, str] = {Answer.YES: "是", Answer.NO: "否", Answer.UNSURE: "還不確定，會議中討論"}
