"""What a transaction reads is the state of one moment, however many questions it asks."""

from infrastructure.persistence.postgres.persistence import PostgresPersistence
from tests.contracts.arranging import TERM_ID, Stored
from tests.contracts.registering import both
from tests.support.builders import a_small_university, an_institution
from tests.support.domain_builders import student_id


async def test_what_is_committed_meanwhile_is_not_seen(postgres_persistence: PostgresPersistence) -> None:
    """A replay compares the log with the state, and facts hang together, while others register."""
    institution = an_institution()
    await postgres_persistence.directory.add(institution)
    stored = Stored(postgres_persistence, institution.id)
    await stored.add(*a_small_university())

    async with postgres_persistence.reading(institution.id) as views:
        before = await views.standing(TERM_ID)
        await stored.register(both("s1"))
        after = await views.standing(TERM_ID)

    assert before.enrollments == after.enrollments == ()
    async with postgres_persistence.reading(institution.id) as views:
        assert [made.student_id for made in (await views.standing(TERM_ID)).enrollments] == [student_id("s1")]
