"""Which enrolled device makes a request, by the proof that it carries."""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Request, jsonify
from werkzeug.exceptions import Unauthorized

from infra import clock
from infra.db import db
from infra.device_proof import Asked, BadProof, claimed, verify
from infra.tenancy import Binding, bind
from tenants.actor import Actor
from tenants.errors import NotFound
from tenants.registry import device_queries, devices

SCHEME = "Device "
MAX_BODY_BYTES = 2 * 1024 * 1024

_SENTENCES: Mapping[str, str] = {
    "proof_missing": "請求沒有邊緣主機的證明。請先在邊緣主機完成註冊。",
    "proof_malformed": "邊緣主機的證明格式不正確。請更新邊緣主機的程式。",
    "proof_invalid": "邊緣主機的證明不是以註冊的金鑰簽署。請重新註冊。",
    "proof_other_request": "邊緣主機的證明與這個請求不符。請重新送出。",
    "proof_expired": "邊緣主機的證明已逾一分鐘，或主機時鐘不準。請校正時鐘後重新送出。",
    "device_unknown": "找不到這台邊緣主機。請機構承辦人核發註冊碼，重新註冊。",
    "device_revoked": "這台邊緣主機已被停用。已錄的監錄資料請留在主機，並洽機構承辦人重新註冊。",
}


class DeviceRefused(Unauthorized):
    """401 as a problem in JSON, with a stable `code` for the device and a sentence for the person beside it."""

    def __init__(self, code: str) -> None:
        problem = {
            "type": f"urn:shouyuan:problem:{code}",
            "title": "無法確認邊緣主機的身分",
            "status": HTTPStatus.UNAUTHORIZED.value,
            "code": code,
            "detail": _SENTENCES[code],
        }
        response = jsonify(problem)
        response.status_code = HTTPStatus.UNAUTHORIZED
        response.mimetype = "application/problem+json"
        response.headers["WWW-Authenticate"] = SCHEME.strip()
        super().__init__(description=code, response=response)


def device_actor(request: Request) -> Actor:
    """The device behind a request, with the session bound to its institution. Raises `DeviceRefused`.

    The proof first says whose it is, which only decides where to look; then it must verify with that device's own key.
    A proof that is sent again proves the same request, and every ingest route answers that as it did before.
    """
    request.max_content_length = MAX_BODY_BYTES
    header = request.headers.get("Authorization", "")
    if not header.startswith(SCHEME):
        raise DeviceRefused("proof_missing")
    proof = header.removeprefix(SCHEME)
    asked = Asked(request.method, request.path, request.get_data())
    try:
        prover = claimed(proof)
        bind(db.session, Binding(tenant_id=prover.tenant_id))
        device = device_queries.device(tenant_id=prover.tenant_id, device_id=prover.device_id)
        verify(proof, asked, public_key=device.public_key, now=clock.now())
    except NotFound as error:
        raise DeviceRefused("device_unknown") from error
    except BadProof as error:
        raise DeviceRefused(error.code) from error
    if device.revoked_at is not None:
        raise DeviceRefused("device_revoked")
    return devices.device_actor(device, address=request.remote_addr or "", client=request.user_agent.string)
