"""The decision: facts and commands in, outcomes and effects out; pure, in arrival order.

Before and after every command the queues are settled, so that whatever the command frees, or time has opened, goes to
those who wait.
"""

from collections.abc import Sequence

from domain.catalog.requisite import courses_named_in
from domain.registration.cart import decide_unit
from domain.registration.commands import (
    Action,
    Add,
    Command,
    GivePermission,
    Mode,
    RegistrationRequest,
    ReleaseHold,
    ReviewQueues,
    ReviseSection,
    RevokePermission,
    adds_in,
)
from domain.registration.events import HoldReleased, PermissionGiven, PermissionRevoked
from domain.registration.facts import Facts
from domain.registration.ledger import Ledger
from domain.registration.moves import Moves
from domain.registration.outcomes import (
    Consequence,
    Decided,
    Decision,
    Effects,
    Noted,
    Recorded,
    ReleasedHold,
    RequestDecided,
)
from domain.registration.planning import asked_course
from domain.registration.queue import leave_for, settle
from domain.registration.revision import revise
from domain.registration.scope import scope_of


def decide(facts: Facts, commands: Sequence[Command]) -> tuple[tuple[Decided, ...], Effects]:
    """Decide `commands` one after the other, each on what those before it left; one answer for each, in order.

    A registration request among others is decided as if it had come alone (see `scope_of`).
    """
    ledger = Ledger(facts)
    answers: list[Decided] = []
    for command in commands:
        ledger.view(None)
        scope = scope_of(ledger, command, alone=len(commands) == 1)
        ledger.view(scope.entries)
        first = ledger.effects.next_number
        followed = list(settle(ledger, command.arrived_at))
        answer = _decide(ledger, command, followed)
        followed += settle(ledger, command.arrived_at)
        ledger.effects.recorded.append(
            Recorded(first, command, answer, tuple(followed), scope.offerings, scope.students, scope.entries)
        )
        answers.append(answer)
    return tuple(answers), ledger.effects


def _decide(ledger: Ledger, command: Command, followed: list[Consequence]) -> Decided:
    match command:
        case RegistrationRequest():
            return _decide_request(ledger, command, followed)
        case ReviseSection():
            return revise(ledger, command, followed)
        case GivePermission():
            return _give_permission(ledger, command)
        case RevokePermission():
            return _revoke_permission(ledger, command)
        case ReleaseHold():
            return _release_hold(ledger, command)
        case ReviewQueues():
            return Noted(ledger.next_number())


def _decide_request(ledger: Ledger, request: RegistrationRequest, followed: list[Consequence]) -> RequestDecided:
    decisions: dict[int, Decision] = {}
    for unit in _units(ledger, request):
        decided = decide_unit(ledger, request, [request.actions[position] for position in unit])
        decisions.update(zip(unit, decided, strict=True))
        if not ledger.waiting():
            continue
        for decision in decided:
            if decision.enrollment is not None and decision.enrollment.ended_at is None:
                followed += leave_for(ledger, Moves(ledger, request.arrived_at), decision.enrollment)
        followed += settle(ledger, request.arrived_at)
    return RequestDecided(tuple([decisions[position] for position in range(len(request.actions))]))


def _units(ledger: Ledger, request: RegistrationRequest) -> list[list[int]]:
    """The positions of the actions that are decided together, in the order in which the units are decided."""
    if request.mode is Mode.ATOMIC or len(request.actions) == 1:
        return [list(range(len(request.actions)))]
    partners = _mutual_corequisites(ledger, request.actions)
    units: list[list[int]] = []
    for position in range(len(request.actions)):
        together = sorted({position, *partners.get(position, ())})
        if together[0] == position:
            units.append(together)
    return units


def _mutual_corequisites(ledger: Ledger, actions: Sequence[Action]) -> dict[int, set[int]]:
    """For the position of each add, those of the adds that need it and that it needs, directly or through others."""
    codes = {position: asked_course(ledger, a) for position, a in enumerate(actions) if isinstance(a, Add)}
    needs = {
        position: {
            other
            for other, code in codes.items()
            if other != position and code is not None and code in _corequisites_of(ledger, actions[position])
        }
        for position in codes
    }
    reach = {position: _reachable(position, needs) for position in needs}
    return {one: {other for other in reach[one] if one in reach[other]} for one in reach}


def _reachable(start: int, needs: dict[int, set[int]]) -> set[int]:
    seen: set[int] = set()
    waiting = list(needs[start])
    while waiting:
        position = waiting.pop()
        if position not in seen:
            seen.add(position)
            waiting += needs[position]
    return seen


def _corequisites_of(ledger: Ledger, action: Action) -> frozenset[str]:
    """The courses that the corequisite of what an action adds first names."""
    for add in adds_in(action):
        facts = ledger.facts.offering_named(add.choices[0].offering)
        course = None if facts is None else ledger.facts.course_named(add.choices[0].course, facts)
        if course is not None and course.corequisite is not None:
            return courses_named_in(course.corequisite)
    return frozenset()


def _give_permission(ledger: Ledger, command: GivePermission) -> Noted:
    number, permission = ledger.next_number(), command.permission
    ledger.give_permission(permission)
    codes = tuple(sorted(permission.codes))
    ledger.effects.events.append(
        PermissionGiven(number, command.arrived_at, permission.term_id, permission.student_id, permission.id, codes)
    )
    return Noted(number)


def _revoke_permission(ledger: Ledger, command: RevokePermission) -> Noted:
    number, permission = ledger.next_number(), command.permission.revoke(command.arrived_at)
    ledger.revoke_permission(permission, command.expected_version)
    ledger.effects.events.append(
        PermissionRevoked(number, command.arrived_at, permission.term_id, permission.student_id, permission.id)
    )
    return Noted(number)


def _release_hold(ledger: Ledger, command: ReleaseHold) -> Noted:
    number = ledger.next_number()
    ledger.release_hold(command.student_id, command.hold_id)
    ledger.effects.released.append(ReleasedHold(command.hold_id, command.arrived_at))
    ledger.effects.events.append(
        HoldReleased(number, command.arrived_at, ledger.facts.term.id, command.student_id, command.hold_id)
    )
    return Noted(number)
