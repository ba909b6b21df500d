# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the service is and how to reach it: options and environment variables -> Connection.

Nothing here opens a connection. The variables are those of Arize's official clients.
"""

from __future__ import annotations

import math
import os
import re
import ssl
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

from .._errors import bad_option
from .._text import BOOLEANS, EACH_BOOLEAN

DEFAULT_HOST = "api.arize.com"
REGIONS = ("us-central-1a", "us-east-1b", "eu-west-1a", "ca-central-1a")
MAX_SECONDS = 1_000_000  # a larger time-out makes a socket raise OverflowError
CA_VARIABLES = ("ARIZE_SSL_CA_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
_CERTIFICATE = re.compile("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)
_LOOPBACK = re.compile(r"(.+\.)?localhost|127(\.\d{1,3}){3}|::1")


class Connection(NamedTuple):
    """Everything that the HTTP layer needs to know."""

    url: str  # without a slash at its end
    api_key: str
    verify: bool | str  # True, False, or a CA file or folder
    proxy_url: str | None  # None: the usual proxy variables apply
    timeout: float  # seconds, to connect and for each read
    max_retries: int  # for one API call in all
    max_retry_wait: float  # seconds, the longest single wait

    @property
    def warnings(self) -> list[str]:
        """The settings that expose the API key on its way."""
        url = urlsplit(self.url)
        host = url.hostname or ""
        found = []
        if url.scheme == "http" and not _LOOPBACK.fullmatch(host):
            found.append(f"The API key is sent unencrypted to {host}: use https.")
        if self.verify is False:
            found.append(
                "Certificates are not verified (validate_certs: false): the API key may be sent to an impostor."
            )
        return found


def resolve(options: Mapping[str, Any], environ: Mapping[str, str]) -> Connection:
    """Return the connection that *options* (the task's) and *environ* ask for.

    An option of the task beats every variable. An empty string counts as not given.

    Raises:
        ArizeError: of kind bad_option, naming the option or the variable.
    """
    return Connection(
        url=_endpoint(options, environ),
        api_key=_api_key(options, environ),
        verify=_verification(options, environ),
        proxy_url=_proxy_url(options, environ),
        timeout=_seconds("timeout", options["timeout"], above_zero=True),
        max_retries=_max_retries(options),
        max_retry_wait=_seconds("max_retry_wait", options["max_retry_wait"]),
    )


def _given(options: Mapping[str, Any], name: str) -> str:
    return str(options.get(name) or "").strip()


def _variable(environ: Mapping[str, str], *names: str) -> tuple[str, str]:
    """Return name and value of the first variable that is not empty."""
    for name in names:
        value = environ.get(name, "").strip()
        if value:
            return name, value
    return names[0], ""


def _given_or_variable(
    options: Mapping[str, Any], option: str, environ: Mapping[str, str], *names: str
) -> tuple[str, str]:
    value = _given(options, option)
    return (option, value) if value else _variable(environ, *names)


def _api_key(options: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    source, key = _given_or_variable(options, "api_key", environ, "ARIZE_API_KEY")
    if not key:
        raise bad_option("No API key: set the option api_key or the environment variable ARIZE_API_KEY.")
    if any(not " " <= character <= "~" for character in key):
        raise bad_option(
            f"{source} contains a line break, a control character or a non-ASCII character, which no API key has."
            " Check how it was copied."
        )
    return key


def _endpoint(options: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    task = {name: _given(options, name) for name in ("api_url", "region", "base_domain")}
    if any(task.values()):
        name, value = _only_one(task)
        if name == "api_url":
            return _base_url(name, value).geturl()
        return "https://" + (_region_host(name, value) if name == "region" else _domain_host(name, value))
    return _endpoint_of_environment(environ)


def _endpoint_of_environment(environ: Mapping[str, str]) -> str:
    """The host that the variables choose; scheme and port variables apply to it, also to the default one."""
    names = ("ARIZE_SINGLE_HOST", "ARIZE_REGION", "ARIZE_BASE_DOMAIN")
    given = {name: _variable(environ, name)[1] for name in names}
    name, value = _only_one(given) if any(given.values()) else _variable(environ, "ARIZE_API_HOST")
    if name == "ARIZE_REGION":
        host = _region_host(name, value)
    elif name == "ARIZE_BASE_DOMAIN":
        host = _domain_host(name, value)
    else:
        host = value or DEFAULT_HOST
    scheme = _variable(environ, "ARIZE_API_SCHEME")[1].lower()
    if scheme not in ("", "http", "https"):
        raise bad_option("ARIZE_API_SCHEME must be http or https.")
    url = _base_url(name, host if "://" in host else "https://" + host)
    port = _port_of_environment(environ) or url.port
    bare_host = url.netloc if url.port is None else url.netloc[: url.netloc.rindex(":")]
    return url._replace(scheme=scheme or url.scheme, netloc=f"{bare_host}:{port}" if port else bare_host).geturl()


def _port_of_environment(environ: Mapping[str, str]) -> int:
    for name in ("ARIZE_API_PORT", "ARIZE_SINGLE_PORT"):
        value = _variable(environ, name)[1]
        if value and not (value.isascii() and value.isdigit() and int(value) <= 65535):
            raise bad_option(f"{name} must be a port number from 0 to 65535 (0 = none).")
        if value and int(value):
            return int(value)
    return 0


def _only_one(given: dict[str, str]) -> tuple[str, str]:
    chosen: list[tuple[str, str]] = [(name, value) for name, value in given.items() if value]
    if len(chosen) > 1:
        names = [name for name, value in chosen]
        raise bad_option(
            "{} and {} are mutually exclusive: each sets the endpoint. Keep one.".format(
                ", ".join(names[:-1]), names[-1]
            )
        )
    return chosen[0]


def _region_host(name: str, region: str) -> str:
    if region.lower() not in REGIONS:
        raise bad_option("{} is an unknown region; choose one of {}.".format(name, ", ".join(REGIONS)))
    return f"api.{region.lower()}.arize.com"


def _domain_host(name: str, domain: str) -> str:
    if "/" in domain:
        raise bad_option(f"{name} must be a bare domain such as arize.example.com, without scheme and path.")
    return "api." + _base_url(name, "https://" + domain).netloc


def _base_url(name: str, text: str) -> SplitResult:
    """Check a base URL; never repeat it in an error, since it may hold a password."""
    if any(character <= " " or character == "\x7f" for character in text):
        raise bad_option(f"{name} contains whitespace or a control character.")
    try:
        url = urlsplit(text.rstrip("/"))
        valid = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
        if url.hostname:
            url.hostname.encode("idna")
    except ValueError:  # a port that is no number, a broken IPv6 address, a host name that cannot be
        valid = False
    if not valid:
        raise bad_option(f"{name} is not a valid http or https address (expected: https://host[:port][/path]).")
    if "@" in url.netloc or "?" in text or "#" in text:
        raise bad_option(f"{name} must not contain credentials, a query or a fragment.")
    return url


def _verification(options: Mapping[str, Any], environ: Mapping[str, str]) -> bool | str:
    wanted = options.get("validate_certs")
    if wanted is None:
        value = _variable(environ, "ARIZE_REQUEST_VERIFY")[1].lower()
        if value and value not in BOOLEANS:
            raise bad_option(f"ARIZE_REQUEST_VERIFY must be one of {EACH_BOOLEAN}.")
        wanted = BOOLEANS.get(value, True)
    if not wanted:
        return False
    source, path = _given_or_variable(options, "ca_path", environ, *CA_VARIABLES)
    if not path:
        return True
    path = os.path.expanduser(path)
    _check_ca(source, path)
    return path


def _check_ca(source: str, path: str) -> None:
    if not os.path.exists(path):
        raise bad_option(f"{source}: there is no CA file or folder {path}.")
    if os.path.isdir(path):
        return
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            first = _CERTIFICATE.search(file.read(65536))
        # One certificate tells; a whole bundle takes long to read, and is read anyhow where it is needed.
        ssl.create_default_context(cafile=None if first else path, cadata=first.group() if first else None)
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise bad_option(f"{source}: {path} cannot be used as a CA file (PEM certificates).") from error


def _proxy_url(options: Mapping[str, Any], environ: Mapping[str, str]) -> str | None:
    source, text = _given_or_variable(options, "proxy_url", environ, "ARIZE_PROXY_URL")
    if not text:
        return None
    try:
        url = urlsplit(text if "://" in text else "http://" + text)
        valid = url.scheme in ("http", "https") and bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        valid = False
    if not valid or any(character <= " " for character in text):
        raise bad_option(f"{source} is not a valid proxy address (expected: http://[user:password@]host[:port]).")
    return url.geturl()


def _seconds(name: str, value: float, above_zero: bool = False) -> float:
    if not math.isfinite(value) or value < 0 or (above_zero and value == 0) or value > MAX_SECONDS:
        least = "above" if above_zero else "not below"
        raise bad_option(f"{name} must be a number of seconds {least} zero, and at most {MAX_SECONDS}.")
    return value


def _max_retries(options: Mapping[str, Any]) -> int:
    value: int = options["max_retries"]
    if value < 0:
        raise bad_option("max_retries must not be below zero.")
    return value
