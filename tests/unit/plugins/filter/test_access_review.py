"""The facts of an access review: who is named how, what is marked, and that what was not read is never an empty list."""

from __future__ import annotations

import csv
import io
import random

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.arize.ax.plugins.filter.access_review import access_review, name_of_key

NOW = "2026-11-28T12:00:00Z"
DENIED = {"failed": True, "msg": "Could not list them.\nForged: line", "error": {"kind": "forbidden"}}


def user(user_id, email, **others):
    return {
        "id": user_id,
        "email": email,
        "name": f"N {user_id}",
        "status": "active",
        "role": "member",
        "custom_role_id": None,
        "custom_role_name": None,
        "is_developer": True,
        "created_at": "2026-01-02T03:04:05Z",
        **others,
    }


def bound(user_id, role, space, project=None, **others):
    kind, name = ("project", project) if project else ("space", space)
    return {
        "id": f"b-{user_id}-{name}",
        "user_id": user_id,
        "email": None,
        "role_id": f"id-{role}",
        "role": role,
        "resource_type": kind,
        "resource_id": f"id-{name}",
        "space": space,
        "project": project,
        "created_at": "2026-02-03T23:59:59-01:00",
        "updated_at": None,
        **others,
    }


def service_key(name, bot="bot", **others):
    return {
        "id": f"k-{name}",
        "name": name,
        "created_at": "2026-11-01T00:00:00Z",
        "expires_at": None,
        "created_by_user_id": "ann",
        "last_used_at": None,
        "bot_user": {"id": bot, "name": name, "account_role": "member"},
        **others,
    }


def role(role_id, name, permissions=(), is_predefined=False):
    return {"id": role_id, "name": name, "permissions": list(permissions), "is_predefined": is_predefined}


def review(users=(), bindings=(), keys=(), roles=(), **options):
    lists = {"users": users, "role_bindings": bindings, "api_keys": keys, "roles": roles}
    results = {what: value if isinstance(value, dict) else {what: list(value)} for what, value in lists.items()}
    return access_review(results, **{"endpoint": "https://x.io", "read_at": NOW, **options})


ANN, BEN = (
    user("ann", "ann@x.io"),
    user("ben", "Ben@x.io", is_developer=None, custom_role_id="r", custom_role_name="Ops"),
)


def test_users_are_sorted_and_have_their_access():
    bindings = [
        bound("ben", "Reader", "Prod", "Chat"),
        bound("ben", "Editor", "Prod"),
        bound("ann", "Reader", "Lab"),
    ]
    found = review([user("hid", None), BEN, ANN], bindings)
    assert [row["user_id"] for row in found["users"]] == ["ann", "ben", "hid"]
    assert found["users"][1] == {
        "user_id": "ben",
        "email": "Ben@x.io",
        "name": "N ben",
        "status": "active",
        "role": "Ops",
        "developer": None,
        "created": "2026-01-02",
        "access": ["Prod: Editor", "Prod / Chat: Reader"],
    }
    assert [row["developer"] for row in found["users"]] == ["yes", None, "yes"]
    keys = ("who", "space", "project", "role", "since")
    assert [tuple(row[key] for key in keys) for row in found["access"]] == [
        ("ann@x.io", "Lab", None, "Reader", "2026-02-04"),
        ("Ben@x.io", "Prod", None, "Editor", "2026-02-04"),
        ("Ben@x.io", "Prod", "Chat", "Reader", "2026-02-04"),
    ]
    assert found["not_read"] == []


def test_the_order_of_the_answers_does_not_matter():
    users = [user(f"u{n}", f"{n % 3}@x.io") for n in range(6)]
    bindings = [bound(f"u{n}", "R", f"S{n % 2}", project) for n in range(6) for project in (None, "P")]
    keys = [service_key("ci", f"bot{n}", id=f"k{n}") for n in range(3)]
    roles = [role(f"r{n}", "Same") for n in range(3)]
    first = review(users, bindings, keys, roles)
    for given in (users, bindings, keys, roles):
        random.Random(1).shuffle(given)
    assert review(users, bindings, keys, roles) == first


def test_a_bot_user_is_its_service_key_and_no_user():
    bindings = [bound("bot", "Reader", "Lab"), bound("gone", "Reader", "Lab"), bound(None, "Reader", "Lab")]
    found = review([ANN, user("bot", None)], bindings, [service_key("ci")])
    assert [row["user_id"] for row in found["users"]] == ["ann"]
    assert [(row["kind"], row["who"]) for row in found["access"]] == [
        ("service key", "service key: ci"),
        ("unlisted", "gone"),
        ("unlisted", "unknown"),
    ]
    assert found["service_keys"][0]["access"] == ["Lab: Reader"]
    assert found["service_keys"][0]["creator"] == "ann@x.io"
    assert found["counts"]["unlisted"] == 2
    assert "Role bindings of users who are not in the list of users: 2." in found["not_read"][0]


def test_names_that_several_have_come_with_their_ids():
    bindings = [
        bound("ann", "R", "Prod", resource_id="s1"),
        bound("ann", "R", "Prod", resource_id="s2", role_id="other"),
        bound("ann", "R", "Lab", "Chat", resource_id="p1"),
        bound("ann", "R", "Prod", "Chat", resource_id="p2"),
        bound("bot", "R", "Lab"),
        bound("bot2", "R", "Lab"),
    ]
    found = review([ANN], bindings, [service_key("ci"), service_key("ci", "bot2", id="k2")])
    rows = [(row["who"], row["space"], row["project"], row["role"]) for row in found["access"]]
    assert rows == [
        ("ann@x.io", "Lab", "Chat", "R (id-R)"),
        ("ann@x.io", "Prod", "Chat", "R (id-R)"),
        ("ann@x.io", "Prod (s1)", None, "R (id-R)"),
        ("ann@x.io", "Prod (s2)", None, "R (other)"),
        ("service key: ci (k-ci)", "Lab", None, "R (id-R)"),
        ("service key: ci (k2)", "Lab", None, "R (id-R)"),
    ]
    labels = [key["label"] for key in found["service_keys"]]
    assert labels == ["ci (k-ci)", "ci (k2)"]
    named = [role("r1", "Admin"), role("r2", "Admin", is_predefined=True), role("r3", "R")]
    labels = [each["label"] for each in review([ANN], roles=named)["roles"]]
    assert labels == ["Admin (r1)", "R", "Admin (r2)"]


def test_a_space_that_shares_its_name_is_called_the_same_everywhere():
    """No role binding is on the other space, and the bindings on projects do not show which of the two it is."""
    bindings = [bound("ann", "R", "Prod", resource_id="s1"), bound("ann", "R", "Prod", "Chat", resource_id="p2")]
    spaces = [{"id": each, "name": "Prod", "is_private": each == "s2", "created_at": None} for each in ("s1", "s2")]
    projects = [{"id": "p2", "name": "Chat", "space": "Prod", "space_id": "s2", "restricted": True, "created_at": None}]
    lists = {"users": [ANN], "role_bindings": bindings, "api_keys": [], "roles": [], "spaces": spaces}
    found = access_review({what: {what: rows} for what, rows in {**lists, "projects": projects}.items()}, "x", NOW)
    assert found["users"][0]["access"] == ["Prod (s1): R", "Prod (s2) / Chat: R"]
    assert found["charts"]["space"] == [["Prod (s1)", 1], ["Prod (s2)", 1]]
    assert [row["space"] for row in found["places"]] == ["Prod (s2)", "Prod (s2)"]


def test_what_has_no_readable_name_is_shown_by_id():
    bindings = [
        bound("ann", None, None, resource_id="s1", role_id="r1"),
        bound("ann", "R", None, "Chat"),
        bound("ann", "R", "Lab", None, resource_type="project", resource_id="p1"),
        bound("ann", "R", "Lab"),
    ]
    found = review([ANN], bindings)
    assert found["users"][0]["access"] == ["Chat: R", "Lab: R", "Lab / p1: R", "s1: r1"]
    assert found["not_read"] == ["Role bindings with names that the API key cannot read: 3. They show IDs instead."]


@pytest.mark.parametrize(
    ("times", "marks"),
    [
        ({}, []),
        ({"last_used_at": "2026-08-30T12:00:01Z"}, []),
        ({"last_used_at": "2026-08-30T12:00:00Z"}, ["unused"]),
        ({"created_at": "2026-01-01T00:00:00Z"}, ["unused"]),
        ({"created_at": "2026-01-01T00:00:00Z", "last_used_at": "2026-11-27T00:00:00.123456789Z"}, []),
        ({"expires_at": "2026-11-28T12:00:00Z"}, ["expired"]),
        ({"expires_at": "2026-11-28T14:00:00+02:00"}, ["expired"]),
        ({"expires_at": "2026-11-28T12:00:01z"}, []),
        ({"expires_at": "2026-01-01T00:00:00Z", "last_used_at": "2026-01-01T00:00:00Z"}, ["expired", "unused"]),
        ({"expires_at": "soon"}, ["expiry not readable"]),
        ({"expires_at": "2026-13-01T00:00:00Z"}, ["expiry not readable"]),
        ({"expires_at": "0001-01-01T00:00:00+14:00"}, ["expiry not readable"]),
        ({"last_used_at": "yesterday"}, ["last use not readable"]),
        ({"created_at": None}, ["last use not readable"]),
    ],
)
def test_keys_are_marked(times, marks):
    found = review([ANN], keys=[service_key("ci", **times)])
    assert found["service_keys"][0]["marks"] == marks
    assert found["counts"]["marked_keys"] == bool(marks)


def test_days_without_use_can_be_chosen():
    keys = [service_key("ci", last_used_at="2026-11-20T12:00:00Z")]
    assert [review([ANN], keys=keys, stale_days=days)["service_keys"][0]["marks"] for days in (8, 9, 10**12)] == [
        ["unused"],
        [],
        [],
    ]


def test_invitations_have_an_age():
    users = [
        user("a", "a@x.io", status="invited", created_at="2026-11-27T23:00:00Z"),
        user("b", "b@x.io", status="expired", created_at="2026-10-29T23:00:00-02:00"),
        user("c", "c@x.io", status="invited", created_at="?"),
        ANN,
    ]
    found = review(users)
    assert [(row["email"], row["since"], row["days"]) for row in found["invitations"]] == [
        ("a@x.io", "2026-11-27", 1),
        ("b@x.io", "2026-10-30", 29),
        ("c@x.io", "?", None),
    ]
    assert (found["counts"]["invitations"], found["counts"]["oldest_invitation"]) == (3, 29)


def test_what_could_not_be_read_is_no_empty_list():
    found = review([ANN], DENIED, DENIED, DENIED)
    assert (found["access"], found["service_keys"], found["roles"], found["users"][0]["access"]) == (None,) * 4
    assert {name for name, count in found["counts"].items() if count is None} == {
        "access",
        "service_keys",
        "roles",
        "unlisted",
        "marked_keys",
        "oldest_invitation",
        "changes",
    }
    texts = [f"The {what} could not be read. Could not list them. Forged: line" for what in
             ("role bindings", "service keys", "roles")]  # fmt: skip
    assert found["not_read"][:3] == texts
    assert "The users may include bot users of service keys" in found["not_read"][3]
    assert (found["charts"]["space"], found["charts"]["service_keys"]) == ([], [])
    rows = list(csv.DictReader(io.StringIO(found["csv"].removeprefix("\ufeff"))))
    assert [row["note"] for row in rows if row["record"] == "not read"] == found["not_read"]


def test_no_visible_role_binding_proves_nothing():
    assert review([ANN])["not_read"] == [
        "No role bindings were found: none exist, or the API key lacks ROLE_BINDING_READ."
    ]


def test_roles_say_how_often_they_are_bound():
    roles = [
        role("id-P", "A", is_predefined=True),
        role("id-B", "B", ["X_READ"]),
        role("id-A", "a"),
    ]
    expected = [("a", [], 0), ("B", ["X_READ"], 1), ("A", [], 0)]
    review_of_all = review([ANN], [bound("ann", "B", "Lab")], roles=roles)
    found = review_of_all["roles"]
    assert review_of_all["counts"]["roles"] == 2, "custom roles"
    assert [(role["name"], role["permissions"], role["bindings"]) for role in found] == expected
    assert [role["bindings"] for role in review([ANN], DENIED, roles=roles)["roles"]] == [None] * 3


def test_charts_count_all_of_it():
    users = [ANN, user("b", "b@x.io", status="new", role="owner"), user("c", "c@x.io", role="admin")]
    bindings = [bound("ann", "R", f"S{n:02}") for n in range(12) for _each in range(12 - n)]
    keys = [
        service_key("a"),
        service_key("b", expires_at="2026-01-01T00:00:00Z"),
        service_key("c", last_used_at="2026-01-01T00:00:00Z"),
        service_key("d", expires_at="?", last_used_at="?"),
    ]
    charts = review(users, bindings, keys)["charts"]
    assert charts["status"] == [["active", 2], ["invited", 0], ["expired", 0], ["other", 1]]
    assert charts["role"] == [
        ["admin", 1],
        ["member", 1],
        ["member_ui_only", 0],
        ["annotator", 0],
        ["custom", 0],
        ["other", 1],
    ]
    assert charts["service_keys"] == [
        ["in use", 1],
        ["unused", 1],
        ["creator has left", 0],
        ["expired", 1],
        ["other", 1],
    ]
    assert charts["space"] == [*([f"S{n:02}", 12 - n] for n in range(10)), ["2 more", 3]]
    assert review([ANN], [bound("ann", "R", None, "Chat")])["charts"]["space"] == [["unknown space", 1]]
    spaces = [bound("ann", "R", space) for space in ("lab", "Lab", "Prod", "Prod")]
    assert review([ANN], spaces)["charts"]["space"] == [["Prod", 2], ["Lab", 1], ["lab", 1]]
    stale = service_key("e", created_at="2026-01-01T00:00:00Z", expires_at="2026-02-01T00:00:00Z")
    marks = dict(review([ANN], keys=[stale])["charts"]["service_keys"])
    assert marks == {"in use": 0, "unused": 1, "creator has left": 0, "expired": 1, "other": 0}


def test_what_has_no_name_has_its_id_and_a_key_may_have_no_bot_user():
    found = review(
        [user("ann", "ann@x.io", role="custom", custom_role_id="r")], keys=[service_key("ci", bot_user=None)]
    )
    assert [row["role"] for row in found["users"]] == ["r"]
    assert [(row["name"], row["role"], row["access"]) for row in found["service_keys"]] == [("ci", None, [])]


def test_the_table_has_a_row_for_each_fact_and_one_line_with_the_time():
    given = ([ANN, BEN], [bound("ann", "Reader", "=Lab"), bound("bot", "Reader", "=Lab")], [service_key("ci")])
    roles = [role("r", "Ops", ["A_READ", "B_READ"])]
    found = review(*given, roles)
    rows = list(csv.DictReader(io.StringIO(found["csv"].removeprefix("\ufeff"))))
    assert [row["record"] for row in rows] == [
        *("review", "not shown", "user", "user", "access", "access", "service key", "custom role"),
    ]
    assert (rows[0]["name"], rows[0]["created"]) == ("https://x.io", NOW)
    assert rows[1]["note"] == found["not_shown"]
    assert (rows[3]["email"], rows[3]["role"], rows[3]["developer"]) == ("Ben@x.io", "Ops", "")
    assert (rows[4]["email"], rows[4]["space"], rows[4]["note"]) == ("ann@x.io", "'=Lab", "")
    assert (rows[5]["name"], rows[5]["id"], rows[5]["note"]) == ("ci", "bot", "service key")
    assert (rows[6]["last_used"], rows[6]["expires"], rows[6]["creator"]) == ("never", "never", "ann@x.io")
    assert rows[7]["note"] == "A_READ B_READ"
    later = review(*given, roles, read_at="2026-11-29T08:00:00Z")["csv"]
    differing = [line for line, other in zip(found["csv"].splitlines(), later.splitlines()) if line != other]
    assert [line.split(",")[0] for line in differing] == ["review"]


@pytest.mark.parametrize(
    "results",
    [
        None,
        [],
        {},
        {
            "users": {"users": []},
            "role_bindings": {"role_bindings": []},
            "api_keys": {"skipped": True},
            "roles": {"roles": []},
        },
        {"users": DENIED, "role_bindings": DENIED, "api_keys": DENIED, "roles": DENIED},
        {"users": {"users": []}, "role_bindings": None, "api_keys": DENIED, "roles": DENIED},
    ],
)
def test_what_is_no_result_is_refused(results):
    with pytest.raises(AnsibleFilterError):
        access_review(results, endpoint="https://x.io", read_at=NOW)


def test_a_time_is_needed():
    with pytest.raises(AnsibleFilterError, match="read_at"):
        review([ANN], read_at="today")


def test_admins_come_first():
    found = review([BEN, ANN, user("zoe", "zoe@x.io", role="admin")])
    assert [row["user_id"] for row in found["users"]] == ["zoe", "ann", "ben"]
    assert found["summary"].startswith("3 users (1 admin), no role bindings found, ")


def test_a_creator_who_has_left_is_marked():
    keys = [service_key("a", created_by_user_id="gone"), service_key("b", "other", created_by_user_id="bot")]
    marks = [
        key["marks"] for key in review([ANN], keys=[*keys, service_key("c", created_by_user_id=None)])["service_keys"]
    ]
    assert marks == [["creator has left"], [], []]


def test_what_keeps_people_out_is_listed_as_far_as_it_was_read():
    space = {"id": "s1", "name": "Lab", "is_private": True, "created_at": "2026-01-01T00:00:00Z"}
    project = {"id": "p1", "name": "Chat", "space": None, "space_id": "s2", "created_at": None}
    lists = {"users": [ANN], "role_bindings": [], "api_keys": [], "roles": []}
    lists["spaces"] = [space, {**space, "is_private": False}]
    lists["projects"] = [{**project, "restricted": restricted} for restricted in (True, False, None)]
    results = {what: {what: items} for what, items in lists.items()}
    found = access_review(results, "https://x.io", NOW)
    assert [(row["kind"], row["space"], row["project"]) for row in found["places"]] == [
        ("private space", "Lab", None),
        ("restricted project", "s2", "Chat"),
    ]
    assert found["not_read"][-1] == "The restrictions of projects could not be read."
    denied = access_review({**results, "spaces": DENIED}, "https://x.io", NOW)
    assert "The spaces could not be read. Could not list them. Forged: line" in denied["not_read"]
    assert len(denied["places"]) == 1


def test_the_key_is_named_if_its_visible_ends_fit_one_key_only():
    keys = [service_key("a", redacted_key="ak-001...xyz"), service_key("b", redacted_key=None)]
    assert name_of_key({"api_keys": keys}, "ak-001234xyz") == "a"
    assert name_of_key({"api_keys": keys}, "ak-001234abc") is None
    assert name_of_key({"api_keys": [*keys, *keys]}, "ak-001234xyz") is None
    assert name_of_key(DENIED, "ak-001234xyz") is None
    assert review([ANN], key_name="a")["read_by"].endswith(", with the API key a")


ROLES = [role("id-Reader", "Reader", ["A_READ"])]
EARLIER = ([ANN, user("eve", "eve@x.io")], [bound("ann", "Reader", "=Lab"), bound("eve", "Reader", "=Lab")], [], ROLES)


def test_the_changes_since_an_earlier_review():
    later = ([{**ANN, "role": "admin"}, BEN], [bound("ann", "Editor", "=Lab"), bound("ben", "Reader", "P", "Q")])
    found = review(*later, [service_key("ci")], [role("id-Reader", "Reader", ["A_READ", "B_READ"])],
                   previous=review(*EARLIER, read_at="2026-08-01T00:00:00Z")["csv"], csv_delimiter=";")  # fmt: skip
    assert [(row["change"], row["record"], row["who"], row["details"]) for row in found["changes"]["rows"]] == [
        ("added", "user", "Ben@x.io", ["status: active", "role: Ops"]),
        ("removed", "user", "eve@x.io", ["status: active", "role: member", "developer: yes"]),
        ("changed", "user", "ann@x.io", ["role: member → admin"]),
        ("added", "role binding", "Ben@x.io, P / Q", ["role: Reader"]),
        ("removed", "role binding", "eve@x.io, '=Lab", ["role: Reader"]),
        ("changed", "role binding", "ann@x.io, '=Lab", ["role: Reader → Editor"]),
        ("added", "service key", "ci", ["role: member"]),
        ("changed", "custom role", "Reader", ["permissions: A_READ → A_READ B_READ"]),
    ]
    assert (found["changes"]["read_at"], found["counts"]["changes"]) == ("2026-08-01T00:00:00Z", 8)
    assert found["summary"].endswith(" Changes since the earlier review: 8.")
    assert found["csv"].count("\nchange;") == 8


@pytest.mark.parametrize(
    "saved",
    [
        lambda text: text,
        lambda text: text.removeprefix("\ufeff").replace("\n", "\r\n"),
        lambda text: "\n".join(";".join(map(quoted, row)) for row in csv.reader(io.StringIO(text[1:]))),
    ],
)
def test_an_earlier_review_may_have_gone_through_a_spreadsheet(saved):
    found = review(*EARLIER, previous=saved(review(*EARLIER, read_at="2026-08-01T00:00:00Z")["csv"]))
    assert found["changes"] == {
        "read_at": "2026-08-01T00:00:00Z",
        "endpoint": "https://x.io",
        "notes": [],
        "rows": [],
    }


def quoted(cell):
    return '"{}"'.format(cell.replace('"', '""'))


def test_what_one_of_two_reviews_could_not_read_is_not_compared():
    earlier = review([ANN], DENIED, [service_key("ci")], ROLES, endpoint="https://y.io")["csv"]
    changes = review([ANN], [bound("ann", "Reader", "Lab")], DENIED, ROLES, previous=earlier)["changes"]
    assert changes["rows"] == []
    assert changes["notes"] == [
        "Not compared, because one of the two reviews could not read them: role bindings, service keys.",
        "Users that are listed as added or removed may be bot users of service keys.",
        "The earlier review is about another URL: https://y.io.",
    ]


def test_a_review_that_is_cut_off_is_refused_or_told():
    given = ([ANN, BEN], [bound("ann", "Reader", "Lab")], [], [*ROLES, role("id-Admin", "Admin", [], True)])
    whole = review(*given)["csv"]
    with pytest.raises(AnsibleFilterError, match="cut off"):
        review(*given, previous=whole[: whole.index("Ben@x.io")])
    lines = whole.splitlines(keepends=True)
    for missing, added in ((1, []), (4, ["user", "role binding", "custom role"])):
        changes = review(*given, previous="".join(lines[:-missing]))["changes"]
        assert [row["record"] for row in changes["rows"]] == added
        assert changes["notes"][0].startswith(f"The earlier review has {7 - missing} of its 7 rows: ")
        assert "no predefined roles" in changes["notes"][-1]
    again = review(*given, previous=review(*given, previous="".join(lines[:-4]))["csv"])
    assert (again["changes"]["rows"], again["changes"]["notes"]) == ([], [])


def test_a_review_from_an_earlier_version_has_no_predefined_roles_and_no_places():
    spaces = [{"id": "s1", "name": "Lab", "is_private": True, "created_at": None}]
    lists = {"users": [ANN], "role_bindings": [], "api_keys": [], "roles": [role("r1", "Admin", [], True)]}
    results = {what: {what: rows} for what, rows in {**lists, "spaces": spaces}.items()}
    earlier = review([ANN])["csv"]
    changes = access_review(results, "https://x.io", NOW, previous=earlier)["changes"]
    assert (changes["rows"], len(changes["notes"])) == ([], 1)
    unread = access_review({**results, "roles": DENIED}, "https://x.io", NOW)["csv"]
    changes = access_review(results, "https://x.io", NOW, previous=unread.replace("private space", "gone"))["changes"]
    assert [row["record"] for row in changes["rows"]] == ["private space"]


def test_two_reviews_without_a_common_user_may_be_about_two_accounts():
    changes = review([ANN], previous=review([BEN])["csv"])["changes"]
    assert (len(changes["rows"]), "another account" in changes["notes"][0]) == (2, True)


def test_a_label_that_changes_with_other_names_is_no_change():
    spaces = [{"id": each, "name": "Lab", "is_private": True, "created_at": None} for each in ("s1", "s2")]
    project = {"id": "p1", "name": "Chat", "space": "Lab", "space_id": "s1", "restricted": True, "created_at": None}
    roles = [role("id-R", "R"), role("r2", "R"), role("r3", "S")]

    def reviewed(number, bound_to="id-R", listed_roles=None, **others):
        bindings = [bound("ann", None if listed_roles else "R", "Lab", resource_id="s1", role_id=bound_to)]
        lists = {
            "users": [ANN],
            "role_bindings": bindings,
            "api_keys": [],
            "roles": roles[:number],
            "spaces": spaces[:number],
        }
        results = {what: {what: rows} for what, rows in {**lists, "projects": [project]}.items()}
        return access_review(results | ({"roles": listed_roles} if listed_roles else {}), "x", NOW, **others)

    one = reviewed(1)["csv"]
    changes = reviewed(2, previous=one)["changes"]["rows"]
    assert [(row["change"], row["record"]) for row in changes] == [("added", "custom role"), ("added", "private space")]
    assert reviewed(2)["users"][0]["access"] == ["Lab (s1): R (id-R)"]
    moved = reviewed(2, "r2", previous=one)["changes"]["rows"]
    assert [row["details"] for row in moved if row["change"] == "changed"] == [["role: R → R (r2)"]]
    assert reviewed(1, listed_roles=DENIED, previous=one)["changes"]["rows"] == []
    assert reviewed(1, previous=reviewed(1, listed_roles=DENIED)["csv"])["changes"]["rows"] == []


def test_a_remark_about_what_was_read_keeps_nothing_from_being_compared():
    earlier = review([ANN, BEN], [bound("gone", "Reader", "Lab")])
    assert earlier["not_read"]
    changes = review([ANN], [bound("gone", "Reader", "Lab")], previous=earlier["csv"])["changes"]
    assert [(row["change"], row["who"]) for row in changes["rows"]] == [("removed", "Ben@x.io")]


def test_a_review_without_role_bindings_may_be_that_of_a_key_that_sees_none():
    earlier = review([ANN], [bound("ann", "Reader", "Lab")])["csv"]
    changes = review([ANN], previous=earlier)["changes"]
    assert [row["change"] for row in changes["rows"]] == ["removed"]
    assert "may have been invisible to its API key" in changes["notes"][0]
    assert review([ANN], previous=review([ANN])["csv"])["changes"]["notes"] == []


def test_restrictions_that_were_not_read_are_not_compared():
    project = {"id": "p1", "name": "Chat", "space": "Lab", "space_id": "s1", "created_at": None}
    found = [{"users": {"users": [ANN]}, "role_bindings": {"role_bindings": []}, "api_keys": {"api_keys": []},
              "roles": {"roles": []}, "projects": {"projects": [{**project, "restricted": restricted}]}}
             for restricted in (True, None)]  # fmt: skip
    earlier = access_review(found[0], "https://x.io", NOW)["csv"]
    changes = access_review(found[1], "https://x.io", NOW, previous=earlier)["changes"]
    assert (changes["rows"], changes["notes"][0].endswith("read them: projects.")) == ([], True)


@pytest.mark.parametrize(
    "text",
    ["", "email,name\n", "record,name,created\nuser,a,b\n", 'record,name,created\n"', "record,created,name\nx,,\n"],
)
def test_what_is_no_earlier_review_is_refused(text):
    with pytest.raises(AnsibleFilterError, match="earlier review"):
        review([ANN], previous=text)
