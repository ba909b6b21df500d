# Copyright: (c) 2026, the arize.ax contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Deletions: done when the server says so, or when a list no longer shows the item."""

from __future__ import annotations

from typing import Callable

from .._errors import ArizeError
from .failures import CHECK_ENDPOINT_AND_PROXIES, Request
from .session import Http, Response, Unreadable

_DONE = (202, 204)


def expect_done(response: Response) -> None:
    """Accept only a response that says that it was done; a gateway may answer 200 with an error in the body."""
    if response.status not in _DONE and not (response.status == 200 and response.empty):
        raise Unreadable(f"the response ({response.status}) does not say that it was done")


def delete(
    http: Http,
    request: Request,
    is_listed: Callable[[], bool],
    explain: Callable[[ArizeError], ArizeError] = lambda error: error,
) -> None:
    """Send the DELETE (or revoke) *request*; after a 404 or an empty 200, which a gateway may send too, a list decides.

    *is_listed* reads a list, and returns whether it still shows the item; *explain* may replace the error for that.

    Raises:
        ArizeError: a failed request; invalid_response for an item that is still listed; or the failure of the list.
    """
    refusal = _unproved(http, request)
    if refusal is None:
        return
    try:
        listed = is_listed()
    except ArizeError as error:
        error.message += f" So it is not known whether the request to {request.operation} was carried out."
        error.outcome_unknown = True
        raise
    if listed:
        refusal.kind = "invalid_response"
        refusal.message += f" But the list still shows it.{CHECK_ENDPOINT_AND_PROXIES}"
        raise explain(refusal)


def _unproved(http: Http, request: Request) -> ArizeError | None:
    """Send *request*; return the error for a response that does not prove that it was carried out, else None."""
    try:
        status = http.call(request, _status)
    except ArizeError as error:
        if error.kind == "not_found":
            return error
        raise
    if status in _DONE:
        return None
    return ArizeError(
        "invalid_response",
        f"Could not {request.operation}: the server answered {status} with an empty body.",
        outcome_unknown=True,
        status=status,
        method=request.method,
        path=request.path,
    )


def _status(response: Response) -> int:
    expect_done(response)
    return response.status
