"""Sockets that were listening before eddyd: taken over by address and by name, kept, refused."""
import os
import signal
import socket

import pytest

from harness import ports
from harness.client import Client
from harness.daemon import children, file_links, listening as port_listens, run
from harness.manager import Manager, listening
from harness.wait import wait_until

needs_ipv6 = pytest.mark.skipif(not ports.has_ipv6(), reason="no IPv6 on this machine")


@pytest.fixture
def manager(daemon):
    made = Manager(daemon)
    yield made
    made.close()


def local(daemon):
    return ("127.0.0.1", daemon.port)


def same_socket(daemon, one):
    """Whether eddyd has this very socket open."""
    return os.readlink(f"/proc/self/fd/{one.fileno()}") in file_links(daemon.pid)


def test_a_socket_is_taken_over_by_its_address(daemon, manager):
    """Who has come before the start is served."""
    with manager.pass_on("any", listening(local(daemon))) as one, daemon.connect() as early:
        manager.start()
        assert early.get("/hello").status == 200
        assert same_socket(daemon, one)
        assert daemon.get().status == 200
        assert daemon.status()["listeners"][0]["address"] == f"127.0.0.1:{daemon.port}"


def test_a_socket_is_taken_over_by_its_name(daemon, manager):
    daemon.conf(listens={"fd:web": {}})
    with manager.pass_on("other", listening(("127.0.0.1", ports.free_port()))), manager.pass_on(
        "web", listening(local(daemon))
    ):
        daemon.expect_log("nobody serves")
        manager.start()
        assert daemon.get().status == 200
        daemon.wait_log(rf"listening on fd:web \(127.0.0.1:{daemon.port}\)")
        assert f"\nlistening on fd:web (127.0.0.1:{daemon.port})\n" in daemon.ctl("status").stdout
        daemon.wait_log('nobody serves 127.* passes as "other"')


@pytest.mark.parametrize("form", ["/", "@"])
def test_a_unix_socket_is_taken_over_and_its_file_stays_the_manager_s(daemon, manager, form):
    path = f"{form if form == '@' else ''}{daemon.folder}/web.sock"
    for listen in (f"unix:{path}", "fd:web"):
        daemon.conf(listens={listen: {}})
        with manager.pass_on("web", listening(path)):
            if form == "/":
                os.chmod(path, 0o640)
            manager.start()
            daemon.reload()
            assert daemon.get(address=path.replace("@", "\0")).status == 200
            daemon.signal(signal.SIGTERM)
            daemon.wait_exit()
            if form == "/":
                assert os.stat(path).st_mode & 0o777 == 0o640
                os.unlink(path)
        manager.sockets.clear()


def test_a_socket_is_for_raw_tcp_too(daemon, manager):
    daemon.conf(
        listens={
            "fd:echo": {"protocol": "tcp", "module": "echo"},
            **{f"127.0.0.1:{daemon.port}": {}},
        },
        modules={"hello": {"path": "hello.so"}, "echo": {"path": "echo.so"}},
    )
    port = ports.free_port()
    with manager.pass_on("echo", listening(("127.0.0.1", port))):
        manager.start()
        with Client(("127.0.0.1", port)) as client:
            client.send(b"any bytes\n")
            assert client.sock.recv(10, socket.MSG_WAITALL) == b"any bytes\n"


def test_a_reload_takes_a_socket_drops_it_and_takes_it_again(daemon, manager):
    second = ports.free_port()
    daemon.expect_log("nobody serves")
    with manager.pass_on("web", listening(local(daemon))), manager.pass_on(
        "two", listening(("127.0.0.1", second))
    ):
        manager.start()
        for listens in (
            {f"127.0.0.1:{daemon.port}": {}, "fd:two": {}},
            {f"127.0.0.1:{second}": {}},
            {"fd:web": {}, f"127.0.0.1:{second}": {"backlog": 7}},
            {"fd:web": {}, "fd:two": {}},
        ):
            daemon.conf(listens=listens)
            daemon.reload()
            if "fd:two" in listens or f"127.0.0.1:{second}" in listens:
                assert daemon.get(address=("127.0.0.1", second)).status == 200
        assert daemon.get().status == 200
        assert daemon.log().count("nobody serves") == 2  # the second at first, then the first


def test_an_upgrade_keeps_what_was_passed(daemon, manager):
    second = ports.free_port()
    daemon.expect_log("nobody serves")
    with manager.pass_on("web", listening(local(daemon))) as one, manager.pass_on(
        "two", listening(("127.0.0.1", second))
    ):
        manager.start()
        for _ in range(2):
            assert daemon.ctl("upgrade").returncode == 0
            assert same_socket(daemon, one)
        daemon.conf(listens={"fd:web": {}, "fd:two": {}})
        daemon.reload()
        assert daemon.get().status == 200
        assert daemon.get(address=("127.0.0.1", second)).status == 200
        assert daemon.log().count("nobody serves") == 1


@needs_ipv6
@pytest.mark.parametrize("ipv6only", [True, False])
def test_ipv6_alone_or_with_ipv4_is_what_the_socket_is(daemon, manager, ipv6only):
    daemon.address = ("::1", daemon.port)
    daemon.conf(listens={f"[::]:{daemon.port}": {"ipv6only": ipv6only}})
    with manager.pass_on("web", listening(("::", daemon.port), ipv6only=int(ipv6only))) as one:
        manager.start()
        assert same_socket(daemon, one)
        assert daemon.get().status == 200


def refused(daemon, manager, code=69):
    """The last line of the log of an eddyd that does not start."""
    daemon.expected_exit = code
    daemon.expect_log("cannot listen on|nobody can listen")
    manager.launch()
    assert daemon.wait_exit() == code
    return daemon.log().splitlines()[-1]


@needs_ipv6
def test_an_address_that_the_manager_s_socket_takes_in_is_refused_with_what_to_write(
    daemon, manager
):
    with manager.pass_on("web", listening(("::", daemon.port), ipv6only=0)):
        said = refused(daemon, manager)
        assert f"at [::]:{daemon.port} {{ ipv6only = false }}" in said
        assert 'write listen "fd:web"' in said


def test_a_name_that_was_not_passed_is_refused_with_those_that_were(daemon, manager):
    daemon.conf(listens={"fd:wbe": {}})
    with manager.pass_on("web", listening(local(daemon))):
        said = refused(daemon, manager)
        assert 'no socket of the name "wbe", but web (' in said
        assert said.startswith(f"<3>{daemon.conf_path}:4: cannot listen on fd:wbe: ")


def test_a_name_without_any_socket_is_refused(daemon, manager):
    daemon.conf(listens={"fd:web": {}})
    assert "no socket has been passed" in refused(daemon, manager)


def test_a_name_of_several_sockets_is_refused(daemon, manager):
    daemon.conf(listens={"fd:web": {}})
    with manager.pass_on("web", listening(local(daemon))), manager.pass_on(
        "web", listening(("127.0.0.1", ports.free_port()))
    ):
        assert "2 sockets are passed under that name" in refused(daemon, manager)


def test_one_socket_by_name_and_by_address_is_refused(daemon, manager):
    daemon.conf(listens={"fd:web": {}, f"127.0.0.1:{daemon.port}": {}})
    with manager.pass_on("web", listening(local(daemon))):
        assert 'the socket of listen "fd:web", too' in refused(daemon, manager)


@pytest.mark.parametrize("first", ["name", "address"])
def test_a_reload_refuses_one_socket_by_name_and_by_address_as_a_start_does(daemon, manager, first):
    by = {"name": "fd:web", "address": f"127.0.0.1:{daemon.port}"}
    daemon.conf(listens={by[first]: {}})
    with manager.pass_on("web", listening(local(daemon))):
        manager.start()
        daemon.expect_log("is the socket of listen|reload failed")
        for one, other in (list(by.values()), list(by.values())[::-1]):
            daemon.conf(listens={one: {}, other: {}})
            done = daemon.ctl("reload")
            said = f'cannot listen on {other}: that is the socket of listen "{one}", too'
            assert done.returncode != 0 and said in done.stderr, done
        assert daemon.get().status == 200



def unbound():
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM)


@pytest.mark.parametrize(
    "make, why",
    [
        (lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM), "it is no stream socket"),
        (unbound, "it does not listen: the socket unit needs Accept=no"),
        (lambda: open("/dev/null", encoding="ascii"), "it is no socket"),
    ],
    ids=["datagram", "not listening", "file"],
)
def test_what_cannot_be_listened_at_is_refused(daemon, manager, make, why):
    daemon.conf(listens={"fd:web": {}})
    with make() as one:
        manager.pass_on("web", one)
        said = refused(daemon, manager)
        assert f"cannot listen on fd:web: {why}" in said


def test_more_sockets_beside_that_of_another_user_are_refused(daemon, manager):
    if os.geteuid() != 0:
        pytest.skip("only root can be two users")
    daemon.conf(listens={f"127.0.0.1:{daemon.port}": {"accept": "reuseport"}})
    os.seteuid(65534)
    try:
        one = listening(local(daemon))
    finally:
        os.seteuid(0)
    with manager.pass_on("web", one):
        assert 'leave out accept = "reuseport"' in refused(daemon, manager)


def test_reuseport_opens_more_beside_a_socket_of_the_same_user(daemon, manager):
    daemon.conf(listens={f"127.0.0.1:{daemon.port}": {"accept": "reuseport"}})
    with manager.pass_on("web", listening(local(daemon))) as one:
        manager.start()
        assert same_socket(daemon, one)
        for _ in range(8):
            assert daemon.get().status == 200


def test_a_module_that_wants_a_passed_address_is_told_who_has_it(daemon, manager, modules):
    address = ("127.0.0.1", ports.free_port())
    options = {"address": f"127.0.0.1:{address[1]}", "error": "tell"}
    daemon.conf(
        modules={"server": {"path": str(modules / "server.so"), **options}},
        routes={"/address": {"module": "server", "handler": "address"}},
    )
    daemon.expect_log("nobody serves|cannot listen on")
    with manager.pass_on("web", listening(address)):
        manager.start()
        assert daemon.get("/address").body == b"EADDRINUSE"
        daemon.wait_log('for worker . .*: the service manager listens there .* "web": write listen')


def test_a_check_takes_the_conf_as_it_is(daemon):
    daemon.conf(listens={"fd:web": {}})
    done = run(*daemon.programs.eddyd_command("-t", "-c", daemon.conf_path))
    assert done.returncode == 0, done
    done = run(*daemon.programs.eddyd_command("-T", "-c", daemon.conf_path))
    assert 'listen "fd:web" {' in done.stdout


def test_sockets_for_another_process_are_not_touched(daemon):
    """LISTEN_PID is somebody else's: a program that was started by a service, say."""
    daemon.start(LISTEN_PID="1", LISTEN_FDS="1")
    assert daemon.get().status == 200


def test_the_variables_do_not_reach_the_workers(daemon, manager):
    with manager.pass_on("web", listening(local(daemon))):
        manager.start(FDSTORE="12")
        for pid in children(daemon.pid):
            with open(f"/proc/{pid}/environ", "rb") as file:
                names = [pair.partition(b"=")[0] for pair in file.read().split(b"\0")]
            assert not [name for name in names if name.startswith((b"LISTEN_", b"FDSTORE"))]


# the store


def tcp(daemon):
    return f"eddyd/tcp/127.0.0.1-{daemon.port}"


def restart(daemon, manager, how=signal.SIGTERM):
    """Ended so, and started again, by a manager that does what systemd does."""
    manager.take()
    daemon.signal(how)
    daemon.wait_exit()
    manager.take()
    manager.start()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL], ids=["restart", "crash"])
def test_who_waits_while_eddyd_is_restarted_is_served(daemon, manager, how):
    daemon.conf(modules={"hello": {"path": "hello.so"}})
    manager.start()
    manager.wait_names(tcp(daemon))
    manager.wait_said("READY=1")
    workers = daemon.pids()
    daemon.signal(how)
    daemon.wait_exit()
    wait_until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in workers), "workers to end")
    with daemon.connect() as client:
        manager.start()
        assert client.get("/hello").status == 200
    assert manager.names() == [tcp(daemon)]


def test_a_reload_stores_what_is_new_and_takes_out_what_has_gone(daemon, manager):
    manager.start()
    manager.wait_names(tcp(daemon))
    second = ports.free_port()
    daemon.conf(listens={f"127.0.0.1:{second}": {}, "unix:@" + daemon.folder: {}})
    daemon.reload()
    names = f"eddyd/tcp/127.0.0.1-{second}", f"eddyd/unix/0-0@{daemon.folder}"
    manager.wait_names(*names)
    wait_until(lambda: not port_listens(daemon.port), "the first to be closed")
    restart(daemon, manager)
    assert manager.names() == sorted(names)
    assert daemon.get(address=("127.0.0.1", second)).status == 200
    assert daemon.get(address="\0" + daemon.folder).status == 200


@needs_ipv6
def test_an_address_that_changes_its_kind_is_stored_anew(daemon, manager):
    """The name is the same: the old one goes before the new one comes."""
    daemon.address = ("::1", daemon.port)
    daemon.conf(listens={f"[::]:{daemon.port}": {}})
    manager.start()
    name = f"eddyd/tcp/[--]-{daemon.port}"
    manager.wait_names(name)
    daemon.conf(listens={f"[::]:{daemon.port}": {"ipv6only": False}})
    daemon.reload()
    manager.wait_said("FDSTOREREMOVE=1")
    manager.wait_names(name)
    restart(daemon, manager)
    assert daemon.get(address=("127.0.0.1", daemon.port)).status == 200
    assert manager.names() == [name]


def test_a_unix_socket_in_the_service_s_folder_is_stored_with_its_file(daemon, manager):
    folder = f"{daemon.folder}/run"
    os.mkdir(folder)
    os.environ["RUNTIME_DIRECTORY"] = f"{daemon.folder}/other:{folder}"
    try:
        inside, outside = f"{folder}/web.sock", f"{daemon.folder}/web.sock"
        daemon.conf(listens={f"unix:{inside}": {"mode": "0600"}, f"unix:{outside}": {}})
        manager.start()
        inode = os.stat(inside)
        name = f"eddyd/unix/{inode.st_dev:x}-{inode.st_ino:x}{inside}"
        manager.wait_names(name)
        daemon.signal(signal.SIGTERM)
        daemon.wait_exit()
        assert os.path.exists(inside) and not os.path.exists(outside)
        with daemon.connect(inside) as client:
            manager.start()
            assert client.get("/hello").status == 200
        assert os.stat(inside).st_ino == inode.st_ino
        assert manager.names() == [name]
        # one whose file was removed reaches nobody: it goes, and another takes its place
        daemon.signal(signal.SIGTERM)
        daemon.wait_exit()
        os.unlink(inside)
        daemon.expect_log("which was kept open")
        manager.start()
        assert daemon.get(address=inside).status == 200
        inode = os.stat(inside)
        manager.wait_names(f"eddyd/unix/{inode.st_dev:x}-{inode.st_ino:x}{inside}")
        # and a reload that drops it removes the file
        daemon.conf(listens={f"unix:{outside}": {}})
        daemon.reload()
        manager.wait_names()
        assert not os.path.exists(inside)
    finally:
        del os.environ["RUNTIME_DIRECTORY"]


def test_each_socket_of_reuseport_is_stored(daemon, manager):
    daemon.conf(workers=3, listens={f"127.0.0.1:{daemon.port}": {"accept": "reuseport"}})
    manager.start()
    manager.wait_names(*[tcp(daemon)] * 3)
    daemon.conf(workers=5)
    daemon.reload()
    manager.wait_names(*[tcp(daemon)] * 5)
    daemon.signal(signal.SIGTERM)
    daemon.wait_exit()
    clients = [daemon.connect() for _ in range(40)]  # each socket has some of them
    manager.start()
    for client in clients:
        assert client.get("/hello", "Connection: close").status == 200
    assert manager.names() == [tcp(daemon)] * 5


def test_what_the_conf_no_longer_names_is_closed_and_taken_out(daemon, manager):
    """And is not in the way of an address that overlaps with it."""
    daemon.conf(listens={f"0.0.0.0:{daemon.port}": {}})
    manager.start()
    manager.wait_names(f"eddyd/tcp/0.0.0.0-{daemon.port}")
    daemon.signal(signal.SIGTERM)
    daemon.wait_exit()
    daemon.conf(listens={f"127.0.0.1:{daemon.port}": {}})
    manager.start()
    daemon.wait_log(rf"<5>0\.0\.0\.0:{daemon.port}, which was kept open")
    manager.wait_names(tcp(daemon))
    assert daemon.get().status == 200
    with pytest.raises(ConnectionRefusedError):
        Client(("127.0.0.2", daemon.port))


def test_an_upgrade_goes_on_with_what_is_stored(daemon, manager):
    second = ports.free_port()
    daemon.conf(listens={f"127.0.0.1:{daemon.port}": {}, f"127.0.0.1:{second}": {}})
    manager.start()
    names = tcp(daemon), f"eddyd/tcp/127.0.0.1-{second}"
    manager.wait_names(*names)
    assert daemon.ctl("upgrade").returncode == 0
    daemon.conf(listens={f"127.0.0.1:{daemon.port}": {}})
    daemon.reload()
    manager.wait_names(tcp(daemon))
    restart(daemon, manager)
    assert daemon.get().status == 200


def test_a_reload_that_fails_leaves_the_store_alone(daemon, manager):
    daemon.expect_log("cannot listen|reload failed")
    manager.start()
    manager.wait_names(tcp(daemon))
    with listening(("127.0.0.1", ports.free_port())) as taken:
        daemon.conf(listens={"127.0.0.1:%d" % taken.getsockname()[1]: {}})
        daemon.reload(expect=1)
    assert manager.names() == [tcp(daemon)]
    assert daemon.get().status == 200


def test_what_a_unit_passes_is_not_stored(daemon, manager):
    with manager.pass_on("web", listening(local(daemon))):
        manager.start()
        manager.wait_said("READY=1")
        assert manager.names() == []


def test_a_manager_that_reads_late_is_told_all_the_same(daemon, manager):
    """Its queue is full: what there is to store is owed, in the right order."""
    filler = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    filler.setblocking(False)
    manager.start(WATCHDOG_USEC="400000")
    manager.wait_names(tcp(daemon))
    with filler:
        with pytest.raises(BlockingIOError):
            while True:
                filler.sendto(b"X=1", f"{daemon.folder}/notify")
        second = ports.free_port()
        daemon.conf(listens={f"127.0.0.1:{second}": {}})
        daemon.reload()
    manager.wait_names(f"eddyd/tcp/127.0.0.1-{second}")
