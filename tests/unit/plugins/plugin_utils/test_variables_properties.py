"""Random variables for each playbook: a value means what is written here, or the playbook refuses to start."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.plugin_utils._variables import (
    CONNECTION,
    NO_LIMIT,
    PLAYBOOKS,
    Undefined,
    read_variables,
)
from ansible_collections.arize.ax.tests.unit.support.examples import examples
from hypothesis import given
from hypothesis import strategies as st

REFUSED = object()
LIMITS = ("max_deletions", "max_creations", "max_updates", "max_access_changes")
STRICTER = {**dict.fromkeys(LIMITS, min), "min_admins": max}
EMPTY = ["", " ", "\n", None, []]
# Kinds of variables: pairs of what is written and what it means.
FLAG = [
    *[(written, True) for written in (True, "true", "True", " yes", "ON", 1, "1")],
    *[(written, False) for written in (False, "false", "FALSE", "no ", "off", 0, "0")],
    *[(written, REFUSED) for written in ("tru", "ja", "tf", 2, -1, 1.5, [True], {"a": 1}, "{{ x }}", "true false")],
]
COUNT = [
    *[(0, 0), ("0", 0), (12, 12), (" 3 ", 3), ("007", 7)],
    *[(written, REFUSED) for written in (-1, "1.0", 1.5, True, False, "two", "1e3", "1_000", [1], {"a": 1}, "٣")],
]
SECONDS = [
    *[(0, 0.0), ("2.5", 2.5), (3, 3.0), (" 1 ", 1.0), (".5", 0.5)],
    *[(written, REFUSED) for written in (-1, True, "1,5", "soon", "inf", "nan", "1e3", [1])],
]
TEXT = [
    *[("a text", "a text"), (" é ", "é"), ("x" * 256, "x" * 256), ("0", "0")],
    *[(written, REFUSED) for written in (0, True, 1.5, ["a"], {"a": 1})],
]
ROSTER_TEXT = [(f"{written}\n", f"{written}\n") for written in ("[]", "- {email: a@x.io}")] + [
    (written, REFUSED) for written in (["a"], {"a": 1}, 0)
]
PATTERNS = [
    *[("bg@x.io", ["bg@x.io"]), ("a@x.io; b@x.io\n*@y.io", ["a@x.io", "b@x.io", "*@y.io"]), (["a@x.io"], ["a@x.io"])],
    *[(written, REFUSED) for written in (0, True, {"bg@x.io": 1}, ["a@x.io b@x.io"], [None], [""], ";", "@x.io")],
]
PEOPLE = [
    *[("a@x.io", ["a@x.io"]), ("A <a@x.io>, b@x.io a@x.io", ["a@x.io", "b@x.io"]), (["- a@x.io"], ["a@x.io"])],
    *[(written, REFUSED) for written in (0, {"a@x.io": 1}, "unknown", [["a@x.io"]], "A <a@x.io>, B <a@x.io>")],
]
ACCESS = [
    ("Red: reader", [{"space": "Red", "role": "reader"}]),
    (["Red / Bot: writer"], [{"space": "Red", "project": "Bot", "role": "writer"}]),
    *[(written, REFUSED) for written in (0, "Red", ": reader", "Red:", {"space": "Red"}, [["Red: reader"]])],
]
COLUMNS = [
    *[("Work Mail: email\nx:y:\n", {"Work Mail": "email", "x:y": ""}), ({"a": None}, {"a": None})],
    ('{"a": "first_name"}', {"a": "first_name"}),
    *[
        (written, REFUSED)
        for written in (0, "Work Mail", "a: mail", {"a": "Email"}, "{a", ["a: email"], "a: name\na: email")
    ],
]
RESEARCH = {"Team": {"R&D": [{"space": "Red", "role": "reader"}]}}
ACCESS_BY = [
    *[({"Team": {"R&D": ["Red: reader"]}}, RESEARCH), ("{Team: {'R&D': 'Red: reader'}}", RESEARCH)],
    *[
        (written, REFUSED)
        for written in (0, "Team", {"Team": ["Red: reader"]}, {"Team": {"R": ["Red"]}}, {"A": {}, "B": {}})
    ],
]


def one_of(*choices):
    return [(text, choice) for choice in choices for text in (choice, choice.upper(), f" {choice}")] + [
        (written, REFUSED) for written in (f"{choices[0]}s", "nothing", 0, [choices[0]])
    ]


KINDS = {
    **dict.fromkeys(("purge", "purge_access", "dry_run", "allow_unknown", "allow_admins"), FLAG),
    **dict.fromkeys(("with_access", "validate_certs"), FLAG),
    **dict.fromkeys((*STRICTER, "stale_days", "max_retries"), COUNT),
    **dict.fromkeys(("timeout", "max_retry_wait"), SECONDS),
    **dict.fromkeys(("name", "custom_role_id", "roster_file", "report_dir", "password_dir", "outcome_file"), TEXT),
    "previous_review": TEXT,
    "csv_delimiter": [(";", ";"), (" , ", ","), *((written, REFUSED) for written in ("|", "\\t", ";;", 0, [";"]))],
    **dict.fromkeys(("api_key", "api_url", "region", "base_domain", "ca_path", "proxy_url"), TEXT),
    **dict.fromkeys(("emails", "confirm"), PEOPLE),
    **dict.fromkeys((f"standing_{name}" for name in STRICTER), COUNT),
    **dict.fromkeys(("protected", "standing_protected"), PATTERNS),
    "roster_text": ROSTER_TEXT,
    "access": ACCESS,
    "columns": COLUMNS,
    "access_by": ACCESS_BY,
    "role_mismatch": one_of("fail", "warn", "ignore"),
    "role": one_of("admin", "member", "member_ui_only", "annotator"),
    "invite_mode": one_of("email_link", "none", "temporary_password"),
}
REQUIRED = {
    "export_roster": ["roster_file"],
    "drift_report": ["report_dir"],
    "access_review": ["report_dir"],
    "onboard": ["emails"],
    "resend": ["emails"],
    "offboard": ["emails", "confirm"],
}
# What it means that a variable is not set.
UNSET = {
    "min_admins": 1,
    "stale_days": 90,
    "csv_delimiter": ",",
    "protected": [],
    "access": [],
    "role_mismatch": "fail",
}
UNSET.update(invite_mode="email_link", **dict.fromkeys((*LIMITS, "columns", "access_by")))
# What one playbook makes of a value depends on others, or on the file system: other tests have that.
ADAPTED = {"outcome_file", "roster_file", "report_dir", "password_dir", "previous_review"}


def unset(name):
    return False if KINDS[name] is FLAG else UNSET.get(name, "")


@st.composite
def misspelt(draw, playbook):
    """A name that looks like a variable of the playbook, and is none."""
    known = [f"arize_{name}" for name in {**PLAYBOOKS[playbook], **CONNECTION}]
    foreign = [f"arize_{name}" for variables in PLAYBOOKS.values() for name in variables]
    name = draw(st.sampled_from([*known, *foreign]))
    place = draw(st.integers(len("arize_"), len(name) - 1))
    slip = draw(
        st.sampled_from(
            [
                name,
                name.upper(),
                name.replace("_", "-"),
                f"{name}s",
                name[:place] + name[place + 1 :],
                name[:place] + name[place] + name[place:],
                name[:place] + name[place:][1:2] + name[place] + name[place + 2 :],
            ]
        )
    )
    return "arize_x" if slip in known else slip


@st.composite
def cases(draw):
    """A playbook, its variables as (value, meaning) by name, and names that it does not know."""
    playbook = draw(st.sampled_from(sorted(PLAYBOOKS)))
    variables = {**PLAYBOOKS[playbook], **CONNECTION}
    named = draw(st.sets(st.sampled_from(sorted(variables))))
    named |= {*REQUIRED.get(playbook, ())}
    drawn = {}
    for name in sorted(named):
        meanings = KINDS[name]
        good = [pair for pair in meanings if pair[1] is not REFUSED]
        bad = [*[pair for pair in meanings if pair[1] is REFUSED], (Undefined("'typo' is undefined"), REFUSED)]
        nothing = [(empty, None) for empty in EMPTY]
        drawn[name] = draw(st.sampled_from(draw(st.sampled_from([good] * 9 + [bad, nothing]))))
    unknown = draw(st.sampled_from([None] * 9 + [misspelt(playbook)]))
    return playbook, drawn, [draw(unknown)] if unknown is not None else []


@pytest.mark.hypothesis
@examples(400)
@given(cases())
def test_a_value_means_what_is_written_or_is_refused(case):
    playbook, drawn, unknown = case
    given = {f"arize_{name}": value for name, (value, _meaning) in drawn.items()}
    values, connection, faults = read_variables(playbook, {**given, **dict.fromkeys(unknown, "x")})
    refused = [name for name, (_value, meaning) in drawn.items() if meaning is REFUSED]
    refused += [name for name in REQUIRED.get(playbook, ()) if drawn[name][1] is None]
    for name in [*(f"arize_{name}" for name in refused), *unknown]:
        assert any(name in fault for fault in faults), (name, faults)
    if faults:
        return
    for name in {**PLAYBOOKS[playbook], **CONNECTION}:
        meaning = drawn.get(name, (None, None))[1]
        if name in CONNECTION:
            assert (name in connection) == (meaning is not None)
            assert connection.get(name) == meaning
        elif name in ("emails", "confirm"):
            assert [person["email"] for person in values[name]] == meaning
        elif name not in ADAPTED and name not in STRICTER and not name.endswith("protected") and "standing" not in name:
            assert values[name] == (unset(name) if meaning is None else meaning)
    if "limited_by" in values:
        means = {name: meaning for name, (_value, meaning) in drawn.items()}
        own = means.get("protected") or []
        added = [entry for entry in means.get("standing_protected") or [] if entry not in own]
        assert values["protected"] == own + added
        for name, stricter in STRICTER.items():
            default = UNSET[name] if name in PLAYBOOKS[playbook] else None
            both = [default if means.get(name) is None else means[name], means.get(f"standing_{name}")]
            limits = [limit for limit in both if limit is not None]
            expected = stricter(limits) if limits else None
            if playbook == "offboard" and name == "min_admins" and not values["allow_admins"]:
                expected = NO_LIMIT
            if playbook == "offboard" and name == "max_deletions" and expected is None:
                expected = len({email.lower() for email in means["emails"]})
            assert values[name] == expected, name
