"""The file of a backup: there whole or not at all, for its owner's eyes only, on the disk before it has its name."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import typer

from interfaces.cli.output import STANDARD_OUTPUT, own_output


@contextmanager
def new_archive(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    """A file to write, called `PATH.partial` until the block has ended well, or standard output for `-`.

    An existing file is replaced with `force` alone. Raises `typer.BadParameter` when it must not be.
    """
    if path == STANDARD_OUTPUT:
        if os.isatty(1):
            raise typer.BadParameter("a backup is not for a terminal to show: redirect standard output")
        with os.fdopen(own_output(), "wb") as stream:
            yield stream
        return
    with _naming(path):
        target = path.resolve()
        if target.exists() and not (force and target.is_file()):
            reason = "--force replaces it" if target.is_file() else "and is no regular file"
            raise typer.BadParameter(f"{path} exists: {reason}")
        partial = target.with_name(f"{target.name}.partial")
        with _created(partial, force=force) as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
            partial.replace(target)
        _keep_name(target.parent)


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, so that it cleans up; by default nothing would."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _created(path: Path, *, force: bool) -> Iterator[BinaryIO]:
    if force:
        path.unlink(missing_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        raise typer.BadParameter(
            f"{path} exists: another backup is writing it, or was broken off; --force removes it"
        ) from None
    with os.fdopen(descriptor, "wb") as stream:
        try:
            yield stream
        except BaseException:
            path.unlink(missing_ok=True)
            raise


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Say which file could not be written: a full disk does not."""
    try:
        yield
    except OSError as error:
        if error.filename is None:
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


def _keep_name(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
