"""
The bench's own arithmetic: what it reads from the kernel and from wrk, and what it makes of it.
"""
import importlib.machinery
import importlib.util
import os
import xml.dom.minidom

import pytest

import chart
import loads
import measure
import report
import servers
import starts
import timers


def load_program(name):
    """A program without .py, as a module."""
    path = os.path.join(servers.HERE, name)
    loader = importlib.machinery.SourceFileLoader(f"bench_{name}", path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


# what the kernel says


def test_a_name_with_brackets_and_spaces_does_not_shift_the_fields_of_stat():
    line = "17 (a) b (c)) S 4 17 17 0 -1 4194560 1 0 0 0 250 31 0 0 20 0 1 0 99\n"
    assert measure.parse_stat(line) == (4, 250)


def test_a_machine_is_busy_with_all_but_idle_and_iowait():
    assert measure.parse_busy("cpu  1 2 4 1000 2000 8 16 32 64 128") == 63


def test_pss_is_in_bytes():
    assert (
        measure.parse_pss("Rss:  900 kB\nPss:                 512 kB\nPss_Anon: 1 kB\n") == 524288
    )


def test_a_family_is_a_process_and_its_descendants():
    assert measure.family(os.getpid())[0] == os.getpid()
    assert os.getppid() not in measure.family(os.getpid())


def test_the_cpu_time_of_a_process_grows_with_its_work():
    before = measure.Usage([os.getpid()])
    while measure.cpu_ns(os.getpid()) - before.cpu_ns[os.getpid()] < 2000000:
        pass
    usage = measure.Usage([os.getpid()]).since(before)
    assert usage["cpu_us"] >= 2000
    assert usage["share"] == 1


def test_a_server_that_has_lost_a_process_was_not_measured():
    before, after = measure.Usage([os.getpid()]), measure.Usage([os.getppid()])
    with pytest.raises(measure.Gone):
        after.since(before)


# medians


def test_the_spread_is_that_of_the_extremes():
    assert measure.summary([4, 2, 3]) == {
        "median": 3,
        "min": 2,
        "max": 4,
        "rounds": 3,
        "spread": pytest.approx(2 / 3),
    }


def test_a_ratio_is_the_median_of_those_of_each_round():
    assert measure.ratio({1: 2, 2: 30, 3: 5}, {1: 1, 2: 10, 3: 5}) == 2
    assert measure.ratio({1: 2}, {2: 1}) is None


# what the loads look at


def test_an_answer_is_told_from_what_follows_it():
    data = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX: a:b\r\n\r\nabcHTTP"
    assert loads.parse_answer(data) == (
        200,
        {"content-length": "3", "x": "a:b"},
        b"abc",
        50 - 4 + 3,
    )
    assert loads.parse_answer(data[:20]) is None
    assert loads.parse_answer(data[:47]) is None


def test_a_request_carries_the_length_of_its_body():
    assert loads.request("POST", "/x", {"A": "b"}, b"cd") == (
        b"POST /x HTTP/1.1\r\nHost: bench\r\nA: b\r\nContent-Length: 2\r\n\r\ncd"
    )


def test_the_browser_sends_20_headers():
    assert loads.LOADS["headers"].sent.count(b": ") == 20


def counts(**more):
    result = dict.fromkeys(("status", "connect", "read", "write", "timeout"), 0)
    return result | {"requests": 10, "bytes": 1000} | more


@pytest.mark.parametrize("bytes_in", [1000, 1200])
def test_answers_that_wrk_has_cut_off_at_its_end_are_no_failure(bytes_in):
    loads.check_counts(counts(bytes=bytes_in), 100, 2)


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({"status": 3}, "3 answers were no 2xx"),
        ({"connect": 1}, "1 connections failed"),
        ({"timeout": 2, "read": 1}, "1 reads failed, 2 answers came late"),
        ({"requests": 0}, "nothing was answered"),
        ({"bytes": 999}, "wrong bytes: 99.9 in an answer, not 100"),
        ({"bytes": 1201}, "wrong bytes"),
    ],
)
def test_what_wrk_complains_of_fails_the_load(wrong, said):
    with pytest.raises(servers.Failed, match=said):
        loads.check_counts(counts(**wrong), 100, 2)


def test_a_conf_gets_its_values_and_the_lines_of_its_flags():
    text = "a @PORT@;\n\t@log b @PORT@;\n\t@log\tc;\n@nolog d;\n"
    assert servers.fill_in(text, {"PORT": 80}, {"log"}) == "a 80;\n\tb 80;\n\tc;\n"


def test_the_table_of_timers_is_read_back():
    rows = timers.parse(
        "9 timers, medians of 1 rounds\n"
        "10 ms each, fire\n"
        "  set                                 50.1      25.0 ns        0.50\n"
        "  memory                             100.0     140.0 bytes     1.40  too much\n"
    )
    assert [(row["pattern"], row["what"], row["ratio"], row["holds"]) for row in rows] == [
        ("10 ms each, fire", "set", 0.5, True),
        ("10 ms each, fire", "memory", 1.4, False),
    ]


# the report


class Kind:
    def __init__(self, name, is_peer=False):
        self.name, self.is_peer, self.notes = name, is_peer, {}
        self.threads = name == "h2o"


KINDS = [Kind("eddy"), Kind("floor"), Kind("nginx", True), Kind("h2o", True)]


def made(load, server, costs):
    """A sample for each cost; a text is an error."""
    for number, cost in enumerate(costs, 1):
        one = {"load": load, "server": server, "round": number}
        if isinstance(cost, str):
            yield one | {"error": cost}
        else:
            more = {"user": cost / 10, "rate": 1e6 / cost, "memory": 1 << 20, "share": 0.5}
            yield one | {"cost": cost, "others": 0.01} | more


def judged(samples, name="keepalive"):
    found = report.result(list(samples), [loads.LOADS[name]], KINDS, {})
    return found[name]["limits"]


def test_limits_are_judged_against_the_floor_and_the_best_peer():
    samples = [*made("keepalive", "eddy", [5, 6]), *made("keepalive", "floor", [5, 5])]
    samples += [*made("keepalive", "nginx", [9, 9]), *made("keepalive", "h2o", [5, 6])]
    floor, best = judged(samples)
    assert (floor["ratio"], floor["of"], floor["holds"]) == (pytest.approx(1.1), "floor", True)
    assert (best["ratio"], best["of"], best["holds"]) == (1, "h2o", False)


def test_a_peer_that_has_failed_is_not_the_best():
    samples = [*made("keepalive", "eddy", [5, 5]), *made("keepalive", "nginx", [9, 9])]
    samples += [*made("keepalive", "h2o", [1, "closed"])]
    assert judged(samples)[1]["of"] == "nginx"


def test_a_limit_without_anything_to_judge_by_is_neither_held_nor_missed():
    (said, _) = judged(made("keepalive", "eddy", [5]))
    assert said["holds"] is None
    assert "not known, floor was not measured" in report.limit_line(said)


def test_a_limit_is_missed_when_eddy_fails():
    samples = [*made("keepalive", "eddy", [5, "answered 500"]), *made("keepalive", "floor", [5, 5])]
    assert judged(samples)[0]["holds"] is False


def test_two_loads_of_eddys_are_compared():
    samples = [*made("log", "eddy", [12]), *made("keepalive", "eddy", [10])]
    (said,) = judged(samples, "log")
    assert (said["ratio"], said["of"], said["holds"]) == (1.2, "load keepalive", True)


def test_a_failure_is_never_shown_as_a_figure():
    samples = [
        *made("keepalive", "eddy", [5.5, 5.5]),
        *made("keepalive", "nginx", ["answered 500"]),
    ]
    load = loads.LOADS["keepalive"]
    found = report.result(samples, [load], KINDS, {"keepalive": {"kore": "not installed"}})
    table = report.table(found, [load])
    assert "nginx            FAILED: answered 500" in table
    assert "kore             left out: not installed" in table
    assert "eddy                  5.50     ±0%" in table
    picture = xml.dom.minidom.parseString(chart.draw(found, "a < b"))
    assert len(picture.getElementsByTagName("rect")) == 2  # the ground, and eddy's bar


def test_a_server_of_which_one_process_does_all_is_told():
    load = loads.LOADS["keepalive"]

    def table(server, share):
        rows = [row | {"share": share} for row in made("keepalive", server, [5.5, 5.5])]
        return report.table(report.result(rows, [load], KINDS, {}), [load])

    assert "(one process did 100% of it)" in table("eddy", 0.995)
    assert "of it)" not in table("eddy", 0.5)
    assert "of it)" not in table("h2o", 1)  # its workers are threads


def test_the_part_of_a_script_in_a_start_is_what_it_takes_longer():
    def summary(median):
        return {"median": median, "min": 1, "max": 99}

    found = {"without": summary(5), "with": summary(70), "reload": summary(199)}
    said = starts.table(found, 65)
    assert "MISSED the script's part of the start <= 60 ms: 65.0" in said
    assert "holds  a changed script is served after <= 200 ms: 199.0" in said


def test_the_script_that_is_started_has_its_lines():
    assert starts.SCRIPT_LINES <= starts.script("x").count("\n") < starts.SCRIPT_LINES + 12


def test_the_memory_of_a_minute_is_the_median_of_its_looks():
    looks = [(30, 1 << 20), (61, 3 << 20), (80, 5 << 20), (119, 4 << 20), (121, 9 << 20)]
    assert load_program("soak").minute(looks, 2) == 4


# callgrind


def test_more_instructions_than_the_tolerance_fail():
    callgrind = load_program("callgrind")
    baseline = {"keepalive": 1000, "close": 1000, "post": 1000}
    _, good = callgrind.compare({"keepalive": 1050, "close": 900}, baseline)
    assert good
    lines, good = callgrind.compare({"keepalive": 1051, "new": 1}, baseline)
    assert not good
    assert "too much" in lines[1] and "--update" in lines[2]


def test_the_functions_of_a_profile_are_merged_and_counted_for_a_request():
    text = (
        " 3,000 (100.0%)  /x/main.c:main [/y/eddy-worker]\n"
        " 2,000 (66.67%)  /x/head.c:head_parse [/y/eddy-worker]\n"
        "   500 (16.67%)  /x/head.h:head_parse\n"
        "   100 ( 3.33%)  ???:free [/z/libc.so]\n"
    )
    assert load_program("callgrind").functions(text, 10) == [(250, "head_parse"), (10, "free")]
