"""Pages in headless Chromium, and every request that they send."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
SETTLED_SECONDS = 1.0
"""How long the picture of the common page keeps it from being done: time for what pages start."""
_QUIET = ("--no-first-run", "--disable-sync", "--disable-component-update", "--disable-gpu")
_OF_BROWSER = "not an origin"
_OWN = "/settled"


@dataclass
class Listener:
    """A server that answers nothing and keeps what it was asked for.

    Parameters
    ----------
    place : str
        Its address.
    asked : list of str
        Paths.
    """

    place: str
    asked: list[str]


def browser() -> str:
    """Return the path of a browser; empty where there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), "")


@contextmanager
def listening() -> Iterator[Listener]:
    """Hold a listener on this machine."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            time.sleep(SETTLED_SECONDS if self.path == _OWN else 0.0)
            self.send_error(404)

        do_POST = do_GET

        def log_message(self, *args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Listener(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()


def requests_of(pages: Sequence[Path], listener: Listener, folder: Path) -> list[str]:
    """Return the addresses that pages ask for, all opened at once in frames of a common page.

    What a page asks of this machine's listener is seen there; what it asks of any other place, by
    the log of the browser's network, which says who asks. The browser's own requests do not count,
    and no name is looked up.

    Parameters
    ----------
    pages : sequence of Path
        HTML or SVG.
    listener : Listener
        Where beacons of the pages go.
    folder : Path
        Empty; for the common page, the profile and the log.

    Returns
    -------
    list of str
    """
    frames = "".join(f'<iframe src="{escape(page.as_uri())}"></iframe>\n' for page in pages)
    common = folder / "common.html"
    common.write_text(f'<img src="{listener.place}{_OWN}">\n{frames}', encoding="utf-8")
    log = folder / "net.json"
    command = [
        *(browser(), "--headless", "--no-sandbox", "--disable-background-networking", *_QUIET),
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        *(f"--user-data-dir={folder / 'profile'}", f"--log-net-log={log}", "--dump-dom"),
        common.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, timeout=300, check=True)
    opened = done.stdout.decode("utf-8", "replace").count("<iframe")
    assert opened == len(pages), f"{opened} of {len(pages)} pages were opened"
    seen = [address for address in _logged(log) if not address.endswith(_OWN)]
    heard = [f"{listener.place}{path}" for path in listener.asked if path != _OWN]
    assert _OWN in listener.asked, "the browser did not reach the listener"
    return sorted({*seen, *heard})


def _logged(log: Path) -> Iterator[str]:
    """Give the addresses of the net log that a page asked for."""
    text = log.read_text(encoding="utf-8")
    try:
        events = json.loads(text)["events"]
    except ValueError:  # it is written as it goes, and lacks its end where the browser was quick
        events = json.loads(re.sub(r",?\s*\Z", "]}", text))["events"]
    for event in events:
        found = event.get("params") or {}
        address = str(found.get("url", ""))
        if "initiator" not in found or found["initiator"] == _OF_BROWSER:
            continue
        if address.startswith(("http:", "https:", "ws:", "wss:", "ftp:")):
            yield address


def without_policy(text: str) -> str:
    """Return a page without its content security policy, so that only its escaping protects it."""
    changed = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    assert changed != text
    return changed
