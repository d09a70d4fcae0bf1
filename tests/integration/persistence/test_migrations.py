"""Every revision walks up, down and up again, and what they make is what the rows say."""

from collections.abc import Iterator

import pytest

from infrastructure.persistence.postgres import migrate
from infrastructure.persistence.postgres.embedded.lease import OWNER_ROLE
from tests.support.postgres import PostgresServer


@pytest.fixture
def blank(postgres_server: PostgresServer) -> Iterator[str]:
    """The owner's URL of a database without a schema."""
    database = postgres_server.clone("matricula_test_blank", template="template0")
    yield postgres_server.url(OWNER_ROLE, database.name)
    database.drop()


def test_each_revision_can_be_undone_and_done_again(blank: str) -> None:
    for revision in migrate.revisions():
        migrate.upgrade(blank, revision)
        assert migrate.current(blank) == revision
        migrate.downgrade(blank, "-1")
        assert migrate.current(blank) != revision
        migrate.upgrade(blank, revision)
    assert migrate.current(blank) == migrate.head_revision()


def test_the_migrated_schema_is_the_one_that_the_rows_describe(blank: str) -> None:
    migrate.upgrade(blank)
    assert migrate.check(blank) == []


def test_a_schema_that_differs_from_the_rows_is_noticed(blank: str) -> None:
    migrate.upgrade(blank, "0002")
    assert any("enrollments" in difference for difference in migrate.check(blank))
