"""Names are nothing but text in reports, and a file is written as a whole."""

from __future__ import annotations

import os

import pytest
from ansible_collections.arize.ax.plugins.plugin_utils._reports import as_html, as_markdown, write_text, write_texts


@pytest.mark.parametrize(
    ("name", "escaped"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("ada@example.com", "ada@example.com"),
        ("*a* _b_ `c` [d](e) ~f~ | \\", "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\~f\\~ \\| \\\\"),
        ("<script>&", "&lt;script&gt;&amp;"),
        ("www.example.com", "www\\.example.com"),
        ("WWW.example.com", "WWW\\.example.com"),
        ("https://example.com", "https\\://example.com"),
        ("@name", "@&#8203;name"),
        ("a (@name) #12", "a (@&#8203;name) #&#8203;12"),
        ("é@name, a/b#12", "é@&#8203;name, a/b#&#8203;12"),
        ("C# 100 @", "C# 100 @"),
        ("$x$", "\\$x\\$"),
        ("a\n| b \u202e\ud800", "a \\| b  "),
        (None, "None"),
    ],
)
def test_a_name_is_no_markup_link_or_mention(name, escaped):
    assert as_markdown(name) == escaped


def test_a_name_is_no_element_of_a_page():
    assert as_html("<b \"'>\x1b\x9f&") == "<bdi>&lt;b &#34;&#39;&gt;��&amp;</bdi>"
    assert (as_html(True), as_html(1), as_html("\u202eevil")) == (
        "<bdi>True</bdi>",
        "<bdi>1</bdi>",
        "<bdi>\u202eevil</bdi>",
    )


def test_reports_are_written_to_a_new_folder_with_their_modes(tmp_path):
    folder = tmp_path / "a" / "b"
    write_texts(str(folder), {"r.md": "x\n", "r.csv": "\ud800"})
    assert sorted(path.name for path in folder.iterdir()) == ["r.csv", "r.md"]
    assert (folder / "r.md").stat().st_mode & 0o777 == 0o640
    assert ((folder / "r.md").read_text(), (folder / "r.csv").read_text()) == ("x\n", "?")


def test_a_link_in_the_folder_leads_nowhere(tmp_path):
    other = tmp_path / "other"
    other.write_text("mine")
    other.chmod(0o600)
    folder = tmp_path / "reports"
    folder.mkdir()
    for name in ("r.md", f".r.md.{os.getpid()}"):
        (folder / name).symlink_to(other)
    write_texts(str(folder), {"r.md": "x"})
    assert (other.read_text(), other.stat().st_mode & 0o777) == ("mine", 0o600)
    assert not (folder / "r.md").is_symlink()


def test_a_file_keeps_its_mode_unless_another_is_asked_for(tmp_path):
    path = tmp_path / "roster.yml"
    write_text(str(path), "a")
    assert path.stat().st_mode & 0o777 == 0o644
    path.chmod(0o600)
    write_text(str(path), "b")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("b", 0o600)
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    write_text(str(path), "c")
    assert (path.is_symlink(), path.stat().st_mode & 0o777) == (False, 0o644)


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    (tmp_path / "r.md").mkdir()
    with pytest.raises(OSError, match=r"r\.md"):
        write_texts(str(tmp_path), {"r.md": "x"})
    assert [path.name for path in tmp_path.iterdir()] == ["r.md"]
