"""
Which handler answers: exact before parameter before prefix, the longest first, whatever the order
in the file.
"""
import json

import pytest

from harness.client import request

ROUTES = {
    "/*": {"module": "any"},
    "/files/*": {"module": "files"},
    "/files/images/*": {"module": "images"},
    "/files/images/logo": {"module": "exact"},
    "/p/:a": {"module": "probe"},
    "/p/:a/x/:b": {"module": "probe"},
    "/p/fixed": {"module": "exact"},
    "/p/:a/fixed": {"module": "exact"},
    "/rest/*": {"module": "probe"},
    "/only/get": {"module": "exact", "methods": ["GET"]},
    "/only/two": {"module": "exact", "methods": ["PUT", "DELETE"]},
}
GREETINGS = ("any", "files", "images", "exact")


@pytest.fixture(scope="module", params=["as written", "turned round"])
def routed(request, programs, modules):
    from harness.daemon import Daemon

    one = Daemon(programs)
    routes = dict(ROUTES if request.param == "as written" else reversed(ROUTES.items()))
    loaded = {name: {"path": "hello.so", "greeting": name} for name in GREETINGS}
    loaded["probe"] = {"path": str(modules / "probe.so")}
    try:
        one.conf(workers=1, modules=loaded, routes=routes)
        one.start()
    except BaseException:
        one.kill()
        raise
    yield one
    one.finish()


@pytest.mark.parametrize(
    "path,module",
    [
        ("/", "any"),
        ("/nothing", "any"),
        ("/files", "any"),
        ("/files/", "files"),
        ("/files/a", "files"),
        ("/files/a/b/c", "files"),
        ("/files/images/", "images"),
        ("/files/images/x", "images"),
        ("/files/images/logo", "exact"),
        ("/files/images/logo/", "images"),
        ("/files/images/logos", "images"),
        ("/p/fixed", "exact"),
        ("/p/seven/fixed", "exact"),
        ("/p/seven/other", "any"),
        ("/files/images/logo?query", "exact"),
        ("//files/a", "any"),
    ],
)
def test_the_most_specific_route_answers(routed, path, module):
    answer = routed.get(path)
    assert (answer.status, answer.body) == (200, f"{module}\n".encode())


@pytest.mark.parametrize(
    "path,params",
    [
        ("/p/seven", {"a": "seven"}),
        ("/p/sev%65n%2F", {"a": "sev%65n%2F"}),
        ("/p/1/x/2", {"a": "1", "b": "2"}),
        ("/p/:a/x/*", {"a": ":a", "b": "*"}),
        ("/rest/of/it", {"*": "of/it"}),
        ("/rest/", {"*": ""}),
    ],
)
def test_parameters_hold_what_the_path_has_in_their_place(routed, path, params):
    said = json.loads(routed.get(path).body)["params"]
    assert said == {"a": None, "b": None, "*": None} | params


def test_an_empty_segment_is_no_parameter(routed):
    assert routed.get("/p/").body == b"any\n"


def test_a_wrong_method_is_answered_with_405_and_allow(routed):
    client = routed.connect()
    answer = client.get("/only/get", method="POST")
    assert answer.status == 405
    allowed = {method.strip() for method in answer.get("Allow").split(",")}
    assert "GET" in allowed and allowed <= {"GET", "HEAD"}
    answer = client.get("/only/two")
    assert answer.status == 405
    assert {method.strip() for method in answer.get("Allow").split(",")} == {"PUT", "DELETE"}
    for method in ("PUT", "DELETE"):
        assert client.get("/only/two", method=method).status == 200


def test_methods_do_not_match_in_another_case(routed):
    assert routed.connect().get("/only/get", method="get").status == 405


def test_a_route_with_get_answers_head(routed):
    client = routed.connect()
    client.send(request("HEAD", "/only/get"))
    assert client.read("HEAD").status == 200


def test_no_route_is_404_and_the_connection_goes_on(site, client):
    for path in ("/nowhere", "/hello/", "/hellO", "/hello/x", "/%68ello"):
        answer = client.get(path)
        assert answer.status == 404, path
        assert answer.framing == "length"
    client.expect_open()


def test_head_of_no_route_has_no_body(client):
    client.send(request("HEAD", "/nowhere"))
    assert client.read("HEAD").status == 404
    client.expect_silence()
    client.expect_open()
