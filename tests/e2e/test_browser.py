"""
The pages that ship, in a real browser: they work, move, come back, and can be used by anybody.

A build's compiler makes no difference to them: CI sets EDDY_ONCE=no for all but one of its builds.
"""
import os
import re
import signal

import pytest

from harness import browser as chromium
from harness.client import request
from harness.wait import wait_until

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not chromium.PROGRAM, reason="no chromium on this machine (Debian: chromium)"),
]

PHONE = {"width": 360, "height": 740}
# What a person can go to by keyboard.
CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex='0']"


@pytest.fixture
def site(daemon, modules):
    daemon.conf(
        workers=2,
        modules={
            "welcome": {"path": "welcome.so"},
            "hello": {"path": "hello.so"},
            "poll": {"path": "poll.so", "timeout": "25000"},
            "crash": {"path": str(modules / "crash.so")},
        },
        routes={
            "/": "welcome",
            "/live": {"module": "welcome", "handler": "live"},
            "/hello": "hello",
            "/chat": {"module": "poll", "handler": "page"},
            "/poll/:room": "poll",
            "/crash": {"module": "crash", "handler": "null"},
        },
    )
    daemon.url = f"http://127.0.0.1:{daemon.port}"
    return daemon.start()


def number(page, name):
    return float(page.text(f"#{name}").replace(",", ""))


LIVE = "document.body.dataset.live === 'live'"
NO_SERVER = "ERR_(CONNECTION|INCOMPLETE|EMPTY)"


# welcome


def test_welcome_is_live_and_loads_nothing_but_itself(site, window):
    page = window(site.url)
    page.wait(LIVE)
    assert set(page.asked) == {f"{site.url}/", f"{site.url}/live"}
    assert page.text("h1") == "eddy is running"
    assert page.text("#version") == site.status()["version"]


def test_welcome_figures_move_when_requests_come(site, window):
    page = window(site.url)
    page.wait(LIVE)
    before = number(page, "requests")
    with site.connect() as client:
        for _ in range(200):
            client.get("/hello")
    page.wait(f"+document.getElementById('requests').textContent.replace(',', '') >= {before + 200}")
    page.wait("/^at most [0-9]{2,3} in/.test(document.getElementById('rate-of').textContent)")
    page.wait("document.getElementById('rate-line').getAttribute('d')?.includes('L')")
    clients = [site.connect() for _ in range(7)]
    for client in clients:
        client.get("/hello")
    page.wait("+document.getElementById('idle').textContent >= 7")


def test_welcome_shows_each_worker_by_its_pid(site, window):
    page = window(site.url, expected=NO_SERVER)  # it may be this stream's worker that dies
    page.wait(LIVE)
    pids = "[...document.querySelectorAll('#workers tr')].map((tr) => +tr.cells[1].textContent).sort((a, b) => a - b)"
    assert sorted(page.js(pids)) == sorted(site.pids())
    site.expect_log("crash")
    old = site.pids()
    with site.connect() as client:
        client.send(request("GET", "/crash"))
        client.expect_close(reset_is_fine=True)
    site.wait_serving(without=[pid for pid in old if pid not in site.pids()])
    page.wait("document.getElementById('crashes').textContent === '1'")
    page.wait(f"JSON.stringify({pids}) === '{str(sorted(site.pids())).replace(' ', '')}'")


def test_welcome_says_no_percentile_above_the_most(site, window):
    """What is most is of the second before each frame: a lag between two frames is in the classes only."""
    page = window(site.url)
    page.wait(LIVE)
    page.js("""(() => {
        const parse = JSON.parse;
        JSON.parse = (text) => {
            const frame = parse(text);
            frame.lags[15] += 1e6;
            frame.workers.forEach((worker) => worker.loop_lag_max = 100);
            return frame;
        };
    })()""")
    page.wait("+document.getElementById('lag-p99').textContent > 16.3")
    assert number(page, "lag-p99") <= number(page, "lag-max")


def test_welcome_follows_to_the_next_generation(site, window):
    page = window(site.url)
    page.wait(LIVE)
    loads = page.loads
    site.reload()
    page.wait("document.getElementById('generation').textContent === '2'")
    page.wait(LIVE)
    page.wait("document.getElementById('reload').textContent === 'ok'")
    assert page.loads == loads


def test_welcome_says_that_the_server_is_gone_and_comes_back_by_itself(site, window):
    page = window(site.url, expected=NO_SERVER)
    page.wait(LIVE)
    site.signal(signal.SIGTERM)
    site.wait_exit()
    page.wait("document.body.dataset.live === 'lost'")
    assert page.text("#said") == "eddy does not answer; asking again"
    site.start()
    page.wait(LIVE)
    page.wait("document.querySelectorAll('#workers tr').length === 2")
    assert page.loads == 1


def test_welcome_shows_what_needs_a_look(site, window):
    page = window(site.url)
    page.wait("document.getElementById('health').textContent === 'All well'")
    site.expect_log("nonsense|reload failed")
    with open(site.conf_path, "a", encoding="utf-8") as conf:
        conf.write("nonsense = 1\n")
    site.reload(expect=78)
    page.wait("document.getElementById('health').textContent === 'Needs a look'")
    assert page.text("#reload") == "failed"


def test_welcome_can_be_paused_by_keyboard_and_costs_nothing_then(site, window):
    page = window(site.url)
    page.wait(LIVE)
    while page.js("document.activeElement.id") != "pause":
        page.tab()
    page.enter()
    page.wait("document.body.dataset.live === 'paused'")
    assert page.text("#pause") == "Resume"
    streams(site, 0)
    page.enter()
    page.wait(LIVE)
    assert page.text("#pause") == "Pause"
    streams(site, 1)


def streams(site, n):
    """Waits until so many answers are under way."""
    wait_until(lambda: sum(worker["parked"] for worker in site.workers()) == n, f"{n} streams")


def test_welcome_asks_for_nothing_while_it_is_not_seen(site, window):
    page = window(site.url)
    page.wait(LIVE)
    hide = "Object.defineProperty(document, 'hidden', { value: %s, configurable: true });"
    turn = "document.dispatchEvent(new Event('visibilitychange')); 1"
    page.js(hide % "true" + turn)
    streams(site, 0)
    page.js(hide % "false" + turn)
    streams(site, 1)


def test_welcome_has_its_figures_without_javascript(site, window):
    for _ in range(30):
        site.get("/hello")
    page = window(site.url, script=False)
    # what the test asks is no script of the page's
    page.call("Emulation.setScriptExecutionDisabled", value=False)
    assert page.js("document.body.dataset.live") == "off"
    assert page.text("#requests") == "31"
    assert number(page, "rate") > 0 and number(page, "memory") > 1
    assert page.js("document.querySelectorAll('#workers tr').length") == 2
    assert page.js("document.getElementById('pause').hidden")
    assert set(page.asked) == {f"{site.url}/"}


def test_welcome_says_the_same_first_and_live(site, window):
    first = window(site.url, script=False)
    first.call("Emulation.setScriptExecutionDisabled", value=False)
    live = window(site.url)
    live.wait(LIVE)
    site.get("/hello")
    for name in ("version", "generation", "health", "processes", "draining", "crashes", "reload"):
        assert first.text(f"#{name}") == live.text(f"#{name}"), name
    for name in ("uptime", "requests", "memory", "cpu", "lag-p99"):  # which move between the two
        one, other = (re.sub(r"\d[\d.,]*", "1", page.text(f"#{name}")) for page in (first, live))
        assert re.sub("[µm]s", "s", one) == re.sub("[µm]s", "s", other), name
    cells = "[...document.querySelectorAll('#workers td:nth-child(-n+3), #workers th')].map((cell) => cell.textContent)"
    assert first.js(cells) == live.js(cells)
    shape = "[...document.querySelector('#workers tr').cells].map((cell) => cell.outerHTML.replace(/>.*/, ''))"
    live.js("document.querySelector('#workers tr').remove()")  # the next is the script's
    live.wait("document.querySelectorAll('#workers tr').length === 2")
    assert live.js(shape) == first.js(shape)


def test_welcome_is_dark_where_that_is_wanted_and_still_where_that_is(site, window):
    background = "getComputedStyle(document.body).backgroundColor"
    light, dark = window(site.url), window(site.url, scheme="dark", motion="reduce")
    assert light.js(background) != dark.js(background)
    moving = (
        "[...document.querySelectorAll('*')].some((one) => {"
        " const style = getComputedStyle(one);"
        " return parseFloat(style.transitionDuration) > 0 || style.animationName !== 'none'; })"
    )
    assert light.js(moving) and not dark.js(moving)


# Any page ---------------------------------------------------------------------------

PAGES = pytest.mark.parametrize("path", ["/", "/chat"])


@PAGES
def test_a_phone_shows_a_page_without_scrolling_sideways(site, window, path):
    page = window(site.url + path, **PHONE)
    assert page.js("document.documentElement.scrollWidth") <= 360
    wide = (
        "[...document.body.querySelectorAll('*')].filter((one) => one.checkVisibility() && !one.closest('thead') &&"
        " one.getBoundingClientRect().right > 360.5).map((one) => one.outerHTML.slice(0, 80))"
    )
    assert page.js(wide) == []
    small = (
        f"[...document.querySelectorAll(\"button, input\")].filter((one) => one.checkVisibility() &&"
        " one.getBoundingClientRect().height < 32).map((one) => one.outerHTML)"
    )
    assert page.js(small) == []


@PAGES
def test_the_keyboard_reaches_everything_and_shows_where_it_is(site, window, path):
    page = window(site.url + path)
    wanted = page.js(
        f"[...document.querySelectorAll(`{CONTROLS}`)].filter((one) => one.checkVisibility())"
        ".map((one, i) => { one.dataset.n = i; return i; })"
    )
    assert len(wanted) >= 2
    reached = []
    page.js("document.activeElement.blur(); 1")
    for _ in wanted:
        page.tab()
        reached.append(page.js("+document.activeElement.dataset.n"))
        outline = page.js(
            "(({ outlineStyle, outlineWidth }) => outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1)"
            "(getComputedStyle(document.activeElement))"
        )
        assert outline, page.js("document.activeElement.outerHTML")
    assert reached == wanted


@PAGES
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read(site, window, path, scheme):
    page = window(site.url + path, scheme=scheme)
    assert page.js(chromium.CONTRAST) == []


@PAGES
def test_tables_controls_and_what_changes_have_names(site, window, path):
    page = window(site.url + path)
    assert page.js("document.documentElement.lang") == "en"
    assert page.js("document.title") != ""
    assert page.js("[...document.querySelectorAll('table')].every((one) => one.caption && one.caption.textContent)")
    assert page.js("[...document.querySelectorAll('th')].every((one) => one.scope)")
    nodes = page.call("Accessibility.getFullAXTree")["nodes"]
    for node in nodes:
        if node.get("role", {}).get("value") in ("button", "textbox", "link", "table"):
            assert node["name"]["value"], node
    rows = [node for node in nodes if node.get("role", {}).get("value") == "row"]
    assert len(rows) == (3 if path == "/" else 0)


@PAGES
def test_a_table_is_still_one_on_a_phone(site, window, path):
    page = window(site.url + path, **PHONE)
    roles = [node.get("role", {}).get("value") for node in page.call("Accessibility.getFullAXTree")["nodes"]]
    assert roles.count("cell") == (20 if path == "/" else 0)
    assert roles.count("columnheader") == (11 if path == "/" else 0)


# chat


def say(page, name, text):
    page.js("document.getElementById('name').value = ''; document.getElementById('name').focus(); 1")
    page.type(name)
    page.tab()
    page.type(text)
    page.enter()


def heard(page, text):
    page.wait(f"document.getElementById('log').textContent.includes({text!r})")


def test_two_people_chat(site, window):
    anna, ben = window(f"{site.url}/chat"), window(f"{site.url}/chat")
    say(anna, "Anna", "Hello Ben")
    heard(ben, "Anna Hello Ben")
    say(ben, "Ben", "Hello <b>Anna</b>")
    heard(anna, "Ben Hello <b>Anna</b>")
    assert anna.js("document.querySelectorAll('#log li').length") == 2
    assert anna.js("document.querySelectorAll('#log b').length") == 2  # the names
    assert anna.js("document.activeElement.id") == "text"
    assert anna.js("document.getElementById('text').value") == ""


def test_a_chat_goes_on_in_the_next_generation(site, window):
    anna, ben = window(f"{site.url}/chat#tea"), window(f"{site.url}/chat#tea")
    say(anna, "Anna", "before")
    heard(ben, "before")
    site.reload()
    say(ben, "Ben", "after")
    heard(anna, "after")


def test_a_chat_says_that_the_server_is_gone_and_goes_on_when_it_is_back(site, window):
    page = window(f"{site.url}/chat", expected=NO_SERVER)
    say(page, "Anna", "first")
    heard(page, "first")
    site.signal(signal.SIGTERM)
    site.wait_exit()
    page.wait("document.getElementById('said').textContent.includes('Asking again')")
    site.start()
    page.wait("document.getElementById('said').textContent === 'Connected again.'", seconds=40)
    say(page, "Anna", "second")
    heard(page, "second")


if os.environ.get("EDDY_SCREENSHOTS"):

    def test_the_pages_that_are_looked_at(site, window):
        """What a person looks at afterwards: pictures, in the folder that the variable names."""
        for name, how in {"light": {}, "dark": {"scheme": "dark"}, "phone": PHONE}.items():
            page = window(site.url, **how)
            page.wait("document.getElementById('rate-line').getAttribute('d')?.split('L').length > 5")
            page.screenshot(os.path.join(os.environ["EDDY_SCREENSHOTS"], f"welcome-{name}.png"))
            page = window(f"{site.url}/chat", **how)
            say(page, "Anna", f"Hello from a {name} window")
            heard(page, name)
            page.screenshot(os.path.join(os.environ["EDDY_SCREENSHOTS"], f"chat-{name}.png"))
