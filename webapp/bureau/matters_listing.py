"""Every thing that needs somebody, as a file (DR-24, DR-30)."""

from infra import clock
from tenants.compliance.articles.queries import Part
from webapp.bureau import matters_view
from webapp.bureau.article_view import part_value
from webapp.bureau.listing import Listing

_DEFINITION = (
    "一列是一個機構的一件事。依緊急程度排列：正在遺失的影像、已違反的規定、故障，最後是書面資料；同類中最久的在前。"
    "當日開通的機構不列入。"
)


def matters() -> Listing:
    """The lines of the page, all of them, with its filters."""
    asked = matters_view.asked_for()
    found = matters_view.found(asked, now=clock.now())
    return Listing(
        title="待處理事項",
        definition=_DEFINITION,
        computed_at=found.computed_at,
        asked=[
            ("事項", dict(found.matters).get(asked["matter"], asked["matter"])),
            ("行政區", asked["district"]),
            ("類型", part_value(Part.KIND, asked["kind"])),
        ],
        head=["代碼", "機構", "行政區", "類型", "公私立", "事項", "優先", "自何時起", "由誰處理", "聯絡電話", "依據"],
        rows=[
            [
                line.of.code,
                line.of.name,
                line.of.district,
                part_value(Part.KIND, line.of.kind),
                part_value(Part.OWNERSHIP, line.of.ownership),
                line.words,
                "請優先處理" if line.matter.is_urgent else "",
                line.age,
                line.asks,
                line.of.phone,
                line.article,
            ]
            for line in found.lines
        ],
    )
