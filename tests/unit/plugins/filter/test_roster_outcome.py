# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The outcome of a roster as lines: one for each user and role binding that is not as before."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.arize.ax.plugins.filter.roster_outcome import roster_outcome


def user(name="Ann", **others):
    return {"name": name, "role": "member", "custom_role_id": None, "custom_role_name": None, **others}


def entry(status, **others):
    return {"email": "ann@x.io", "user_id": "id", "status": status, "changes": [], **others}


def bound(status, role="Reader", space="Prod", **others):
    place = {"space": space, "space_id": "s1", "project": None, "project_id": None}
    return {**place, "role": role, "role_id": "r1", "status": status, **others}


def lines(*entries, **result):
    """Return the lines about *entries*."""
    counts = {"updated": len(entries)}
    head, *others = roster_outcome({"entries": list(entries), "summary": counts, **result})
    assert head == (f"{len(entries)} updated" if entries else "no users to create")
    return others


@pytest.mark.parametrize(
    ("happened", "line"),
    [
        (entry("created", user=user(custom_role_name="Auditor")), "created    ann@x.io  Ann, Auditor"),
        (entry("created", user=user(role="custom", custom_role_id="R")), "created    ann@x.io  Ann, R"),
        (entry("deleted", before=user(None, role=None)), "deleted    ann@x.io  without a name, unknown role"),
        (entry("not_found"), "not found  ann@x.io  no user has this address. Is it right?"),
        (
            entry("updated", before=user(), user=user("Bo\nb"), changes=["name", "access"]),
            "updated    ann@x.io  name: Ann -> Bo b",
        ),
        (entry("skipped", error={"kind": "x", "msg": "Not\u202e tried."}), "skipped    ann@x.io  Not  tried."),
        (entry("failed", email=None, error={"kind": "not_found", "msg": "No."}), "failed     id  No."),
    ],
)
def test_a_user_has_a_line(happened, line):
    assert lines(happened) == [line]


def test_a_user_who_is_as_before_has_none():
    assert roster_outcome({"entries": [entry("unchanged")], "summary": {"unchanged": 1}}) == ["1 unchanged"]
    assert roster_outcome({"msg": "hidden", "failed": True}, dry_run=True) == [
        "Dry run, no changes were made. It would be: no users to create"
    ]


def test_what_is_to_be_known_comes_first():
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
    head, bindings, mailed, deleted, differing, line = roster_outcome(result)
    assert (head, bindings, mailed) == (
        "1 created, 2 not found",
        "Role bindings: 3 created",
        "1 user was mailed an invitation",
    )
    assert deleted.startswith("Deletions are permanent: ")
    assert differing.startswith("2 users with another role than wanted. ")
    assert line == "failed     ann@x.io  role is member, not admin"
    assert roster_outcome(result, dry_run=True, mailed=1)[:3] == [
        "Dry run, no changes were made. It would be: 1 created, 2 not found",
        "Role bindings would be: 3 created",
        "2 users would be mailed an invitation",
    ]
    assert roster_outcome(result, mailed=1)[2] == "2 users were mailed an invitation"


def test_each_role_binding_that_changes_has_a_line_below_the_user():
    items = [
        bound("created", "Reader"),
        bound("updated", "Editor", space="A\nB", project="C", before={"role": None, "role_id": "r0"}),
        bound("deleted", None, space=None),
        bound("unchanged"),
    ]
    assert lines(entry("updated", before=user(), user=user(), changes=["access"], access=items)) == [
        "updated    ann@x.io  access",
        "access     ann@x.io  created    Prod: Reader",
        "access     ann@x.io  updated    A B / C: r0 -> Editor",
        "access     ann@x.io  deleted    s1: r1",
    ]


def test_a_failure_and_what_it_holds_up_are_told():
    refused, held = {"kind": "forbidden", "msg": "May\nnot."}, {"kind": "skipped", "msg": "Not removed."}
    items = [bound("failed", error=refused), bound("skipped", "X", error=held), bound("skipped", "Y", error=held)]
    access = [
        "access     ann@x.io  failed     Prod: Reader. May not.",
        "access     ann@x.io  skipped    Prod: X; Prod: Y. Not removed.",
    ]
    failed = {"access": items, "error": refused}
    for case, line in (
        (entry("failed", before=user(), user=user(), **failed), "access"),
        (entry("failed", before=user(), user=user("Bo"), **failed) | {"changes": ["name"]}, "name: Ann -> Bo; access"),
        (entry("failed", user=user(), **failed), "created: Ann, member; access"),
        # The user failed, too.
        (entry("failed", before=user(), **failed | {"error": {"kind": "x", "msg": "No."}}), "No."),
    ):
        assert lines(case) == [f"failed     ann@x.io  {line}", *access]
    second = bound("failed", "X", error={"kind": "server", "msg": "Lost."})
    case = entry("failed", before=user(), user=user(), access=[items[0], second, items[2]], error=refused)
    assert lines(case) == [
        "failed     ann@x.io  access",
        access[0],
        "access     ann@x.io  failed     Prod: X. Lost.",
        "access     ann@x.io  skipped    Prod: Y. Not removed.",
    ]


def test_the_line_of_a_user_says_why_all_access_is_skipped():
    held = {"kind": "skipped", "msg": "Not tried: No."}
    case = entry("failed", access=[bound("skipped", error=held)] * 2, error={"kind": "x", "msg": "No."})
    assert lines(case) == ["failed     ann@x.io  No."]


@pytest.mark.parametrize("other", [None, [], "result"])
def test_something_else_is_refused(other):
    with pytest.raises(AnsibleFilterError, match="A result of arize_user_roster is needed, not "):
        roster_outcome(other)
