"""Who the fuzzer is: each kind of caller, and how a request says that it comes from them."""

from collections.abc import Mapping

from application.shared.caller import Role
from interfaces.rest import examples
from interfaces.rest.callers import ACTOR_HEADER, INSTITUTION_HEADER

CALLERS: tuple[Role | None, ...] = (
    Role.STUDENT,
    Role.INSTRUCTOR,
    Role.ADVISOR,
    Role.REGISTRAR,
    Role.ADMINISTRATOR,
    None,
)
"""Those who may change less come first, so that they find the university as it was built; None says nothing of itself,
or nonsense.
"""


def headers_of(caller: Role | None) -> Mapping[str, str]:
    """The headers of a request that comes from such a caller."""
    if caller is None:
        return {}
    actor = f"{caller}:code:{examples.STUDENT['code']}" if caller is Role.STUDENT else str(caller)
    return {INSTITUTION_HEADER: examples.INSTITUTION["code"], ACTOR_HEADER: actor}
