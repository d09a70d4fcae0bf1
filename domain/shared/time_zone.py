"""Time zones: the names of the IANA database, by which deadlines find the institution's day."""

from zoneinfo import ZoneInfo

from domain.shared.invalid import require


def require_time_zone(name: str) -> None:
    """Raise `InvalidValue` unless `name` is a zone of the IANA database."""
    require(_is_known(name), "time_zone", "must be a time zone of the IANA database, such as America/Bogota")


def _is_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
