"""The container: which adapter stands behind each port, and which ports each use case receives.

Nothing in it lives for a request: use cases are made anew and open their own transactions. Driving adapters
name a provider by string, `Provide["register"]`.
"""

from operator import attrgetter

from dependency_injector import containers, providers

from application.access.accounts import KeepAccounts
from application.access.clients import KeepClients
from application.access.sign_in import Door
from application.catalog.courses import COURSES
from application.catalog.departments import DEPARTMENTS
from application.catalog.grading_schemes import GRADING_SCHEMES
from application.catalog.programs import PROGRAMS
from application.people.advisees import ReadAdvisees
from application.people.holds import hold_kind
from application.people.instructors import INSTRUCTORS
from application.people.students import STUDENTS
from application.registration.addressees import Addressees
from application.registration.audit import ReadAudit
from application.registration.course_attempts import COURSE_ATTEMPTS
from application.registration.desk import RegistrationDesk
from application.registration.eligibility import AskEligibility
from application.registration.enrollments import ReadEnrollments
from application.registration.import_attempts import ImportAttempts
from application.registration.own_records import OwnPages, OwnRecords
from application.registration.permissions import PERMISSIONS, GivePermission, RevokePermission
from application.registration.register import Register
from application.registration.release_hold import ReleaseHold
from application.registration.replay_audit import ReplayAudit
from application.registration.revise_section import ReviseSection
from application.registration.verify_registration import VerifyRegistration
from application.registration.waitlists import WAITLIST_ENTRIES, ReviewQueues
from application.scheduling.import_timetable import ImportTimetable
from application.scheduling.offerings import offering_kind
from application.scheduling.rooms import ROOMS
from application.scheduling.sections import SECTIONS
from application.scheduling.terms import TERMS
from application.scheduling.time_tickets import TIME_TICKETS
from application.shared.access_table import SCOPES
from application.shared.imports import FollowImports
from application.shared.institutions import KeepInstitutions
from application.shared.records import RecordKeeping
from application.shared.written import ReadWritten
from infrastructure.bootstrap.access import (
    issues_tokens,
    make_bearer_tokens,
    make_lifetimes,
    make_oidc,
    make_passwords,
    make_secrets,
    make_signing_keys,
    make_tokens,
    no_authentication,
    no_tokens,
)
from infrastructure.bootstrap.metrics import make_exposition, make_recording
from infrastructure.bootstrap.persistence import memory_persistence, postgres_persistence
from infrastructure.bootstrap.settings import Settings
from infrastructure.clock import SystemClock
from infrastructure.identifiers import TimeOrderedIds


class Container(containers.DeclarativeContainer):
    """Every provider by its name; a process makes one container, and when it ends drains `desk`, then closes
    `persistence`.
    """

    settings = providers.Singleton(Settings.from_environment)
    clock = providers.Singleton(SystemClock)
    ids = providers.Singleton(TimeOrderedIds)

    persistence = providers.Selector(
        settings.provided.persistence,
        postgres=providers.Singleton(postgres_persistence, settings),
        memory=providers.Singleton(memory_persistence),
    )
    # Looked up once: what they are is asked for again with every use case that is made.
    unit_of_work = providers.Singleton(attrgetter("work"), persistence)
    reading = providers.Singleton(attrgetter("reading"), persistence)
    written = providers.Singleton(attrgetter("written"), persistence)
    directory = providers.Singleton(attrgetter("directory"), persistence)

    # One desk for a process: it holds the queues.
    recording = providers.Singleton(make_recording)
    desk = providers.Singleton(
        RegistrationDesk, unit_of_work, ids, settings.provided.queue_limit, measures=recording.provided.desk
    )
    exposition = providers.Singleton(make_exposition, recording, desk, persistence)

    read_written = providers.Factory(ReadWritten, written, reading)

    access = providers.Singleton(attrgetter("access"), persistence)
    passwords = providers.Singleton(make_passwords)
    secrets = providers.Singleton(make_secrets)
    signing_keys = providers.Singleton(make_signing_keys, settings)
    own_tokens = providers.Singleton(make_tokens, signing_keys, clock, settings.provided.token_issuer)
    # With a provider of identities the doors of this server give no tokens, and no key is read or made.
    issues_tokens = providers.Singleton(issues_tokens, settings)
    tokens = providers.Selector(
        settings.provided.authentication,
        accounts=own_tokens,
        oidc=providers.Singleton(no_tokens),
        development=own_tokens,
    )
    lifetimes = providers.Singleton(
        make_lifetimes,
        settings.provided.access_token_seconds,
        settings.provided.refresh_token_days,
        issues_tokens=issues_tokens,
    )
    door = providers.Factory(Door, access, passwords, secrets, tokens, clock, ids, lifetimes)
    scopes = providers.Object(SCOPES)
    accounts = providers.Factory(KeepAccounts, access, passwords, clock, ids, lifetimes)
    clients = providers.Factory(KeepClients, access, secrets, clock, ids, lifetimes, SCOPES)
    authentication = providers.Selector(
        settings.provided.authentication,
        accounts=providers.Singleton(make_bearer_tokens, own_tokens, access),
        oidc=providers.Singleton(make_oidc, settings, access, clock),
        development=providers.Singleton(no_authentication),
    )

    addressees = providers.Singleton(Addressees, reading)

    institutions = providers.Factory(KeepInstitutions, directory, ids)
    departments = providers.Factory(RecordKeeping, DEPARTMENTS, unit_of_work, reading, ids)
    programs = providers.Factory(RecordKeeping, PROGRAMS, unit_of_work, reading, ids)
    courses = providers.Factory(RecordKeeping, COURSES, unit_of_work, reading, ids)
    grading_schemes = providers.Factory(RecordKeeping, GRADING_SCHEMES, unit_of_work, reading, ids)

    students = providers.Factory(RecordKeeping, STUDENTS, unit_of_work, reading, ids)
    read_advisees = providers.Factory(ReadAdvisees, reading)
    instructors = providers.Factory(RecordKeeping, INSTRUCTORS, unit_of_work, reading, ids)
    hold_kind = providers.Singleton(hold_kind, clock)
    holds = providers.Factory(RecordKeeping, hold_kind, unit_of_work, reading, ids)
    release_hold = providers.Factory(ReleaseHold, hold_kind, desk, unit_of_work, reading, clock)

    course_attempts = providers.Factory(RecordKeeping, COURSE_ATTEMPTS, unit_of_work, reading, ids)
    read_course_attempts = providers.Factory(OwnPages, COURSE_ATTEMPTS, reading)
    import_attempts = providers.Factory(ImportAttempts, unit_of_work, ids)

    imports = providers.Factory(FollowImports, unit_of_work, clock, ids)

    rooms = providers.Factory(RecordKeeping, ROOMS, unit_of_work, reading, ids)
    terms = providers.Factory(RecordKeeping, TERMS, unit_of_work, reading, ids)
    time_tickets = providers.Factory(RecordKeeping, TIME_TICKETS, unit_of_work, reading, ids)
    offerings = providers.Factory(RecordKeeping, providers.Singleton(offering_kind, ids), unit_of_work, reading, ids)
    sections = providers.Factory(RecordKeeping, SECTIONS, unit_of_work, reading, ids)
    import_timetable = providers.Factory(ImportTimetable, unit_of_work, ids)

    register = providers.Factory(Register, desk, addressees, clock, ids)
    revise_section = providers.Factory(ReviseSection, desk, unit_of_work, clock)
    ask_eligibility = providers.Factory(AskEligibility, reading, clock)
    enrollments = providers.Factory(ReadEnrollments, reading)
    permissions = providers.Factory(RecordKeeping, PERMISSIONS, unit_of_work, reading, ids)
    give_permission = providers.Factory(GivePermission, desk, unit_of_work, clock, ids)
    revoke_permission = providers.Factory(RevokePermission, desk, unit_of_work, clock)
    waitlists = providers.Factory(OwnRecords, WAITLIST_ENTRIES, reading)
    review_queues = providers.Factory(ReviewQueues, desk, unit_of_work, reading, clock)
    audit = providers.Factory(ReadAudit, reading)
    replay_audit = providers.Factory(ReplayAudit, reading)
    verify_registration = providers.Factory(VerifyRegistration, reading)
