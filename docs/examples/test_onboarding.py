import os
import subprocess

import pytest
from arize_ax_simulator import Simulator


@pytest.fixture
def account():
    """An account with one user."""
    with Simulator() as simulator:
        simulator.reset([{"email": "hedy@example.com", "role": "ANNOTATOR"}])
        yield simulator


def play(account, *options):
    """Run the playbook on the account."""
    command = ["ansible-playbook", *options, "onboard.yml"]
    subprocess.run(command, env=os.environ | account.environment(), check=True)


def test_onboarding(account):
    """The dry run writes nothing, and the second real run neither."""
    play(account, "--check")
    assert account.writes() == []
    play(account)
    assert account.find("grace@example.com")["status"] == "INVITED"
    mailed = account.mails()
    assert "grace@example.com" in [mail["to"] for mail in mailed]
    account.clear_journal()
    play(account)
    assert account.writes() == []
