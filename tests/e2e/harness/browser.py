"""
A headless Chromium, driven through its DevTools protocol over the two pipes that it takes for it: no
driver and no library in between. https://chromedevtools.github.io/devtools-protocol/
"""
import base64
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading

from .wait import SCALE, wait_until

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
_FLAGS = (
    "--headless=new --no-sandbox --remote-debugging-pipe --disable-gpu --disable-dev-shm-usage --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync --disable-extensions --mute-audio "
    "--hide-scrollbars --no-proxy-server --disable-background-timer-throttling --disable-renderer-backgrounding "
    "--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider"
).split()

# The texts of a page that are hard to read, with their contrast: WCAG 2 asks for 4.5.
CONTRAST = """(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const color = rgb(getComputedStyle(one).backgroundColor);
      if (color.length < 4 || color[3] === 1) return color;
    }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
  };
  const poor = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const one = node.parentElement;
    if (!node.textContent.trim() || !one.checkVisibility() || one.closest('script, style')) continue;
    const [a, b] = [light(rgb(getComputedStyle(one).color)), light(behind(one))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) poor.push(node.textContent + ' ' + ((a + .05) / (b + .05)).toFixed(2));
  }
  return poor;
})()"""


class Browser:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="eddy-browser-", dir="/tmp")
        to_read, self._to = os.pipe()
        self._from, to_write = os.pipe()

        def pipes():  # where it looks for them: 3 and 4
            high = [os.dup2(to_read, 100), os.dup2(to_write, 101)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [PROGRAM, *_FLAGS, f"--user-data-dir={self.folder}/profile", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            close_fds=False,
            preexec_fn=pipes,
            env=dict(os.environ, HOME=self.folder, TMPDIR=self.folder),
            start_new_session=True,
        )
        os.close(to_read)
        os.close(to_write)
        self._number = 0
        self._answers = {}
        self._pages = {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        rest = b""
        while piece := os.read(self._from, 1 << 20):
            *messages, rest = (rest + piece).split(b"\0")
            for text in messages:
                message = json.loads(text)
                if "id" in message:
                    self._answers[message["id"]].put(message)
                elif message.get("sessionId") in self._pages:
                    self._pages[message["sessionId"]].heard(message["method"], message["params"])

    def call(self, method, session=None, **params):
        self._number += 1
        answers = self._answers[self._number] = queue.Queue()
        message = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        answer = answers.get(timeout=30 * SCALE)
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def page(self, **how):
        """A window of its own, as of another person: it shares nothing with the others."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._pages[session] = page = Page(self, session, context)
        page.prepare(**how)
        return page

    def close_page(self, page):
        self.call("Target.disposeBrowserContext", browserContextId=page.context)

    def stop(self):
        try:
            os.close(self._to)  # which it takes for the end
            self.process.wait(10 * SCALE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        finally:
            self._reader.join(5)
            shutil.rmtree(self.folder, ignore_errors=True)


class Page:
    """One window: what it shows, and what it has complained about."""

    def __init__(self, browser, session, context):
        self.browser = browser
        self.context = context
        self.session = session
        self.complaints = []
        self.asked = []
        self.loads = 0

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def prepare(self, width=1280, height=900, scheme="light", motion="no-preference", script=True):
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        self.call(
            "Emulation.setEmulatedMedia",
            features=[
                {"name": "prefers-color-scheme", "value": scheme},
                {"name": "prefers-reduced-motion", "value": motion},
            ],
        )
        self.call("Emulation.setScriptExecutionDisabled", value=not script)

    def heard(self, method, params):
        if method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(params["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "warning", "assert"):
            self.complaints.append(json.dumps(params["args"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(params["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.asked.append(params["request"]["url"])
        elif method == "Page.loadEventFired":
            self.loads += 1

    def open(self, url):
        loads = self.loads
        answer = self.call("Page.navigate", url=url)
        assert not answer.get("errorText"), (url, answer)
        wait_until(lambda: self.loads > loads, f"{url} to load", 20)
        return self

    def js(self, expression):
        """The value of an expression; a promise's, when it is there."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, (expression, answer)
        return answer["result"].get("value")

    def wait(self, expression, seconds=15):
        """Waits until the expression is true; its value."""
        return wait_until(
            lambda: self.js(expression),
            lambda: f"{expression}; the page says: {self.js('document.body.innerText')}; {self.complaints}",
            seconds,
        )

    def text(self, selector):
        return self.js(f"document.querySelector({json.dumps(selector)}).textContent")

    def key(self, key, code, text=""):
        for kind in ("keyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **more)

    def tab(self):
        self.key("Tab", 9)

    def enter(self):
        self.key("Enter", 13, "\r")

    def type(self, text):
        self.call("Input.insertText", text=text)

    def close(self):
        self.browser.close_page(self)

    def screenshot(self, path):
        """All of the page, also what is below the window's edge."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))
