"""The regulations' forms on paper: their words character by character, and where the data of a case stands on them.

Pure: a `Sheet` names a template beside this file and holds what it prints; `infra.typesetting` makes the PDF of it.
Every form has versions, as regulations do, and an old case prints on the one it was filed on (requirements section 12).
"""

from tenants.forms.document import Section, document_sheet, numbered, numeral
from tenants.forms.inspection import InspectionRow, Signer, inspection_sheet
from tenants.forms.listing import listing_sheet
from tenants.forms.register import Elsewhere, Footage, Person, RegisterRow, Volume, register_sheet
from tenants.forms.request_form import Capacity, RequestForm, Signature, Signatures, Window, request_sheet
from tenants.forms.sheet import Imprint, Sheet
from tenants.forms.versions import UnknownForm, inspection_wording, register_wording, request_wording
from tenants.forms.wording import InspectionWording, RegisterWording, RequestWording

__all__ = [
    "Capacity",
    "Elsewhere",
    "Footage",
    "Imprint",
    "InspectionRow",
    "InspectionWording",
    "Person",
    "RegisterRow",
    "RegisterWording",
    "RequestForm",
    "RequestWording",
    "Section",
    "Sheet",
    "Signature",
    "Signatures",
    "Signer",
    "UnknownForm",
    "Volume",
    "Window",
    "document_sheet",
    "inspection_sheet",
    "inspection_wording",
    "listing_sheet",
    "numbered",
    "numeral",
    "register_sheet",
    "register_wording",
    "request_sheet",
    "request_wording",
]
