"""Secrets are removed from messages, also where the server repeats them; data is left as it is."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client.redact import MASK, Redactor, url_secrets
from ansible_collections.arize.ax.plugins.module_utils._client.users import Users
from ansible_collections.arize.ax.tests.unit.support.api import KEY, a_user, delete, look_up, person
from ansible_collections.arize.ax.tests.unit.support.client import call, failure, http
from ansible_collections.arize.ax.tests.unit.support.wire import Call, answer, problem


def base64_of(text):
    return base64.b64encode(text.encode()).decode()


FORMS = {
    "key": KEY,
    "header": f"Bearer {KEY}",
    "base64": base64_of(KEY),
    "base64 of the header": base64_of(f"Bearer {KEY}"),
    "percent-encoded": quote(KEY, safe=""),
}
ODD_KEY = 'a-"quoted"/key\\with-a-backslash'
PLACES = {
    "title": lambda secret: problem(400, f"before {secret} after", "D"),
    "detail": lambda secret: problem(400, "T", f"before {secret} after"),
    "where a long detail is cut": lambda secret: problem(400, "T", "x" * 490 + secret),
    "path of a redirect": lambda secret: answer(302, b"", Location=f"https://x.io/{secret}/y"),
    "host of a redirect": lambda secret: answer(302, b"", Location=f"//{secret}.x.io/"),
    "query of a redirect": lambda secret: answer(302, b"", Location=f"https://x.io/?token={secret}"),
}


def all_texts(error):
    return error.message + json.dumps(error.as_result(), ensure_ascii=False) + str(error.args)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("form", FORMS)
def test_the_key_is_masked_in_every_form_and_place(server, form, place):
    server.expect(Call("GET", "/v2/users", PLACES[place](FORMS[form])))
    error = failure(call, http(server.url))
    texts = all_texts(error)
    for secret in FORMS.values():
        assert secret not in texts
        assert secret[:8] not in texts, "not even its beginning"


def test_a_key_is_masked_inside_of_json(server):
    said = json.dumps({"headers": {"Authorization": f"Bearer {ODD_KEY}"}})
    server.expect(Call("GET", "/v2/users", problem(400, "T", said)))
    error = failure(call, http(server.url, api_key=ODD_KEY))
    assert error.detail == '{"headers": {"Authorization": "********"}}'


def test_a_secret_that_is_added_is_masked_from_then_on(server):
    client = http(server.url)
    client.redactor.add("hunter2")
    server.expect(Call("GET", "/v2/users", problem(400, "T", "It is hunter2.")))
    error = failure(call, client)
    assert "hunter2" not in all_texts(error)


@pytest.mark.parametrize(
    "told", ["hunter2/", "hunter2%2F", base64_of("ann:hunter2/"), f"Basic {base64_of('ann:hunter2/')}"]
)
def test_the_password_of_a_proxy_is_masked(server, told):
    proxy = server.url.replace("http://", "http://ann:hunter2%2F@")
    server.expect(Call("GET", "http://api.x.io/v2/users", problem(407, "Proxy", f"Bad: {told}")))
    error = failure(call, http("http://api.x.io", proxy_url=proxy))
    assert error.detail.endswith("********")
    assert "hunter2" not in all_texts(error)
    assert base64_of("ann:hunter2/") not in all_texts(error)


def test_no_cause_is_kept_that_a_traceback_could_show(server):
    """A traceback, should anything print one, shows no exception of a library with headers or bodies in it."""
    server.expect(Call("GET", "/v2/users", problem(400)))
    for client in (http(server.url), http("http://127.0.0.1:1")):
        error = failure(call, client)
        assert error.__cause__ is None
        assert error.__context__ is None or error.__suppress_context__


def test_a_password_that_is_an_ordinary_word_alters_no_data(server, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://u:example@127.0.0.1:1")  # read, yet not used for http
    users = Users(http(server.url))
    server.expect(
        look_up(person("sam@example.com", name="Example"), email="sam@example.com"), delete(problem(409, "An example"))
    )
    sam = users.find("sam@example.com")
    assert sam == a_user(email="sam@example.com", name="Example")
    assert failure(users.delete, sam).title == f"An {MASK}"


def test_a_secret_within_another_leaves_nothing_of_the_longer_one():
    redactor = Redactor("abc-secret-def", ["http://u:secret@127.0.0.1:9"])
    assert redactor.clean("<abc-secret-def> <secret>", 99) == f"<{MASK}> <{MASK}>"


@pytest.mark.parametrize(("length", "expected"), [(9, "x" * 9), (10, "x" * 10), (11, "x" * 9 + "…")])
def test_a_long_text_is_cut(length, expected):
    assert Redactor(KEY, []).clean("x" * length, 10) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://p.io", set()),
        ("http://u@p.io", set()),
        ("http://u:@p.io", set()),
        ("http://:pw@p.io", {"pw", ":pw"}),
        ("http://u:pw@p.io", {"pw", "u:pw"}),
        ("http://u%40x:p%2Fw@p.io", {"p%2Fw", "p/w", "u@x:p/w"}),
        ("http://[::1", set()),
        ("localhost,.x.io", set()),
    ],
)
def test_the_secrets_of_a_url_are_its_password_as_written_decoded_and_as_in_a_header(url, expected):
    assert url_secrets(url) == expected
