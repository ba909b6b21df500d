# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The variables of the playbooks: their names, their values and their meaning.

No value gets another meaning than the written one: an unreadable value and an unknown variable are faults. Only a
variable of the inventory may belong to another playbook, since an inventory serves several.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from ansible.errors import AnsibleFilterError

from ..module_utils._errors import ArizeError
from ..module_utils._models import ROLES
from ..module_utils._planning.protection import Protection
from ..module_utils._text import BOOLEANS, EACH_BOOLEAN, one_line, sentences
from ._people import people
from ._roster_csv import COLUMNS_QUESTION, KEYS, access_by_of, columns_faults, columns_of
from ._texts import INVITE_MODES, kind_of, read_access, require_text, shown

NO_LIMIT = 1_000_000_000  # as min_admins, no active admin may be deleted
MISMATCHES = ("fail", "warn", "ignore")

Values = dict[str, Any]  # by variable, without its prefix


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"must be text, not {kind_of(value)}. Put it in quotes")
    return value.strip()


def _flag(value: Any) -> bool:
    text = str(value).strip()
    if text.lower() not in BOOLEANS:
        raise ValueError(f"must be one of {EACH_BOOLEAN}, not {shown(text)}")
    return BOOLEANS[text.lower()]


def _count(value: Any) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch("[0-9]+", text):
        raise ValueError(f"must be a whole number, not {shown(str(value))}")
    return int(text)


def _seconds(value: Any) -> float:
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"[0-9]+(\.[0-9]*)?|\.[0-9]+", text):
        raise ValueError(f"must be a number of seconds, not {shown(str(value))}")
    return float(text)


def _one_of(*choices: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        text = _text(value)
        if text.lower() not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}, not {shown(text)}")
        return text.lower()

    return read


def _separator(value: Any) -> str:
    text = str(value).strip()
    if text not in (",", ";"):
        raise ValueError(f"must be , or ; and not {shown(text)}")
    return text


def _people(value: Any) -> list[dict[str, Any]]:
    try:
        return people(value)
    except AnsibleFilterError as error:
        raise _about_value(error, "The list of people ") from None


def _access(value: Any) -> list[dict[str, str]]:
    lines = value if isinstance(value, list) else [value]
    try:
        return read_access("\n".join(require_text(line, "It") for line in lines))
    except AnsibleFilterError as error:
        raise _about_value(error, "It ") from None


def _about_value(error: AnsibleFilterError, subject: str) -> ValueError:
    """Return the message of a filter, to follow the name of the variable instead of *subject*."""
    why = str(error).rstrip(".")
    own = why.removeprefix(subject)
    return ValueError(own if own != why else f"cannot be used: {why}")


def _patterns(value: Any) -> list[str]:
    """Return the entries of a list or of one text."""
    if not isinstance(value, (str, list)):
        raise TypeError(f"must be a list or text, not {kind_of(value)}")
    entries = [part for part in re.split(r"[\s,;]+", value) if part] if isinstance(value, str) else value
    try:
        Protection.read(entries)
    except ArizeError as error:
        raise ValueError(f"cannot be used: {error.message.rstrip('.')}") from None
    if not entries:
        raise ValueError(f"names no address: {shown(str(value))}")
    return entries


def _columns(value: Any) -> dict[str, Any]:
    columns = columns_of(value)
    if wrong := columns_faults(columns):
        raise ValueError(f"maps columns to unknown keys: {', '.join(wrong)}. The keys are {', '.join(KEYS)}")
    return columns


def _raw(value: Any) -> Any:
    if not isinstance(value, str):
        raise TypeError(f"must be text, not {kind_of(value)}. Put the roster into a file, and set arize_roster_file")
    return value


def _file_to_write(value: Any) -> str:
    path = _path(_text(value))
    if not _can_be_file(path):
        raise ValueError(f"must name a file in an existing folder: {path}")
    if path.lower().endswith((".yml", ".yaml", ".json", ".csv", ".tsv")):
        raise ValueError(f"is written as Markdown, and would overwrite a roster; name it such as outcome.md: {path}")
    return path


class Variable(NamedTuple):
    """One variable of a playbook: how its value is read, its default, and its question in a survey."""

    read: Callable[[Any], Any]
    default: Any = None
    required: bool = False
    question: str = ""


_PROTECTED = Variable(_patterns, [], question="Which users are never deleted?")
_ROSTER = {
    "roster_file": Variable(_text, "", question="Roster file"),
    "roster_text": Variable(_raw, "", question="Roster"),
    "columns": Variable(_columns, question=COLUMNS_QUESTION),
    "access_by": Variable(access_by_of, question="Which column of a CSV file gives access?"),
}
_MIN_ADMINS = Variable(_count, 1, question="How many active admins must remain?")
_DRY_RUN = Variable(_flag, False)
# Of two limits, which is the stricter.
_STRICTER: dict[str, Callable[[Iterable[int]], int]] = {
    "max_deletions": min,
    "max_creations": min,
    "max_updates": min,
    "max_access_changes": min,
    "min_admins": max,
}
# For the owner of a job template: the answers of its survey replace variables of the same name, but not these.
_STANDING = {
    "standing_protected": Variable(_patterns, []),
    **{f"standing_{name}": Variable(_count) for name in _STRICTER},
}
CONNECTION = {
    "api_key": Variable(_text),
    "api_url": Variable(_text),
    "region": Variable(_text),
    "base_domain": Variable(_text),
    "validate_certs": Variable(_flag),
    "ca_path": Variable(_text),
    "proxy_url": Variable(_text),
    "timeout": Variable(_seconds),
    "max_retries": Variable(_count),
    "max_retry_wait": Variable(_seconds),
}
SECRETS = ("api_key", "proxy_url")
PLAYBOOKS: dict[str, dict[str, Variable]] = {
    "check_account": {},
    "export_roster": {"roster_file": Variable(_text, required=True), "with_access": Variable(_flag, False)},
    "sync_roster": {
        **_ROSTER,
        **_STANDING,
        "purge": Variable(_flag, False, question="Permanently delete users who are not in the roster?"),
        "max_deletions": Variable(_count, question="How many users may be deleted at most?"),
        "max_creations": Variable(_count, question="How many users may be created at most?"),
        "max_updates": Variable(_count, question="How many users may be updated at most?"),
        "max_access_changes": Variable(_count, question="How many role bindings may be changed at most?"),
        "protected": _PROTECTED,
        "min_admins": _MIN_ADMINS,
        "role_mismatch": Variable(_one_of(*MISMATCHES), "fail", question="What if a user has another role?"),
        "purge_access": Variable(_flag, False, question="Remove role bindings that the roster does not list?"),
        "outcome_file": Variable(_file_to_write, ""),
        "dry_run": _DRY_RUN._replace(question="Only show what would be done?"),
    },
    "drift_report": {
        **_ROSTER,
        "report_dir": Variable(_text, required=True),
        "protected": _PROTECTED,
        "allow_unknown": Variable(_flag, False),
    },
    "access_review": {
        "report_dir": Variable(_text, required=True, question="Which folder are the reports written to?"),
        "stale_days": Variable(_count, 90, question="After how many days without use is a service key marked?"),
        "previous_review": Variable(_text, "", question="Which earlier review is it compared with?"),
        "csv_delimiter": Variable(_separator, ",", question="Which character separates the cells of the CSV file?"),
    },
    "onboard": {
        "emails": Variable(_people, required=True, question="Who is invited?"),
        "name": Variable(_text, ""),
        "role": Variable(_one_of(*ROLES), "", question="Role"),
        "custom_role_id": Variable(_text, ""),
        "invite_mode": Variable(_one_of(*INVITE_MODES), "email_link", question="How are they invited?"),
        "access": Variable(_access, [], question="Which roles do they get in spaces and projects?"),
        "password_dir": Variable(_text, ""),
        "dry_run": _DRY_RUN,
        **_STANDING,
    },
    "resend": {
        "emails": Variable(_people, required=True, question="Who is mailed again?"),
        "dry_run": _DRY_RUN,
        **_STANDING,
    },
    "offboard": {
        "emails": Variable(_people, required=True, question="Who is deleted?"),
        "confirm": Variable(
            _people, required=True, question="Confirm: enter the same addresses again. They are deleted permanently"
        ),
        "allow_admins": Variable(_flag, False, question="May active admins be deleted?"),
        "min_admins": _MIN_ADMINS,
        "protected": _PROTECTED,
        "dry_run": _DRY_RUN,
        **_STANDING,
    },
}
# All variables, each with the letters of its name.
_LETTERS = {name: re.sub("[_-]", "", name) for known in (CONNECTION, *PLAYBOOKS.values()) for name in known}
_SAFEGUARDS = {name for name in _LETTERS if re.match("protected|max_|min_admins|dry_run|standing_", name)}
# A playbook that writes to this file does not take its name from where others read it.
_NEVER_INHERITED = {("export_roster", "roster_file")}


class Undefined(NamedTuple):
    """The value of a variable that Ansible could not work out, and why."""

    why: str


def label(playbook: str, name: str) -> str:
    """Return how messages name a variable: with the question of the survey that sets it."""
    question = PLAYBOOKS[playbook][name].question if name in PLAYBOOKS[playbook] else ""
    return f'arize_{name} ("{question}")' if question else f"arize_{name}"


def belongs(playbook: str, name: str) -> bool:
    """Whether *name* is a variable of the playbook."""
    return name.startswith("arize_") and name.removeprefix("arize_") in {**CONNECTION, **PLAYBOOKS[playbook]}


def is_ours(name: str) -> bool:
    """Whether *name* is a variable of the collection, or looks as if it were meant to be one."""
    # The playbooks' own names begin with an underscore.
    return bool(re.match("arize[_-]", name, re.IGNORECASE)) or (not name.startswith("_") and bool(_meant(name)))


def ignored(playbook: str, inherited: Iterable[str]) -> list[str]:
    """Return those variables of the inventory that are for other playbooks or other tools."""
    return [name for name in inherited if not belongs(playbook, name) and not _is_misspelt(name)]


def read_variables(
    playbook: str, given: Mapping[str, Any], inherited: Collection[str] = ()
) -> tuple[Values, Values, list[str]]:
    """Return the values of a playbook's variables, the options of the connection, and the faults, as sentences.

    Args:
        playbook: one of PLAYBOOKS.
        given: the variables that are ours, with their values. An empty text and null are not given.
        inherited: the names of those that are from the inventory.
    """
    known = {**CONNECTION, **PLAYBOOKS[playbook]}
    faults = [_unknown(playbook, name) for name in given if name not in inherited and not belongs(playbook, name)]
    faults += [_misspelt(name) for name in inherited if not belongs(playbook, name) and _is_misspelt(name)]
    values: Values = {name: variable.default for name, variable in PLAYBOOKS[playbook].items()}
    connection: Values = {}
    for name, variable in known.items():
        from_elsewhere = (playbook, name) in _NEVER_INHERITED and f"arize_{name}" in inherited
        value = None if from_elsewhere else given.get(f"arize_{name}")
        try:
            if not _is_empty(value):
                target = connection if name in CONNECTION else values
                target[name] = _read(variable, name, value)
            elif variable.required:
                why = " That of the inventory names the file that other playbooks read." if from_elsewhere else ""
                faults.append(f"{label(playbook, name)} is required{' as an extra variable' if why else ''}.{why}")
        except (TypeError, ValueError) as error:
            faults.append(f"{label(playbook, name)} {error}.")
    if not faults:
        values, faults = _CHECKS[playbook](playbook, _with_standing(values))
    return values, connection, faults


def _with_standing(values: Values) -> Values:
    """Return *values* with the standing safeguards in their place.

    ``limited_by`` has which variable set each limit, ``protected_by`` those that name protected users.
    """
    if "standing_protected" not in values:
        return values
    standing = {name: values[f"standing_{name}"] for name in _STRICTER}
    merged = {name: value for name, value in values.items() if not name.startswith("standing_")}
    limited_by = {}
    for name, stricter in _STRICTER.items():
        limits = {"": values.get(name), "standing_": standing[name]}
        given = [limit for limit in limits.values() if limit is not None]
        merged[name] = stricter(given) if given else None
        limited_by[name] = name if merged[name] == limits[""] else f"standing_{name}"
    own = values.get("protected", [])
    merged["protected"] = own + [entry for entry in values["standing_protected"] if entry not in own]
    protected_by = [name for name in ("protected", "standing_protected") if values.get(name)]
    return {**merged, "limited_by": limited_by, "protected_by": protected_by}


def explain(playbook: str, values: Values, message: str) -> str:
    """Return the message of a module, with the variables and the questions of the playbook in place of options."""
    if not values.get("allow_admins", True):
        message, refused = re.subn(
            "only .* but min_admins is [0-9]+; would be deleted", "active admins would be deleted", message
        )
        advice = f" If that is intended, set {label(playbook, 'allow_admins')} to true."
        message += advice if refused else ""
    message = re.sub(
        r"; entries has the details(?: \(.*? unchanged users left out\))?\.", "; see the outcome above.", message
    )
    lists = " or ".join(label(playbook, name) for name in values.get("protected_by", ()))
    message = message.replace("remove it from protected.", f"remove it from {lists}.")
    named: set[str] = set()

    def replaced(found: re.Match[str]) -> str:
        name = values.get("limited_by", {}).get(found[0], found[0])
        text = f"arize_{name}" if name in named else label(playbook, name)
        named.add(name)
        return text

    return re.sub(rf"\b(?:{'|'.join((*_STRICTER, 'purge_access', 'role_mismatch'))})\b", replaced, message)


def problem(faults: Iterable[str]) -> str:
    """Return one message for all *faults*, "" without faults."""
    found = list(faults)
    return one_line(f"No changes were made. {sentences(found)}") if found else ""


def _is_empty(value: Any) -> bool:
    return value is None or (
        isinstance(value, (str, list)) and not (value.strip() if isinstance(value, str) else value)
    )


def _read(variable: Variable, name: str, value: Any) -> Any:
    if not isinstance(value, Undefined):
        return variable.read(value)
    # Ansible's message may quote the value.
    raise ValueError("cannot be used" if name in SECRETS else f"cannot be used: {value.why.rstrip('.')}")


def _unknown(playbook: str, name: str) -> str:
    others = [other for other in PLAYBOOKS if belongs(other, name)]
    if others:
        return f"{name} is not a variable of arize.ax.{playbook}, but of {', '.join(others)}."
    meant = _meant(name, playbook)
    hint = f" Did you mean arize_{meant}?" if meant else ""
    return f"{shown(name)} is not a variable of arize.ax.{playbook}.{hint}"


def _misspelt(name: str) -> str:
    return (
        f"{shown(name)}, which the inventory sets, is not a variable of arize.ax. Did you mean arize_{_meant(name)}?"
        " Correct it, or give a variable of another tool another name."
    )


def _is_misspelt(name: str) -> bool:
    return name.removeprefix("arize_") not in _LETTERS and bool(_meant(name))


@functools.cache  # asked about all variables of a host, several times a task
def _meant(name: str, playbook: str = "") -> str:
    """Return the variable that *name* is near to, without its prefix, else "".

    Near is one letter left out, added, replaced or swapped, and for a safeguard the same first six letters.
    """
    known = {**CONNECTION, **PLAYBOOKS[playbook]} if playbook else _LETTERS
    letters = _letters(name)
    near = (each for each in known if _is_near(letters, f"arize{_LETTERS[each]}"))
    begins = letters.removeprefix("arize")[:6] if letters.startswith("arize") else ""
    alike = (each for each in known if each in _SAFEGUARDS and _LETTERS[each][:6] == begins)
    return next(near, None) or next(alike, "")


def _letters(name: str) -> str:
    return re.sub("[_-]", "", name.lower())


def _is_near(one: str, other: str) -> bool:
    """Whether the two differ by at most one letter that is left out, added, replaced or swapped with the next."""
    shorter, longer = sorted((one, other), key=len)
    at = next((index for index, pair in enumerate(zip(shorter, longer)) if pair[0] != pair[1]), len(shorter))
    if len(longer) - len(shorter) == 1:
        return shorter[at:] == longer[at + 1 :]
    swapped = shorter[at + 1 : at + 2] + shorter[at : at + 1] + shorter[at + 2 :]
    return len(longer) == len(shorter) and (shorter[at + 1 :] == longer[at + 1 :] or swapped == longer[at:])


# ---------------------------------------------------------------- checks of each playbook beyond single values


def _check_export(playbook: str, values: Values) -> tuple[Values, list[str]]:
    if values["roster_file"] == "-":
        return values, []
    path = _path(values["roster_file"])
    name = label(playbook, "roster_file")
    faults = []
    if not _can_be_file(path):
        faults.append(f"{name} must name a file in an existing folder, or be - to print the roster: {path}.")
    elif path.lower().endswith((".tsv", ".json", ".xlsx", ".xls")):
        faults.append(f"{name} must end in .yml or .csv: the roster is not written to {os.path.basename(path)}.")
    return {**values, "roster_file": path}, faults


def _check_sync(playbook: str, values: Values) -> tuple[Values, list[str]]:
    values, faults = _check_source(playbook, values)
    if values["purge"] and values["max_deletions"] is None:
        faults.append(
            f"{label(playbook, 'purge')} requires {label(playbook, 'max_deletions')}. Deletions are permanent."
        )
    if values["purge_access"] and values["max_access_changes"] is None:
        faults.append(f"{label(playbook, 'purge_access')} requires {label(playbook, 'max_access_changes')}.")
    return values, faults


def _check_drift(playbook: str, values: Values) -> tuple[Values, list[str]]:
    values, faults = _check_source(playbook, values)
    values, faults_of_folder = _check_report_dir(playbook, values)
    return values, faults + faults_of_folder


def _check_review(playbook: str, values: Values) -> tuple[Values, list[str]]:
    values, faults = (values, []) if values["report_dir"] == "-" else _check_report_dir(playbook, values)
    if not values["previous_review"]:
        return values, faults
    path = _path(values["previous_review"])
    return {**values, "previous_review": path}, faults + _file_faults(playbook, "previous_review", path)


def _check_report_dir(playbook: str, values: Values) -> tuple[Values, list[str]]:
    path = _path(values["report_dir"])
    fault = f"{label(playbook, 'report_dir')} is not a folder that can be written to: {path}."
    return {**values, "report_dir": path}, [] if _can_be_folder(path) else [fault]


def _check_source(playbook: str, values: Values) -> tuple[Values, list[str]]:
    """Check that a roster is given, and return its path, or the name of the variable that holds it."""
    file, text = label(playbook, "roster_file"), label(playbook, "roster_text")
    if not values["roster_file"] and not values["roster_text"]:
        return values, [f"{file} or {text} is required. arize.ax.export_roster writes such a file."]
    if values["roster_text"]:
        # A form proposes a file.
        warning = f"The roster is that of {text}. {file} is not read: {values['roster_file']}."
        return {**values, "source": "arize_roster_text", "warning": warning if values["roster_file"] else ""}, []
    path = _path(values["roster_file"])
    faults = _file_faults(playbook, "roster_file", path)
    return {**values, "roster_file": path, "source": os.path.basename(path)}, faults


def _file_faults(playbook: str, name: str, path: str) -> list[str]:
    return [] if os.path.isfile(path) else [f"{label(playbook, name)} is not a file: {path}."]


def _check_onboard(playbook: str, values: Values) -> tuple[Values, list[str]]:
    people_given, name = values["emails"], values["name"]
    names = {key: label(playbook, key) for key in values}
    faults = []
    if name and [person["name"] for person in people_given] != [None]:
        advice = f"Otherwise write the names in {names['emails']}, as Ada Lovelace <ada@example.com>."
        faults.append(f"{names['name']} is for one address without a name. {advice}")
    if bool(values["role"]) == bool(values["custom_role_id"]):
        given = f"Given: {shown(values['role'])} and {shown(values['custom_role_id'])}."
        faults.append(
            f"Exactly one of {names['role']} ({', '.join(ROLES)}) and {names['custom_role_id']} is required. {given}"
        )
    values, wrong = _check_passwords(values, names)
    role = {"custom_role_id": values["custom_role_id"]} if values["custom_role_id"] else {"role": values["role"]}
    access = {"access": values["access"]} if values["access"] else {}
    users = [{"email": person["email"], "name": name or person["name"], **role, **access} for person in people_given]
    # Existing users get neither the name nor the role.
    grants = [{"email": person["email"], **access} for person in people_given] if access else []
    return {**values, "users": users, "grants": grants}, faults + wrong


def _check_passwords(values: Values, names: Mapping[str, str]) -> tuple[Values, list[str]]:
    wanted = values["invite_mode"] == "temporary_password"
    if wanted != bool(values["password_dir"]):
        why = "Temporary passwords are issued once and written to files there."
        return values, [
            f"{names['password_dir']} is required with {names['invite_mode']} temporary_password, and only then. {why}"
        ]
    if not wanted:
        return values, []
    path = _path(values["password_dir"])
    if not _can_be_folder(path):
        return values, [f"{names['password_dir']} is not a folder that can be written to: {path}."]
    files = {
        person["email"].lower(): os.path.join(path, _password_file(person["email"])) for person in values["emails"]
    }
    return {**values, "password_dir": path, "password_files": files}, []


def password_faults(values: Values) -> list[str]:
    """Return the obstacles to temporary passwords: written to a folder, a file would get another name in it."""
    folders = [file for file in values.get("password_files", {}).values() if os.path.isdir(file)]
    return [f"A temporary password cannot be written to a folder: {', '.join(folders)}."] if folders else []


def _password_file(email: str) -> str:
    """Return the name of the file for a user's password: whatever an address contains, it is a name in the folder."""
    name = quote(email, safe="@")
    short = name if len(name) < 200 else name[:150] + hashlib.sha256(name.encode()).hexdigest()
    return f"{short}.password"


def _check_nothing(_playbook: str, values: Values) -> tuple[Values, list[str]]:
    return values, []


def _check_offboard(playbook: str, values: Values) -> tuple[Values, list[str]]:
    named, repeated = (
        {person["email"].lower(): person["email"] for person in values[key]} for key in ("emails", "confirm")
    )
    faults = []
    if named.keys() != repeated.keys():
        told = (("missing", named, repeated), ("not named before", repeated, named))
        differences = [
            f"{what}: {', '.join(each[key] for key in each if key not in other)}"
            for what, each, other in told
            if each.keys() - other.keys()
        ]
        faults.append(
            f"{label(playbook, 'confirm')} must repeat the addresses in {label(playbook, 'emails')}. It is"
            f" {', '.join(repeated.values())} ({'; '.join(differences)})."
        )
    min_admins = values["min_admins"] if values["allow_admins"] else NO_LIMIT
    limits = {
        "min_admins": min_admins,
        "max_deletions": len(named) if values["max_deletions"] is None else values["max_deletions"],
    }
    return {**values, **limits, "users": [{"email": email} for email in named.values()]}, faults


_CHECKS: dict[str, Callable[[str, Values], tuple[Values, list[str]]]] = {
    "check_account": _check_nothing,
    "export_roster": _check_export,
    "sync_roster": _check_sync,
    "drift_report": _check_drift,
    "access_review": _check_review,
    "onboard": _check_onboard,
    "resend": _check_nothing,
    "offboard": _check_offboard,
}


def _path(text: str) -> str:
    # Lookups and modules would begin in different folders: this is where the command was started.
    return os.path.realpath(os.path.expanduser(text))


def _can_be_file(path: str) -> bool:
    return os.path.isdir(os.path.dirname(path)) and not os.path.isdir(path)


def _can_be_folder(path: str) -> bool:
    """Whether *path* is a folder that can be written to, or can be made."""
    while not os.path.lexists(path):
        path = os.path.dirname(path)
    return os.path.isdir(path) and os.access(path, os.W_OK | os.X_OK)
