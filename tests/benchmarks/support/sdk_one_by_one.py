"""The same roster by a plain script on the official SDK, one user after the other. Runs where `arize` is installed.

It reads the roster from stdin (JSON), and prints the seconds that its loop took, without importing the SDK.
"""

from __future__ import annotations

import json
import sys
import time

from arize import ArizeClient
from arize.users.types import PredefinedUserRole

roster = json.load(sys.stdin)
users = ArizeClient().users
started = time.perf_counter()
for entry in roster:
    user = users.get(user=entry["email"])
    if user is None:
        role = PredefinedUserRole(name=entry["role"].upper())
        users.create(name=entry["name"], email=entry["email"], role=role, invite_mode="EMAIL_LINK")
    elif user.name != entry["name"]:
        users.update(user_id=user.id, name=entry["name"])
print(time.perf_counter() - started)
