"""The outcome of a roster as lines: one for each user who is not as before, and the counts."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.arize.ax.plugins.filter.roster_outcome import roster_outcome
from ansible_collections.arize.ax.plugins.plugin_utils._outcome import about_service_keys


def user(name="Ann", **others):
    return {"name": name, "role": "member", "custom_role_id": None, "custom_role_name": None, **others}


def entry(status, email="ann@x.io", **others):
    return {"email": email, "user_id": "id", "status": status, "changes": [], **others}


def bound(status, role="Reader", space="Prod", **others):
    place = {"space": space, "space_id": "s1", "project": None, "project_id": None}
    return {**place, "role": role, "role_id": "r1", "status": status, **others}


def lines(*entries, dry_run=False, role_mismatch="fail", **result):
    """Return the lines about *entries*, with single spaces between the columns."""
    text = roster_outcome({"entries": list(entries), "summary": {"updated": 1}, **result}, dry_run, role_mismatch)
    return text.splitlines()[:-1]


@pytest.mark.parametrize(
    ("happened", "line"),
    [
        (entry("created", user=user(custom_role_name="Auditor")), "created  ann@x.io  Ann, Auditor"),
        (entry("created", user=user(role="custom", custom_role_id="R")), "created  ann@x.io  Ann, R"),
        (entry("deleted", before=user(None, role=None)), "deleted  ann@x.io  without a name, unknown role"),
        (entry("not_found"), "not found  ann@x.io  no user has this address. Is it right?"),
        (
            entry("updated", before=user(), user=user("Bo\nb"), changes=["name", "access"], access=[bound("created")]),
            "updated  ann@x.io  name: Ann → Bo b; gets Prod: Reader",
        ),
        (entry("skipped", error={"kind": "x", "msg": "Not\u202e tried."}), "skipped  ann@x.io  Not  tried."),
        (entry("failed", email=None, error={"kind": "not_found", "msg": "No."}), "failed  id  No."),
    ],
)
def test_a_user_has_a_line(happened, line):
    assert lines(happened) == [line]


def test_a_user_who_is_as_before_has_none():
    assert roster_outcome({"entries": [entry("unchanged")], "summary": {"unchanged": 1}}) == "1 unchanged"
    assert roster_outcome({"msg": "hidden", "failed": True}, dry_run=True) == (
        "Dry run, no changes were made. It would be: no users to create"
    )


def test_failures_come_first_and_columns_are_aligned():
    happened = [
        entry("unchanged", "u@x.io"),
        entry("updated", "Zoe@x.io", before=user(), user=user(), changes=["access"], access=[bound("deleted")]),
        entry("updated", "b@x.io", before=user(), user=user("Bob"), changes=["name"]),
        entry("created", "longer@example.com", user=user()),
        entry("created", "A@x.io", user=user()),
        entry("deleted", "gone@x.io", before=user()),
        entry("failed", "z@x.io", error={"kind": "x", "msg": "No."}),
    ]
    assert lines(*happened) == [
        "failed          z@x.io              No.",
        "deleted         gone@x.io           Ann, member",
        "created         A@x.io              Ann, member",
        "created         longer@example.com  Ann, member",
        "updated         b@x.io              name: Ann → Bob",
        "access changed  Zoe@x.io            loses Prod: Reader",
    ]
    assert [line.partition("  ")[0] for line in lines(*happened, dry_run=True)] == [
        "would fail",
        "would be deleted",
        "would be created",
        "would be created",
        "would be updated",
        "access would change",
    ]
    # One long address does not push the details of all others aside.
    narrow = lines(entry("created", "x" * 99, user=user()), entry("created", "b@x.io", user=user()))
    assert len(narrow[0]) < 80


def test_the_counts_come_last():
    mismatch = {"wanted": "admin", "found": "member"}
    result = {
        "entries": [
            entry("failed", role_mismatch=mismatch, error={"kind": "role_mismatch", "msg": "Long."}),
            entry("unchanged", role_mismatch=mismatch),
        ],
        "summary": {"created": 1, "not_found": 2, "failed": 0},
        "access_summary": {"created": 3, "unchanged": 0},
        "mailed": ["a@x.io"],
        "deletions": ["b@x.io"],
    }
    line, mailed, deleted, differing, bindings, counts = roster_outcome(result, role_mismatch="fail").splitlines()
    assert line == "failed  ann@x.io  role is member, not admin"
    assert (mailed, bindings, counts) == (
        "1 user was mailed an invitation",
        "Role bindings: 3 created",
        "1 created, 2 not found",
    )
    assert deleted.startswith("Deletions are permanent: ")
    assert differing.startswith("2 users with a different role. ")
    dry = roster_outcome({**result, "mailed": ["a", "b"]}, dry_run=True).splitlines()
    assert dry[-1] == "Dry run, no changes were made. It would be: 1 created, 2 not found"
    assert "Role bindings would be: 3 created" in dry
    assert "2 users would be mailed an invitation" in dry


def test_a_role_that_differs_is_named_where_it_is_to_be_known():
    case = entry("unchanged", role_mismatch={"wanted": "admin", "found": "member"})
    assert lines(case, role_mismatch="warn")[0] == "different role  ann@x.io  role is member, not admin"
    assert "ann@x.io" not in "".join(lines(case, role_mismatch="ignore"))


def test_the_line_of_a_user_has_each_role_binding_that_changes():
    items = [
        bound("created", "Reader"),
        bound("updated", "Editor", space="A\nB", project="C", before={"role": None, "role_id": "r0"}),
        bound("deleted", None, space=None),
        bound("unchanged"),
    ]
    (line,) = lines(entry("updated", before=user(), user=user(), changes=["access"], access=items))
    assert line == "access changed  ann@x.io  gets Prod: Reader; A B / C: r0 → Editor; loses s1: r1"


def test_a_failure_and_what_it_holds_up_are_told():
    refused, held = {"kind": "forbidden", "msg": "May\nnot."}, {"kind": "skipped", "msg": "Not removed."}
    items = [bound("failed", error=refused), bound("skipped", "X", error=held), bound("skipped", "Y", error=held)]
    access = "Prod: Reader failed: May not.; not tried: Prod: X, Prod: Y (Not removed.)"
    failed = {"access": items, "error": refused}
    for case, line in (
        (entry("failed", before=user(), user=user(), **failed), access),
        (
            entry("failed", before=user(), user=user("Bo"), **failed) | {"changes": ["name"]},
            f"name: Ann → Bo; {access}",
        ),
        (entry("failed", user=user(), **failed), f"created: Ann, member; {access}"),
        # The user failed, too.
        (entry("failed", before=user(), **failed | {"error": {"kind": "x", "msg": "No."}}), f"No.; {access}"),
    ):
        assert lines(case) == [f"failed  ann@x.io  {line}"]
    second = bound("failed", "X", error={"kind": "server", "msg": "Lost."})
    case = entry("failed", before=user(), user=user(), access=[items[0], second, items[2]], error=refused)
    assert lines(case)[0].endswith("Prod: X failed: Lost.; not tried: Prod: Y (Not removed.)")


def test_the_line_of_a_user_says_why_all_access_is_skipped():
    held = {"kind": "skipped", "msg": "Not tried: No."}
    case = entry("failed", access=[bound("skipped", error=held)] * 2, error={"kind": "x", "msg": "No."})
    assert lines(case) == ["failed  ann@x.io  No."]


@pytest.mark.parametrize("other", [None, [], "result"])
def test_something_else_is_refused(other):
    with pytest.raises(AnsibleFilterError, match="A result of arize_user_roster is needed, not "):
        roster_outcome(other)


DELETED = {"entries": [{"user_id": "u1", "email": "eve@x.io", "status": "deleted"}]}
KEYS = {
    "api_keys": [
        {"id": "k1", "name": "pipe\nline", "created_by_user_id": "u1"},
        {"id": "k2", "name": None, "created_by_user_id": "u2"},
    ]
}


@pytest.mark.parametrize(
    ("roster", "keys", "told"),
    [
        (DELETED, KEYS, ["Service keys of deleted users go on working. Rotate or revoke them: pipe line, by eve@x.io"]),
        (
            DELETED,
            {"error": {}, "msg": "Could not."},
            ["Service keys that these users have created were not listed: Could not."],
        ),
        ({"entries": [{**DELETED["entries"][0], "status": "failed"}]}, KEYS, []),
        (DELETED, {}, []),
    ],
)
def test_service_keys_of_deleted_users_are_named(roster, keys, told) -> None:
    assert about_service_keys(roster, keys) == told
