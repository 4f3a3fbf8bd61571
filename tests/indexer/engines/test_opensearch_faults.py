"""A cluster that is away, busy, wrong or half-way done: what comes of it, against a server of our own."""

from __future__ import annotations

import json
import socket
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from threading import Event, Thread
from typing import Any
from urllib.parse import quote

import pytest

from indexer.engines.base import Delete
from indexer.engines.opensearch_engine import (
    Cluster,
    ClusterSettings,
    ClusterUnavailable,
    IndexPlan,
    OpenSearchEngine,
)
from indexer.engines.opensearch_engine import bulk as bulk_module
from indexer.engines.opensearch_engine import engine as engine_module
from indexer.engines.opensearch_engine.breaker import FAILURES, OPEN_S, Breaker
from indexer.engines.opensearch_engine.bulk import ATTEMPTS, Line, line_of, send
from indexer.engines.opensearch_engine.connection import Connection
from indexer.engines.opensearch_engine.mapping import FORMAT
from indexer.errors import ConfigError, IndexDamaged, IndexMissing

Answer = tuple[int, Any]
Respond = Callable[[str, str, str], Answer]
"""(method, path, body) -> (status, JSON or text)."""

_SIGNED_IN: list[str] = []
"""The header of each request that a server of this module got."""
_VERSION = {"distribution": "opensearch", "number": "3.5.0"}


@contextmanager
def _served(respond: Respond) -> Iterator[str]:
    """The address of a server that answers so."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            _SIGNED_IN.append(self.headers.get("Authorization", ""))
            status, answer = respond(self.command, self.path, body)
            data = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            kind = "text/html" if isinstance(answer, str) else "application/json"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _answer  # noqa: N815 -- the library's names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def _connected(respond: Respond, timeout_s: float = 5.0) -> Iterator[Connection]:
    with _served(respond) as url:
        connection = Connection(ClusterSettings((url,), timeout_s=timeout_s))
        yield connection
        connection.close()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"version": {"number": "8.15.0"}}, "Elasticsearch 8.15.0, and Dalil needs OpenSearch 2.10"),
        ({"version": {**_VERSION, "number": "2.9.0"}}, "OpenSearch 2.9.0, and Dalil needs 2.10 or newer"),
        ({"hello": "world"}, "answers no OpenSearch"),
        ("<html>Welcome</html>", "opensearch_urls"),
    ],
    ids=["Elasticsearch", "too old", "another service", "a web page"],
)
def test_a_server_that_is_no_cluster_for_us_is_named(answer: Any, message: str) -> None:
    with _connected(lambda *_: (200, answer)) as connection, pytest.raises(ConfigError, match=message):
        connection.check()


def test_the_version_of_a_cluster() -> None:
    with _connected(lambda *_: (200, {"version": _VERSION})) as connection:
        assert connection.check() == "3.5.0"


@pytest.mark.parametrize(
    ("urls", "options", "message"),
    [
        ((), {}, "opensearch_urls is empty"),
        (("search-1:9200",), {}, "write https://search-1:9200"),
        (("https://search-1:9200",), {"ca_file": "/no/such/ca.pem"}, "is not there"),
    ],
)
def test_settings_that_cannot_be_used_are_named(
    urls: tuple[str, ...], options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        Connection(ClusterSettings(urls, **options))


def test_no_message_shows_a_password() -> None:
    """Neither the setting nor one in an address."""
    url = f"http://127.0.0.1:{_free_port()}"
    for settings in (
        ClusterSettings((url.replace("//", "//ann:secret@"),)),
        ClusterSettings((url,), user="ann", password="secret"),  # noqa: S106 -- of nobody
    ):
        with pytest.raises(ClusterUnavailable) as caught:
            Connection(settings).ask("GET", "/")
        assert "secret" not in str(caught.value)
        assert "secret" not in repr(settings)


def test_a_cluster_that_is_away_is_asked_no_more_after_some_failures() -> None:
    """And once in a while again, by one who tries for all."""
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    connection = Connection(ClusterSettings((f"http://127.0.0.1:{_free_port()}",)), breaker)
    for _ in range(FAILURES):
        with pytest.raises(ClusterUnavailable, match="cannot be reached"):
            connection.ask("GET", "/")
    with pytest.raises(ClusterUnavailable, match="asked again in 10 s") as caught:
        connection.ask("GET", "/")
    assert caught.value.retry_after_s == 10
    now[0] = OPEN_S
    with pytest.raises(ClusterUnavailable, match="cannot be reached"):
        connection.ask("GET", "/")
    with pytest.raises(ClusterUnavailable, match="asked again"):
        connection.ask("GET", "/")


def test_the_breaker_lets_one_try_and_closes_when_that_succeeds() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(FAILURES):
        breaker.failed()
    assert breaker.wait_s() == 10
    now[0] = OPEN_S
    assert [breaker.wait_s(), breaker.wait_s()] == [0, 10]
    breaker.succeeded()
    assert breaker.wait_s() == 0


def test_failures_that_are_far_apart_open_nothing() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(3 * FAILURES):
        breaker.failed()
        now[0] += 3.0
    assert breaker.wait_s() == 0


def test_an_answer_of_error_is_no_silence() -> None:
    """A thousand wrong queries must not close the cluster to the right ones."""
    with _connected(lambda *_: (404, {"error": {"reason": "no such index"}})) as connection:
        for _ in range(2 * FAILURES):
            with pytest.raises(IndexMissing):
                connection.ask("GET", "/x/_search")


def test_another_node_answers_for_one_that_is_away() -> None:
    with _served(lambda *_: (200, {"version": _VERSION})) as url:
        for _ in range(6):  # begins with any of them
            away = f"http://127.0.0.1:{_free_port()}"
            connection = Connection(ClusterSettings((away, url)))
            assert connection.check() == "3.5.0"
            connection.close()


def test_a_cluster_that_is_silent_is_waited_for_as_long_as_the_setting_says() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        connection = Connection(ClusterSettings((url,), timeout_s=0.2))
        with pytest.raises(ClusterUnavailable, match="did not answer in time"):
            connection.ask("GET", "/")


def test_nodes_that_are_asked_by_turns_share_the_time_of_the_setting() -> None:
    """Two silent ones are waited for no longer than one."""
    freed = Event()

    def silent(*_: str) -> Answer:
        freed.wait(10)
        return 200, {}

    with _served(silent) as one, _served(silent) as other:
        connection = Connection(ClusterSettings((one, other), timeout_s=1.0))
        started = time.monotonic()
        with pytest.raises(ClusterUnavailable):
            connection.ask("GET", "/")
        assert time.monotonic() - started < 1.8
        connection.close()
        freed.set()


def test_another_node_answers_for_one_that_hangs() -> None:
    """And the one that hangs is asked no more for a while."""
    with (
        _served(lambda *_: (200, {"version": _VERSION})) as url,
        socket.create_server(("127.0.0.1", 0)) as silent,
    ):
        urls = (f"http://127.0.0.1:{silent.getsockname()[1]}", url)
        connection = Connection(ClusterSettings(urls, timeout_s=0.2))
        for _ in range(20):
            assert connection.check() == "3.5.0"
        connection.close()
        silent.setblocking(False)
        silent.accept()[0].close()
        with pytest.raises(BlockingIOError):
            silent.accept()


@pytest.mark.parametrize("status", [400, 404, 405])
def test_a_page_instead_of_an_answer_is_of_another_service(status: int) -> None:
    """Such as nginx's that plain http was sent to its port of TLS."""
    with (
        _connected(lambda *_: (status, "<html>no such thing")) as connection,
        pytest.raises(ConfigError, match=r"opensearch_urls is right \(http:// or https://"),
    ):
        connection.ask("GET", "/dalil-1/_mapping")


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("dalil", "mật khẩu"),  # "password"
        ("dalil", "كلمة السر"),  # "the password"
        ("người dùng", "é"),  # "user"
        ("dalil", "a:b @/%"),
    ],
)
def test_passwords_of_any_letters_are_sent_in_utf_8(user: str, password: str) -> None:
    """From the settings and from the address alike."""
    expected = b64encode(f"{user}:{password}".encode()).decode()
    with _served(lambda *_: (200, {"version": _VERSION})) as url:
        with_them = url.replace("//", f"//{quote(user, safe='')}:{quote(password, safe='')}@")
        for settings in (ClusterSettings((url,), user, password), ClusterSettings((with_them,))):
            connection = Connection(settings)
            assert connection.check() == "3.5.0"
            connection.close()
    assert _SIGNED_IN[-2:] == [f"Basic {expected}"] * 2


def test_a_user_with_a_colon_is_refused() -> None:
    with pytest.raises(ConfigError, match="colon"):
        Connection(ClusterSettings(("http://127.0.0.1:9",), "a:b", "c"))


def _never(seconds: float) -> None:
    """For what must not wait."""
    pytest.fail(f"waited {seconds} s")


def _lines(count: int) -> list[Line]:
    return [line_of("index", {"_id": f"a{n}"}, f"a{n}", {"id": f"a{n}"}) for n in range(count)]


_BODY = "".join(line.text for line in _lines(2))


def _ids(body: str) -> list[str]:
    actions = [json.loads(line) for line in body.splitlines()[::2]]
    return [action["index"]["_id"] for action in actions]


def _items(body: str, status_of: Callable[[str], int], reason: str = "said so") -> Answer:
    items: list[Any] = []
    for name in _ids(body):
        status = status_of(name)
        error = {} if status < 300 else {"error": {"type": "some_exception", "reason": reason}}
        items.append({"index": {"status": status, **error}})
    return 200, {"errors": any(s["index"]["status"] >= 300 for s in items), "items": items}


def test_what_a_busy_cluster_refuses_is_sent_again_and_nothing_else() -> None:
    """With longer and longer waits."""
    sent: list[list[str]] = []
    waits: list[float] = []

    def respond(_method: str, _path: str, body: str) -> Answer:
        sent.append(_ids(body))
        return _items(body, lambda name: 429 if name in {"a1", "a3"} and len(sent) < 4 else 201)

    with _connected(respond) as connection:
        assert send(connection, "dalil-1", _lines(5), waits.append) == {}
    assert sent == [["a0", "a1", "a2", "a3", "a4"], *[["a1", "a3"]] * 3]
    assert [0.25 <= waits[0] <= 0.5, 0.5 <= waits[1] <= 1, 1 <= waits[2] <= 2] == [True] * 3


def test_a_change_that_is_older_and_a_deletion_of_nothing_are_done() -> None:
    with _connected(lambda _m, _p, body: _items(body, lambda name: 409 if name == "a0" else 404)) as there:
        assert send(there, "dalil-1", _lines(2), _never) == {}


def test_documents_that_will_never_go_in_are_named_with_their_reasons() -> None:
    def respond(_method: str, _path: str, body: str) -> Answer:
        return _items(body, lambda name: 400 if name == "a1" else 201, "failed to parse")

    with _connected(respond) as connection:
        refused = send(connection, "dalil-1", _lines(3), _never)
    assert refused == {"a1": "some_exception: failed to parse"}


def test_a_cluster_that_goes_on_being_busy_is_given_up() -> None:
    """With what to do."""
    waits: list[float] = []
    with (
        _connected(lambda _m, _p, body: _items(body, lambda _: 429, "queue is full")) as connection,
        pytest.raises(ClusterUnavailable, match=r"queue is full.*run the same command again"),
    ):
        send(connection, "dalil-1", _lines(2), waits.append)
    assert len(waits) == ATTEMPTS - 1
    assert all(first < second * 2.1 for first, second in pairwise(waits))


def test_who_is_not_patient_is_told_at_once_that_the_cluster_is_away() -> None:
    """And still waits for one that is busy."""
    waits: list[float] = []
    answers: list[Answer] = [
        (200, _items(_BODY, lambda _: 429)[1]),
        (503, {"error": {"reason": "no manager"}}),
    ]
    with (
        _connected(lambda *_: answers[min(len(waits), 1)]) as connection,
        pytest.raises(ClusterUnavailable, match="no manager"),
    ):
        send(connection, "dalil-1", _lines(2), waits.append, patient=False)
    assert len(waits) == 1


def test_a_request_that_is_too_large_is_halved_down_to_the_document_that_is() -> None:
    sent: list[list[str]] = []

    def respond(_method: str, _path: str, body: str) -> Answer:
        sent.append(_ids(body))
        return (413, "<html>") if "a2" in sent[-1] else _items(body, lambda _: 201)

    with _connected(respond) as connection:
        refused = send(connection, "dalil-1", _lines(4), _never)
    assert list(refused) == ["a2"]
    assert "http.max_content_length" in refused["a2"]
    assert sent == [["a0", "a1", "a2", "a3"], ["a0", "a1"], ["a2", "a3"], ["a2"], ["a3"]]


def test_other_refusals_of_a_whole_request_are_errors() -> None:
    with (
        _connected(lambda *_: (400, {"error": {"type": "x", "reason": "illegal"}})) as connection,
        pytest.raises(IndexDamaged, match="illegal"),
    ):
        send(connection, "dalil-1", _lines(1), _never)


def test_portions_are_of_some_megabytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_module, "PORTION_BYTES", 600)
    sent: list[list[str]] = []

    def respond(_method: str, _path: str, body: str) -> Answer:
        assert len(body.encode()) <= 600
        sent.append(_ids(body))
        return _items(body, lambda _: 201)

    with _connected(respond) as connection:
        send(connection, "dalil-1", _lines(20), _never)
    assert [name for ids in sent for name in ids] == [f"a{n}" for n in range(20)]
    assert len(sent) > 2


def test_the_next_portion_is_made_while_one_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its order and its answers stay."""
    monkeypatch.setattr(bulk_module, "PORTION_CHANGES", 2)
    made = Event()
    sent: list[list[str]] = []

    def lines() -> Iterator[Line]:
        for at, line in enumerate(_lines(8)):
            if at == 4:
                made.set()
            yield line

    def respond(_method: str, _path: str, body: str) -> Answer:
        assert sent or made.wait(5), "nothing is made meanwhile"
        sent.append(_ids(body))
        return _items(body, lambda name: 400 if name in {"a1", "a6"} else 201)

    with _connected(respond) as connection:
        assert sorted(send(connection, "dalil-1", lines(), _never)) == ["a1", "a6"]
    assert sent == [["a0", "a1"], ["a2", "a3"], ["a4", "a5"], ["a6", "a7"]]


def test_an_error_of_a_portion_or_of_what_is_made_ends_the_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk_module, "PORTION_CHANGES", 1)
    sent: list[list[str]] = []

    def respond(_method: str, _path: str, body: str) -> Answer:
        sent.append(_ids(body))
        return (400, {"error": {"reason": "illegal"}}) if "a1" in sent[-1] else _items(body, lambda _: 201)

    def lines() -> Iterator[Line]:
        yield from _lines(3)
        raise LookupError("no such article")

    with _connected(respond) as connection:
        with pytest.raises(IndexDamaged, match="illegal"):
            send(connection, "dalil-1", _lines(9), _never)
        assert sent == [["a0"], ["a1"]]
        monkeypatch.setattr(bulk_module, "PORTION_CHANGES", 2)
        with pytest.raises(LookupError, match="no such article"):
            send(connection, "dalil-1", lines(), _never)


def test_a_small_request_is_given_up_sooner_than_a_large_one_and_each_later_the_next_time() -> None:
    waits = [bulk_module.patience_s(bulk_module.PORTION_BYTES // 2, attempt) for attempt in range(8)]
    assert [bulk_module.patience_s(0, 0), waits[0], waits[1], waits[-1]] == [10.0, 20.0, 40.0, 120.0]


@pytest.mark.parametrize(("missed", "patient", "asked"), [(0, False, 1), (2, True, 3), (9, False, 1)])
def test_a_copy_that_does_not_show_what_is_new_is_told_again(
    monkeypatch: pytest.MonkeyPatch, *, missed: int, patient: bool, asked: int
) -> None:
    """Else searches that come to it would go on missing what was acknowledged."""
    monkeypatch.setattr(engine_module, "_APART_S", 0.0)
    refreshed: list[str] = []

    def respond(_method: str, path: str, _body: str) -> Answer:
        if path.startswith("/dalil-1/_mapping"):
            meta = {"format": FORMAT, **IndexPlan().meta()}
            return 200, {"dalil-1": {"mappings": {"_meta": {"dalil": meta}}}}
        if path.startswith("/dalil-1/_refresh"):
            refreshed.append(path)
            return 200, {"_shards": {"total": 2, "successful": 1, "failed": int(len(refreshed) <= missed)}}
        return 200, {"errors": False, "items": [{"delete": {"status": 200}}]}

    with _connected(respond) as connection:
        engine = OpenSearchEngine(connection, "dalil-1")
        shown = asked > missed
        with nullcontext() if shown else pytest.raises(ClusterUnavailable, match="1 copies of the index"):
            engine.apply([Delete("a")], merge_later=not patient)
    assert len(refreshed) == asked


def test_indexes_of_others_are_never_touched() -> None:
    """Nor several at once, by a pattern."""
    cluster = Cluster(ClusterSettings((f"http://127.0.0.1:{_free_port()}",), prefix="dalil"))
    for name in ("library", "dalil", "dalil-*", "dalil-1,library", "dalil-1/_doc"):
        with pytest.raises(ConfigError, match="not one of ours"):
            cluster.delete(name)
