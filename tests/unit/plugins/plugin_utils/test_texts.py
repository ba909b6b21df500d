"""How much of what is wrong is in one message; what the filters read is tested with each of them."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.arize.ax.plugins.plugin_utils._texts import refuse, require_text, shown, unknown


@pytest.mark.parametrize(
    ("lengths", "named", "more"),
    [([324, 324], 2, ""), ([325, 324], 1, "; and 1 more"), ([700], 1, ""), ([700, 9, 9], 1, "; and 2 more")],
)
def test_as_many_faults_are_named_as_fit(lengths, named, more):
    faults = [str(number) * length for number, length in enumerate(lengths)]
    with pytest.raises(AnsibleFilterError) as caught:
        refuse("Wrong", faults, "Mend it.")
    assert str(caught.value) == f"Wrong: {'; '.join(faults[:named])}{more}. Mend it."


def test_a_long_text_is_cut():
    assert (shown("x" * 40), shown("x" * 41)) == (f'"{"x" * 40}"', f'"{"x" * 39}…"')


def test_an_unknown_key_comes_with_the_nearest():
    assert unknown("EMAILS", ["email_address", "mail", "emails_", "email"]).endswith("(did you mean emails_?)")
    assert unknown("zzz", ["email"]) == '"zzz" is unknown'


def test_the_line_of_a_control_character_is_counted_from_one():
    with pytest.raises(AnsibleFilterError, match=r"U\+0007 in line 2\."):
        require_text("\n\a", "It")
