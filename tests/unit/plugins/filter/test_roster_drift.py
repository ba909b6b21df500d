# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The differences that a result of arize_user_roster holds, sorted; the rules are the module's."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.arize.ax.plugins.filter.roster_drift import roster_drift


def user(email, status="active", **others):
    return {
        "id": f"id-{email}",
        "email": email,
        "name": f"N {email}",
        "status": status,
        "role": "member",
        "custom_role_id": None,
        "custom_role_name": None,
        "is_developer": True,
        "created_at": "2026-01-02T03:04:05Z",
        **others,
    }


def entry(status, email, before=True, after=None, **others):
    found = user(email) if before is True else before
    shown = {"before": found, "user": after or found}
    return {
        "email": email,
        "user_id": "x",
        "status": status,
        "changes": [],
        **{key: value for key, value in shown.items() if value},
        **others,
    }


def result(*entries, **summary):
    counts = {
        status: sum(each["status"] == status for each in entries) for status in ("created", "unchanged", "deleted")
    }
    others = {status: sum(each["status"] == status for each in entries) for status in ("updated", "failed", "skipped")}
    return {"entries": list(entries), "summary": {**counts, **others, "not_found": 0, **summary}}


def test_each_difference_has_its_list():
    late = user("late@x.io", "expired", custom_role_name="Auditor", role="custom")
    renamed = user("new@x.io", name="New", is_developer=False)
    drift = roster_drift(
        result(
            entry("unchanged", "same@x.io"),
            entry("unchanged", "role@x.io", role_mismatch={"wanted": "admin", "found": "member"}),
            entry("updated", "new@x.io", after=renamed, changes=["name", "is_developer"]),
            entry("created", "comes@x.io", before=None, after=user("comes@x.io", "invited")),
            entry("failed", None, before=None, user_id="gone", error={"msg": "There is no such user."}),
            entry("skipped", "late@x.io", before=late, error={"msg": "Not deleted."}),
            entry("deleted", "goes@x.io"),
        )
    )
    assert drift["missing"] == [{"email": "comes@x.io", "name": "N comes@x.io", "role": "member"}]
    assert drift["unknown"] == [
        {
            "email": "late@x.io",
            "name": "N late@x.io",
            "role": "Auditor",
            "status": "expired",
            "purge": "skipped",
            "reason": "Not deleted.",
        },
        {
            "email": "goes@x.io",
            "name": "N goes@x.io",
            "role": "member",
            "status": "active",
            "purge": "deleted",
            "reason": None,
        },
    ]
    assert drift["different_role"] == [
        {"email": "role@x.io", "name": "N role@x.io", "account": "member", "roster": "admin"}
    ]
    assert drift["different_name"] == [
        {"email": "new@x.io", "name": "N new@x.io", "account": "N new@x.io", "roster": "New"}
    ]
    assert drift["different_developer"] == [
        {"email": "new@x.io", "name": "N new@x.io", "account": True, "roster": False}
    ]
    assert drift["unusable"] == [{"email": None, "user_id": "gone", "reason": "There is no such user."}]
    assert drift["pending"] == [
        {"email": "late@x.io", "name": "N late@x.io", "status": "expired", "since": "2026-01-02"}
    ]
    assert drift["statuses"] == {"active": 4, "expired": 1}
    counts = ("differences", "in_roster", "in_account", "in_step", "unknown_allowed")
    assert [drift[key] for key in counts] == [7, 5, 5, 1, False]


def test_unknown_users_can_be_allowed():
    drift = roster_drift(result(entry("unchanged", "a@x.io"), entry("deleted", "b@x.io")), allow_unknown=True)
    assert (drift["differences"], drift["unknown_allowed"], len(drift["unknown"])) == (0, True, 1)


def test_users_whom_a_long_failed_result_leaves_out_are_counted():
    failed = entry("failed", None, before=None, error={"msg": "No."})
    drift = roster_drift(result(failed, unchanged=70))
    assert [drift[key] for key in ("in_roster", "in_account", "in_step")] == [71, 70, 70]


def test_a_user_without_address_is_named_by_id():
    hidden = user(None, "invited")
    drift = roster_drift(result(entry("unchanged", None, before=hidden)))
    assert drift["pending"][0]["user_id"] == "id-None"


@pytest.mark.parametrize("value", [None, [], {}, {"entries": 1}, {"msg": "No changes were made."}])
def test_what_is_no_result_is_refused(value):
    with pytest.raises(AnsibleFilterError):
        roster_drift(value)


def bound(status, role, space="Prod", project=None, **others):
    ids = {"space_id": space and f"id-{space}", "project_id": project and f"id-{project}", "role_id": f"id-{role}"}
    return {"space": space, "project": project, "role": role, **ids, "status": status, **others}


def test_role_bindings_are_differences():
    before = {"role": None, "role_id": "r1"}
    items = [
        bound("unchanged", "Reader", "Lab"),
        bound("created", "Reader"),
        bound("updated", "Reader", "Prod", "Chat", before=before),
        {**bound("deleted", "Editor"), "space": None, "space_id": None, "project_id": "p1"},
    ]
    drift = roster_drift(result(entry("updated", "ann@x.io", changes=["access"], access=items)))
    who = {"email": "ann@x.io", "name": "N ann@x.io"}
    assert drift["missing_access"] == [{**who, "resource": "Prod", "roster": "Reader"}]
    assert drift["different_access"] == [{**who, "resource": "Prod / Chat", "account": "r1", "roster": "Reader"}]
    assert drift["extra_access"] == [{**who, "resource": "p1", "account": "Editor"}]
    assert (drift["differences"], drift["in_step"]) == (3, 0)


def test_the_bindings_of_a_missing_user_are_no_differences_of_their_own():
    comes = entry(
        "created", "new@x.io", before=None, after=user("new@x.io"), changes=["access"], access=[bound("created", "R")]
    )
    drift = roster_drift(result(comes))
    assert (drift["differences"], len(drift["missing"]), drift["missing_access"]) == (1, 1, [])
