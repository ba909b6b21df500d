"""Checks of a key that reads: each list and look-up that the collection uses. Nothing here writes."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .report import NOT_SEEN, Report
from .service import Answer, Listed, Service

Item = Mapping[str, Any]
USERS, USER = "/v2/users", "/v2/users/{user_id}"
STATUSES = ("ACTIVE", "INVITED", "EXPIRED")
UNKNOWN_ID = base64.b64encode(b"User:0:arize-ax-live").decode()
# Not tried here, and why.
NOT_TRIED = {
    "delete_oneself": "never tried: it might succeed",
    "renewal_keeps_id": "an invitation takes days to expire",
    "resend_expired_is_400": "an invitation takes days to expire",
    "binding_needs_membership": "no role bindings are written",
    "deleted_role_frees_name": "no roles are written",
    "remove_non_member": "no memberships are written",
    "restricted_reach": "no restrictions are written",
    "conflict_kinds_differ": "needs WRITE=1",
    "custom_account_role": "needs WRITE=1",
}

WRITES = ("create users", "rename users", "change is_developer", "resend invitations", "delete users")


def read_only(service: Service) -> str | None:
    """Run every check that only reads, and return the ID of a custom role if there is one."""
    for question, why in NOT_TRIED.items():
        service.report.answer(question, NOT_SEEN, why)
    users = check_users(service)
    roles = check_roles(service)
    check_bindings(service, users.items, roles)
    spaces = check_places(service)
    check_keys(service, users, spaces)
    if not service.report.limits:
        service.report.answer("rate_limits_announced", False, "no answer had such a header")
    for what in WRITES if service.report.facts["mode"] == "read" else ():
        service.report.permission(what, "not tried")
    return next((str(role["id"]) for role in roles if role.get("is_predefined") is False and role.get("id")), None)


def allowed(report: Report, what: str, answer: Answer) -> bool:
    """Note whether the key may do something, and return whether it may."""
    report.permission(what, said(answer))
    return answer.ok


def said(answer: Answer) -> str:
    """Return whether an answer is a success, else why not, in a word or two."""
    return "yes" if answer.ok else f"no ({answer.status}{', the plan of the account' if answer.lacks_plan else ''})"


def lower(item: Item, name: str) -> str:
    """Return a text of an item in lower case."""
    return str(item.get(name) or "").lower()


# ---------------------------------------------------------------- users


def check_users(service: Service) -> Listed:
    """Check the list of users, its filters, and the look-up by ID. Return the users as far as they were read."""
    report = service.report
    users = service.list(USERS, "users")
    if not allowed(report, "list users", users.answer):
        return users
    in_order(report, users.items)
    check_pages(service, users)
    for statuses in [*((status,) for status in STATUSES), STATUSES[:2]]:
        query = [("status", status) for status in statuses]
        fits = {status.lower() for status in statuses}
        found = service.list(USERS, "users", *query).items
        every(report, f"GET {USERS}?status", [lower(user, "status") in fits for user in found])
    named = next((user for user in users.items if user.get("email")), None)
    if named:
        check_email_filter(service, str(named["email"]), named.get("id"))
    check_lookups(service, users.items[0] if users.items else {})
    return users


def in_order(report: Report, items: list[dict[str, Any]]) -> None:
    """Add a contradiction unless the items are sorted by created_at, oldest first."""
    try:
        moments = [datetime.fromisoformat(str(item["created_at"])) for item in items]
        fine = moments == sorted(moments)
    except (KeyError, ValueError, TypeError):
        return  # the comparison with the contract has reported it
    if not fine:
        report.contradiction(f"GET {USERS}", "is not sorted by created_at, oldest first")


def every(report: Report, place: str, fits: list[bool]) -> None:
    """Add a contradiction unless all items of a filtered list fit the filter."""
    if not all(fits):
        report.contradiction(place, "has items that do not fit the filter")


def check_pages(service: Service, users: Listed) -> None:
    """Check that pages of one user are the same list, and that the service's own page size works."""
    first = service.list(USERS, "users", limit=1, pages=3).items
    if ids(first) != ids(users.items)[: len(first)]:
        service.report.contradiction(f"GET {USERS}", "has another order with another page size")
    default = service.send("GET", USERS)
    if default.ok and len(default.items("users")) != min(50, len(users.items)):
        service.report.contradiction(f"GET {USERS}", "has no pages of 50 by default")


def check_email_filter(service: Service, email: str, user_id: Any) -> None:
    """Check the look-up by email: a part of the address, in any case, finds the user."""
    report, place = service.report, f"GET {USERS}?email"
    found_by_all = True
    for text in (email, email.upper(), email.lower(), email.partition("@")[0]):
        found = service.list(USERS, "users", ("email", text))
        every(report, place, [text.lower() in lower(user, "email") for user in found.items])
        found_by_all &= not found.complete or user_id in ids(found.items)
    if not found_by_all:
        report.contradiction(place, "does not find a user by the address")
    report.permission("look up users by email", "yes" if found_by_all else "no")
    if service.list(USERS, "users", ("email", "arize-ax-live-unknown@example.invalid")).items:
        report.contradiction(place, "finds users for an address that no user has")


def check_lookups(service: Service, user: Item) -> None:
    """Check the look-up by ID, of a user who is in the list and of one who is not."""
    if user.get("id"):
        answer = service.send("GET", USER, str(user["id"]))
        if allowed(service.report, "look up users by ID", answer):
            same(service.report, f"GET {USER}", answer.fields, user)
    answer = service.send("GET", USER, UNKNOWN_ID)
    if answer.status not in (404, 400):
        service.report.contradiction(f"GET {USER}", f"answers {answer.status} for an ID that does not exist, not 404")


def same(report: Report, place: str, one: Item, other: Item) -> None:
    """Add a contradiction for each field that a list and a look-up show differently."""
    for name in sorted(set(one) & set(other)):
        if one[name] != other[name]:
            report.contradiction(place, "differs from the list in the field", name)


def ids(items: list[dict[str, Any]]) -> list[Any]:
    """Return the IDs of items."""
    return [item.get("id") for item in items]


# ---------------------------------------------------------------- access


def check_kind(service: Service, path: str, plural: str, *query: tuple[str, Any]) -> Listed:
    """Check a list, its pages, and the look-up of its first item if the contract has one."""
    what = plural.replace("_", " ")
    found = service.list(path, plural, *query)
    if not allowed(service.report, f"list {what}", found.answer) or not found.items:
        return found
    pages = service.list(path, plural, *query, limit=1, pages=2).items
    if not set(map(str, ids(pages))) <= set(map(str, ids(found.items))) and found.complete:
        service.report.contradiction(f"GET {path}", "has other items with another page size")
    calls = service.report.contract.document["paths"]
    one = next((each for each in calls if each.startswith(f"{path}/{{") and "get" in calls[each]), None)
    if one and found.items[0].get("id"):
        answer = service.send("GET", one, str(found.items[0]["id"]))
        if allowed(service.report, f"look up {what} by ID", answer):
            same(service.report, f"GET {one}", answer.fields, found.items[0])
    return found


def check_roles(service: Service) -> list[dict[str, Any]]:
    """Check the list of roles, and return the roles."""
    report, path = service.report, "/v2/roles"
    roles = check_kind(service, path, "roles")
    if not roles.answer.ok:
        return []
    for wanted in (True, False):
        found = service.list(path, "roles", ("is_predefined", str(wanted).lower())).items
        every(report, f"GET {path}?is_predefined", [role.get("is_predefined", wanted) is wanted for role in found])
    kinds = {
        kind: Counter(r.get("name") for r in roles.items if r.get("is_predefined") is kind) for kind in (True, False)
    }
    report.answer("predefined_role_names_repeat", any(count > 1 for count in kinds[True].values()))
    for question, seen in (
        ("custom_role_like_predefined", bool(kinds[True].keys() & kinds[False].keys())),
        ("role_names_differ_in_case", len({str(name).lower() for name in kinds[False]}) < len(kinds[False])),
    ):
        report.answer(question, True if seen else NOT_SEEN, "" if seen else "no such roles, and no roles are written")
    return roles.items


def check_bindings(service: Service, users: list[dict[str, Any]], roles: list[dict[str, Any]]) -> None:
    """Check the lists of role bindings."""
    report, path = service.report, "/v2/role-bindings"
    found = {kind: check_kind(service, path, "role_bindings", ("resource_type", kind)) for kind in ("SPACE", "PROJECT")}
    if all(each.answer.ok for each in found.values()) and not any(each.items for each in found.values()):
        report.permission("list role bindings", "not known: the list is empty, as without ROLE_BINDING_READ")
    for kind, listed in found.items():
        place = f"GET {path}?resource_type"
        every(report, place, [lower(each, "resource_type") == kind.lower() for each in listed.items])
    if users and users[0].get("id"):
        owner = users[0]["id"]
        of_one = service.list(path, "role_bindings", ("resource_type", "SPACE"), ("user_id", owner)).items
        every(report, f"GET {path}?user_id", [each.get("user_id") == owner for each in of_one])
    predefined = {role.get("id") for role in roles if role.get("is_predefined") is True}
    seen = any(each.get("role_id") in predefined for each in found["SPACE"].items)
    why = "" if seen else "no role binding on a space has a predefined role"
    report.answer("space_roles_as_bindings", True if seen else NOT_SEEN, why)


def check_places(service: Service) -> list[dict[str, Any]]:
    """Check the lists of organizations, spaces, projects and restrictions, with their filters. Return the spaces."""
    report, restrictions = service.report, "/v2/resource-restrictions"
    check_named(service, "/v2/organizations", "organizations")
    spaces = check_named(service, "/v2/spaces", "spaces", ("org_id", "organization_id"))
    if spaces:
        report.answer("spaces_name_organization", all(space.get("organization_id") for space in spaces))
    check_named(service, "/v2/projects", "projects", ("space_id", "space_id"))
    restricted = check_kind(service, restrictions, "resource_restrictions", ("resource_type", "PROJECT"))
    every(report, f"GET {restrictions}", [lower(each, "resource_type") == "project" for each in restricted.items])
    if restricted.answer.ok and not restricted.items:
        report.permission("list resource restrictions", "not known: the list is empty, as without PROJECT_RESTRICT")
    return spaces


def check_named(service: Service, path: str, plural: str, *parents: tuple[str, str]) -> list[dict[str, Any]]:
    """Check a list with a filter for names, and for what holds its items: (parameter, field)."""
    found = check_kind(service, path, plural).items
    named = next((item for item in found if item.get("name")), None)
    if not named:
        return found
    matching = service.list(path, plural, ("name", named["name"]))
    every(service.report, f"GET {path}?name", [lower(named, "name") in lower(item, "name") for item in matching.items])
    if matching.complete and named.get("id") not in ids(matching.items):
        service.report.contradiction(f"GET {path}?name", "does not find an item by its name")
    for parameter, field in parents:
        if named.get(field):
            inside = service.list(path, plural, (parameter, named[field])).items
            every(service.report, f"GET {path}?{parameter}", [item.get(field) == named[field] for item in inside])
    return found


def check_keys(service: Service, users: Listed, spaces: list[dict[str, Any]]) -> None:
    """Check the lists of API keys, and what they say about bot users."""
    report, path = service.report, "/v2/api-keys"
    listed = {}
    for kind in ("SERVICE", "USER"):
        listed[kind] = service.list(path, "api_keys", ("key_type", kind))
        allowed(report, f"list {kind.lower()} keys", listed[kind].answer)
        every(report, f"GET {path}?key_type", [lower(key, "key_type") == kind.lower() for key in listed[kind].items])
    service.list(path, "api_keys", ("key_type", "SERVICE"), limit=1, pages=2)
    revoked = service.list(path, "api_keys", ("key_type", "SERVICE"), ("status", "REVOKED")).items
    every(report, f"GET {path}?status", [lower(key, "status") == "revoked" for key in revoked])
    for space in spaces[:1]:
        inside = service.list(path, "api_keys", ("space_id", space.get("id"))).items
        every(report, f"GET {path}?space_id", [lower(key, "key_type") == "service" for key in inside])
    for user in users.items[:1]:
        owned = service.list(path, "api_keys", ("key_type", "USER"), ("user_id", user.get("id")))
        allowed(report, "list user keys of another user", owned.answer)
        every(report, f"GET {path}?user_id", [key.get("created_by_user_id") == user.get("id") for key in owned.items])
    check_bot_users(report, users, listed["SERVICE"].items)


def check_bot_users(report: Report, users: Listed, keys: list[dict[str, Any]]) -> None:
    """Say whether bot users of service keys, and the creators of these, are among the users."""
    if not users.answer.ok or not keys:
        why = "no service keys are visible" if users.answer.ok else "the key may not list users"
        report.answer("list_holds_bot_users", NOT_SEEN, why)
        report.answer("service_key_survives_creator", NOT_SEEN, why)
        return
    known = set(ids(users.items))
    bots = {bot["id"] for key in keys if isinstance(bot := key.get("bot_user"), dict) and bot.get("id")}
    if users.complete or bots & known:
        report.answer("list_holds_bot_users", bool(bots & known))
    orphans = users.complete and any(key.get("created_by_user_id") not in known | bots for key in keys)
    why = f"{'a creator is not' if orphans else 'all creators are'} among the users that this key sees"
    report.answer("service_key_survives_creator", True if orphans else NOT_SEEN, why)
