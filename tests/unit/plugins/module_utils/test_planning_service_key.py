"""The selection of a service key, its changes, and the time when a new secret is due."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from ansible_collections.arize.ax.plugins.module_utils._access import ApiKey, ServiceKey, SpaceGrant
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._planning import service_key as planning
from ansible_collections.arize.ax.plugins.module_utils._planning.moments import read_moment, write_moment
from ansible_collections.arize.ax.plugins.module_utils._planning.service_key import Clocks, Facts
from ansible_collections.arize.ax.plugins.module_utils._planning.service_key_options import read_desired_service_key

NOW = datetime(2026, 6, 30, tzinfo=timezone.utc)
CLOCKS = Clocks(NOW, NOW)
PROD = SpaceGrant("s1", "Prod", "o1", role="member", predefined=True)
REVIEWER = SpaceGrant("s1", "Prod", "o1", role="Reviewer", role_id="r1")


def ago(days: float) -> str:
    """The time so many days before NOW; after it, if negative."""
    return write_moment(NOW - timedelta(days=days))


def key(key_id: str = "k1", spaces: object = None, account_role: str | None = "member", **fields: object) -> ServiceKey:
    """A service key that is ten days old and never expires."""
    bot = {"id": f"bot-{key_id}", "name": "ci", "account_role": account_role}
    made = {"id": key_id, "name": "ci", "created_at": ago(10), "bot_user": bot, "key_type": "service", **fields}
    return ServiceKey(ApiKey(**{**dict.fromkeys(ApiKey._fields), **made}), spaces)


def desired(**options: object):
    """A desired key, by name unless the options say otherwise."""
    selected = {} if "key_id" in options else {"name": "ci"}
    return read_desired_service_key({"grace_period": 3600, **selected, **options})


def plan(
    existing: ServiceKey | None, *others: ServiceKey, wanted=(PROD,), clocks=CLOCKS, in_use=False, bound=(), **options
):
    """Plan present."""
    keys = [*([existing] if existing else []), *others]
    return planning.plan_present(desired(**options), Facts(existing, keys, wanted, clocks, in_use, bound))


def refused(kind: str, call, *arguments, **options) -> str:
    """The message of a refusal of this kind."""
    with pytest.raises(ArizeError) as raised:
        call(*arguments, **options)
    assert raised.value.kind == kind
    return raised.value.message


SPACE = {"space": "Prod"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"name": None}, "name and key_id"),
        ({"key_id": "k1", "name": "ci"}, "mutually exclusive"),
        ({"name": "n" * 257}, "256"),
        ({"name": 5}, "text"),
        ({"spaces": []}, "at least one"),
        ({"spaces": [SPACE, {"role": "member"}]}, "spaces[1]: one of space and space_id is"),  # a project is refused
        ({"spaces": [{**SPACE, "project": "Chat"}]}, "not in projects"),
        ({"spaces": [{"space_id": "s1", "organization": "A", "organization_id": "o1"}]}, "mutually exclusive"),
        ({"account_role": "annotator"}, "member, admin"),
        ({"description": "d" * 1001}, "1000"),
        ({"description": 5}, "text"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"expires_at": "2027-13-01T00:00:00Z"}, "expires_at"),
        ({"expires_at": "2027-01-01T00:00:00Z", "expires_in_days": 5}, "mutually exclusive"),
        ({"expires_in_days": 0}, "from 1 to"),
        ({"rotate_after_days": -1}, "rotate_after_days"),
        ({"rotate_before_expiry_days": 36501}, "rotate_before_expiry_days"),
        ({"grace_period": 86401}, "86400"),
        ({"grace_period": -1}, "grace_period"),
        ({"grace_period": True}, "not a boolean"),
        ({"rotate_after_days": False}, "not a boolean"),  # as 0 it would rotate at each run
        ({"expires_in_days": 30, "rotate_before_expiry_days": 30}, "each run would replace"),
    ],
)
def test_options_that_cannot_be_used_are_refused(options, told) -> None:
    given = {"name": "ci", "grace_period": 3600, **options}
    assert told in refused("bad_option", read_desired_service_key, given)


def test_a_predefined_role_is_taken_in_any_case_and_a_custom_one_as_it_is() -> None:
    spaces = desired(
        spaces=[{**SPACE, "role": "Read_Only"}, {"space_id": "s2", "role": "Reviewer"}], account_role="ADMIN"
    )
    assert [space.role for space in spaces.spaces] == ["read_only", "Reviewer"]
    assert spaces.account_role == "admin"


def select(keys, state="present", clocks=CLOCKS, **options):
    """The ID of the key that is meant, and the warnings."""
    found, warnings = planning.select_key(desired(**options), state, keys, clocks)
    return found and found.id, warnings


def test_a_name_means_the_newest_active_key() -> None:
    keys = [key("k1"), key("k2", created_at=ago(1)), key("k3", name="CI"), key("k4", created_at=None)]
    found, (warning,) = select(keys)
    assert found == "k2"
    assert "k1" in warning
    assert "k3" not in warning
    assert select([key("k9", name=" ci ")])[0] == "k9"
    assert select([])[0] is None
    # Where no date tells, the key that replaced another is the one that expires later, or never.
    undated = [key("k2", created_at=None, expires_at=ago(-90)), key("k3", created_at=None, expires_at=ago(-5))]
    assert select(undated)[0] == "k2"
    assert select([key("k1", created_at=None), *undated])[0] == "k1"


def test_a_key_whose_expiry_has_passed_counts_as_deleted() -> None:
    found, (warning,) = select([key("k1", expires_at=ago(0))])
    assert found is None
    assert "k1" in warning
    assert select([key("k1", expires_at=ago(0))], "absent", key_id="k1")[0] is None
    assert "has expired" in refused("not_found", select, [key("k1", expires_at=ago(0))], key_id="k1")
    # A key that is valid by one clock must be revoked under absent, and get no second one under present.
    for clocks in (Clocks(NOW, NOW - timedelta(days=1)), Clocks(NOW - timedelta(days=1), NOW)):
        assert select([key("k1", expires_at=ago(0))], "absent", clocks) == ("k1", ())


def test_several_keys_of_a_name_are_not_revoked() -> None:
    message = refused("ambiguous", select, [key("k1"), key("k2")], "absent")
    assert "k1" in message
    assert "k2" in message
    assert select([key("k1"), key("k2")], "absent", key_id="k2") == ("k2", ())


def test_an_unknown_key_id_is_an_error_unless_the_key_is_to_be_absent() -> None:
    assert "k7" in refused("not_found", select, [key()], key_id="k7")
    assert select([key()], "absent", key_id="k7") == (None, ())


@pytest.mark.parametrize(
    ("redacted", "fits"),
    [
        ("ak-abc...xyz", True),
        ("ak-a...", True),
        ("...5xyz", True),
        ("ak...", False),
        ("ak-abd...xyz", False),
        ("ak-abc...xyy", False),
        ("ak-abcxyz", False),
        ("ak-abc12345...12345xyz", False),
        (None, False),
    ],
)
def test_the_key_in_use_is_recognized_by_its_visible_ends(redacted, fits) -> None:
    assert planning.is_key_in_use(redacted, "ak-abc12345xyz") is fits


def test_the_key_in_use_is_neither_revoked_nor_rotated() -> None:
    assert planning.plan_absent(key(), in_use=False).step.action == "revoke"
    assert planning.plan_absent(None, in_use=False).step is None
    refused("key_in_use", planning.plan_absent, key(), in_use=True)
    refused("key_in_use", plan, key(), in_use=True, rotate_after_days=0)
    expiring = key(expires_at=ago(-3))
    assert plan(expiring, in_use=True, rotate_before_expiry_days=5).step.action == "replace"


# ---------------------------------------------------------------- create


def test_a_new_key_has_the_roles_that_are_given_by_organization() -> None:
    wanted = [PROD, SpaceGrant("s2", "Lab", "o2"), REVIEWER._replace(space_id="s3")]
    options = {"description": "d", "expires_in_days": 90, "account_role": "admin"}
    planned = plan(None, wanted=wanted, **options)
    assert planned.step.fields == {
        "key_type": "SERVICE",
        "name": "ci",
        "description": "d",
        "expires_at": ago(-90),
        "account_role": {"type": "PREDEFINED", "name": "ADMIN"},
        "organizations": [
            {
                "org_id": "o1",
                "spaces": [
                    {"space_id": "s1", "role": {"type": "PREDEFINED", "name": "MEMBER"}},
                    {"space_id": "s3", "role": {"type": "CUSTOM", "id": "r1"}},
                ],
            },
            {"org_id": "o2", "spaces": [{"space_id": "s2"}]},
        ],
    }
    assert planned.after["bot_user"] == {"id": None, "name": None, "account_role": "admin"}
    assert (planned.after["expires_at"], planned.after["status"], planned.after["redacted_key"]) == (
        ago(-90),
        "active",
        None,
    )


@pytest.mark.parametrize(
    ("kind", "wanted", "options", "told"),
    [
        ("incomplete", None, {}, "spaces is required"),
        ("incomplete", [PROD._replace(organization_id=None)], {}, "Prod"),
        ("bad_option", [PROD], {"expires_at": ago(0)}, "not in the future"),
        ("bad_option", [PROD], {"expires_at": ago(-5), "rotate_before_expiry_days": 5}, "replace the key again"),
        ("bad_option", [PROD, SpaceGrant("s1", None, "o1")], {}, "twice"),
        ("bad_option", [PROD._replace(space_id=f"s{number}") for number in range(101)], {}, "100"),
    ],
)
def test_a_key_that_cannot_be_created_is_refused(kind, wanted, options, told) -> None:
    assert told in refused(kind, plan, None, wanted=wanted, **options)


def test_a_dry_run_predicts_a_space_that_does_not_exist_yet() -> None:
    (organization,) = plan(None, wanted=[SpaceGrant(None, "New", None)]).step.fields["organizations"]
    assert organization == {"org_id": None, "spaces": [{"space_id": None}]}
    of_one_name = [SpaceGrant(None, "New", "o1"), SpaceGrant(None, "New", "o2")]
    assert len(plan(None, wanted=of_one_name).step.fields["organizations"]) == 2
    assert "twice" in refused("bad_option", plan, None, wanted=of_one_name[:1] * 2)


# ---------------------------------------------------------------- compare


@pytest.mark.parametrize(
    ("spaces", "wanted", "bound"),
    [
        ({"s1": "member"}, [PROD], ()),
        ({"s1": "admin"}, [SpaceGrant("s1", "Prod", "o1")], ()),  # the role is not managed
        ({"s1": None}, [PROD], ()),  # not readable
        ({"s1": "r1"}, [REVIEWER], ()),
        ({"s1": "member"}, [REVIEWER], {("s1", "r1")}),
        ({"s2": "member"}, [REVIEWER, PROD._replace(space_id="s2")], {("s1", "r1")}),
        (None, [PROD, REVIEWER._replace(space_id="s2")], ()),  # the list shows no organizations
        ({"s1": "member", "s2": "admin"}, None, ()),
    ],
)
def test_a_key_that_has_what_is_given_is_unchanged(spaces, wanted, bound) -> None:
    planned = plan(key(spaces=spaces), wanted=wanted, bound=bound, account_role="member")
    assert (planned.step, planned.before, planned.warnings) == (None, planned.after, ())


def test_the_account_role_of_a_lost_bot_user_is_a_placeholder() -> None:
    assert plan(key(spaces=None), wanted=None, account_role="admin").step is None


@pytest.mark.parametrize(
    ("spaces", "wanted", "options", "told"),
    [
        ({"s1": "member"}, [PROD._replace(role="admin")], {}, "member, not admin"),
        ({"s2": "member"}, [PROD], {}, "no role in the space Prod"),
        ({"s1": "member", "s2": "member"}, [PROD], {}, "s2"),
        ({"s1": "member"}, [REVIEWER], {}, "not Reviewer"),
        ({"s1": "member"}, None, {"account_role": "admin"}, "account role is member, not admin"),
        # refused before a rotation that is due
        ({"s1": "member"}, [PROD._replace(role="admin")], {"rotate_after_days": 0}, "member, not admin"),
    ],
)
def test_what_the_api_cannot_change_is_a_mismatch(spaces, wanted, options, told) -> None:
    message = refused("role_mismatch", plan, key(spaces=spaces), wanted=wanted, **options)
    assert told in message
    assert ("ROLE_BINDING_READ" in message) == (wanted == [REVIEWER])


def test_a_description_cannot_be_changed() -> None:
    assert plan(key(description="d"), description=" d ").step is None
    assert plan(key(), description="").step is None
    assert plan(key(description="e\u0301\r\nd"), description="\u00e9\nd").step is None
    refused("bad_option", plan, key(description="d"), description="e")


@pytest.mark.parametrize(
    ("existing", "wanted", "needed"),
    [
        (key(spaces={"s1": "member"}), [REVIEWER], True),
        (key(spaces={"s1": "r1"}), [REVIEWER], False),
        (key(spaces={"s2": "member"}), [REVIEWER], True),
        (key(spaces={"s1": None}), [REVIEWER], False),
        (key(spaces={"s1": "member"}), [PROD], False),
        (key(), [REVIEWER], False),
        (None, [REVIEWER], False),
        (key(spaces={"s1": "member"}), None, False),
    ],
)
def test_role_bindings_are_read_only_for_a_custom_role_that_the_key_does_not_show(existing, wanted, needed) -> None:
    assert planning.needs_bindings(wanted, existing) is needed


# ---------------------------------------------------------------- rotate


@pytest.mark.parametrize(
    ("age", "after", "action"),
    [(10, 9, "rotate"), (10, 10, None), (10.1, 10, "rotate"), (0, 0, "rotate"), (10, None, None)],
)
def test_a_key_is_rotated_by_age(age, after, action) -> None:
    step = plan(key(created_at=ago(age)), rotate_after_days=after).step
    assert (step and step.action) == action


def test_a_rotation_keeps_the_expiry() -> None:
    planned = plan(key(expires_at=ago(-90)), rotate_after_days=5, grace_period=60)
    assert planned.step.fields == {"grace_period_seconds": 60, "expires_at": ago(-90)}
    assert (planned.after["id"], planned.after["created_at"], planned.after["redacted_key"]) == ("k1", None, None)
    assert plan(key(), rotate_after_days=5).step.fields == {"grace_period_seconds": 3600}


def test_a_key_without_a_date_is_rotated_only_when_asked_at_once() -> None:
    planned = plan(key(created_at="soon"), rotate_after_days=5)
    assert planned.step is None
    assert "created" in planned.warnings[0]
    assert plan(key(created_at=None), rotate_after_days=0).step.action == "rotate"


@pytest.mark.parametrize(("skew", "action", "warned"), [(-3, None, True), (3, "rotate", True), (0.04, "rotate", False)])
def test_both_clocks_have_to_say_that_a_key_is_due(skew, action, warned) -> None:
    clocks = Clocks(NOW, NOW + timedelta(days=skew))
    planned = plan(key(), clocks=clocks, rotate_after_days=9)
    assert (planned.step and planned.step.action) == action
    assert bool(planned.warnings) is warned


def test_without_the_time_of_the_server_the_local_clock_decides() -> None:
    planned = plan(key(), clocks=Clocks(NOW, None), rotate_after_days=9)
    assert planned.step.action == "rotate"
    assert "local clock" in planned.warnings[0]


# ---------------------------------------------------------------- replace


def test_a_key_about_to_expire_is_replaced_by_one_that_lives_as_long() -> None:
    existing = key(created_at=ago(85), expires_at=ago(-5), description="d", account_role="admin")
    planned = plan(existing, rotate_before_expiry_days=7, rotate_after_days=30)
    assert (planned.step.action, planned.existing.id) == ("replace", "k1")
    assert (planned.step.fields["expires_at"], planned.step.fields["description"]) == (ago(-90), "d")
    assert "account_role" in planned.warnings[0]
    assert plan(existing, rotate_before_expiry_days=4).step is None
    assert plan(key(), rotate_before_expiry_days=4).step is None


@pytest.mark.parametrize(
    ("kind", "fields", "wanted", "options", "told"),
    [
        ("incomplete", {}, None, {}, "spaces is required"),
        ("incomplete", {"created_at": None}, [PROD], {}, "expires_in_days is required"),
        ("incomplete", {"created_at": "9999-12-31T23:59:59Z"}, [PROD], {}, "expires_in_days is required"),
        ("bad_option", {}, [PROD], {"expires_at": ago(-5)}, "not later"),
        ("bad_option", {"created_at": ago(1)}, [PROD], {}, "replace the key again"),
    ],
)
def test_a_key_that_cannot_be_replaced_is_refused(kind, fields, wanted, options, told) -> None:
    existing = key(expires_at=ago(-5), **{"created_at": ago(85), **fields})
    assert told in refused(kind, plan, existing, wanted=wanted, rotate_before_expiry_days=7, **options)


def test_a_key_id_of_a_key_that_has_been_replaced_makes_no_third_one() -> None:
    old, new = key(created_at=ago(85), expires_at=ago(-5)), key("k2", created_at=ago(1), expires_at=ago(-89))
    planned = plan(old, new, key_id="k1", rotate_before_expiry_days=7)
    assert planned.step is None
    assert "k2" in planned.warnings[0]


def test_a_refresh_that_leaves_the_date_is_warned_about() -> None:
    before = {"created_at": ago(10)}
    assert planning.refresh_warning(before, {"created_at": ago(10)})
    assert planning.refresh_warning(before, {"created_at": ago(0)}) == ()
    assert planning.refresh_warning({"created_at": None}, {"created_at": None}) == ()


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-06-30T00:00:00.123456Z", NOW),
        ("2026-06-30t02:00:00+02:00", NOW),
        ("2026-06-30T00:00:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        (1782777600, None),
    ],
)
def test_moments(text, moment) -> None:
    assert read_moment(text) == moment
