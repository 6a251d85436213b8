"""A real time-stamping authority (RFC 3161): openssl's own responder behind HTTP on loopback. And one in memory."""

import asyncio
import hashlib
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import keys, x509
from pyhanko.sign.timestamps import DummyTimeStamper

from infra import certificates, clock, timestamps
from infra.certificates import OwnCertificate
from infra.stack.processes import program
from infra.timestamps import Timestamp

_CONFIG = """
[tsa]
default_tsa = authority
[authority]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""
Answer = Callable[[BaseHTTPRequestHandler, bytes], None]


class TimeAuthority:
    """Its address, its certificate, and how it answers: rightly, until a test says otherwise."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))
        self.certificate = folder / "tsa.pem"
        self.asked = 0
        self.ended = threading.Event()
        self.answer: Answer = lambda handler, query: respond(handler, self.reply(query))
        _openssl(
            *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=Made-up time"),
            *("-addext", "keyUsage=critical,digitalSignature", "-addext", "extendedKeyUsage=critical,timeStamping"),
            *("-keyout", folder / "tsa.key", "-out", self.certificate),
        )
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/tsa"

    def stop(self) -> None:
        """No more answers."""
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()

    def reply(self, query: bytes) -> bytes:
        """What openssl answers to a query."""
        asked, said = self._folder / f"{threading.get_ident()}.tsq", self._folder / f"{threading.get_ident()}.tsr"
        asked.write_bytes(query)
        _openssl("ts", "-reply", "-config", self._folder / "tsa.cnf", "-queryfile", asked, "-out", said)
        return said.read_bytes()

    def accepts(self, token: Path, data: Path) -> bool:
        """Whether `openssl ts -verify` finds that this authority stamped this file."""
        command = ("ts", "-verify", "-data", data, "-in", token, "-CAfile", self.certificate)
        return "Verification: OK" in _openssl(*command, check=False).stdout

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        authority = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                authority.asked += 1
                authority.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler


class MemoryAuthority:
    """An authority for tests that look at everything at once and need no other program: its tokens are true ones."""

    def stamp(self, data: bytes) -> Timestamp:
        """As the real one."""
        own = _own()
        stamper = DummyTimeStamper(
            x509.Certificate.load(own.certificate),
            keys.PrivateKeyInfo.load(own.secret),
            fixed_dt=clock.now().replace(microsecond=0),
        )
        asked = timestamps.question(hashlib.sha256(data).digest())
        with ThreadPoolExecutor(1) as apart:  # a browser's tests have a loop running in this thread
            answer = apart.submit(asyncio.run, stamper.async_request_tsa_response(asked)).result()
        return timestamps.read(answer.dump(), data)


@cache
def _own() -> OwnCertificate:
    return certificates.issue(name="time", identifier="time", at=clock.now())


def respond(handler: BaseHTTPRequestHandler, body: bytes, *, status: int = 200) -> None:
    """A whole answer."""
    handler.send_response(status)
    handler.send_header("Content-Type", "application/timestamp-reply")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _openssl(*arguments: object, check: bool = True) -> subprocess.CompletedProcess[str]:
    command = [str(program("openssl", package="openssl")), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=check)  # noqa: S603 - our own words
