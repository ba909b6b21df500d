"""The option protected refuses what can protect no user; addresses that look alike are recognized."""

from __future__ import annotations

import re

import pytest
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.plugins.module_utils._planning.protection import Protection, fold_address, fold_widely
from ansible_collections.arize.ax.tests.unit.support.account import Account, by_email, plan, someone
from ansible_collections.arize.ax.tests.unit.support.examples import examples
from hypothesis import given
from hypothesis import strategies as st

BOSS = someone("boss@x.io", role="admin")
ADA = someone("ada@x.io")
BREAK_GLASS = someone("BG@x.io", role="admin")

# What was tried at one time, and protected no user.
NO_PROTECTION = [
    "bg@x.io ci@x.io",
    "bg@-x.io",
    "bg@x.io-",
    "bg@x.io;ci@x.io",
    "bg@x.io; ci@x.io",
    "bg@x.io,ci@x.io",
    "bg@x.io\nci@x.io",
    "bg@x.io\r\nci@x.io\n",
    "bg@x.io\tci@x.io",
    '["bg@x.io"]',
    "['bg@x.io']",
    '{"email": "bg@x.io"}',
    "[bg@x.io]",
    {"email": "bg@x.io"},
    ["bg@x.io"],
    "BG <bg@x.io>",
    "<bg@x.io>",
    '"bg@x.io"',
    "'bg@x.io'",
    "\u201cbg@x.io\u201d",
    "mailto:bg@x.io",
    "@partner.example",
    "bg@",
    "*",
    "bg*",
    "*.partner.example",
    "*@.partner.example",
    ".*@partner.example",
    "*@partner..example",
    "bg.@x.?o",
    "bg@x.io@*",
    "/bg@x.io/",
    "/^bg@.*$/",
    "^bg@x.io$",
    "^bg@.*$",
    "^*@x.io$",
    "bg@x\\.io",
    "(bg|ci)@x.io",
    "[bg@x.io]*",
    "bg@[x.io",
    "bg@x.io*]",
    "VXNlcjoxOmJn",
    "",
    "  ",
    None,
    0,
    7,
    1.5,
    True,
]


@pytest.mark.parametrize("check", [False, True])
@pytest.mark.parametrize("entry", NO_PROTECTION, ids=ascii)
def test_what_protects_no_user_is_refused_before_anything_is_asked(entry, check):
    account = Account(BOSS, ADA, BREAK_GLASS)
    result = account.converge(
        check, users=by_email(BOSS), purge=True, max_deletions=9, protected=["boss@x.io", entry, "ada@x.io"]
    )
    assert (result["error"]["kind"], result["changed"], account.calls) == ("bad_option", False, [])
    assert "protected[1] " in result["msg"]
    assert " ".join(repr(str(entry)).split()) in result["msg"]


@pytest.mark.parametrize("entry", NO_PROTECTION, ids=ascii)
def test_it_is_refused_by_the_plan_too(entry):
    with pytest.raises(ArizeError) as caught:
        plan([BOSS, ADA], by_email(ADA), state="absent", protected=[entry])
    assert caught.value.kind == "bad_option"


def test_a_long_entry_is_cut_in_the_message():
    with pytest.raises(ArizeError) as caught:
        Protection.read(["x" * 100])
    assert len(re.findall("x{5,}", caught.value.message)[0]) == 80


# entry, address
COVERS = [
    ("bg@x.io", "bg@x.io"),
    (" BG@X.io ", "bg@x.io"),
    ("bg@x.io", "BG@X.IO"),
    ("*@x.io", "bg@x.io"),
    ("*@X.io", "Bg@x.IO"),
    ("bg*@x.io", "bg-2@x.io"),
    ("?g@x.*", "bg@x.io"),
    ("[bc]g@x.io", "cg@x.io"),
    ("[A-C]g@x.io", "bg@x.io"),
    ("[!a]g@x.io", "bg@x.io"),
    ("*@*", "bg@x.io"),
    ("*@*.x.io", "bg@eu.x.io"),
    ("o'hara+ci@x.io", "O'Hara+CI@x.io"),
    ("jörg@bücher.example", "JÖRG@BÜCHER.example"),
    ("jos\u00e9@x.io", "jose\u0301@x.io"),
    ("jos\u00e9*@x.io", "jose\u0301@x.io"),
    ("[bc]*@x.io", "\uff42g@x.io"),
    ("*@xn--bcher-kva.example", "bg@b\u00fccher.example"),
    ("bg@b\u00fccher.example", "bg@xn--bcher-kva.example"),
    ("bg@x.io", "bg@x.io."),
]


@pytest.mark.parametrize(("entry", "address"), COVERS)
def test_covers(entry, address):
    protection = Protection.read([entry])
    assert protection.covers(someone(address))
    assert protection.misspelt([someone(address)]) is None
    assert protection.warnings([someone(address)]) == ()


@pytest.mark.parametrize(
    ("entry", "address"),
    [
        ("bg@x.io", "bg2@x.io"),
        ("bg@x.io", "abg@x.io"),
        ("bg@x.io", "bg@x.io.example"),
        ("*@x.io", "bg@y.io"),
        ("*@x.io", "bg@eu.x.io"),
        ("?g@x.io", "bbg@x.io"),
        ("[!b]g@x.io", "bg@x.io"),
        ("bg@x.io", None),
        ("*@x.io", None),
    ],
)
def test_does_not_cover(entry, address):
    assert not Protection.read([entry]).covers(someone(address))


def test_without_entries_no_user_is_covered():
    assert not Protection.read([]).covers(BOSS)


# ---------------------------------------------------------------- what fits no user


def test_a_misspelt_address_is_refused_if_anybody_would_be_deleted():
    with pytest.raises(ArizeError) as caught:
        plan([BOSS, ADA], by_email(BOSS), purge=True, max_deletions=9, protected=["boss@x.io", "BG@x.io", "c@x.io"])
    assert caught.value.kind == "bad_option"
    assert "bg@x.io, c@x.io." in caught.value.message
    assert "boss@x.io" not in caught.value.message
    assert [user.label for user in caught.value.outcome.users if user.action == "delete"] == ["ada@x.io"]


def test_a_misspelt_address_does_not_matter_where_no_user_is_deleted():
    quiet = plan([BOSS, ADA], by_email(BOSS, ADA), purge=True, max_deletions=9, protected=["bg@x.io"])
    assert [user.action for user in quiet.users] == [None, None]
    gone = plan([BOSS, ADA], [{"email": "gone@x.io"}], state="absent", protected=["bg@x.io", "*@y.io"])
    assert ([user.action for user in gone.users], gone.warnings) == ([None], ())


def test_a_misspelt_address_is_refused_under_absent_too():
    with pytest.raises(ArizeError) as caught:
        plan([BOSS, ADA], by_email(ADA), state="absent", protected=["boss@x.io", "bg@x.io"])
    assert (caught.value.kind, "address bg@x.io." in caught.value.message) == ("bad_option", True)


def test_a_pattern_that_fits_no_user_is_a_warning():
    protected = ["*@partner.example", "boss@*", "ci-?@x.io"]
    warned = plan([BOSS, ADA], by_email(BOSS), purge=True, max_deletions=9, protected=protected)
    assert [next(entry for entry in protected if entry in text) for text in warned.warnings] == [
        "*@partner.example",
        "ci-?@x.io",
    ]
    assert [user.label for user in warned.users if user.action] == ["ada@x.io"]
    assert plan([BOSS, ADA], by_email(ADA), state="absent", protected=protected).warnings == warned.warnings
    assert plan([BOSS], by_email(BOSS), purge=True, max_deletions=0, protected=protected).warnings == warned.warnings


# ---------------------------------------------------------------- look-alikes

ALIKE = [
    ("jos\u00e9@x.io", "jose\u0301@x.io"),
    ("ada@b\u00fccher.example", "ada@xn--bcher-kva.example"),
    ("ada@b\u00dccher.example", "ada@XN--BCHER-KVA.example"),
    ("ada@bu\u0308cher.example", "ada@xn--bcher-kva.example"),
    ("\u0130da@x.io", "ida@x.io"),
    ("\u0130da@x.io", "i\u0307da@x.io"),
    ("ida@\u0130x.io", "ida@ix.io"),
    ("stra\u00dfe@x.io", "strasse@x.io"),
    ("STRA\u1e9eE@x.io", "stra\u00dfe@x.io"),
    ("ada@stra\u00dfe.example", "ada@strasse.example"),
    ("ada@xn--strae-oqa.example", "ada@strasse.example"),
    ("ada@x.io", "ada@x.io."),
    ("ada@x.io", "\uff41da@x.io"),
    ("ada@x.io", "ada\uff20x.io"),
    ("ada@x.io", "ada@x\uff0eio"),
    ("ada@x.io", "ada@x\u3002io"),
    ("ada@x.io", "ADA@\uff38.IO"),
    ("ada@x.io", "a\u200bda@x.io"),
    ("ada@x.io", "a\u00adda@x.io"),
    ("\ufb01ona@x.io", "fiona@x.io"),
]


@pytest.mark.parametrize(("one", "other"), ALIKE, ids=ascii)
def test_addresses_that_look_alike(one, other):
    assert fold_address(one) == fold_address(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@x.io", "ada@y.io"),
        ("ada@x.io", "adah@x.io"),
        ("a.da@x.io", "ada@x.io"),
        ("ada+1@x.io", "ada@x.io"),
        ("jos\u00e9@x.io", "jose@x.io"),
        ("xn--bcher-kva@x.io", "b\u00fccher@x.io"),
        ("ada@x.io", "ada.@x.io"),
        ("\u017cak@x.io", "zak@x.io"),
    ],
    ids=ascii,
)
def test_addresses_that_do_not_look_alike(one, other):
    assert fold_address(one) != fold_address(other)


# What the wider fold drops besides, at the ends of the local part and of each label.
TRIMMED = [
    ("ada@x.io", "'ada@x.io"),
    ("ada@x.io", "=ada@x.io"),
    ("ada@x.io", "ada'@x.io"),
    ("ada@x.io", "+-_ada_-+@x.io"),
    ("ada@x.io", "ada@x_.io"),
    ("ada@x.io", "ada@_x.io_"),
    ("ada@x.io", "ADA@x.io."),
    ("jos\u00e9@x.io", "'jose\u0301@x.io"),
    ("a+b@x.io", "'a+b'@x.io"),
]


@pytest.mark.parametrize(("one", "other"), TRIMMED, ids=ascii)
def test_the_wider_fold_drops_what_stands_around_the_parts(one, other):
    assert fold_widely(one) == fold_widely(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@x.io", "a'da@x.io"),
        ("a+b@x.io", "ab@x.io"),
        ("'@x.io", "=@x.io"),
        ("_@_", "-@-"),
        ("2ada@x.io", "ada@x.io"),
    ],
)
def test_the_wider_fold_keeps_what_stands_inside_and_what_is_all_there_is(one, other):
    assert fold_widely(one) != fold_widely(other)


def test_protection_is_not_folded_widely():
    """The address of another user may look alike; a protected address that fits no user is refused instead."""
    for protected, address in (("*@x.io", "ada@x_.io"), ("ada@x.io", "'ada@x.io"), ("a*@x.io", "'ada@x.io")):
        assert not Protection.read([protected]).covers(someone(address))


@pytest.mark.parametrize("label", ["xn--", "xn---", "xn--\u00fc", "xn--0", "xn--99999999", "xn--a-\u00df"])
def test_a_label_that_is_no_punycode_stays(label):
    assert fold_address(f"ada@{label}.io").startswith("ada@")


@examples(200)
@given(st.text(), st.text())
def test_folding_never_fails_and_knows_no_case(local, domain):
    assert fold_address(f"{local}@{domain}") == fold_address(f"{local}@{domain}".lower())


@pytest.mark.parametrize(
    ("created", "deleted"), [pair for pair in [*ALIKE, *TRIMMED] if pair[0].lower() != pair[1].lower()], ids=ascii
)
def test_a_user_is_not_deleted_while_one_who_looks_alike_is_created(created, deleted):
    with pytest.raises(ArizeError) as caught:
        plan(
            [BOSS, someone(deleted), ADA._replace(email="other@x.io")],
            [*by_email(BOSS), {"email": created, "name": "Ada", "role": "member"}],
            purge=True,
            max_deletions=9,
        )
    assert caught.value.kind == "lookalike"
    assert created in caught.value.message
    assert deleted in caught.value.message
    assert {user.label for user in caught.value.outcome.users if user.action == "delete"} == {deleted, "other@x.io"}


def test_users_who_look_alike_may_both_stay_or_both_be_deleted():
    twins = [someone("jos\u00e9@x.io"), someone("jose\u0301@x.io")]
    assert {
        user.action for user in plan([BOSS, *twins], by_email(BOSS, *twins), purge=True, max_deletions=9).users
    } == {None}
    deleted = plan([BOSS, *twins], by_email(BOSS), purge=True, max_deletions=9).users
    assert [user.action for user in deleted] == [None, "delete", "delete"]
