"""Access: what the official SDK and schemathesis do not judge, above all permissions."""

from __future__ import annotations

from typing import Any

import pytest
import requests

ANN, BOB = "ann@example.com", "bob@example.com"


@pytest.fixture
def ids(sim: Any) -> dict[str, str]:
    """Ann is an Auditor in space Prod and of project Mail in space Lab, Bob in Lab; ids by name."""
    users = sim.seed([{"email": ANN}, {"email": BOB}])
    seeded = sim.seed_access(
        spaces=[{"name": "Prod"}, {"name": "Lab", "is_private": True}],
        projects=[{"name": "Mail", "space": "Lab"}],
        role_bindings=[
            {"id": "ann-prod", "user": ANN, "role": "Auditor", "space": "Prod"},
            {"id": "ann-mail", "user": ANN, "role": "Auditor", "project": "Mail"},
            {"id": "bob-lab", "user": BOB, "role": "Auditor", "space": "Lab"},
        ],
    )
    named = {item["name"]: item["id"] for kind in ("spaces", "projects") for item in seeded[kind]}
    roles = {role["name"]: role["id"] for role in sim.roles(predefined=False)}
    return {**named, **roles, **{user["email"]: user["id"] for user in users}}


def found(answer: Any) -> list[str]:
    """Return what a page holds: names, or ids where there are none."""
    assert answer.status_code == 200, answer.text
    items = next(value for name, value in answer.json().items() if name != "pagination")
    return [item.get("name", item["id"]) for item in items]


def bindings(client: Any, kind: str = "SPACE", **filters: Any) -> list[str]:
    """Return the ids of the bindings that a key sees."""
    return found(client.list("role-bindings", resource_type=kind, **filters))


def bind(client: Any, ids: dict[str, str], user: str, resource: str) -> Any:
    """Send a creation of a binding."""
    body = {"user_id": ids[user], "role_id": ids["Auditor"], "resource_type": "SPACE", "resource_id": ids[resource]}
    return client.send("POST", "/v2/role-bindings", json=body)


class TestBindings:
    """Permissions to see and change roles and role bindings."""

    def test_what_a_key_may_not_read_is_left_out(self, ids: Any, sim: Any, admin: Any, member: Any) -> None:
        assert (bindings(admin), bindings(admin, "PROJECT")) == (["ann-prod", "bob-lab"], ["ann-mail"])
        assert (bindings(member), bindings(member, "PROJECT")) == ([], [])
        reads = ["ROLE_BINDING_READ"]
        sim.settings(space_permissions={"member": {ids["Lab"]: reads}, "admin": {ids["Lab"]: []}})
        assert (bindings(member), bindings(member, "PROJECT")) == (["bob-lab"], ["ann-mail"])
        assert (bindings(admin), bindings(admin, "PROJECT")) == (["ann-prod"], [])
        sim.settings(space_permissions={}, member_permissions=reads)
        assert bindings(member) == ["ann-prod"]  # Lab is private

    def test_what_a_key_may_not_read_is_a_404(self, ids: Any, sim: Any, admin: Any) -> None:
        change = {"role_id": ids["Auditor"]}
        sim.settings(space_permissions={"admin": {ids["Prod"]: []}})
        path = "/v2/role-bindings/ann-prod"
        assert [admin.send(method, path).status_code for method in ("GET", "DELETE")] == [404, 404]
        assert admin.send("PATCH", path, json=change).status_code == 404
        assert bind(admin, ids, BOB, "Prod").status_code == 403
        assert len(sim.bindings()) == 3

    @pytest.mark.parametrize(
        ("granted", "statuses"),
        [
            (["READ"], [200, 403, 404, 404]),
            (["READ", "CREATE"], [200, 201, 404, 404]),
            (["DELETE"], [404, 403, 404, 204]),
            (["CREATE", "DELETE"], [404, 201, 200, 204]),
        ],
    )
    def test_permissions(self, ids: Any, sim: Any, admin: Any, granted: list[str], statuses: list[int]) -> None:
        sim.settings(space_permissions={"admin": {ids["Prod"]: [f"ROLE_BINDING_{name}" for name in granted]}})
        path = "/v2/role-bindings/ann-prod"
        answers = [
            admin.send("GET", path),
            bind(admin, ids, BOB, "Prod"),
            admin.send("PATCH", path, json={"role_id": ids["Prompt Engineer"]}),
            admin.send("DELETE", path),
        ]
        assert [answer.status_code for answer in answers] == statuses

    def test_a_binding_that_cannot_be_seen_is_a_conflict_all_the_same(self, ids: Any, sim: Any, admin: Any) -> None:
        sim.settings(space_permissions={"admin": {ids["Prod"]: ["ROLE_BINDING_CREATE"]}})
        assert bindings(admin, user_id=ids[ANN]) == []
        answer = bind(admin, ids, ANN, "Prod")
        assert (answer.status_code, answer.json()["title"]) == (409, "Resource conflict")

    @pytest.mark.parametrize("how", ["block", "vanish"])
    def test_they_go_with_their_user(self, ids: Any, sim: Any, how: str) -> None:
        getattr(sim, how)(ANN)
        assert [binding["id"] for binding in sim.bindings()] == ["bob-lab"]

    def test_resource_type_is_required(self, admin: Any) -> None:
        assert admin.list("role-bindings").status_code == 400
        assert admin.list("role-bindings", resource_type="DASHBOARD").status_code == 400


class TestRoles:
    """Permissions to read and write them."""

    def test_permissions(self, ids: Any, sim: Any, admin: Any, member: Any) -> None:
        path, body = f"/v2/roles/{ids['Auditor'].replace('/', '%2F')}", {"name": "New", "permissions": ["TAG_READ"]}
        assert member.send("GET", path).json()["name"] == "Auditor"
        assert member.send("POST", "/v2/roles", json=body).status_code == 403
        assert member.send("PATCH", path, json=body).status_code == 403
        assert member.send("DELETE", path).status_code == 403
        sim.settings(missing_permissions={"member": ["ROLE_READ"]}, member_permissions=["ROLE_CREATE"])
        assert [member.send("GET", item).status_code for item in ("/v2/roles", path, "/v2/roles/x")] == [403] * 3
        assert member.send("POST", "/v2/roles", json=body).status_code == 201

    def test_a_bound_role_is_not_deleted_even_if_its_bindings_cannot_be_seen(
        self, ids: Any, sim: Any, admin: Any
    ) -> None:
        sim.settings(missing_permissions={"admin": ["ROLE_BINDING_READ"]})
        assert bindings(admin) == []
        assert admin.send("DELETE", f"/v2/roles/{ids['Auditor'].replace('/', '%2F')}").status_code == 409

    def test_permissions_are_a_set(self, sim: Any, admin: Any) -> None:
        body = {"name": "New", "permissions": ["TAG_READ", "ALYX_RUN", "TAG_READ"], "description": ""}
        answer = admin.send("POST", "/v2/roles", json=body).json()
        assert answer["permissions"] == ["ALYX_RUN", "TAG_READ"]
        assert "description" not in answer
        path = f"/v2/roles/{answer['id'].replace('/', '%2F')}"
        for bad in (
            {"permissions": []},
            {"permissions": ["INVENTED"]},
            {},
            {"is_predefined": True},
            {"name": "\u00e9"},
        ):
            assert admin.send("PATCH", path, json=bad).status_code == 400
        assert sim.roles(predefined=False)[-1]["permissions"] == ["ALYX_RUN", "TAG_READ"]

    def test_names_of_predefined_and_deleted_roles_are_free(self, sim: Any, admin: Any) -> None:
        body = {"name": "Project Viewer", "permissions": ["TAG_READ"]}
        first = admin.send("POST", "/v2/roles", json=body)
        assert first.status_code == 201
        assert admin.send("POST", "/v2/roles", json=body).status_code == 409
        assert admin.send("DELETE", f"/v2/roles/{first.json()['id'].replace('/', '%2F')}").status_code == 204
        assert admin.send("POST", "/v2/roles", json=body).status_code == 201

    def test_a_role_may_be_an_account_role(self, sim: Any, admin: Any) -> None:
        role = sim.seed_access(roles=[{"name": "Reviewer"}])["roles"][0]["id"]
        assert admin.create(role={"type": "CUSTOM", "id": role}).json()["role"]["name"] == "Reviewer"
        sim.seed([{"email": BOB, "custom_role_id": "r", "custom_role_name": "R"}])
        assert [item["name"] for item in sim.roles(predefined=False)][2:] == ["Reviewer", "R"]


class TestPlaces:
    """Visibility by permission."""

    def test_private_and_hidden_spaces(self, ids: Any, sim: Any, admin: Any, member: Any) -> None:
        lab = ids["Lab"].replace("/", "%2F")
        assert (found(admin.list("spaces")), found(admin.list("projects"))) == (["Prod", "Lab"], ["Mail"])
        assert (found(member.list("spaces")), found(member.list("projects"))) == (["Prod"], [])
        assert member.send("GET", f"/v2/spaces/{lab}").status_code == 404
        assert member.list("projects", space_id=ids["Lab"]).status_code == 404
        sim.settings(space_permissions={"member": {ids["Lab"]: []}, "admin": {ids["Lab"]: None}})
        assert (found(admin.list("spaces")), found(admin.list("projects"))) == (["Prod"], [])
        assert (found(member.list("spaces")), found(member.list("projects"))) == (["Prod", "Lab"], ["Mail"])
        assert bind(admin, ids, ANN, "Lab").status_code == 403

    def test_filters(self, ids: Any, admin: Any) -> None:
        assert found(admin.list("projects", space_name="la")) == ["Mail"]
        assert found(admin.list("projects", space_name="prod")) == []
        assert found(admin.list("projects", project_type="HARNESS")) == []
        assert admin.list("spaces", org_id="nope").status_code == 404
        assert admin.list("spaces", name="").status_code == 400

    def test_missing_permissions(self, ids: Any, sim: Any, admin: Any) -> None:
        sim.settings(missing_permissions={"admin": ["ORGANIZATION_READ", "SPACE_READ", "PROJECT_READ"]})
        kinds = ("organizations", "spaces", "projects")
        assert [admin.list(kind).status_code for kind in kinds] == [403, 200, 403]
        assert found(admin.list("spaces")) == []
        assert admin.send("GET", f"/v2/projects/{ids['Mail'].replace('/', '%2F')}").status_code == 404


class TestWritingPlaces:
    """Permissions to create and change spaces, projects and restrictions."""

    @pytest.fixture
    def paths(self, ids: Any) -> dict[str, str]:
        quoted = {name: ids[name].replace("/", "%2F") for name in ("Prod", "Lab", "Mail")}
        return {
            "space": f"/v2/spaces/{quoted['Prod']}",
            "private": f"/v2/spaces/{quoted['Lab']}",
            "project": f"/v2/projects/{quoted['Mail']}",
            "restriction": f"/v2/resource-restrictions/{quoted['Mail']}",
        }

    def test_permissions(self, ids: Any, sim: Any, admin: Any, member: Any, paths: Any) -> None:
        new = {"name": "New", "organization_id": sim.organizations()[0]["id"]}
        requests_of_a_member = [
            ("POST", "/v2/spaces", new, "SPACE_CREATE", 201),
            ("PATCH", paths["space"], {"name": "N"}, "SPACE_UPDATE", 200),
            ("POST", "/v2/projects", {"name": "N", "space_id": ids["Prod"]}, "PROJECT_CREATE", 201),
        ]
        for method, path, body, permission, status in requests_of_a_member:
            assert member.send(method, path, json=body).status_code == 403
            sim.settings(member_permissions=[permission])
            assert member.send(method, path, json=body).status_code == status
        lab = {ids["Lab"]: ["PROJECT_READ"]}
        for granted, statuses in ((None, [404] * 4), (lab, [403] * 4), ({ids["Lab"]: ["PROJECT_RESTRICT"]}, None)):
            sim.settings(space_permissions={"member": granted or {}}, member_permissions=["PROJECT_READ"])
            answers = [
                member.send("PATCH", paths["private"], json={"name": "N"}),
                member.send("PATCH", paths["project"], json={"name": "N"}),
                member.send("POST", "/v2/resource-restrictions", json={"resource_id": ids["Mail"]}),
                member.send("DELETE", paths["restriction"]),
            ]
            assert [answer.status_code for answer in answers] == (statuses or [403, 403, 200, 204])

    def test_only_restrictions_that_a_key_manages_are_listed(
        self, ids: Any, sim: Any, admin: Any, member: Any, paths: Any
    ) -> None:
        sim.seed_access(resource_restrictions=[{"project": "Mail"}])
        listed = [client.list("resource-restrictions").json()["resource_restrictions"] for client in (admin, member)]
        assert [[item["resource_id"] for item in items] for items in listed] == [[ids["Mail"]], []]
        sim.remove_access("projects", "Mail")
        assert admin.list("resource-restrictions").json()["resource_restrictions"] == []
        assert admin.send("DELETE", paths["restriction"]).status_code == 404

    def test_the_plan_limits_spaces(self, ids: Any, sim: Any, admin: Any) -> None:
        sim.settings(plan_limits={"SPACES": 2})
        body = {"name": "New", "organization_id": sim.organizations()[0]["id"]}
        assert admin.send("POST", "/v2/spaces", json=body).json()["entitlement"] == "SPACES"

    def test_an_older_server_omits_the_organization(self, ids: Any, sim: Any, admin: Any, paths: Any) -> None:
        sim.settings(space_organizations=False)
        body = {"name": "New", "organization_id": sim.organizations()[0]["id"]}
        shown = [
            admin.send("GET", paths["space"]).json(),
            admin.list("spaces").json()["spaces"][0],
            admin.send("POST", "/v2/spaces", json=body).json(),
            admin.send("PATCH", paths["space"], json={"name": "Live"}).json(),
        ]
        assert not any("organization_id" in space for space in shown)
        assert [space["organization_id"] for space in sim.spaces()] == [body["organization_id"]] * 3


class TestScenes:
    """The controls for tests."""

    def test_names_may_repeat(self, sim: Any, admin: Any) -> None:
        sim.seed_access(organizations=[{"name": "A"}, {"name": "B"}], roles=[{"name": "R"}, {"name": "R"}])
        sim.seed_access(spaces=[{"name": "S", "organization": name} for name in "AB"])
        assert found(admin.list("spaces", name="s")) == ["S", "S"]
        assert found(admin.list("roles", is_predefined="false"))[2:] == ["R", "R"]
        assert admin.list("roles", is_predefined="yes").status_code == 400

    def test_change_and_remove(self, ids: Any, sim: Any, admin: Any) -> None:
        sim.change_access("spaces", "Prod", omit=["organization_id"], name="Live", color="blue")
        live = admin.list("spaces", name="live").json()["spaces"][0]
        assert (live["color"], "organization_id" in live) == ("blue", False)
        sim.remove_access("spaces", "Live")
        assert bindings(admin) == ["bob-lab"]
        with pytest.raises(Exception, match="Live"):
            sim.remove_access("spaces", "Live")

    def test_a_user_else_is_faster(self, ids: Any, sim: Any, admin: Any) -> None:
        faster = {"user": "@target", "role": "Prompt Engineer", "space": "Prod"}
        sim.fault(method="POST", do=[{"action": "seed_access", "role_bindings": [faster]}])
        assert bind(admin, ids, BOB, "Prod").status_code == 409
        sim.fault(method="PATCH", do=[{"action": "remove_access", "kind": "role_bindings", "ref": "@target"}])
        change = {"role_id": ids["Auditor"]}
        assert admin.send("PATCH", "/v2/role-bindings/ann-prod", json=change).status_code == 404
        sim.fault(method="POST", path="roles", do=[{"action": "seed_access", "roles": [{"name": "@target"}]}])
        body = {"name": "New", "permissions": ["TAG_READ"]}
        assert admin.send("POST", "/v2/roles", json=body).status_code == 409

    def test_faults_strike_here_too(self, ids: Any, sim: Any, admin: Any) -> None:
        sim.fault("drop", method="POST", when="after")
        with pytest.raises(requests.ConnectionError):
            bind(admin, ids, BOB, "Prod")
        assert len(sim.bindings()) == 4
        sim.faults([{"kind": "omit_pagination"}, {"kind": "bad_has_more"}, {"kind": "endless_pages", "times": None}])
        assert list(admin.list("roles").json()) == ["roles"]
        assert admin.list("spaces").json()["pagination"]["has_more"] == "false"
        cursors = [admin.list("projects").json()["pagination"]["next_cursor"] for _turn in range(3)]
        assert len(set(cursors)) == 3
        assert found(admin.list("projects", cursor=cursors[0])) == ["Mail"]
        assert admin.list("spaces", cursor=cursors[0]).status_code == 400

    @pytest.mark.parametrize(
        "given",
        [
            {"robots": []},
            {"role_bindings": [{"user": ANN, "role": "Auditor", "space": "Nowhere"}]},
            {"role_bindings": [{"user": ANN, "role": "Auditor", "space": "Prod"}]},
            {"spaces": [{"id": "s"}, {"id": "s"}]},
        ],
    )
    def test_what_cannot_be_seeded_is_refused(self, ids: Any, sim: Any, given: Any) -> None:
        with pytest.raises(Exception, match=r"robots|Nowhere|already"):
            sim.seed_access(**given)

    def test_every_run_is_the_same(self, sim: Any, admin: Any) -> None:
        def fresh() -> Any:
            sim.reset()
            sim.seed_access(spaces=[{}, {}], projects=[{}], roles=[{}])
            sim.seed_access(role_bindings=[{"user": sim.users()[0]["id"], "role": "Auditor", "space": "Space 1"}])
            return sim.access()

        assert fresh() == fresh()
