"""A real Chromium, driven over the WebDriver protocol: JSON over HTTP, so the standard library is enough."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

INSTALL = "the report is tested in a real Chromium: apt-get install chromium chromium-driver"
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND",
)  # fmt: skip
KEYS = {
    "Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "End": "\ue010",
    "Left": "\ue012", "Up": "\ue013", "Right": "\ue014", "Down": "\ue015",
}  # fmt: skip
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    """One browser window. Use as a context manager: leaving it ends the driver and the browser it started."""

    def __init__(self, *, dark: bool = False, size: tuple[int, int] = (1400, 1000)) -> None:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        driver = shutil.which("chromedriver")
        if chromium is None or driver is None:
            raise RuntimeError(INSTALL)
        self._home = tempfile.TemporaryDirectory(prefix="lockstep-browser-")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._driver = subprocess.Popen(
            [driver, f"--port={port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self._home.name},
        )
        self._root = f"http://127.0.0.1:{port}"
        options: dict[str, Any] = {
            "binary": chromium,
            "args": [
                *FLAGS,
                f"--user-data-dir={self._home.name}/profile",
                f"--window-size={size[0]},{size[1]}",
                f"--blink-settings=preferredColorScheme={0 if dark else 1}",
            ],
        }
        capabilities = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        try:
            self._wait_for_driver()
            answer = self._send("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        except BaseException:
            self.close()
            raise
        self._root += f"/session/{answer['sessionId']}"

    def __enter__(self) -> Browser:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the browser, then the driver."""
        with contextlib.suppress(OSError, RuntimeError):  # it never came up, or is gone already
            self._send("DELETE", "", None)
        self._driver.terminate()
        self._driver.wait(10)
        self._home.cleanup()

    def open(self, page: Path, route: str = "") -> None:
        """Load the file afresh at a route (`#/matrix`)."""
        self._send("POST", "/url", {"url": "about:blank"})
        self._send("POST", "/url", {"url": page.resolve().as_uri() + route})

    def go(self, route: str) -> None:
        """Change the route of the loaded page and wait until it is drawn."""
        self.run("document.documentElement.dataset.ready = ''; location.hash = arguments[0]", route)
        self.ready()

    def ready(self) -> None:
        """Wait until what the address asks for is drawn."""
        self.wait("document.documentElement.dataset.ready")

    def run(self, script: str, *args: object) -> Any:
        """The value that `script` (a function's body) returns."""
        return self._send("POST", "/execute/sync", {"script": script, "args": list(args)})

    def wait(self, expression: str, seconds: float = 10) -> Any:
        """The first true value of a JavaScript expression."""
        end = time.monotonic() + seconds
        while not (value := self.run(f"return {expression}")):
            if time.monotonic() > end:
                raise AssertionError(f"not true after {seconds} s: {expression}\n{self.text()[:2000]}")
            time.sleep(0.02)
        return value

    def text(self, selector: str = "body") -> str:
        """The visible text of the first element that matches."""
        return str(self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector))

    def texts(self, selector: str) -> list[str]:
        """The visible text of every element that matches."""
        found = self.run("return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText)", selector)
        return [str(text) for text in found]

    def click(self, selector: str) -> None:
        """A real click; fails where something covers the element."""
        self._send("POST", f"/element/{self._find(selector)}/click", {})

    def type(self, selector: str, text: str) -> None:
        """Real key strokes into an element; names of KEYS stand for those keys."""
        self._send("POST", f"/element/{self._find(selector)}/value", {"text": KEYS.get(text, text)})

    def press(self, *keys: str) -> None:
        """Real key strokes wherever the focus is."""
        strokes = [KEYS.get(key, key) for key in keys]
        actions = [{"type": kind, "value": stroke} for stroke in strokes for kind in ("keyDown", "keyUp")]
        self._send("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def errors(self) -> list[str]:
        """What the page wrote to the console since the last call: script errors, violations of the policy."""
        return [entry["message"] for entry in self._send("POST", "/se/log", {"type": "browser"})]

    def screenshot(self, path: Path) -> Path:
        """Save what is in the window as PNG."""
        path.write_bytes(base64.b64decode(self._send("GET", "/screenshot", None)))
        return path

    def _find(self, selector: str) -> str:
        found = self._send("POST", "/element", {"using": "css selector", "value": selector})
        return str(found[_ELEMENT])

    def _wait_for_driver(self) -> None:
        end = time.monotonic() + 20
        while True:
            try:
                self._send("GET", "/status", None)
                return
            except OSError:
                if time.monotonic() > end or self._driver.poll() is not None:
                    raise RuntimeError(f"chromedriver did not start; {INSTALL}") from None
                time.sleep(0.05)

    def _send(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._root + path, data, {"Content-Type": "application/json"}, method=method)
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None
