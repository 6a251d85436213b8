"""The one table from what went wrong to a status, and its page in 繁體中文 or its RFC 9457 problem in JSON.

Whatever was half done is rolled back first. A refused person leaves a trace: `access:denied` goes into the chain of the
institution whose door it was, in a transaction of its own (KH-1-3).
"""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

import structlog
from flask import Flask, Response, current_app, flash, g, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from infra.db import db
from infra.tenancy import binding_of
from tenants.actor import Actor
from tenants.audit import actions as audit
from tenants.audit.events import Event
from tenants.errors import (
    Destroyed,
    DomainError,
    HeldByLaw,
    Invalid,
    InvalidTransition,
    KeyIncomplete,
    NeedsConfirmation,
    NotAllowed,
    NotFound,
    Tampered,
    Unavailable,
)
from webapp import held_forms, landing
from webapp.access import Access, access_of
from webapp.first_pages import first_page

log = structlog.get_logger(__name__)

STATUS: Mapping[type[DomainError], HTTPStatus] = {
    Destroyed: HTTPStatus.GONE,
    HeldByLaw: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidTransition: HTTPStatus.CONFLICT,
    KeyIncomplete: HTTPStatus.SERVICE_UNAVAILABLE,
    NeedsConfirmation: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Tampered: HTTPStatus.CONFLICT,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    DomainError: HTTPStatus.BAD_REQUEST,
}

# What happened, and what to do. A domain error brings its own sentence, which replaces both.
PAGES: Mapping[HTTPStatus, tuple[str, str]] = {
    HTTPStatus.BAD_REQUEST: ("無法處理這個請求", "送出的內容不完整或格式不對。請回到上一頁，重新填寫後再送出。"),
    HTTPStatus.UNAUTHORIZED: ("請先登入", "您尚未登入，或登入已逾時。請登入後再試一次。"),
    HTTPStatus.FORBIDDEN: ("您沒有這項權限", "您的帳號不能使用這個頁面。如有需要，請洽機構首長指派。"),
    HTTPStatus.NOT_FOUND: ("找不到這個頁面", str(NotFound())),
    HTTPStatus.METHOD_NOT_ALLOWED: ("不能這樣使用這個網址", "請回到首頁，從選單重新進入。"),
    HTTPStatus.CONFLICT: ("目前不能進行這個步驟", "資料的狀態已經改變。請重新整理頁面，確認後再試一次。"),
    HTTPStatus.GONE: ("資料已依規定銷毀", "這份資料已超過保存期限並已銷毀，無法再提供。"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("檔案太大", "檔案超過上限。請縮小檔案，或分成幾個檔案後再上傳。"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ("檔案格式不對", "系統不接受這種格式。請依頁面說明的格式重新上傳。"),
    HTTPStatus.UNPROCESSABLE_ENTITY: ("資料有誤", "送出的資料不符規定。請依說明修正後再送出。"),
    HTTPStatus.TOO_MANY_REQUESTS: ("嘗試次數太多", "請稍候幾分鐘再試。"),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        "系統發生錯誤",
        "您剛才的操作沒有完成，也沒有留下一半的資料。請再試一次；若仍發生，請將下方編號告訴平台維運人員。",
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: ("系統暫時無法使用", "請稍候幾分鐘再試。錄影不受影響。"),
}
_CSRF_SENTENCE = "這個表單開啟太久，或不是從本系統送出。請重新整理頁面，再送出一次。"
_LOOKING = ("GET", "HEAD")
_NOT_SENT = "這個網址只接收表單，已改為開啟表單所在的頁面；沒有送出任何內容。請查看最新狀態，需要時重新填寫。"
_JSON_TYPES = ("application/json", "application/problem+json")


def init_app(app: Flask) -> None:
    """Answer every error."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)


def status_of(error: DomainError) -> HTTPStatus:
    """The status of an error: its own line in the table, or that of its nearest base."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _domain(error: DomainError) -> ResponseReturnValue:
    db.session.rollback()
    if isinstance(error, NotAllowed):
        _record_denial()
    log.info("refused", code=error.code, endpoint=request.endpoint)
    field = error.field if isinstance(error, Invalid) else ""
    return _answer(status_of(error), sentence=str(error), code=error.code, field=field)


def _csrf(error: CSRFError) -> ResponseReturnValue:
    db.session.rollback()
    log.info("form refused", reason=error.description)
    held = held_forms.page() if current_user.is_authenticated else None
    if held is not None:
        return held
    return _answer(HTTPStatus.BAD_REQUEST, sentence=_CSRF_SENTENCE, code="csrf")


def _http(error: HTTPException) -> ResponseReturnValue:
    db.session.rollback()
    if error.response is not None or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # a redirect, such as one to the address with its slash
    status = HTTPStatus(error.code)
    if status is HTTPStatus.UNAUTHORIZED and not _wants_json():
        return held_forms.page() or _to_sign_in()
    if status is HTTPStatus.METHOD_NOT_ALLOWED and request.method in _LOOKING and not _wants_json():
        page = landing.page_behind()
        if page is not None:
            flash(_NOT_SENT, "warn")
            return redirect(page, HTTPStatus.SEE_OTHER)
    answer = _answer(status, sentence="", code=status.name.lower())
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        for value in error.get_response().headers.getlist(name):
            answer.headers.add(name, value)
    return answer


def _record_denial() -> None:
    actor, binding = g.get("actor"), binding_of(db.session)
    if not isinstance(actor, Actor) or binding.tenant_id is None:
        return
    access = _access()
    permission = access.permission.key if access is not None and access.permission is not None else ""
    audit.record(
        Event.ACCESS_DENIED,
        tenant_id=binding.tenant_id,
        actor=actor,
        permission=permission,
        route=str(request.url_rule),
    )
    db.session.commit()


def _access() -> Access | None:
    return access_of(current_app, request.endpoint) if request.endpoint else None


def _answer(status: HTTPStatus, *, sentence: str, code: str, field: str = "") -> Response:
    title, advice = PAGES.get(status, PAGES[HTTPStatus.BAD_REQUEST])
    if _wants_json():
        problem = {
            "type": f"urn:shouyuan:problem:{code}",
            "title": title,
            "status": int(status),
            "code": code,
            "detail": sentence or advice,
        }
        answer = jsonify(problem | ({"field": field} if field else {}))
        answer.mimetype = "application/problem+json"
    else:
        number = structlog.contextvars.get_contextvars().get("request_id", "")
        template = "errors/fragment.html" if "HX-Request" in request.headers else "errors/page.html"
        page = render_template(
            template, title=title, sentence=sentence or advice, status=status, number=number, way=_way(status)
        )
        answer = make_response(page)
    answer.status_code = status
    return answer


def _way(status: HTTPStatus) -> tuple[str, str]:
    """Where to go from here: words and address. Somebody of the bureau who is refused goes to their own first page."""
    actor = g.get("actor")
    first = first_page(actor.roles) if status is HTTPStatus.FORBIDDEN and isinstance(actor, Actor) else None
    return (f"前往{first[0]}", first[1]) if first is not None else ("回到首頁", "/")


def _wants_json() -> bool:
    if request.path.startswith("/ingest/"):
        return True
    return request.accept_mimetypes.best_match(["text/html", *_JSON_TYPES]) in _JSON_TYPES


def _to_sign_in() -> Response:
    # Only a page that was asked for is worth coming back to; the target is our own path, checked again at sign-in.
    here = request.full_path.rstrip("?") if request.method == "GET" else ""
    target = "/sign-in" + (f"?next={quote(here)}" if here and here != "/" else "")
    if "HX-Request" in request.headers:
        answer = make_response("", HTTPStatus.UNAUTHORIZED)
        answer.headers["HX-Redirect"] = target
        return answer
    return make_response(redirect(target, HTTPStatus.SEE_OTHER))
