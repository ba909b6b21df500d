"""Access from text: one notation for roles in spaces and projects."""

from __future__ import annotations

import time

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.arize.ax.plugins.filter.access_from_text import FilterModule
from ansible_collections.arize.ax.plugins.plugin_utils._texts import access_text
from ansible_collections.arize.ax.tests.unit.support.examples import examples
from hypothesis import given
from hypothesis import strategies as st

read = FilterModule().filters()["access_from_text"]


@pytest.mark.parametrize(
    "text", ["P: R\nP / C: E", "P:R;P / C :E", " P : R ;\r\n;P  /  C: E;", "\ufeffP: R\n\nP\t/\tC: E\n"]
)
def test_one_in_each_line_or_between_semicolons(text):
    assert read(text) == [{"role": "R", "space": "P"}, {"role": "E", "space": "P", "project": "C"}]


def test_a_slash_without_spaces_is_part_of_a_name():
    assert read("a/b / c/d: e/f") == [{"role": "e/f", "space": "a/b", "project": "c/d"}]


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("O // P: R", {"organization": "O", "space": "P", "role": "R"}),
        ("O // P / C: R", {"organization": "O", "space": "P", "project": "C", "role": "R"}),
        ("id:o= // id:p / C: id:r==", {"organization_id": "o=", "space_id": "p", "project": "C", "role_id": "r=="}),
        ("id:p: R", {"space_id": "p", "role": "R"}),
        ("/ id:c: R", {"project_id": "c", "role": "R"}),
        ("P: Read / Write", {"space": "P", "role": "Read / Write"}),
    ],
)
def test_namesakes_are_told_apart(text, entry):
    assert read(text) == [entry]
    assert access_text([entry]) == text


def test_a_long_part_is_read_in_no_time():
    begin = time.process_time()
    for part in ("a / " * 30000, "a // " * 20000, "a " * 60000 + ":", "id:" * 40000, ":" * 99999):
        with pytest.raises(AnsibleFilterError):
            read(part)
    assert time.process_time() - begin < 5


@pytest.mark.parametrize("name", ["a:b", "a;b", "a / b", "a // b", "/ a", " a", "id:", "", "a\nb"])
def test_no_name_is_written_that_would_be_read_as_something_else(name):
    with pytest.raises(ValueError, match="would be read as something else"):
        access_text([{"space": name, "role": "R"}])


def test_an_empty_text_is_an_empty_list():
    assert read("") == read(" ;\n") == []


NAMES = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters=":;/\ufffd"), min_size=1)


@examples()
@given(st.lists(st.tuples(NAMES, st.none() | NAMES, NAMES)), st.sampled_from(["\n", "; "]))
def test_what_is_written_is_read(wanted, separator):
    text = separator.join(
        f"{space} / {project}: {role}" if project else f"{space}: {role}" for space, project, role in wanted
    )
    assert [(entry["space"], entry.get("project"), entry["role"]) for entry in read(text)] == wanted


@pytest.mark.parametrize(
    "part",
    [
        "P",
        "P:",
        ": R",
        "P / : R",
        " / C: R",
        "/ C: R",
        "P / C / D: R",
        "P: Q: R",
        "P, R",
        "/: R",
        "P / id:c: R",
        "id:p",
        "id: R",
    ],
)
def test_what_is_no_access(part):
    with pytest.raises(AnsibleFilterError, match="is neither"):
        read(f"A: B; {part}")


@pytest.mark.parametrize("value", [None, 1, [], {}])
def test_what_is_no_text(value):
    with pytest.raises(AnsibleFilterError, match="has to be text, not"):
        read(value)
