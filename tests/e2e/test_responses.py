"""Answers in every form: what a module says through eddy.h, and what of it goes over the wire."""
import json
import os
import re
import select
from pathlib import Path

import pytest

from harness.client import Closed, request
from harness.daemon import rss_bytes
from harness.wait import wait_until


def test_an_answer_of_unknown_length_is_chunked(client):
    answer = client.get("/chunks?5")
    assert answer.framing == "chunked"
    assert answer.body == b"".join(b"piece %d\n" % i for i in range(5))
    client.expect_open()


def test_events_that_finish_sets_hear_the_close_once(site, client):
    before = len(site.log())
    assert client.get("/anew").body == b"x"
    site.wait_log("anew: close", after=before)
    assert client.get("/anew").body == b"x"
    wait_until(lambda: len(re.findall("anew: finish", site.log()[before:])) == 2, "the second")
    site.wait_log("(?s)(anew: finish.*anew: close.*){2}", after=before)
    assert re.findall(r"anew: (\w+)", site.log()[before:]) == ["finish", "close"] * 2


def test_pieces_leave_as_they_are_written(client):
    """The first piece is there long before the last one is written."""
    client.send(request("GET", "/chunks?200"))
    client.read_head()
    assert b"piece 0\n" in client.read_once()
    assert b"piece 199\n" not in client.buffer


def test_writes_and_an_end_in_one_handler_make_one_answer(client):
    answer = client.get("/pieces")
    assert answer.body == b"one two three\n"
    assert answer.framing in ("length", "chunked")
    assert b"" not in (answer.chunks or [])
    client.expect_open()


def test_an_end_without_a_body_is_content_length_0(client):
    answer = client.get("/empty")
    assert (answer.status, answer.framing, answer.body) == (200, "length", b"")
    client.expect_open()


def test_the_head_can_leave_before_there_is_a_body(client):
    client.send(request("GET", "/flush?400"))
    head = client.read_head()
    assert (head.status, head.get("X-Early")) == (200, "yes")
    client.expect_silence(0.1)
    assert client.read_body(head).body == b"body\n"


@pytest.mark.parametrize("status", [204, 304])
def test_answers_that_have_no_body_are_sent_without_it(client, status):
    answer = client.get(f"/status?{status}")
    assert (answer.status, answer.body) == (status, b"")
    if status == 204:
        assert answer.get("Content-Length") is None
    client.expect_silence()
    client.expect_open()


@pytest.mark.parametrize("form", ["whole", "in pieces"])
def test_a_length_that_a_module_gives_its_204_is_not_sent(client, form):
    client.send(request("GET", f"/length_204?{int(form == 'in pieces')}"))
    answer = client.read()
    assert (answer.status, answer.framing) == (204, "none")
    assert answer.get("Content-Length") is None
    client.expect_silence()
    client.expect_open()


@pytest.mark.parametrize("status", [200, 201, 400, 404, 418, 500, 503, 599])
def test_any_status_of_a_module_keeps_the_connection(client, status):
    answer = client.get(f"/status?{status}")
    assert (answer.status, answer.body) == (status, b"body\n")
    assert not answer.closes
    client.expect_open()


def test_a_reason_phrase_of_the_module_is_sent(client):
    answer = client.get("/reason")
    assert (answer.status, answer.reason, answer.body) == (418, "Short and Stout", b"teapot\n")


def test_set_replaces_append_adds_remove_removes(client):
    answer = client.get("/cookies")
    assert answer.all("Set-Cookie") == ["a=1", "b=2"]
    assert answer.all("X-Once") == ["second"]
    assert answer.body == b"second"
    assert answer.get("X-Gone") is None


def test_a_module_may_close_the_connection_after_its_answer(client):
    answer = client.get("/goodbye")
    assert (answer.body, answer.closes) == (b"goodbye\n", True)
    client.expect_close()


def test_a_module_may_say_the_length_itself(client):
    answer = client.get("/own_length")
    assert (answer.framing, answer.body) == ("length", b"1234567890")
    client.expect_open()


def test_less_than_the_promised_length_is_never_taken_for_a_whole_answer(site):
    client = site.connect()
    client.send(request("GET", "/length_short"))
    try:
        answer = client.read()
    except Closed:
        return
    assert answer.status == 500, answer


def test_nothing_past_the_promised_length_goes_over_the_wire(site):
    client = site.connect()
    client.send(request("GET", "/length_long"))
    try:
        answer = client.read()
        assert answer.status == 500 or answer.body == b"12345", answer
        if not answer.closes:
            client.expect_silence()
            client.expect_open()
    except Closed:
        pass
    assert b"SMUGGLED" not in client.buffer


def test_a_length_that_is_not_kept_is_told_in_the_log_with_the_module(site):
    before = len(site.log())
    with site.connect() as client:
        client.send(request("GET", "/length_long"))
        try:
            client.read()
        except Closed:
            pass
    site.wait_log(r".*probe.*[Cc]ontent-[Ll]ength", after=before)


def test_trailers_of_a_module_follow_a_chunked_body(client):
    answer = client.get("/trailers")
    assert (answer.framing, answer.body) == ("chunked", b"body\n")
    assert answer.trailers == [("X-Sum", "42")]
    client.expect_open()


def test_memory_given_to_write_owned_is_sent_and_released(daemon, modules):
    daemon.conf(
        workers=1,
        modules={"probe": {"path": str(modules / "probe.so")}},
        routes={
            "/owned": {"module": "probe", "handler": "owned"},
            "/counters": {"module": "probe", "handler": "counters"},
        },
    )
    daemon.start()
    answer = daemon.get("/owned")
    assert answer.body == b"".join(bytes([97 + i % 26]) * 65536 for i in range(64))
    assert json.loads(daemon.get("/counters").body)["released"] == 64
    # and when the client does not take it
    client = daemon.connect()
    client.send(request("GET", "/owned"))
    client.read_once()
    client.reset()
    wait_until(
        lambda: json.loads(daemon.get("/counters").body)["released"] == 128,
        "the release of all memory",
    )


def test_owned_memory_that_is_not_sent_is_released_too(daemon, modules):
    daemon.conf(
        workers=1,
        modules={"probe": {"path": str(modules / "probe.so")}},
        routes={
            f"/{name}": {"module": "probe", "handler": name}
            for name in ("owned", "counters", "late")
        },
    )
    daemon.start()
    client = daemon.connect()
    assert client.get("/owned", method="HEAD").body == b""
    assert json.loads(client.get("/counters").body)["released"] == 64
    late = daemon.connect()
    late.send(request("GET", "/late"))
    wait_until(lambda: daemon.totals()["parked"] == 1, "the request to park")
    late.close()
    wait_until(
        lambda: json.loads(client.get("/counters").body)["released"] == 65,
        "the release of memory for a client that has left",
    )


def test_every_call_on_a_connection_that_is_gone_is_harmless(site):
    before = len(site.log())
    with site.connect() as client:
        client.send(request("GET", "/late"))
        wait_until(lambda: site.totals()["parked"] >= 1, "the request to park")
        client.reset()
    site.wait_log(r"late calls: wrote 0, method 0, length 0", after=before)
    assert "late call " not in site.log()[before:]


def test_a_content_type_cannot_bring_a_header_with_it(site, client):
    before = len(site.log())
    answer = client.get("/evil_type")
    assert (answer.status, answer.get("X-Evil")) == (500, None)
    site.wait_log("eddy_response_send: the Content-Type has bytes that a header may not", after=before)


def test_trailers_cannot_bring_others_with_them(client):
    answer = client.get("/evil_trailers")
    assert (answer.framing, answer.body) == ("chunked", b"-9 -9 -9 0\n")
    assert answer.trailers == [("X-Good", "1")]
    client.expect_open()


def test_http_1_0_gets_no_trailers(client):
    answer = client.ask(request("GET", "/evil_trailers", "Connection: keep-alive", version="1.0"))
    assert (answer.framing, answer.body) == ("length", b"-9 -9 -9 0\n")
    client.expect_open()


def test_head_gets_no_trailers(client):
    client.send(request("HEAD", "/evil_trailers"))
    assert client.read("HEAD").status == 200
    client.expect_silence()
    client.expect_open()


def test_a_destroyed_answer_is_reset_and_not_taken_for_a_whole_one(client):
    client.send(request("GET", "/destroy"))
    with pytest.raises(Closed):
        client.read()


def test_what_was_written_in_front_of_a_destroy_arrives_before_the_reset(client):
    client.send(request("GET", "/destroy_at_once"))
    assert b"half an answer" in client.read_once()
    with pytest.raises(Closed):
        client.read()


@pytest.mark.parametrize("when", ["now", "pieces", "finish", "close"])
def test_an_answer_that_is_destroyed_behind_its_end_is_whole_and_the_last(client, when):
    answer = client.get(f"/leave?{when}")
    assert answer.body == (b"goodbye" if when == "pieces" else b"bye")
    client.expect_close()


def test_a_body_that_has_not_been_read_does_not_reset_the_answer(client):
    client.send(request("POST", "/leave?finish", "Content-Length: 1000"))
    assert client.read().body == b"bye"
    client.send(b"x" * 1000)
    client.expect_close()


def test_an_answer_that_the_kernel_has_no_room_for_is_reset(site):
    """To a client that does not read meanwhile: who reads fast may make room for all of it."""
    client, poll = site.connect(rcvbuf=65536), select.poll()
    client.send(request("GET", "/leave_much"))
    poll.register(client.sock, 0)  # POLLERR and POLLHUP come unasked
    assert poll.poll(20000), "the connection stays"
    with pytest.raises(Closed):
        client.read()


def test_a_slow_reader_holds_the_module_back(daemon, modules):
    """write says false and drain follows: 100 MB do not pile up in the worker."""
    daemon.conf(
        workers=1,
        modules={"probe": {"path": str(modules / "probe.so")}},
        routes={"/flood": {"module": "probe", "handler": "flood"}},
    )
    daemon.start()
    (pid,) = daemon.pids()
    daemon.get("/flood?16")
    before = rss_bytes(pid)
    pieces = 1600
    client = daemon.connect(rcvbuf=65536)
    client.send(request("GET", f"/flood?{pieces}"))
    answer = client.read_head()
    got, most = 0, 0
    for piece in client.body_pieces(answer):
        assert piece.strip(b"f") == b""
        got += len(piece)
        if got % (4 << 20) < len(piece):
            most = max(most, rss_bytes(pid))
    assert got == pieces * 65536
    match = daemon.wait_log(
        r"flood closed with 0 pieces left, (\d+) bytes queued at most",
        after=daemon.log().find("\n"),
    )
    queued = [
        int(n) for n in re.findall(r"flood closed with 0 pieces left, (\d+) bytes", daemon.log())
    ]
    assert match and max(queued) <= 3 * 65536
    if not daemon.programs.sanitized:
        assert most - before < 2 << 20


def test_a_reader_that_leaves_ends_the_answer(site):
    before = len(site.log())
    client = site.connect(rcvbuf=4096)
    client.send(request("GET", "/flood?16000"))
    client.read_once()
    client.close()
    site.wait_log(r"flood closed with [1-9]\d* pieces left", after=before)


def test_a_response_timeout_calls_the_module(client):
    answer = client.get("/timeout?50")
    assert (answer.status, answer.body) == (504, b"timed out\n")
    client.expect_open()


def test_early_hints_come_before_the_answer(site, client):
    answer = client.get("/hints")
    assert [(hint.status, hint.fields) for hint in answer.interim] == [
        (103, [("Link", "</a.css>; rel=preload"), ("X-A", "1")]),
        (103, [("Link", "</b.js>; rel=preload")]),
    ]
    assert (answer.status, answer.body) == (200, b"0 0 -9\n")
    client.expect_open()


def test_http_1_0_gets_no_early_hints(client):
    answer = client.ask(request("GET", "/hints", version="1.0"))
    assert answer.interim == []
    assert answer.body == b"0 0 -9\n"
    client.expect_close()


def test_misuse_is_an_error_code_and_never_bytes_on_the_wire(site, client):
    before = len(site.log())
    answer = client.get("/misuse")
    assert answer.status == 200
    said = json.loads(answer.body)
    einval, headers_sent, header = -1, -5, -9
    for wrong in (
        "crlf_value",
        "lf_value",
        "crlf_name",
        "space_name",
        "empty_name",
        "crlf_reason",
    ):
        assert said[wrong] == header, wrong
    assert said["length"] < 0
    assert said["transfer_encoding"] < 0
    assert said["status_99"] == said["status_600"] == einval
    assert said["second_reader"] == 0
    assert said["second_reader_again"] == einval
    assert said["good_head"] == 0
    assert said["header_after_head"] == said["head_after_head"] == headers_sent
    names = {name.lower() for name, _ in answer.fields}
    assert names <= {"date", "content-length", "content-type", "server", "transfer-encoding"}, names
    client.expect_silence()
    client.expect_open()
    for function, said in (
        ("set_header", "a Content-Length is a number of bytes, in digits"),
        ("set_header", "Transfer-Encoding is eddy's: what has no Content-Length is chunked"),
        ("write_head", "a status is one of 200 to 599"),
    ):
        site.wait_log(re.escape(f"eddy_response_{function}: {said}"), after=before)
    match = site.wait_log(
        r"after the end: write (-?\d+) trailer (-?\d+) header (-?\d+) ended (\d)", after=before
    )
    write, trailer, late_header, ended = (int(n) for n in match.groups())
    assert (write, trailer, ended) == (0, -6, 1)
    assert late_header in (-5, -6)


def test_what_a_module_asks_of_its_head_is_gone_after_release(client):
    assert json.loads(client.get("/released?0").body) == {"method": "GET", "host": "test"}
    assert json.loads(client.get("/released?1").body) == {"method": None, "host": None}
    client.expect_open()


# timers and the rest of eddy.h


def test_ticks_run_before_immediates_and_those_before_timeouts(client):
    assert client.get("/order").body == b"handler tick tick-in-tick immediate timeout\n"


def test_an_interval_fires_until_it_is_cleared_and_does_not_drift_below_its_time(client):
    said = json.loads(client.get("/interval").body)
    assert said["ticks"] == 5
    assert said["ms"] >= 40


def test_cleared_timers_do_not_fire(client):
    assert json.loads(client.get("/clear").body) == {"fired": 0}


def test_a_refreshed_timer_starts_again(client):
    said = json.loads(client.get("/refresh").body)
    assert said["refreshed"] == 1
    assert said["ms"] >= 80, "60 ms without the refresh, 100 with it"


def test_a_module_learns_about_its_process(site, client):
    said = wait_until(
        lambda: (view := json.loads(client.get("/process").body))["rss"] and view,
        "the first figures",
    )
    assert (said["memory"], said["cpu"]) == (0, 0)
    assert said["pid"] in site.pids()
    assert said["worker"] in (0, 1)
    assert said["rss"] > 500_000
    if not site.programs.sanitized:  # whose allocator is not asked
        assert 0 < said["heap_used"] <= said["heap_total"]
        assert said["external"] >= 16384, "the connection that asks is in a pool"
    assert said["uptime"] > 0
    assert (said["cwd"], said["small"]) == (0, -4)  # EDDY_ETOOBIG
    assert said["directory"] == os.readlink(f"/proc/{said['pid']}/cwd")
    assert said["none"]
    environ = Path(f"/proc/{said['pid']}/environ").read_bytes().decode().split("\0")
    assert said["home"] == dict(line.split("=", 1) for line in environ if line).get("HOME", "")


def test_a_module_learns_its_name_and_its_options(site, client):
    said = json.loads(client.get("/about").body)
    assert {key: said[key] for key in ("name", "color", "absent")} == {
        "name": "probe",
        "color": "green",
        "absent": "the fallback",
    }
    assert (said["near"], said["far"]) == (f"{site.folder}/a/b", "/a/b")  # a path starts at the conf
    assert said["small"] == -4  # EDDY_ETOOBIG


def test_a_module_sees_all_workers(site, client):
    said = json.loads(client.get("/cluster").body)
    assert {worker["pid"] for worker in said} == set(site.pids())
    assert {worker["worker"] for worker in said} == {0, 1}
    assert {worker["state"] for worker in said} == {"ACCEPTING"}


def test_a_cluster_message_reaches_every_worker_once(site, client):
    before = len(site.log())
    assert client.post("/say", b"hear-me-1").body == b"0\n"
    for worker in (0, 1):
        site.wait_log(rf"worker {worker} heard hear-me-1 \(9 bytes\)", after=before)
    assert site.log()[before:].count("heard hear-me-1") == 2


def test_cluster_messages_of_one_sender_keep_their_order(site, client):
    before = len(site.log())
    client.send(
        b"".join(request("POST", "/say", "Content-Length: 3") + b"n%02d" % i for i in range(20))
    )
    for _ in range(20):
        assert client.read().body == b"0\n"
    for worker in (0, 1):
        site.wait_log(rf"worker {worker} heard n19", after=before)
        order = re.findall(rf"worker {worker} heard n(\d\d)", site.log()[before:])
        assert order == [f"{i:02}" for i in range(20)]


def test_a_cluster_message_of_the_largest_size_arrives_and_a_larger_one_is_refused(site, client):
    before = len(site.log())
    size = 65000 - len("probe")
    assert client.post("/say", b"x" * size).body == b"0\n"
    for worker in (0, 1):
        site.wait_log(rf"worker {worker} heard x+ \({size} bytes\)", after=before)
    assert client.post("/say", b"x" * (size + 1)).body == b"-4\n"
