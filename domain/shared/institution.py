"""The institution: the tenant to which every other record belongs."""

from dataclasses import dataclass

from domain.shared.identifiers import InstitutionId
from domain.shared.invalid import require
from domain.shared.reference import require_code
from domain.shared.time_zone import require_time_zone


@dataclass(frozen=True, slots=True)
class Institution:
    """A university or school; `time_zone` is the IANA name of the zone its clocks show."""

    id: InstitutionId
    code: str
    name: str
    time_zone: str

    def __post_init__(self) -> None:
        require_code(self.code)
        require(bool(self.name.strip()), "name", "must not be empty")
        require_time_zone(self.time_zone)
