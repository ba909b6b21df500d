# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What must not be shown is not shown, also when the server repeats it."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

import pytest
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError
from ansible_collections.arize.ax.tests.unit.support.api import KEY
from ansible_collections.arize.ax.tests.unit.support.client import call, http
from ansible_collections.arize.ax.tests.unit.support.wire import Call, answer, problem

BODY = {"name": "Ада", "email": "ada@x.io", "invite_mode": "NONE"}


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


def everything_told(error):
    return error.message + json.dumps(error.as_result(), ensure_ascii=False) + str(error.args)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("form", FORMS)
def test_the_key_is_masked_in_every_form_and_place(server, form, place):
    server.expect(Call("GET", "/v2/users", PLACES[place](FORMS[form])))
    with pytest.raises(ArizeError) as caught:
        call(http(server.url))
    told = everything_told(caught.value)
    for secret in FORMS.values():
        assert secret not in told
        assert secret[:8] not in told, "not even its beginning"


def test_a_key_is_masked_inside_of_json(server):
    said = json.dumps({"headers": {"Authorization": f"Bearer {ODD_KEY}"}})
    server.expect(Call("GET", "/v2/users", problem(400, "T", said)))
    with pytest.raises(ArizeError) as caught:
        call(http(server.url, api_key=ODD_KEY))
    assert caught.value.facts["detail"] == '{"headers": {"Authorization": "********"}}'


@pytest.mark.parametrize("place", ["title", "detail"])
def test_the_body_of_the_request_is_masked(server, place):
    server.expect(Call("POST", "/v2/users", PLACES[place](json.dumps(BODY)), BODY))
    with pytest.raises(ArizeError) as caught:
        call(http(server.url), "POST", body=BODY)
    assert "invite_mode" not in everything_told(caught.value)
    assert "before ******** after" in caught.value.message


AS_SENT = json.dumps(BODY)
IN_OTHER_WORDS = {
    "compact": json.dumps(BODY, separators=(",", ":"), ensure_ascii=False),
    "indented and sorted": json.dumps(BODY, indent=2, sort_keys=True),
    "as Python shows it": str(BODY),
    "escaped": json.dumps(AS_SENT),
    "escaped twice": json.dumps(json.dumps(AS_SENT)),
    "below another": json.dumps({"request": {"body": BODY}}),
    "cut off": AS_SENT[:-5],
    "cut off at once": '{"invite_mode"',
}


@pytest.mark.parametrize("form", IN_OTHER_WORDS)
def test_the_body_of_the_request_is_masked_in_other_words(server, form):
    server.expect(Call("POST", "/v2/users", problem(400, "T", f"Not {{so}}: {IN_OTHER_WORDS[form]}"), BODY))
    with pytest.raises(ArizeError) as caught:
        call(http(server.url), "POST", body=BODY)
    told = everything_told(caught.value)
    assert "Not {so}: " in told
    assert not any(part in told for part in ("invite_mode", "NONE", "ada@x.io", "Ада", "\\u0410"))


def test_what_stands_behind_a_body_is_kept(server):
    server.expect(Call("POST", "/v2/users", problem(400, "T", "{'email'} is not all of it"), BODY))
    with pytest.raises(ArizeError) as caught:
        call(http(server.url), "POST", body=BODY)
    assert caught.value.facts["detail"] == "******** is not all of it"


def test_what_names_a_field_is_not_taken_for_a_body(server):
    said = 'The field "name" {1-255 characters} is too long; {"nickname": "x"} is not known'
    server.expect(Call("POST", "/v2/users", problem(400, "T", said), BODY))
    with pytest.raises(ArizeError) as caught:
        call(http(server.url), "POST", body=BODY)
    assert caught.value.facts["detail"] == said


def test_a_secret_that_came_later_is_masked_from_then_on(server):
    client = http(server.url)
    client.hide("hunter2")
    server.expect(Call("GET", "/v2/users", problem(400, "T", "It is hunter2.")))
    with pytest.raises(ArizeError) as caught:
        call(client)
    assert "hunter2" not in everything_told(caught.value)


@pytest.mark.parametrize(
    "told", ["hunter2/", "hunter2%2F", base64_of("ann:hunter2/"), f"Basic {base64_of('ann:hunter2/')}"]
)
def test_the_password_of_a_proxy_is_masked(server, told):
    proxy = server.url.replace("http://", "http://ann:hunter2%2F@")
    server.expect(Call("GET", "http://api.x.io/v2/users", problem(407, "Proxy", f"Bad: {told}")))
    with pytest.raises(ArizeError) as caught:
        call(http("http://api.x.io", proxy_url=proxy))
    assert caught.value.facts["detail"].endswith("********")
    assert "hunter2" not in everything_told(caught.value)
    assert base64_of("ann:hunter2/") not in everything_told(caught.value)


def test_no_cause_is_kept_that_could_be_shown(server):
    """A traceback, should anything print one, shows no exception of a library with headers or bodies in it."""
    server.expect(Call("GET", "/v2/users", problem(400)))
    for client in (http(server.url), http("http://127.0.0.1:1")):
        with pytest.raises(ArizeError) as caught:
            call(client)
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None or caught.value.__suppress_context__
