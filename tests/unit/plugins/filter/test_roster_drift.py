"""The differences that a result of arize_user_roster holds, sorted; the rules are the module's."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.arize.ax.plugins.filter.roster_drift import problem_of, roster_drift


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


def result(*entries):
    return {"entries": list(entries)}


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
    assert drift["not_in_roster"] == [
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
        {"email": "late@x.io", "name": "N late@x.io", "status": "expired", "since": "2026-01-02", "days": None}
    ]
    assert drift["statuses"] == {"active": 4, "expired": 1}
    counts = ("differences", "in_roster", "in_account", "compared", "equal", "not_in_roster_allowed")
    assert [drift[key] for key in counts] == [7, 5, 5, 5, 1, False]
    assert drift["summary"] == "7 differences. 5 users in the account; 5 in the roster; 1 equal; 1 open invitation."
    assert problem_of(drift) == "There is drift: 7 differences between the account and the roster."


def test_unknown_users_can_be_allowed():
    drift = roster_drift(result(entry("unchanged", "a@x.io"), entry("deleted", "b@x.io")), allow_unknown=True)
    assert (drift["differences"], drift["not_in_roster_allowed"], len(drift["not_in_roster"])) == (0, True, 1)
    assert problem_of(drift) == ""


def test_users_who_are_left_alone_are_counted_and_bot_users_are_no_users():
    apart = [
        {"email": email, "user_id": "x", "status": "invited", "reason": reason}
        for email, reason in (
            ("p@x.io", "protected"),
            ("q@x.io", "protected"),
            (None, "bot_user"),
            (None, "no_address"),
        )
    ]
    drift = roster_drift({**result(entry("unchanged", "a@x.io")), "left_alone": apart})
    assert [drift[key] for key in ("differences", "in_account", "compared", "equal")] == [0, 4, 1, 1]
    assert len(drift["pending"]) == drift["statuses"]["invited"] == 3
    assert drift["left_alone"] == apart
    account = "4 users in the account, 2 of them protected and not compared, 1 of them without a visible address and not compared"
    assert account in drift["summary"]


def test_a_refusal_is_no_difference_and_fails_the_report():
    refusal = {"kind": "lookalike", "msg": "No changes were made: addresses look alike."}
    drift = roster_drift({**result(entry("unchanged", "a@x.io")), "refusals": [refusal]})
    assert (drift["differences"], drift["refusals"]) == (0, [refusal])
    assert problem_of(drift) == f"arize.ax.sync_roster would refuse this roster: {refusal['msg']}"
    drift["refusals"] = [refusal, refusal]
    assert problem_of(drift).endswith(f"{refusal['msg']} The report has 1 more reason.")


def test_what_could_not_be_read_is_told_and_fails_the_report():
    failed = {"failed": True, "msg": "Could not list the role bindings.", "error": {"kind": "forbidden"}}
    drift = roster_drift({**result(entry("unchanged", "a@x.io")), **failed})
    assert (drift["equal"], drift["not_read"]) == (1, ["Could not list the role bindings."])
    assert problem_of(drift) == "Could not list the role bindings."


def test_a_user_whose_role_bindings_could_not_be_read_is_no_difference():
    unread = {"msg": "Not compared: Could not list the role bindings."}
    skipped = {"access": [bound("skipped", "Reader", error=unread)], "error": unread}
    renamed = user("c@x.io", name="New")
    drift = roster_drift(
        {
            **result(
                entry("skipped", "a@x.io", **skipped),
                entry("skipped", "b@x.io", role_mismatch={"wanted": "admin", "found": "member"}, **skipped),
                entry("updated", "c@x.io", after=renamed, changes=["name"], **skipped),
                entry("failed", None, before=None, user_id="gone", **skipped | {"error": {"msg": "No such user."}}),
                entry("unchanged", "d@x.io", access=[]),
            ),
            "failed": True,
            "msg": "Could not list the role bindings.",
            "error": {"kind": "forbidden"},
        }
    )
    kinds = ("not_in_roster", "unresolved", "different_role", "different_name", "unusable")
    assert [len(drift[kind]) for kind in kinds] == [0, 0, 1, 1, 1]
    numbers = ("differences", "in_roster", "in_account", "equal", "differing")
    assert [drift[number] for number in numbers] == [3, 5, 4, 2, 2]
    assert (drift["not_read"], drift["notes"]) == (["Could not list the role bindings."], [])


def test_what_the_key_may_not_see_is_told_and_is_no_failure():
    listed = entry("unchanged", "a@x.io", access=[])
    drift = roster_drift({**result(listed), "not_read": ["Bot users could not be told apart."]})
    assert drift["notes"] == [
        "Bot users could not be told apart.",
        "No role bindings of the compared users were found: none exist, or the API key lacks ROLE_BINDING_READ.",
    ]
    assert problem_of(drift) == ""
    seen = entry("unchanged", "b@x.io", access=[bound("unchanged", "Reader")])
    missing = entry("updated", "b@x.io", changes=["access"], access=[bound("created", "Reader")])
    comes = entry("created", "c@x.io", before=None, after=user("c@x.io"), access=[bound("created", "Reader")])
    for entries in ([listed, seen], [listed, missing], [entry("unchanged", "a@x.io"), comes]):
        assert roster_drift(result(*entries))["notes"] == []


def test_names_that_cannot_be_resolved_are_one_difference_each_and_other_drift_is_not_lost():
    gone = {"msg": "There is no space named Labs."}
    items = [bound("failed", "Reader", "Labs", error=gone), bound("failed", "Editor", "Labs", "P", error=gone)]
    names = ("a@x.io", "b@x.io")
    entries = [entry("failed", email, access=items, error=gone) for email in names]
    renamed = entry("failed", "c@x.io", after=user("c@x.io", name="New"), changes=["name"], access=items, error=gone)
    comes = entry("failed", "d@x.io", before=None, after=user("d@x.io"), access=items, error=gone)
    drift = roster_drift(result(*entries, renamed, comes))
    assert drift["unresolved"] == [{"reason": "There is no space named Labs.", "users": 4}]
    assert (len(drift["missing"]), len(drift["different_name"]), drift["unusable"]) == (1, 1, [])
    assert (drift["differences"], drift["equal"], drift["differing"]) == (3, 0, 3)


def test_a_space_of_which_no_role_binding_is_seen_is_marked():
    items = [
        bound("created", "Reader", "Seen"),
        bound("created", "Reader", "Hidden"),
        bound("created", "R", "Hidden", "P"),
    ]
    other = entry("unchanged", "b@x.io", access=[bound("unchanged", "Reader", "Seen")])
    drift = roster_drift(result(entry("updated", "a@x.io", changes=["access"], access=items), other))
    assert [row["unseen"] for row in drift["missing_access"]] == [False, True, True]
    assert drift["not_read"][0].startswith("This API key sees no role binding of the compared users in: Hidden. ")


def test_invitations_have_an_age():
    pending = entry("unchanged", "a@x.io", before=user("a@x.io", "invited", created_at="2026-01-01T23:30:00-05:00"))
    apart = {"email": "p@x.io", "user_id": "p", "name": "P", "status": "invited", "reason": "protected"}
    left_alone = [{**apart, "created_at": "2026-01-11T00:00:00Z"}]
    drift = roster_drift({**result(pending), "left_alone": left_alone}, read_at="2026-01-12T00:00:00Z")
    assert [(row["since"], row["days"]) for row in drift["pending"]] == [("2026-01-02", 10), ("2026-01-11", 1)]


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
    assert drift["missing_access"] == [{**who, "resource": "Prod", "roster": "Reader", "unseen": False}]
    assert drift["different_access"] == [{**who, "resource": "Prod / Chat", "account": "r1", "roster": "Reader"}]
    assert drift["extra_access"] == [{**who, "resource": "p1", "account": "Editor"}]
    assert (drift["differences"], drift["equal"]) == (3, 0)


def test_the_bindings_of_a_missing_user_are_no_differences_of_their_own():
    comes = entry(
        "created", "new@x.io", before=None, after=user("new@x.io"), changes=["access"], access=[bound("created", "R")]
    )
    drift = roster_drift(result(comes))
    assert (drift["differences"], len(drift["missing"]), drift["missing_access"]) == (1, 1, [])
