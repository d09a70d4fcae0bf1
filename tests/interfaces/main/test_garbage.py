"""A server's collector of garbage: seldom at work while it serves, and as before afterwards."""

import gc

from interfaces.main.garbage import collect_seldom, settled_garbage


def test_what_is_there_is_left_alone_until_the_end() -> None:
    before = gc.get_threshold()

    with settled_garbage():
        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] > before[0]
        assert gc.isenabled()

    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


def test_a_program_collects_seldom_from_its_start() -> None:
    before = gc.get_threshold()
    try:
        collect_seldom()
        assert all(now > then for now, then in zip(gc.get_threshold(), before, strict=True))
    finally:
        gc.set_threshold(*before)
