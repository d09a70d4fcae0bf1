"""Tracebacks tell where and what kind, and repeat no value that an exception met."""

import asyncpg

from application.shared.errors import NotFound
from interfaces.main.tracebacks import without_data


def told(error: BaseException) -> str:
    return without_data((type(error), error, error.__traceback__))


def raised(error: BaseException, cause: BaseException | None = None) -> BaseException:
    """The exception as it is once it was raised here."""
    try:
        raise error from cause  # noqa: TRY301 - it is only to pass here
    except BaseException as caught:  # noqa: BLE001 - it comes from the line above
        return caught


def test_it_begins_where_the_exception_passed_and_ends_with_its_kind() -> None:
    lines = told(raised(LookupError("S-0001"))).splitlines()

    assert lines[0].startswith(f'  File "{__file__}", line ')
    assert lines[-1] == "LookupError"


def test_kinds_that_speak_of_code_say_what_is_wrong() -> None:
    assert told(AttributeError("no attribute 'x'")) == "AttributeError: no attribute 'x'"
    assert told(ConnectionRefusedError(111, "refused")) == "ConnectionRefusedError: [Errno 111] refused"


def test_kinds_that_repeat_values_do_not() -> None:
    for error in (KeyError("S-0001"), ValueError("S-0001"), UnicodeDecodeError("utf-8", b"S-0001", 0, 1, "bad")):
        assert told(error) == type(error).__name__


def test_ours_are_known_by_their_code() -> None:
    assert told(NotFound("student", "S-0001")) == "application.shared.errors.NotFound (code not_found)"


def test_the_databases_are_known_by_the_constraint() -> None:
    error = asyncpg.UniqueViolationError("duplicate key: (code)=(S-0001) already exists")
    error.constraint_name = "uq_students_code"

    assert told(error) == ("asyncpg.exceptions.UniqueViolationError (sqlstate 23505, constraint_name uq_students_code)")


def test_what_led_to_an_exception_comes_first() -> None:
    kinds = [line for line in told(raised(RuntimeError("late"), KeyError("S-0001"))).splitlines() if line[0] != " "]

    assert kinds == ["KeyError", "which led to:", "RuntimeError: late"]


def test_what_was_being_handled_is_told_unless_it_was_left_out() -> None:
    handled = RuntimeError("second")
    handled.__context__ = KeyError("first")
    assert told(handled) == "KeyError\nwhich led to:\nRuntimeError: second"

    handled.__suppress_context__ = True
    assert told(handled) == "RuntimeError: second"


def test_exceptions_that_go_round_in_a_circle_are_told_once() -> None:
    one, other = RuntimeError("one"), RuntimeError("other")
    one.__context__, other.__context__ = other, one

    assert told(one) == "RuntimeError: other\nwhich led to:\nRuntimeError: one"


def test_every_exception_of_a_group_is_told() -> None:
    group = ExceptionGroup("of S-0001", [KeyError("S-0001"), TypeError("no number")])

    assert told(group) == "ExceptionGroup\nof which one is:\nKeyError\nof which one is:\nTypeError: no number"
