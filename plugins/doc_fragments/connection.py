# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    """The options that say how to reach the Arize API, the same for every module."""

    DOCUMENTATION = r"""
requirements:
  - Python 3.9 or later
  - requests 2.25.1 or later
options:
  api_key:
    description:
      - The API key, preferably a service key. A personal key stops working when its owner is removed.
      - Leading and trailing whitespace is ignored, so it can be read from a file.
      - If not set, the environment variable E(ARIZE_API_KEY) is used. One of the two is required.
    type: str
  api_url:
    description:
      - The full base URL of the API, V(http) or V(https), with its path prefix. It must not contain credentials, a
        query or a fragment. Over V(http) the key is sent unencrypted, which gives a warning unless the host is a
        loopback address.
      - At most one of O(api_url), O(region) and O(base_domain) may be given; any of them wins over all variables.
      - If none of the three is given, the environment decides - E(ARIZE_SINGLE_HOST), E(ARIZE_REGION) or
        E(ARIZE_BASE_DOMAIN), of which at most one may be set, else E(ARIZE_API_HOST), else V(api.arize.com).
        E(ARIZE_API_SCHEME) and E(ARIZE_API_PORT) or E(ARIZE_SINGLE_PORT) (V(0) is none) apply to the host that the
        environment chose.
    type: str
  region:
    description:
      - The region of the account - V(us-central-1a), V(us-east-1b), V(eu-west-1a) or V(ca-central-1a).
      - An empty string counts as not given, so it undoes a default.
      - If no endpoint is given, the environment variable E(ARIZE_REGION) is used.
    type: str
  base_domain:
    description:
      - The domain of a private connection or a self-hosted Arize. The API is expected at C(https://api.<base_domain>).
      - A self-hosted Arize needs release 11.40 or later.
      - If no endpoint is given, the environment variable E(ARIZE_BASE_DOMAIN) is used.
    type: str
  validate_certs:
    description:
      - Whether to verify the certificate of the server. V(false) wins over every CA setting and gives a warning; use it
        for tests only.
      - If not set, the environment variable E(ARIZE_REQUEST_VERIFY) is used. If that is not set either, certificates
        are verified.
    type: bool
  ca_path:
    description:
      - A file with CA certificates (PEM), or a folder of them, to verify the server with.
      - If not set, the first of the environment variables E(ARIZE_SSL_CA_CERT), E(REQUESTS_CA_BUNDLE) and
        E(SSL_CERT_FILE) is used that is not empty.
    type: path
  proxy_url:
    description:
      - The proxy to use, as C(http://[user:password@]host[:port]). It is treated as a secret, since it may contain
        a password.
      - If not set, the environment variable E(ARIZE_PROXY_URL) is used. If that is not set either, the usual variables
        E(HTTPS_PROXY), E(HTTP_PROXY) and E(NO_PROXY) apply.
    type: str
  timeout:
    description:
      - The longest time in seconds to wait for a connection, and for each part of a response.
      - A whole response may take ten times as long.
    type: float
    default: 30.0
  max_retries:
    description:
      - How often one API call may be sent again in all, after a rate limit, a lost connection or a transient server
        error.
      - A call that sends mail is never sent again if it may have been carried out.
    type: int
    default: 5
  max_retry_wait:
    description:
      - The longest single wait in seconds between two attempts. If the server asks for more, the module fails at once
        and says how long the server asked for.
    type: float
    default: 60.0
notes:
  - The module talks to the API from the host that the task runs on, so it usually runs on C(localhost), or with
    C(delegate_to=localhost). Environment variables are those of that host.
  - An empty string counts as not given, for every environment variable and for the options O(api_key), O(api_url),
    O(region), O(base_domain), O(ca_path) and O(proxy_url).
"""
