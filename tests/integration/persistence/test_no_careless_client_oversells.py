"""Invariant 1 as the database keeps it: a bare SQL connection, as the application's role, tries to break it."""

from uuid import uuid4

import asyncpg
import pytest

from infrastructure.persistence.postgres.rows.base import Row
from tests.integration.persistence.careless import CarelessClient, Stage
from tests.support.postgres import PostgresDatabase, connect


async def test_a_taken_seat_cannot_be_taken_again(client: CarelessClient) -> None:
    second = await client.enroll(1, 2)
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_enrollment_sections_section_id_seat_no"):
        await client.sit(second, 1)


async def test_a_seat_beyond_the_capacity_cannot_be_taken(client: CarelessClient) -> None:
    second = await client.enroll(1, 2)
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_enrollment_sections_seat"):
        await client.sit(second, 1, seat_no=2)


async def test_nobody_is_enrolled_without_a_seat(client: CarelessClient) -> None:
    second = await client.enroll(1, 2)
    with pytest.raises(asyncpg.CheckViolationError, match="standing_has_a_place"):
        await client.sit(second, 1, seat_no=None)


async def test_a_section_with_a_capacity_cannot_be_called_unlimited(client: CarelessClient) -> None:
    second = await client.enroll(1, 2)
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_enrollment_sections_unlimited"):
        await client.sit(second, 1, seat_no=None, unlimited=True)


async def test_an_unlimited_section_seats_whoever_comes(client: CarelessClient, stage: Stage) -> None:
    await client.sit(await client.enroll(1, 2), 1, section_id=stage.unlimited, seat_no=None, unlimited=True)


async def test_a_seat_is_not_given_to_nobodys_enrollment(client: CarelessClient, stage: Stage) -> None:
    await client.execute("UPDATE section_seating SET next_seat = 1")
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_enrollment_sections_enrollment"):
        await client.sit(uuid4(), 1, section_id=stage.unlimited, seat_no=None, unlimited=True)


@pytest.mark.parametrize("status", ["dropped", "withdrawn"])
async def test_a_seat_is_not_given_to_an_enrollment_that_has_ended(
    client: CarelessClient, stage: Stage, status: str
) -> None:
    dropped = await client.enroll(1, 2, status=status)
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_enrollment_sections_enrollment"):
        await client.sit(dropped, 1, section_id=stage.unlimited, seat_no=None, unlimited=True)


async def test_an_occupied_seat_cannot_be_removed(client: CarelessClient) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_enrollment_sections_seat"):
        await client.execute("DELETE FROM seats")


async def test_a_seat_cannot_be_moved_to_another_section(client: CarelessClient) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await client.execute("UPDATE seats SET seat_no = 2")


async def test_an_enrollment_cannot_be_called_dropped_while_it_holds_its_seat(client: CarelessClient) -> None:
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_enrollment_sections_enrollment"):
        await client.execute("UPDATE enrollments SET status = 'dropped', ended_at = now()")


@pytest.mark.parametrize(
    "change",
    ["until_at = now()", "seat_no = NULL", "unlimited = TRUE", "until_at = now(), seat_no = NULL, unlimited = TRUE"],
)
async def test_a_stay_has_a_place_as_long_as_it_lasts(client: CarelessClient, change: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match=r"standing_has_a_place|one_kind_of_place"):
        await client.execute(f"UPDATE enrollment_sections SET {change}")


async def test_no_stay_outlasts_its_enrollment(client: CarelessClient) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="ended_with_enrollment"):
        await client.execute(
            "WITH ended AS (UPDATE enrollments SET status = 'dropped', ended_at = now())"
            " UPDATE enrollment_sections SET status = 'dropped'"
        )


async def test_an_enrollment_stays_in_one_section_of_a_component(client: CarelessClient, stage: Stage) -> None:
    second = await client.enroll(1, 2)
    await client.sit(second, 1, section_id=stage.unlimited, seat_no=None, unlimited=True)
    await client.execute("DELETE FROM enrollment_sections WHERE seat_no = 1")
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_enrollment_sections_standing"):
        await client.sit(second, 1)


async def test_a_stay_that_ended_makes_way_for_the_next(client: CarelessClient, stage: Stage) -> None:
    await client.execute("UPDATE enrollment_sections SET until_at = now(), seat_no = NULL")
    second = await client.enroll(1, 2)
    await client.sit(second, 1)
    await client.execute("UPDATE enrollment_sections SET until_at = now(), seat_no = NULL WHERE until_at IS NULL")
    await client.sit(second, 1, since=3)


async def test_an_unlimited_section_reserves_no_seats(client: CarelessClient, stage: Stage) -> None:
    second = await client.enroll(1, 2)
    with pytest.raises(asyncpg.CheckViolationError, match="ck_enrollment_sections_pool"):
        await client.sit(second, 1, section_id=stage.unlimited, seat_no=None, unlimited=True, pool="freshmen")


async def test_a_seat_above_capacity_names_a_permission_that_there_is(client: CarelessClient, stage: Stage) -> None:
    add = "INSERT INTO seats (institution_id, section_id, seat_no, permission_id) VALUES ($1, $2, 2, $3)"
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="fk_seats_permission"):
        await client.execute(add, stage.institution, stage.section, uuid4())
    await client.execute(add, stage.institution, stage.section, await client.permit(1))


@pytest.mark.parametrize("claim", ["status = 'dropped'", "ended_at = now()"])
async def test_an_enrollment_has_ended_when_it_says_so(client: CarelessClient, claim: str) -> None:
    with pytest.raises(asyncpg.CheckViolationError, match="ck_enrollments_ended_at"):
        await client.execute(f"UPDATE enrollments SET {claim}")


async def test_a_student_is_not_enrolled_twice_in_a_course(client: CarelessClient) -> None:
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_enrollments_standing"):
        await client.enroll(0, 2)


async def test_a_student_is_not_enrolled_twice_in_an_offering(client: CarelessClient, stage: Stage) -> None:
    other = uuid4()
    await client.execute(
        "INSERT INTO courses (institution_id, id, code, subject, number, title, description, credits, grading_bases,"
        " repeatable, version) VALUES ($1, $2, 'MA-1', 'MA', '1', 'Too', '', 3, '{graded}', TRUE, 1)",
        stage.institution,
        other,
    )
    await client.execute(
        "INSERT INTO offering_courses (institution_id, offering_id, course_id, position) VALUES ($1, $2, $3, 1)",
        stage.institution,
        stage.offering,
        other,
    )
    with pytest.raises(asyncpg.UniqueViolationError, match="uq_enrollments_standing_offering"):
        await client.enroll(0, 2, course=other)


async def test_with_no_institution_set_no_table_shows_a_row(
    client: CarelessClient, postgres_database: PostgresDatabase
) -> None:
    connection = await connect(postgres_database.session_url)
    try:
        for table in Row.metadata.tables:
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table
    finally:
        await connection.close()


async def test_another_institution_sees_no_row_and_writes_none(
    client: CarelessClient, stage: Stage, postgres_database: PostgresDatabase
) -> None:
    connection = await connect(postgres_database.session_url)
    try:
        await connection.execute(f"SET app.institution_id = '{uuid4()}'")
        assert await connection.fetchval("SELECT count(*) FROM students") == 0
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await connection.execute(
                "INSERT INTO departments (institution_id, id, code, name, version) VALUES ($1, $2, 'X', 'X', 1)",
                stage.institution,
                uuid4(),
            )
    finally:
        await connection.close()


async def test_the_applications_role_owns_nothing_and_passes_no_policy_by(postgres_database: PostgresDatabase) -> None:
    connection = await connect(postgres_database.session_url)
    try:
        role = await connection.fetchrow(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        )
        assert list(role.values()) == [False, False, False, False]
        owned = "SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)"
        assert await connection.fetchval(owned) == 0
        unprotected = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        rows = await connection.fetch(f"{unprotected} AND NOT relrowsecurity")
        assert [row["relname"] for row in rows] == ["alembic_version"]
    finally:
        await connection.close()
