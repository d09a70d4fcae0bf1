"""The operations that the doors offer, as they are found there, with their names in the access table."""

import inspect
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import fields
from typing import Any, get_origin, get_type_hints

from fastapi import FastAPI

from application.shared.records import RecordKeeping
from interfaces.inprocess import Matricula
from interfaces.rest.app import rest_app

_METHODS = {
    "institutions.find": "get_institution",
    "institutions.list": "list_institutions",
    "institutions.found": "create_institution",
    "institutions.replace": "replace_institution",
    "institutions.delete": "delete_institution",
    "accounts.open": "create_account",
    "accounts.list": "list_accounts",
    "accounts.get": "get_account",
    "accounts.own": "get_own_account",
    "accounts.find": "list_accounts",
    "accounts.disable": "disable_account",
    "accounts.enable": "enable_account",
    "accounts.reset_password": "reset_password",
    "accounts.change_password": "change_password",
    "clients.add": "create_client",
    "clients.list": "list_clients",
    "clients.get": "get_client",
    "clients.rotate": "rotate_client_secret",
    "clients.disable": "disable_client",
    "release_hold.execute": "release_hold",
    "read_course_attempts.of_student": "list_course_attempts_of_student",
    "read_advisees.of_instructor": "list_advisees",
    "import_attempts.execute": "import_attempts",
    "import_timetable.execute": "import_timetable",
    "register.execute": "register",
    "register.answer": "register",
    "revise_section.execute": "replace_section",
    "ask_eligibility.execute": "get_eligibility",
    "enrollments.get": "get_enrollment",
    "enrollments.list": "list_enrollments",
    "enrollments.of_student": "list_enrollments_of_student",
    "enrollments.schedule": "get_schedule",
    "enrollments.roster": "get_roster",
    "enrollments.export": "export_enrollments",
    "enrollments.export_csv": "export_enrollments",
    "give_permission.execute": "create_permission",
    "revoke_permission.execute": "revoke_permission",
    "waitlists.get": "get_waitlist_entry",
    "waitlists.list": "list_waitlist_entries",
    "waitlists.of_student": "list_waitlist_entries_of_student",
    "review_queues.execute": "review_queues",
    "audit.get": "get_audit_event",
    "audit.list": "list_audit_events",
    "audit.history": "get_enrollment_history",
    "replay_audit.execute": "replay_audit",
    "verify_registration.execute": "verify_registration",
}
"""The use cases that do not keep records alike."""

_VERBS = ("create", "get", "list", "replace", "delete")


@asynccontextmanager
async def _never_started(_app: FastAPI) -> AsyncIterator[None]:
    yield


def rest_operations() -> set[str]:
    """The operation ids of all routes."""
    return {route.operation_id for route in rest_app(_never_started, lambda *_: None).state.operations}


def python_operations() -> dict[str, str | None]:
    """The public methods of the use cases of the Python door, each with its operation; None for one that has none."""
    return {method: operation_of(method) for method in _methods()}


def operation_of(method: str) -> str | None:
    """The operation of `USE_CASES.METHOD`; what is done once for an idempotency key is the same operation."""
    name, _, verb = method.removesuffix("_once").partition(".")
    verb = "replace" if verb == "get_to_change" else verb
    if f"{name}.{verb}" in _METHODS:
        return _METHODS[f"{name}.{verb}"]
    if get_origin(_use_cases()[name]) is not RecordKeeping or verb not in _VERBS:
        return None
    return f"{verb}_{name if verb == 'list' else name.removesuffix('s')}"


def _use_cases() -> dict[str, Any]:
    hints = get_type_hints(Matricula)
    return {field.name: hints[field.name] for field in fields(Matricula)}


def _methods() -> Iterator[str]:
    for name, kind in _use_cases().items():
        for method, _ in inspect.getmembers(get_origin(kind) or kind, inspect.isfunction):
            if not method.startswith("_"):
                yield f"{name}.{method}"
