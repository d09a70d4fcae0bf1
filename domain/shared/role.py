"""Roles: what somebody may be at an institution."""

from enum import StrEnum


class Role(StrEnum):
    """What a caller may be at an institution."""

    STUDENT = "student"
    INSTRUCTOR = "instructor"
    ADVISOR = "advisor"
    REGISTRAR = "registrar"
    ADMINISTRATOR = "administrator"
