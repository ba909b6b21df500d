"""Text is printed as it is."""

from __future__ import annotations

from ansible_collections.arize.ax.plugins.lookup.print_text import LookupModule


def test_text_is_printed_as_it_is(capsys, monkeypatch):
    monkeypatch.setattr(LookupModule, "set_options", lambda *_args, **_options: None)
    lookup = LookupModule()
    assert lookup.run(['- "a"\n  b: {{ c }}\n', "d"], variables={}) == ["The 3 lines above"]
    assert capsys.readouterr().out == '- "a"\n  b: {{ c }}\nd\n'
