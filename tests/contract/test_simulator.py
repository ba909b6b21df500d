"""The simulator behaves as the API is described, on the wire."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

ANN = "ann@example.com"
OWNERS = ["admin@simulator.example", "member@simulator.example"]
PREDEFINED = {"type": "PREDEFINED", "name": "MEMBER"}
AUDITOR = {"type": "CUSTOM", "id": "Um9sZToxOjg/RUV6Yg=="}


def emails(page: Any) -> list[str]:
    """Return the addresses of a page."""
    return [user["email"] for user in page.json()["users"]]


def assert_problem(answer: Any, status: int, about: str = "") -> None:
    """Assert that an answer is a well-formed error."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert about.lower() in body["detail"].lower()


class TestKeys:
    """Permissions."""

    @pytest.mark.parametrize("header", [None, "Bearer unknown", "Basic simulator-admin-key", "Bearer", ""])
    def test_no_or_unknown_key(self, stranger: Any, header: str | None) -> None:
        answer = stranger.send("GET", headers={} if header is None else {"Authorization": header})
        assert_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"] == "Bearer"

    def test_member_reads(self, sim: Any, member: Any) -> None:
        ann = sim.seed([{"email": ANN}])[0]
        assert ANN in emails(member.send("GET"))
        assert member.to("GET", ann["id"]).status_code == 200

    @pytest.mark.parametrize("role", ["ADMIN", "MEMBER_UI_ONLY", AUDITOR])
    def test_member_may_not_create(self, member: Any, role: Any) -> None:
        body = role if isinstance(role, dict) else {"type": "PREDEFINED", "name": role}
        assert_problem(member.create(role=body), 403)

    @pytest.mark.parametrize("role", ["MEMBER", "ANNOTATOR"])
    def test_member_may_create(self, member: Any, role: str) -> None:
        assert member.create(role={"type": "PREDEFINED", "name": role}).status_code == 201

    @pytest.mark.parametrize(
        ("method", "action", "body"),
        [
            ("PATCH", "", {"name": "x"}),
            ("PATCH", "", {"is_developer": True}),
            ("DELETE", "", None),
            ("POST", "/resend-invitation", None),
            ("POST", "/reset-password", None),
        ],
    )
    def test_member_may_not_write(self, sim: Any, member: Any, method: str, action: str, body: Any) -> None:
        ann = sim.seed([{"email": ANN}])[0]
        assert_problem(member.to(method, ann["id"], action, json=body), 403)
        assert sim.find(ANN) == ann

    def test_without_user_read_there_is_no_list(self, sim: Any, admin: Any, member: Any) -> None:
        ann = sim.seed([{"email": ANN}])[0]
        sim.settings(missing_permissions={"member": ["USER_READ"]})
        assert_problem(member.send("GET"), 403, "USER_READ")
        assert_problem(member.to("GET", ann["id"]), 404)
        assert admin.send("GET").status_code == 200
        sim.settings(missing_permissions={"admin": ["USER_DELETE"]})
        assert_problem(admin.to("DELETE", ann["id"]), 403, "USER_DELETE")

    def test_granted_permissions(self, sim: Any, member: Any) -> None:
        ann = sim.seed([{"email": ANN, "status": "INVITED", "is_developer": True}])[0]
        sim.settings(member_permissions=["USER_CREATE", "USER_UPDATE", "USER_DELETE"])
        assert member.to("PATCH", ann["id"], json={"name": "x"}).status_code == 200
        assert_problem(member.to("PATCH", ann["id"], json={"name": "x", "is_developer": True}), 403, "is_developer")
        assert member.to("POST", ann["id"], "/resend-invitation").status_code == 204
        assert member.to("DELETE", ann["id"]).status_code == 204

    def test_too_little_permission_is_a_short_list_not_an_error(self, sim: Any, member: Any) -> None:
        ann, bob = sim.seed([{"email": ANN}, {"email": "bob@example.com"}])
        sim.settings(member_sees=[ANN])
        assert emails(member.send("GET")) == [ANN]
        assert member.to("GET", ann["id"]).status_code == 200
        assert_problem(member.to("GET", bob["id"]), 404)

    def test_key_dies_with_its_owner(self, sim: Any, admin: Any, member: Any) -> None:
        assert admin.to("DELETE", sim.find(OWNERS[1])["id"]).status_code == 204
        assert_problem(member.send("GET"), 401)


class TestList:
    """Order, pages, filters."""

    def test_oldest_first(self, sim: Any, admin: Any) -> None:
        sim.seed([{"email": "new@x.io", "created_at": "2026-06-01T00:00:00Z"}])
        sim.seed([{"email": "old@x.io", "created_at": "2020-06-01T00:00:00+02:00"}])
        admin.create("last@x.io")
        assert emails(admin.send("GET")) == ["old@x.io", *OWNERS, "new@x.io", "last@x.io"]

    def test_times_increase_and_repeat_themselves(self, sim: Any, admin: Any) -> None:
        def fresh() -> list[Any]:
            sim.reset()
            admin.create("a@x.io")
            sim.seed(count=3)
            admin.create("b@x.io")
            return [(user["id"], user["created_at"]) for user in admin.walk()]

        first = fresh()
        assert [moment for _id, moment in first] == sorted({moment for _id, moment in first})
        assert fresh() == first

    @pytest.mark.parametrize(("limit", "sizes"), [(None, [50, 50, 20]), (100, [100, 20]), (120, None), (60, [60, 60])])
    def test_page_sizes(self, sim: Any, admin: Any, limit: int | None, sizes: list[int] | None) -> None:
        sim.reset(owners=False)
        sim.seed(count=120)
        found, cursor = [], None
        while True:
            page = admin.send("GET", params={"limit": limit, "cursor": cursor})
            if sizes is None:
                assert_problem(page, 400, "limit")
                return
            found.append(len(page.json()["users"]))
            cursor = page.json()["pagination"].get("next_cursor")
            assert page.json()["pagination"]["has_more"] is bool(cursor)
            if not cursor:
                break
        assert found == sizes

    @pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.5", " 7", "1_0", "\u0663"])
    def test_bad_limit(self, admin: Any, limit: str) -> None:
        assert_problem(admin.send("GET", params={"limit": limit}), 400, "limit")

    @pytest.mark.parametrize(
        ("part", "found"),
        [
            ("ann@x.io", ["ann@x.io", "joann@x.io"]),
            ("ANN@X", ["ann@x.io", "joann@x.io"]),
            ("b&c", ["A+b&c@X.io"]),
            ("a+B", ["A+b&c@X.io"]),
            ("%", []),
        ],
    )
    def test_email_is_a_substring_filter(self, sim: Any, admin: Any, part: str, found: list[str]) -> None:
        sim.reset([{"email": email} for email in ("ann@x.io", "joann@x.io", "A+b&c@X.io")], owners=False)
        assert emails(admin.send("GET", params={"email": part})) == found

    @pytest.mark.parametrize("name", ["email", "status", "cursor", "limit"])
    def test_an_empty_parameter_is_refused(self, admin: Any, name: str) -> None:
        assert_problem(admin.send("GET", params={name: ""}), 400)

    def test_email_filter_is_at_most_255_long(self, admin: Any) -> None:
        assert admin.send("GET", params={"email": "x" * 255}).status_code == 200
        assert_problem(admin.send("GET", params={"email": "x" * 256}), 400)

    def test_status_is_repeated(self, sim: Any, admin: Any) -> None:
        states = ["ACTIVE", "INVITED", "EXPIRED", "BLOCKED"]
        sim.reset([{"email": f"{state}@x.io", "status": state} for state in states], owners=False)
        assert emails(admin.send("GET")) == ["ACTIVE@x.io", "INVITED@x.io", "EXPIRED@x.io"]
        assert emails(admin.send("GET", params={"status": ["EXPIRED", "ACTIVE"]})) == ["ACTIVE@x.io", "EXPIRED@x.io"]
        assert emails(admin.send("GET", params={"status": "INVITED"})) == ["INVITED@x.io"]
        assert_problem(admin.send("GET", params={"status": "BLOCKED"}), 400)
        assert_problem(admin.send("GET", params={"status": "active"}), 400)

    def test_match_on_a_late_page(self, sim: Any, admin: Any) -> None:
        sim.seed([{"email": f"n{number}.ann@x.io"} for number in range(250)])
        sim.seed([{"email": "ann@x.io"}])
        assert admin.walk(email="ann@x.io", limit=100)[-1]["email"] == "ann@x.io"
        assert sim.counts() == {"GET": 3}

    def test_unknown_parameters_are_refused(self, admin: Any) -> None:
        assert_problem(admin.send("GET", params={"page": 2}), 400, "page")


class TestCursors:
    """Opaque, and bound to their filters."""

    def first(self, sim: Any, admin: Any, **filters: Any) -> str:
        sim.reset(owners=False)
        sim.seed(count=30)
        page = admin.send("GET", params={"limit": 10, **filters}).json()
        return str(page["pagination"]["next_cursor"])

    @pytest.mark.parametrize(
        "filters", [{}, {"email": "other"}, {"status": "ACTIVE"}, {"email": "user", "status": "INVITED"}]
    )
    def test_other_filters(self, sim: Any, admin: Any, filters: dict[str, str]) -> None:
        cursor = self.first(sim, admin, email="user")
        assert_problem(admin.send("GET", params={"cursor": cursor, **filters}), 400, "cursor")

    def test_another_limit_is_fine(self, sim: Any, admin: Any) -> None:
        cursor = self.first(sim, admin, email="user")
        page = admin.send("GET", params={"cursor": cursor, "email": "USER", "limit": 3})
        assert emails(page) == [f"user{number:05d}@example.com" for number in (11, 12, 13)]

    @pytest.mark.parametrize("cursor", ["x", "bm9wZQ==", "\u00e9", "W10=", "e30=", "A" * 5000])
    def test_garbage(self, admin: Any, cursor: str) -> None:
        assert_problem(admin.send("GET", params={"cursor": cursor}), 400)

    def test_no_user_is_skipped_when_a_user_goes(self, sim: Any, admin: Any) -> None:
        cursor = self.first(sim, admin)
        sim.block("user00003@example.com")
        assert emails(admin.send("GET", params={"cursor": cursor}))[0] == "user00011@example.com"


class TestGet:
    """One user by id."""

    def test_shape(self, sim: Any, admin: Any) -> None:
        user = admin.to(
            "GET", sim.seed([{"email": ANN, "custom_role_id": "r", "custom_role_name": "R"}])[0]["id"]
        ).json()
        assert set(user) == {"id", "name", "email", "created_at", "status", "role", "is_developer"}
        assert user["role"] == {"type": "CUSTOM", "id": "r", "name": "R"}

    def test_ids_are_opaque_base64_with_all_letters(self, sim: Any, admin: Any) -> None:
        ids = [user["id"] for user in sim.seed(count=40)]
        assert all(base64.b64decode(item, validate=True).startswith(b"User:") for item in ids)
        assert all(any(letter in item for item in ids) for letter in "/+=")
        assert any("/" in item and "+" in item for item in ids)
        assert [admin.to("GET", item).json()["id"] for item in ids] == ids

    def test_an_id_of_ones_own(self, sim: Any, admin: Any) -> None:
        sim.seed([{"email": ANN, "id": "a/b+c=%2F? #"}])
        assert admin.to("GET", "a/b+c=%2F? #").json()["email"] == ANN
        assert_problem(admin.send("GET", "/v2/users/a/b"), 404)

    def test_unknown_and_blocked(self, sim: Any, admin: Any) -> None:
        ann = sim.seed([{"email": ANN, "status": "BLOCKED"}])[0]
        assert_problem(admin.to("GET", ann["id"]), 404, "not found")
        assert_problem(admin.to("GET", "VXNlcjo5OTk6eHl6"), 404, "not found")


class TestCreate:
    """Adding and inviting."""

    def test_password_is_unpredictable_and_never_shown_again(self, sim: Any, admin: Any) -> None:
        first, second = (admin.create(f"{name}@x.io", invite_mode="TEMPORARY_PASSWORD").json() for name in "ab")
        assert first["temporary_password"].startswith("Tmp-")
        assert first["temporary_password"] != second["temporary_password"]
        assert "Tmp-" not in admin.to("GET", first["id"]).text + admin.send("GET").text + str(sim.users())

    @pytest.mark.parametrize("keeps", [True, False])
    def test_renewed_invitation(self, sim: Any, admin: Any, keeps: bool) -> None:
        old = sim.seed([{"email": ANN, "status": "EXPIRED", "role": "ADMIN"}])[0]
        sim.settings(renew_keeps_id=keeps)
        new = admin.create(name="New").json()
        assert (new["id"] == old["id"]) is keeps
        assert (new["created_at"] == old["created_at"]) is keeps
        assert new["role"]["name"] == "MEMBER"
        assert admin.to("GET", old["id"]).status_code == (200 if keeps else 404)
        assert len(admin.walk()) == 3

    @pytest.mark.parametrize("name", ["", "   ", "\t\n\u2003", "x" * 256, 7, None])
    def test_bad_name(self, admin: Any, name: Any) -> None:
        assert_problem(admin.create(name=name), 400, "name")

    @pytest.mark.parametrize(
        ("name", "stored"), [("  Ann  B \n", "Ann  B"), ("x" * 255, "x" * 255), ("\U0001f600", "\U0001f600")]
    )
    def test_name_is_stripped(self, admin: Any, name: str, stored: str) -> None:
        assert admin.create(name=name).json()["name"] == stored

    @pytest.mark.parametrize(
        "email",
        ["", "ann", "ann@", "@x.io", "a b@x.io", "ann@x", "a@b@x.io", "a,b@x.io", "ann@x..io", "ann@x.io\n", None],
    )
    def test_bad_address(self, admin: Any, email: Any) -> None:
        assert_problem(admin.create(email), 400)

    @pytest.mark.parametrize(
        "email", ["A+b&c@X.io", "o'neil@x-y.example.co", "j\u00f6rg@b\u00fccher.example", "a/b=c@x.io"]
    )
    def test_good_address_keeps_its_case(self, admin: Any, email: str) -> None:
        assert admin.create(email).json()["email"] == email

    @pytest.mark.parametrize(
        "changes",
        [
            {"is_developer": True},
            {"surprise": 1},
            {"role": "MEMBER"},
            {"role": {"type": "PREDEFINED", "name": "member"}},
            {"role": {**PREDEFINED, "id": "x"}},
            {"role": {**AUDITOR, "name": "Auditor"}},
            {"role": None},
            {"invite_mode": "email_link"},
            {"invite_mode": None},
        ],
    )
    def test_the_form_is_closed(self, sim: Any, admin: Any, changes: dict[str, Any]) -> None:
        assert_problem(admin.create(**changes), 400)
        assert sim.find(ANN) is None

    @pytest.mark.parametrize("data", [b"", b"no json", b"[]", b"null", b"\xff\xfe", b"[" * 20000])
    def test_no_json(self, admin: Any, data: bytes) -> None:
        assert_problem(admin.send("POST", data=data, headers={"Content-Type": "application/json"}), 400)

    def test_wrong_content_type(self, admin: Any) -> None:
        assert_problem(admin.send("POST", data=b"{}", headers={"Content-Type": "text/plain"}), 400)

    def test_mid_2026_took_is_developer(self, sim: Any, admin: Any) -> None:
        sim.settings(create_takes_is_developer=True)
        assert admin.create(is_developer=False).json()["is_developer"] is True

    @pytest.mark.parametrize(
        ("role", "develops"), [("ADMIN", True), ("MEMBER", True), ("ANNOTATOR", False), ("MEMBER_UI_ONLY", False)]
    )
    def test_the_role_decides_who_develops(self, admin: Any, role: str, develops: bool) -> None:
        answer = admin.create(role={"type": "PREDEFINED", "name": role}).json()
        assert answer["is_developer"] is develops
        assert answer["role"] == {"type": "PREDEFINED", "name": role}

    def test_custom_role(self, sim: Any, admin: Any) -> None:
        assert admin.create(role=AUDITOR).json()["role"] == {**AUDITOR, "name": "Auditor"}
        unknown = {"type": "CUSTOM", "id": "nope"}
        assert_problem(admin.create("b@x.io", role=unknown), 404, "role")
        sim.settings(unknown_role_status=422)
        assert_problem(admin.create("b@x.io", role=unknown), 422, "role")
        sim.settings(custom_roles={"nope": "Known now"})
        assert admin.create("b@x.io", role=unknown).json()["role"]["name"] == "Known now"

    @pytest.mark.parametrize(("invited", "stored"), [("jo@x.io", "JO@x.io"), ("Jo@x.io", "Jo@x.io")])
    def test_users_whose_addresses_differ_in_case(self, sim: Any, admin: Any, invited: str, stored: str) -> None:
        old, new = sim.seed([{"email": "JO@x.io", "status": "INVITED"}, {"email": "Jo@x.io", "status": "INVITED"}])
        answer = admin.create(invited)
        assert (answer.status_code, answer.json()["email"]) == (200, stored)
        assert not {"invite_mode", "temporary_password"} & set(answer.json())  # no invitation was made
        assert emails(admin.send("GET", params={"email": "jo@x.io"})) == ["JO@x.io", "Jo@x.io"]
        sim.vanish("JO@x.io")
        assert sim.find("JO@x.io") == new != old

    def test_a_user_without_an_address(self, sim: Any, admin: Any) -> None:
        unknown, hidden = sim.seed([{"email": None}, {"email": ANN, "omit": ["email"]}])
        assert [user.get("email", "-") for user in admin.send("GET").json()["users"]] == [*OWNERS, None, "-"]
        assert [user["id"] for user in admin.walk(email="ann@")] == [hidden["id"]]
        assert admin.to("PATCH", unknown["id"], json={"name": "New"}).json()["name"] == "New"

    def test_custom_account_roles_may_be_refused(self, sim: Any, admin: Any) -> None:
        sim.settings(custom_role_status=422)
        assert_problem(admin.create(role=AUDITOR), 422, "not yet supported")
        assert sim.find(ANN) is None

    def test_the_plan_has_a_limit(self, sim: Any, admin: Any) -> None:
        sim.settings(plan_limits={"USERS": 3})
        assert admin.create().status_code == 201
        refusal = admin.create("bob@x.io")
        assert_problem(refusal, 403, "plan")
        facts = {"entitlement": "USERS", "limit": 3, "current_count": 3, "required_plan": "ENTERPRISE"}
        assert facts.items() <= refusal.json().items()
        assert admin.create().status_code == 200


class TestUpdate:
    """Name and is_developer, and nothing else."""

    @pytest.mark.parametrize(
        "body",
        [
            {},
            [],
            {"email": "b@x.io"},
            {"role": PREDEFINED},
            {"name": " "},
            {"name": None},
            {"is_developer": "yes"},
            {"name": "x" * 256},
        ],
    )
    def test_refused(self, sim: Any, admin: Any, body: Any) -> None:
        ann = sim.seed([{"email": ANN}])[0]
        assert_problem(admin.to("PATCH", ann["id"], json=body), 400)
        assert sim.find(ANN) == ann

    def test_unknown_and_blocked(self, sim: Any, admin: Any) -> None:
        ann = sim.seed([{"email": ANN, "status": "BLOCKED"}])[0]
        assert_problem(admin.to("PATCH", ann["id"], json={"name": "x"}), 404)
        assert_problem(admin.to("PATCH", "nope", json={"name": "x"}), 404)


class TestMails:
    """Resend and reset."""

    @pytest.mark.parametrize(
        ("action", "state", "outcome"),
        [
            ("resend-invitation", "INVITED", (204, ["resend"])),
            ("resend-invitation", "EXPIRED", (400, [])),
            ("resend-invitation", "ACTIVE", (400, [])),
            ("resend-invitation", "BLOCKED", (404, [])),
            ("reset-password", "ACTIVE", (204, ["reset"])),
            ("reset-password", "INVITED", (400, [])),
            ("reset-password", "EXPIRED", (400, [])),
            ("reset-password", "BLOCKED", (404, [])),
        ],
    )
    def test_states(self, sim: Any, admin: Any, action: str, state: str, outcome: tuple[int, list[str]]) -> None:
        status, mails = outcome
        ann = sim.seed([{"email": ANN, "status": state}])[0]
        answer = admin.to("POST", ann["id"], f"/{action}")
        assert answer.status_code == status
        assert sim.mails() == [{"kind": kind, "to": ANN, "n": 1} for kind in mails]
        if status == 204:
            assert answer.content == b""

    def test_older_documents_say_202(self, sim: Any, admin: Any) -> None:
        invited, active = sim.seed([{"status": "INVITED"}, {"status": "ACTIVE"}])
        sim.settings(resend_status=202, reset_status=202)
        assert admin.to("POST", invited["id"], "/resend-invitation").status_code == 202
        assert admin.to("POST", active["id"], "/reset-password").status_code == 202
        assert len(sim.mails()) == 2

    def test_saml_and_sso(self, sim: Any, admin: Any) -> None:
        invited, active, single = sim.seed([{"status": "INVITED"}, {"status": "ACTIVE"}, {"sso": True}])
        assert_problem(admin.to("POST", single["id"], "/reset-password"), 400, "SSO")
        sim.settings(saml=True, sso=True)
        assert_problem(admin.to("POST", invited["id"], "/resend-invitation"), 400, "SAML")
        assert_problem(admin.to("POST", active["id"], "/reset-password"), 400, "SSO")
        assert sim.mails() == []

    @pytest.mark.parametrize("action", ["resend-invitation", "reset-password"])
    def test_there_is_no_body(self, sim: Any, admin: Any, action: str) -> None:
        ann = sim.seed([{"status": "INVITED"}])[0]
        assert_problem(admin.to("POST", ann["id"], f"/{action}", json={}), 400, "body")


class TestHttp:
    """The face."""

    @pytest.mark.parametrize(
        "path", ["/", "/v2", "/v2/users/", "/v2//users", "/v2/users/x/y", "/v1/users", "/v2/users/x/"]
    )
    def test_unknown_path(self, admin: Any, path: str) -> None:
        assert_problem(admin.send("GET", path), 404)

    @pytest.mark.parametrize(
        ("method", "path", "allowed"),
        [
            ("PUT", "/v2/users", "GET, POST"),
            ("DELETE", "/v2/users", "GET, POST"),
            ("POST", "/v2/users/x", "DELETE, GET, PATCH"),
            ("GET", "/v2/users/x/reset-password", "POST"),
            ("OPTIONS", "/v2/users", "GET, POST"),
        ],
    )
    def test_method_that_does_not_fit(self, admin: Any, method: str, path: str, allowed: str) -> None:
        answer = admin.send(method, path)
        assert_problem(answer, 405)
        assert answer.headers["Allow"] == allowed

    def test_method_that_no_user_knows(self, admin: Any) -> None:
        assert_problem(admin.send("BREW"), 405)

    def test_connection_is_kept(self, sim: Any, admin: Any) -> None:
        ann = admin.create(invite_mode="NONE").json()
        admin.to("PATCH", ann["id"], json={"surprise": 1})
        admin.to("DELETE", ann["id"])
        admin.send("GET", "/nowhere")
        assert len({entry["connection"] for entry in sim.journal()}) == 1

    def test_many_at_once(self, sim: Any, admin: Any) -> None:
        with ThreadPoolExecutor(32) as pool:
            answers = list(pool.map(lambda number: admin.create(f"n{number % 40}@x.io").status_code, range(80)))
        assert sorted(answers) == [200] * 40 + [201] * 40
        assert len(sim.mails()) == 40
        assert [entry["n"] for entry in sim.journal()] == list(range(1, 81))


class TestJournal:
    """The journal."""

    def test_entry(self, sim: Any, admin: Any) -> None:
        admin.send(
            "GET", params={"email": "a+b@x.io", "status": ["ACTIVE", "INVITED"]}, headers={"User-Agent": "test/1"}
        )
        admin.to("PATCH", "a/b", json={"name": "x"})
        first, second = sim.journal()
        assert first["query"] == {"email": ["a+b@x.io"], "status": ["ACTIVE", "INVITED"]}
        assert (first["n"], first["method"], first["path"], first["status"]) == (1, "GET", "/v2/users", 200)
        assert (first["user_agent"], first["key"], first["operation"]) == ("test/1", "admin", "list")
        assert (second["path"], second["raw_path"]) == ("/v2/users/a/b", "/v2/users/a%2Fb")
        assert (second["body"], second["status"]) == ({"name": "x"}, 404)
        assert sim.counts() == {"GET": 1, "PATCH": 1}
        assert [entry["n"] for entry in sim.writes()] == [2]
        assert [entry["n"] for entry in sim.journal("PATCH", status=404)] == [2]

    def test_never_the_key(self, sim: Any, admin: Any, member: Any, stranger: Any) -> None:
        for client in (admin, member, stranger):
            client.send("GET")
        stranger.send("GET", headers={"Authorization": "Bearer my-own-secret"})
        assert [entry["key"] for entry in sim.journal()] == ["admin", "member", "none", "unknown"]
        assert "secret" not in str(sim.journal())
        assert "simulator-admin-key" not in str(sim.journal())

    def test_clearing(self, sim: Any, admin: Any) -> None:
        admin.create()
        sim.clear_journal()
        assert sim.journal() == sim.mails() == []
        admin.create("b@x.io")
        assert sim.mails() == [{"kind": "invitation", "to": "b@x.io", "n": 2}]
        sim.reset()
        admin.send("GET")
        assert [entry["n"] for entry in sim.journal()] == [1]

    def test_own_mistakes_are_loud(self, running: Any, admin: Any) -> None:
        running.seed([{"email": ANN, "created_at": 7}])
        answer = admin.send("GET")
        assert_problem(answer, 500, "the simulator broke its contract")
        assert [item["n"] for item in running.violations()] == [1]
        running.reset()
