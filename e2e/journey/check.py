"""Assertions that say what was expected and what came instead."""

import math

from mlflow.exceptions import MlflowException


class CheckFailed(AssertionError):
    """The server answered, but not what an MLflow user relies on."""


def equal(what, actual, expected):
    if actual != expected:
        raise CheckFailed(f"{what}: expected {expected!r}, got {actual!r}")


def close(what, actual, expected):
    if not math.isclose(actual, expected, rel_tol=1e-12):
        raise CheckFailed(f"{what}: expected {expected!r}, got {actual!r}")


def holds(what, condition, seen):
    """For what is not an equality; `seen` is shown when the condition fails."""
    if not condition:
        raise CheckFailed(f"{what}: not so, seen {seen!r}")


def includes(what, actual, expected):
    """Every pair of `expected` is in `actual`; `actual` may hold more."""
    equal(what, {key: actual.get(key) for key in expected}, dict(expected))


def same_numbers(what, actual, expected):
    equal(what, [float(number) for number in actual], [float(number) for number in expected])


def refused(what, code, call, fragment=""):
    """`call` must raise the client's exception with this error code and a message that contains `fragment`."""
    try:
        result = call()
    except MlflowException as error:
        equal(f"{what}: error code ({error.message})", error.error_code, code)
        holds(f"{what}: message contains {fragment!r}", fragment in error.message, error.message)
        return
    raise CheckFailed(f"{what}: expected {code}, got the answer {result!r}")
