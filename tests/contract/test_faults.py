"""Every fault does what it says, and no more: those "before" leave the work undone, those "after" did it."""

from __future__ import annotations

import socket
import struct
import threading
import time
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from arize_ax_simulator import limits

ANN = "ann@example.com"
DROPPED = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


def was_created(sim: Any) -> bool:
    """Tell whether the create of this test was done."""
    return sim.find(ANN) is not None


class TestMatching:
    """The requests that a fault strikes."""

    @pytest.mark.parametrize(
        ("match", "struck"),
        [
            ({"method": "POST"}, [2]),
            ({"method": ["get", "PATCH"], "times": 2}, [1, 3]),
            ({"path": "^/v2/users$", "times": None}, [1, 2, 4]),
            ({"path": "a/b"}, [3]),
            ({"query": "limit=7"}, [4]),
            ({"body_has": "bob@", "times": None}, [2]),
            ({"times": 2}, [1, 2]),
            ({"times": None}, [1, 2, 3, 4]),
            ({"skip": 2}, [3]),
            ({"skip": 1, "times": 2, "path": "^/v2/users$"}, [2, 4]),
            ({"probability": 0.0, "times": None}, []),
        ],
    )
    def test_matchers(self, sim: Any, admin: Any, match: dict[str, Any], struck: list[int]) -> None:
        sim.fault("status", status=503, **match)
        admin.send("GET")
        admin.create("bob@x.io")
        admin.to("PATCH", "a/b", json={"name": "x"})
        admin.send("GET", params={"limit": 7})
        assert [entry["n"] for entry in sim.journal(status=503)] == struck
        assert [fault["hits"] for fault in sim.faults()] == [len(struck)]

    def test_one_after_the_other(self, sim: Any, admin: Any) -> None:
        sim.faults([{"kind": "status", "status": 429, "times": 2}, {"kind": "html"}])
        assert [admin.send("GET").status_code for _turn in range(4)] == [429, 429, 502, 200]

    def test_sequence(self, sim: Any, admin: Any) -> None:
        sim.seed([{"email": ANN}])
        steps = [{"kind": "delay", "seconds": 0}, {"kind": "html"}, {"do": [{"action": "block", "user": ANN}]}]
        sim.fault("sequence", of=steps, method="GET")
        sim.fault("status", method="GET", status=503)
        answers = [admin.send("GET") for _turn in range(5)]
        assert [answer.status_code for answer in answers] == [503, 502, 200, 200, 200]
        assert [entry["faults"] for entry in sim.journal()] == [["delay", "status"], ["html"], ["effect"], [], []]
        assert sim.find(ANN)["status"] == "BLOCKED"

    def test_chance_repeats_itself(self, sim: Any, admin: Any) -> None:
        def run() -> list[int]:
            sim.faults([{"kind": "status", "times": None, "probability": 0.3, "seed": 5}])
            return [admin.send("GET", params={"limit": 1}).status_code for _turn in range(40)]

        first = run()
        assert run() == first
        assert 5 <= first.count(500) <= 20

    def test_one_of(self, sim: Any, admin: Any) -> None:
        choices = [{"kind": "status", "status": 503}, {"kind": "html", "status": 502}, {"kind": "empty_object"}]
        sim.fault("one_of", of=choices, times=60)
        seen = [admin.send("GET").status_code for _turn in range(60)]
        assert {200, 502, 503} == set(seen)

    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "nope"},
            {"kind": "status", "stauts": 500},
            {"kind": "drop", "when": "later"},
            {"kind": "status", "path": "("},
            {"kind": "one_of"},
            {},
            "drop",
        ],
    )
    def test_a_misspelt_fault_is_refused(self, sim: Any, fault: Any) -> None:
        with pytest.raises(Exception, match=r"fault|when|one_of"):
            sim.faults([fault])
        assert sim.faults() == []

    def test_clearing(self, sim: Any, admin: Any) -> None:
        sim.fault("status", times=None)
        sim.clear_faults()
        assert admin.send("GET").status_code == 200


class TestStatus:
    """Error answers."""

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("kind", ["status", "html", "body", "garbage", "empty", "empty_object", "json_list"])
    def test_moment(self, sim: Any, admin: Any, kind: str, when: str) -> None:
        sim.fault(kind, method="POST", when=when, status=500)
        assert admin.create().status_code == 500
        assert was_created(sim) is (when == "after")
        assert len(sim.mails()) == (1 if when == "after" else 0)

    @pytest.mark.parametrize("retry_after", [None, 0, 2, 3600, "Wed, 21 Oct 2026 07:28:00 GMT", "soon", "-1"])
    @pytest.mark.parametrize("status", [429, 503])
    def test_retry_after(self, sim: Any, admin: Any, status: int, retry_after: Any) -> None:
        sim.fault("status", status=status, **({} if retry_after is None else {"retry_after": retry_after}))
        answer = admin.send("GET")
        assert answer.status_code == answer.json()["status"] == status
        assert answer.headers.get("Retry-After") == (None if retry_after is None else str(retry_after))

    def test_words(self, sim: Any, admin: Any) -> None:
        sim.fault("status", status=422, detail="d", title="t", error_code="e", headers={"X-More": "1"})
        answer = admin.send("GET")
        assert answer.headers["X-More"] == "1"
        assert {"detail": "d", "title": "t", "error_code": "e"}.items() <= answer.json().items()

    def test_members(self, sim: Any, admin: Any) -> None:
        sim.fault("status", status=403, members={"entitlement": "SPACES", "limit": 2})
        assert {"entitlement": "SPACES", "limit": 2}.items() <= admin.send("GET").json().items()

    @pytest.mark.parametrize("date", ["Thu, 01 Jan 1970 00:00:00 GMT", ""])
    def test_the_clock_of_the_server(self, sim: Any, admin: Any, date: str) -> None:
        sim.fault("status", status=429, retry_after=date, headers={"Date": date})
        sim.fault("edit", headers={"Date": date})
        for status in (429, 200):
            answer = admin.send("GET")
            assert (answer.status_code, answer.headers.get("Date")) == (status, date or None)
        assert admin.send("GET").headers["Date"] != date

    def test_echo(self, sim: Any, admin: Any) -> None:
        sim.fault("status", echo=["authorization", "key", "body"])
        detail = admin.create().json()["detail"]
        assert "Authorization: Bearer simulator-admin-key simulator-admin-key" in detail
        assert '"email": "ann@example.com"' in detail

    def test_html(self, sim: Any, admin: Any) -> None:
        sim.faults([{"kind": "html", "status": 404}, {"kind": "html", "status": 503, "retry_after": 1, "body": "<b>"}])
        first, second = admin.send("GET"), admin.send("GET")
        assert (first.status_code, first.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
        assert "<h1>404 Not Found</h1>" in first.text
        assert (second.text, second.headers["Retry-After"]) == ("<b>", "1")


class TestBodies:
    """A success that is none."""

    @pytest.mark.parametrize("when", ["before", "after"])
    @pytest.mark.parametrize("status", [200, 202, 203, 207])
    def test_a_success_with_any_json(self, sim: Any, admin: Any, status: int, when: str) -> None:
        body = {"error": "not allowed by policy"}
        ann = sim.seed([{"email": ANN}])[0]
        sim.fault("body", method="DELETE", status=status, body=body, when=when)
        answer = admin.to("DELETE", ann["id"])
        assert (answer.status_code, answer.json()) == (status, body)
        assert sim.find(ANN)["status"] == ("BLOCKED" if when == "after" else "ACTIVE")

    @pytest.mark.parametrize("status", [202, 203])
    def test_the_honest_body_with_another_status(self, sim: Any, admin: Any, status: int) -> None:
        sim.fault("edit", method="POST", status=status)
        answer = admin.create()
        assert (answer.status_code, answer.json()["email"]) == (status, ANN)
        assert was_created(sim)

    def test_garbage(self, sim: Any, admin: Any) -> None:
        sim.fault("garbage")
        answer = admin.send("GET")
        assert answer.status_code == 200
        with pytest.raises(ValueError, match=r"."):
            answer.json()

    @pytest.mark.parametrize(("kind", "text"), [("empty_object", "{}"), ("json_list", "[]"), ("empty", "")])
    def test_hollow(self, sim: Any, admin: Any, kind: str, text: str) -> None:
        sim.fault(kind)
        answer = admin.send("GET")
        assert (answer.status_code, answer.text) == (200, text)

    def test_any_body(self, sim: Any, admin: Any) -> None:
        sim.faults([{"kind": "body", "body_base64": "//4="}, {"kind": "body", "body": "hi", "content_type": "text/x"}])
        assert admin.send("GET").content == b"\xff\xfe"
        answer = admin.send("GET")
        assert (answer.text, answer.headers["Content-Type"]) == ("hi", "text/x")

    def test_wrong_type(self, sim: Any, admin: Any) -> None:
        sim.fault("wrong_type", method="POST")
        answer = admin.create()
        assert answer.status_code == 201
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.json()["email"] == ANN
        assert was_created(sim)

    def test_truncated(self, sim: Any, admin: Any) -> None:
        sim.fault("truncate", method="POST")
        with pytest.raises(DROPPED):
            admin.create()
        assert was_created(sim)
        assert admin.send("GET").status_code == 200

    @pytest.mark.parametrize("missing", [1, 30])
    def test_truncated_by(self, sim: Any, admin: Any, missing: int) -> None:
        sim.fault("truncate", missing=missing)
        answer = admin.send("GET", stream=True)
        with pytest.raises(DROPPED):
            len(answer.content)
        honest = admin.send("GET")
        assert answer.headers["Content-Length"] == honest.headers["Content-Length"]

    def test_truncated_204(self, sim: Any, admin: Any) -> None:
        ann = sim.seed([{"email": ANN}])[0]
        sim.fault("truncate", method="DELETE")
        with pytest.raises(DROPPED):
            admin.to("DELETE", ann["id"])
        assert sim.find(ANN)["status"] == "BLOCKED"

    def test_huge(self, sim: Any, admin: Any) -> None:
        sim.faults([{"kind": "huge"}, {"kind": "huge", "status": 500, "size": 1000}])
        answer = admin.send("GET")
        assert len(answer.content) > 10_000_000
        assert answer.json()["pagination"] == {"has_more": False}
        refusal = admin.create()
        assert (refusal.status_code, len(refusal.json()["detail"])) == (500, 1000)
        assert not was_created(sim)

    def test_endless_body(self, sim: Any, admin: Any) -> None:
        sim.fault("endless_body")
        answer = admin.send("GET", stream=True)
        parts = answer.iter_content(1000)
        assert sum(len(next(parts)) for _turn in range(50)) > 10_000
        answer.close()
        assert admin.send("GET").status_code == 200

    def test_endless_body_ends_some_day(self, sim: Any, admin: Any) -> None:
        sim.fault("endless_body", seconds=0.1)
        assert admin.send("GET").content.startswith(b'{"users": [    ')


class TestInformational:
    """Answers before the answer."""

    def heard(self, sim: Any, path: str = "/v2/users") -> bytes:
        parts = urlsplit(sim.url)
        head = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sim.admin_key}\r\nConnection: close\r\n\r\n"
        with socket.create_connection((parts.hostname, parts.port), timeout=10) as plain:
            plain.sendall(head.encode())
            return b"".join(iter(lambda: plain.recv(65536), b""))

    def test_before_the_honest_answer(self, sim: Any) -> None:
        sim.fault("informational", headers={"Link": "</x>; rel=preload"})
        sim.fault("informational", status=102)
        first, second, rest = self.heard(sim).split(b"\r\n\r\n", 2)
        assert first == b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload"
        assert second == b"HTTP/1.1 102 Processing"
        assert rest.startswith(b"HTTP/1.1 200 OK\r\n")

    @pytest.mark.parametrize(("fault", "then"), [("html", b"HTTP/1.1 502"), ("drop", b"")])
    def test_before_a_fault(self, sim: Any, fault: str, then: bytes) -> None:
        sim.faults([{"kind": "informational", "status": 100}, {"kind": fault}])
        told, rest = self.heard(sim).split(b"\r\n\r\n", 1)
        assert told == b"HTTP/1.1 100 Continue"
        assert rest.startswith(then)
        assert bool(rest) is bool(then)


class TestConnections:
    """Answers that do not come."""

    @pytest.mark.parametrize("reset", [False, True])
    @pytest.mark.parametrize("when", ["before", "after"])
    def test_drop(self, sim: Any, admin: Any, when: str, reset: bool) -> None:
        sim.fault("drop", method="POST", when=when, reset=reset)
        with pytest.raises(requests.ConnectionError, match="reset by peer" if reset else "without response"):
            admin.create()
        assert was_created(sim) is (when == "after")
        assert [entry["status"] for entry in sim.journal()] == ["dropped"]

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_hang(self, sim: Any, admin: Any, when: str) -> None:
        sim.fault("hang", method="POST", when=when)
        with pytest.raises(requests.ReadTimeout):
            admin.create(timeout=2)  # in real time: the work before the silence takes some milliseconds
        assert was_created(sim) is (when == "after")
        assert admin.send("GET").status_code == 200

    def test_hang_ends(self, sim: Any, admin: Any) -> None:
        sim.fault("hang", seconds=0.1)
        with pytest.raises(requests.ConnectionError, match="without response"):
            admin.send("GET")

    def test_clearing_wakes_what_hangs(self, sim: Any, admin: Any) -> None:
        sim.fault("hang")
        threading.Timer(0.1, sim.clear_faults).start()
        start = time.monotonic()
        with pytest.raises(requests.ConnectionError):
            admin.send("GET")
        assert time.monotonic() - start < 30

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_delay(self, sim: Any, admin: Any, when: str) -> None:
        sim.faults([{"kind": "delay", "seconds": 0.2, "when": when}, {"kind": "status", "status": 503}])
        start = time.monotonic()
        assert [admin.send("GET").status_code, admin.send("GET").status_code] == [503, 200]
        assert time.monotonic() - start >= (0.2 if when == "before" else 0.0)

    def test_latency(self, sim: Any, admin: Any) -> None:
        sim.latency(0.1)
        start = time.monotonic()
        assert admin.send("GET").status_code == 200
        assert time.monotonic() - start >= 0.1

    def test_half_a_request_disturbs_no_user(self, sim: Any, admin: Any) -> None:
        parts = urlsplit(sim.url)
        rude = socket.create_connection((parts.hostname, parts.port))
        rude.sendall(b"POST /v2/users HTTP/1.1\r\nContent-Length: 100\r\n\r\n{")
        rude.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        rude.close()
        assert admin.send("GET").status_code == 200


class TestRedirects:
    """Elsewhere."""

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_same_host(self, sim: Any, admin: Any, status: int) -> None:
        sim.fault("redirect", status=status)
        answer = admin.send("GET", params={"limit": 3})
        assert (answer.status_code, answer.headers["Location"]) == (status, f"{sim.url}/v2/users?limit=3")

    def test_followed(self, sim: Any, admin: Any) -> None:
        sim.fault("redirect")
        assert admin.send("GET", allow_redirects=True).status_code == 200
        assert [entry["status"] for entry in sim.journal()] == [302, 200]

    def test_elsewhere(self, sim: Any, admin: Any) -> None:
        sim.faults([{"kind": "redirect", "to": "other"}, {"kind": "redirect", "location": "http://x.example/y"}])
        assert admin.create().headers["Location"] == "https://elsewhere.example/v2/users"
        assert admin.create().headers["Location"] == "http://x.example/y"
        assert not was_created(sim)


class TestLists:
    """Lists that never end, or do not say so."""

    def cursors(self, admin: Any, turns: int, **filters: Any) -> list[str]:
        found: list[str] = []
        for _turn in range(turns):
            page = admin.send("GET", params={"limit": 2, **filters, **({"cursor": found[-1]} if found else {})})
            assert page.status_code == 200
            assert page.json()["pagination"]["has_more"] is True
            found.append(page.json()["pagination"]["next_cursor"])
        return found

    def test_repeated_cursor(self, sim: Any, admin: Any) -> None:
        sim.seed(count=9)
        sim.fault("repeat_cursor", times=None)
        assert len(set(self.cursors(admin, 4))) == 1

    def test_endless_pages(self, sim: Any, admin: Any) -> None:
        sim.fault("endless_pages", times=None)
        assert len(set(self.cursors(admin, 12, email="simulator"))) == 12

    def test_no_pagination(self, sim: Any, admin: Any) -> None:
        sim.fault("omit_pagination")
        admin.create()
        assert set(admin.send("GET").json()) == {"users"}

    @pytest.mark.parametrize("value", ["false", "true", 0, None, []])
    def test_has_more_is_no_boolean(self, sim: Any, admin: Any, value: Any) -> None:
        sim.fault("bad_has_more", value=value)
        assert admin.send("GET").json()["pagination"]["has_more"] == value

    def test_edit(self, sim: Any, admin: Any) -> None:
        edits = {"/users/*/role/name": "ODD", "/pagination/x": 1, "/users/1/email": None}
        sim.fault("edit", set=edits, remove=["/users/0/id", "/users/*/name", "/nowhere/at/all"])
        body = admin.send("GET").json()
        assert [user["role"]["name"] for user in body["users"]] == ["ODD", "ODD"]
        assert ["id" in user for user in body["users"]] == [False, True]
        assert not any("name" in user for user in body["users"])
        assert body["users"][1]["email"] is None
        assert body["pagination"] == {"has_more": False, "x": 1}

    def test_edit_removes_items(self, sim: Any, admin: Any) -> None:
        sim.fault("edit", remove=["/users/*"])
        assert admin.send("GET").json()["users"] == []


class TestEffects:
    """Effects of another client just before the work."""

    @pytest.mark.parametrize(
        ("action", "status"),
        [
            ({"action": "seed", "users": [{"email": "@target"}]}, 409),
            ({"action": "seed", "users": [{"email": "@target", "status": "INVITED"}]}, 200),
            ({"action": "seed", "users": [{"email": "@target", "status": "BLOCKED"}]}, 409),
            ({"action": "settings", "unknown_role_status": 422}, 201),
        ],
    )
    def test_before_a_create(self, sim: Any, admin: Any, action: dict[str, Any], status: int) -> None:
        sim.fault(method="POST", do=[action])
        admin.send("GET")
        assert admin.create().status_code == status

    @pytest.mark.parametrize(("action", "status"), [("accept", 400), ("expire", 400), ("block", 404), ("vanish", 404)])
    def test_before_a_resend(self, sim: Any, admin: Any, action: str, status: int) -> None:
        ann = sim.seed([{"email": ANN, "status": "INVITED"}])[0]
        sim.fault(method="POST", do=[{"action": action, "user": "@target"}])
        assert admin.to("POST", ann["id"], "/resend-invitation").status_code == status
        assert sim.mails() == []

    def test_between_pages(self, sim: Any, admin: Any) -> None:
        sim.reset([{"email": f"n{number}@x.io"} for number in range(6)], owners=False)
        early = {"email": "early@x.io", "created_at": "2020-01-01T00:00:00Z"}
        sim.fault(query="cursor=", do=[{"action": "block", "user": "n3@x.io"}, {"action": "seed", "users": [early]}])
        assert [user["email"] for user in admin.walk(limit=3)] == [f"n{number}@x.io" for number in (0, 1, 2, 4, 5)]

    def test_with_another_fault(self, sim: Any, admin: Any) -> None:
        sim.fault("drop", method="POST", do=[{"action": "seed", "users": [{"email": "@target", "name": "Other"}]}])
        with pytest.raises(requests.ConnectionError):
            admin.create()
        assert sim.find(ANN)["name"] == "Other"

    def test_an_effect_that_cannot_be_is_loud(self, sim: Any, admin: Any) -> None:
        sim.fault(do=[{"action": "block", "user": "unknown@x.io"}])
        assert admin.send("GET").status_code == 500
        assert len(sim.violations()) == 1
        sim.reset()


class TestOddities:
    """Answers of newer and older servers."""

    def test_lower_case_era(self, sim: Any, admin: Any) -> None:
        sim.settings(enums="lower")
        created = admin.create(invite_mode="TEMPORARY_PASSWORD").json()
        assert (created["status"], created["invite_mode"]) == ("invited", "temporary_password")
        assert created["role"] == {"type": "predefined", "name": "member"}
        assert [user["status"] for user in admin.walk(status="INVITED")] == ["invited"]

    def test_invented_role_and_status(self, sim: Any, admin: Any) -> None:
        sim.seed([{"email": ANN, "role": "SUPERVISOR", "team": "blue"}])
        sim.change(ANN, status="DORMANT", omit=["is_developer"])
        shown = admin.send("GET").json()["users"][2]
        assert shown["role"] == {"type": "PREDEFINED", "name": "SUPERVISOR"}
        assert (shown["status"], shown["team"]) == ("DORMANT", "blue")
        assert "is_developer" not in shown
        sim.change(ANN, role={"type": "TEAM", "lead": True})
        assert admin.send("GET").json()["users"][2]["role"] == {"type": "TEAM", "lead": True}

    def test_rate_limit(self, sim: Any, admin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        now = [0.0]
        monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: now[0]))
        sim.rate_limit(0.5, burst=5)
        answers = [admin.send("GET") for _turn in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert answers[5].headers["Retry-After"] == "2"
        now[0] = 1.9
        assert admin.send("GET").status_code == 429
        now[0] = 2.0
        assert admin.send("GET").status_code == 200
        sim.rate_limit(None)
        assert {admin.send("GET").status_code for _turn in range(20)} == {200}

    def test_rate_limit_of_less_than_one(self, sim: Any, admin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: 0.0))
        sim.rate_limit(0.1, burst=1)
        assert [admin.send("GET").headers.get("Retry-After") for _turn in range(2)] == [None, "10"]
