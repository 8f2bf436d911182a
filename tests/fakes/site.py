"""A web site in a thread of its own, for commands that have an event loop of their own."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from typing_extensions import override

_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What is answered; ``leads_to`` is where a redirect points."""

    body: bytes = b""
    kind: str = _HTML
    status: int = HTTPStatus.OK
    leads_to: str | None = None


_NOT_HERE = Page(body=b"not here", status=HTTPStatus.NOT_FOUND)


@contextmanager
def running_site(pages: Mapping[str, Page]) -> Iterator[str]:
    """The address of a site with these pages, by path."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path, _NOT_HERE)
            self.send_response(page.status)
            self.send_header("Content-Type", page.kind)
            self.send_header("Content-Length", str(len(page.body)))
            if page.leads_to:
                self.send_header("Location", page.leads_to)
            self.end_headers()
            self.wfile.write(page.body)

        @override
        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
