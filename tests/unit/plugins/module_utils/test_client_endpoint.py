"""The endpoint that options and variables lead to."""

from __future__ import annotations

import pytest
from ansible_collections.arize.ax.plugins.module_utils._client.connection import REGIONS, resolve
from ansible_collections.arize.ax.plugins.module_utils._errors import ArizeError

DEFAULTS = {"api_key": "key", "timeout": 30.0, "max_retries": 5, "max_retry_wait": 60.0}
REGION, OTHER_REGION = "eu-west-1a", "us-east-1b"
DEFAULT = "https://api.arize.com"


def url(options, environ):
    return resolve({**DEFAULTS, **options}, environ).url


def refusal(options, environ):
    with pytest.raises(ArizeError) as caught:
        url(options, environ)
    assert caught.value.kind == "bad_option"
    assert "\n" not in caught.value.message
    return caught.value.message


@pytest.mark.parametrize(
    ("options", "environ", "expected"),
    [
        pytest.param({}, {}, DEFAULT, id="nothing given"),
        pytest.param({"api_url": "https://a.io"}, {}, "https://a.io", id="api_url"),
        pytest.param({"api_url": "http://a.io:8080"}, {}, "http://a.io:8080", id="api_url with http and port"),
        pytest.param({"api_url": "https://a.io/prefix/x"}, {}, "https://a.io/prefix/x", id="path prefix kept"),
        pytest.param({"api_url": "https://a.io/prefix//"}, {}, "https://a.io/prefix", id="slashes at the end dropped"),
        pytest.param({"api_url": " https://a.io\n"}, {}, "https://a.io", id="white space around dropped"),
        pytest.param({"api_url": "https://[::1]:8443/p"}, {}, "https://[::1]:8443/p", id="IPv6"),
        pytest.param({"api_url": "HTTPS://a.io"}, {}, "https://a.io", id="scheme in capitals"),
        pytest.param({"region": REGION}, {}, "https://api.eu-west-1a.arize.com", id="region"),
        pytest.param({"region": " EU-West-1a "}, {}, "https://api.eu-west-1a.arize.com", id="region in any case"),
        pytest.param({"base_domain": "arize.x.io"}, {}, "https://api.arize.x.io", id="base_domain"),
        pytest.param({"base_domain": "x.io:8443"}, {}, "https://api.x.io:8443", id="base_domain with port"),
        # variables
        pytest.param({}, {"ARIZE_SINGLE_HOST": "a.io"}, "https://a.io", id="ARIZE_SINGLE_HOST"),
        pytest.param({}, {"ARIZE_SINGLE_HOST": "http://a.io/p"}, "http://a.io/p", id="ARIZE_SINGLE_HOST as URL"),
        pytest.param({}, {"ARIZE_API_HOST": "a.io"}, "https://a.io", id="ARIZE_API_HOST"),
        pytest.param({}, {"ARIZE_REGION": REGION}, "https://api.eu-west-1a.arize.com", id="ARIZE_REGION"),
        pytest.param({}, {"ARIZE_BASE_DOMAIN": "x.io"}, "https://api.x.io", id="ARIZE_BASE_DOMAIN"),
        # precedence among variables: each beats ARIZE_API_HOST
        pytest.param({}, {"ARIZE_SINGLE_HOST": "a.io", "ARIZE_API_HOST": "b.io"}, "https://a.io", id="single > api host"),
        pytest.param({}, {"ARIZE_BASE_DOMAIN": "x.io", "ARIZE_API_HOST": "b.io"}, "https://api.x.io", id="domain > api host"),
        pytest.param(
            {}, {"ARIZE_REGION": REGION, "ARIZE_API_HOST": "b.io"}, "https://api.eu-west-1a.arize.com", id="region > api host"
        ),
        # the task beats every variable, whichever they are
        pytest.param({"api_url": "https://a.io"}, {"ARIZE_REGION": REGION}, "https://a.io", id="api_url > ARIZE_REGION"),
        pytest.param(
            {"region": REGION}, {"ARIZE_SINGLE_HOST": "a.io"}, "https://api.eu-west-1a.arize.com", id="region > single host"
        ),
        pytest.param({"base_domain": "x.io"}, {"ARIZE_REGION": REGION}, "https://api.x.io", id="base_domain > ARIZE_REGION"),
        pytest.param(
            {"region": REGION}, {"ARIZE_REGION": OTHER_REGION}, "https://api.eu-west-1a.arize.com", id="region > ARIZE_REGION"
        ),
        pytest.param(
            {"api_url": "https://a.io"},
            {"ARIZE_REGION": "nowhere", "ARIZE_SINGLE_HOST": "b.io", "ARIZE_API_PORT": "x"},
            "https://a.io",
            id="variables that are not used are not judged",
        ),
        # an empty string is unset
        pytest.param({"api_url": "", "region": "", "base_domain": ""}, {}, DEFAULT, id="empty options"),
        pytest.param({"region": "  "}, {"ARIZE_SINGLE_HOST": "a.io"}, "https://a.io", id="option of spaces"),
        pytest.param(
            {},
            {"ARIZE_SINGLE_HOST": "", "ARIZE_REGION": "", "ARIZE_BASE_DOMAIN": "", "ARIZE_API_HOST": "",
             "ARIZE_API_SCHEME": "", "ARIZE_API_PORT": "", "ARIZE_SINGLE_PORT": ""},
            DEFAULT,
            id="empty variables",
        ),
        pytest.param({"api_url": "https://a.io", "region": ""}, {}, "https://a.io", id="an empty option is no conflict"),
    ],
)  # fmt: skip
def test_endpoint(options, environ, expected):
    assert url(options, environ) == expected


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"ARIZE_API_PORT": "8443"}, "https://api.arize.com:8443"),
        ({"ARIZE_SINGLE_PORT": "8443"}, "https://api.arize.com:8443"),
        ({"ARIZE_API_PORT": "1", "ARIZE_SINGLE_PORT": "2"}, "https://api.arize.com:1"),
        ({"ARIZE_API_PORT": "0", "ARIZE_SINGLE_PORT": "2"}, "https://api.arize.com:2"),
        ({"ARIZE_API_PORT": "0", "ARIZE_SINGLE_PORT": "0"}, "https://api.arize.com"),
        ({"ARIZE_API_PORT": " 8443 "}, "https://api.arize.com:8443"),
        ({"ARIZE_API_PORT": "65535"}, "https://api.arize.com:65535"),
        ({"ARIZE_API_SCHEME": "http"}, "http://api.arize.com"),
        ({"ARIZE_API_SCHEME": "HTTP", "ARIZE_API_PORT": "80"}, "http://api.arize.com:80"),
        ({"ARIZE_API_SCHEME": "http", "ARIZE_SINGLE_HOST": "a.io", "ARIZE_SINGLE_PORT": "80"}, "http://a.io:80"),
        ({"ARIZE_API_SCHEME": "http", "ARIZE_REGION": REGION}, "http://api.eu-west-1a.arize.com"),
        ({"ARIZE_API_PORT": "81", "ARIZE_BASE_DOMAIN": "x.io:80"}, "https://api.x.io:81"),
        ({"ARIZE_API_PORT": "0", "ARIZE_SINGLE_HOST": "a.io:80"}, "https://a.io:80"),
        ({"ARIZE_API_PORT": "81", "ARIZE_API_HOST": "[::1]:80"}, "https://[::1]:81"),
        ({"ARIZE_API_PORT": "81", "ARIZE_API_HOST": "[::1]"}, "https://[::1]:81"),
        ({"ARIZE_API_SCHEME": "http", "ARIZE_SINGLE_HOST": "https://a.io/p"}, "http://a.io/p"),
        ({"ARIZE_API_PORT": "81", "ARIZE_SINGLE_HOST": "https://a.io/p"}, "https://a.io:81/p"),
    ],
    ids=str,
)
def test_scheme_and_port_apply_to_the_host_that_the_environment_chose(environ, expected):
    assert url({}, environ) == expected


@pytest.mark.parametrize(
    "options",
    [{"api_url": "https://a.io"}, {"region": REGION}, {"base_domain": "x.io"}],
    ids=lambda options: next(iter(options)),
)
def test_scheme_and_port_leave_a_host_of_the_task_as_it_is(options):
    assert url(options, {"ARIZE_API_SCHEME": "http", "ARIZE_API_PORT": "81"}) == url(options, {})


NAMES = ("api_url", "region", "base_domain", "ARIZE_SINGLE_HOST", "ARIZE_REGION", "ARIZE_BASE_DOMAIN", "ARIZE_API_HOST")
ADDRESS, DOMAIN = "https://a.io", "x.io"


@pytest.mark.parametrize(
    ("options", "environ", "named"),
    [
        ({"api_url": ADDRESS, "region": REGION}, {}, "api_url and region are"),
        ({"region": REGION, "base_domain": DOMAIN}, {}, "region and base_domain are"),
        ({"api_url": ADDRESS, "region": REGION, "base_domain": DOMAIN}, {}, "api_url, region and base_domain are"),
        ({}, {"ARIZE_SINGLE_HOST": "a.io", "ARIZE_REGION": REGION}, "ARIZE_SINGLE_HOST and ARIZE_REGION are"),
        (
            {"region": ""},
            {"ARIZE_REGION": REGION, "ARIZE_BASE_DOMAIN": DOMAIN},
            "ARIZE_REGION and ARIZE_BASE_DOMAIN are",
        ),
        (
            {},
            {
                "ARIZE_SINGLE_HOST": "a.io",
                "ARIZE_REGION": REGION,
                "ARIZE_BASE_DOMAIN": DOMAIN,
                "ARIZE_API_HOST": "b.io",
            },
            "ARIZE_SINGLE_HOST, ARIZE_REGION and ARIZE_BASE_DOMAIN are",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_two_endpoints_of_one_level_are_an_error_that_names_exactly_those(options, environ, named):
    message = refusal(options, environ)
    assert message.startswith(named)
    words = message.replace(",", "").split()
    assert [word for word in words if word in NAMES] == [
        word for word in named.replace(",", "").split() if word in NAMES
    ]


@pytest.mark.parametrize("source", ["region", "ARIZE_REGION"])
def test_an_unknown_region_is_named_by_its_source_with_the_known_ones(source):
    options, environ = ({}, {source: "mars-1"}) if source.isupper() else ({source: "mars-1"}, {})
    message = refusal(options, environ)
    assert message.startswith(f"{source} ")
    assert all(region in message for region in REGIONS)


SECRET = "hunter2"
BAD_ADDRESSES = [
    f"https://user:{SECRET}@a.io",
    f"https://{SECRET}@a.io",
    f"https://a.io?key={SECRET}",
    f"https://a.io/#{SECRET}",
    f"https://a.io/?{SECRET}",
    f"ftp://a.io/{SECRET}",
    f"//{SECRET}",
    f"{SECRET}.io",
    f"https://a.io:port/{SECRET}",
    f"https://a.io:0/{SECRET}",
    f"https://a.io:65536/{SECRET}",
    f"https:///{SECRET}",
    f"https://[::1/{SECRET}",
    f"https://a b/{SECRET}",
    f"https://a.io/\t{SECRET}",
    f"https://a.io/\x7f{SECRET}",
    f"https://{'a' * 64}.io/{SECRET}",
    f"https://a..io/{SECRET}",
    "https://a.io?",
    "https://a.io/#",
    "https://@a.io",
]


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_an_address_that_cannot_be_used_is_refused_and_not_repeated(address):
    message = refusal({"api_url": address}, {})
    assert message.startswith("api_url ")
    assert SECRET not in message


@pytest.mark.parametrize("variable", ["ARIZE_SINGLE_HOST", "ARIZE_API_HOST"])
@pytest.mark.parametrize("address", [f"u:{SECRET}@a.io", f"a.io?{SECRET}", f"a.io:x{SECRET}", "::1", f"a {SECRET}"])
def test_a_host_variable_that_cannot_be_used_is_named_and_not_repeated(variable, address):
    message = refusal({}, {variable: address})
    assert message.startswith(f"{variable} ")
    assert SECRET not in message


@pytest.mark.parametrize("source", ["base_domain", "ARIZE_BASE_DOMAIN"])
@pytest.mark.parametrize(
    "domain", [f"https://{SECRET}.io", f"x.io/{SECRET}", f"u:{SECRET}@x.io", f"x.io?{SECRET}", "x..io", "x y"]
)
def test_a_base_domain_is_a_bare_domain(source, domain):
    options, environ = ({}, {source: domain}) if source.isupper() else ({source: domain}, {})
    message = refusal(options, environ)
    assert message.startswith(f"{source} ")
    assert SECRET not in message


@pytest.mark.parametrize("variable", ["ARIZE_API_PORT", "ARIZE_SINGLE_PORT"])
@pytest.mark.parametrize("port", ["-1", "65536", "http", "8.5", "0x50", "٣"])
def test_a_bad_port_is_named_as_the_variable(variable, port):
    assert refusal({}, {variable: port}).startswith(f"{variable} ")


@pytest.mark.parametrize("scheme", ["ftp", "https:", "https://"])
def test_a_bad_scheme_is_named_as_the_variable(scheme):
    assert refusal({}, {"ARIZE_API_SCHEME": scheme}).startswith("ARIZE_API_SCHEME ")
