"""Fixtures: an environment without settings of the machine, and the servers that play scripts."""

from __future__ import annotations

import os

import pytest
from ansible_collections.arize.ax.tests.unit.support.wire import ScriptedServer


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch, tmp_path):
    """No variable and no file of the machine has a say."""
    for name in list(os.environ):
        if name.startswith("ARIZE_") or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "NETRC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def server():
    """A server over plain HTTP; at the end its script must have been played, exactly."""
    scripted = ScriptedServer()
    yield scripted
    scripted.close()
    scripted.verify()
