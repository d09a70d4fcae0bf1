"""Passwords for commands: asked for, or from standard input; never an argument, which anybody on the machine reads."""

import getpass
import sys

import typer


def password_of(*, from_input: bool) -> str:
    """The password of an account that there is."""
    if from_input:
        return sys.stdin.readline().rstrip("\r\n")
    return _asked("Password: ")


def new_password(*, from_input: bool) -> str:
    """A password for an account; people type it twice."""
    if from_input:
        return password_of(from_input=True)
    password = _asked("Password: ")
    if _asked("Again: ") != password:
        raise typer.BadParameter("the two are not the same")
    return password


def _asked(prompt: str) -> str:
    if not sys.stdin.isatty():
        raise typer.BadParameter("there is no terminal to ask at: use --password-stdin")
    return getpass.getpass(prompt)
