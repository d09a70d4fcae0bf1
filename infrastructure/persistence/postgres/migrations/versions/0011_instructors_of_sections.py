"""Who teaches a section is a static fact, too: pages of sections are kept by the version of those facts."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_EVENTS = {"insert": "NEW TABLE AS changed", "update": "NEW TABLE AS changed", "delete": "OLD TABLE AS changed"}


def upgrade() -> None:
    """Raise the version with the instructors; the function of meetings looks at nothing but the sections' ids."""
    for event, rows in _EVENTS.items():
        op.execute(
            f"CREATE TRIGGER facts_changed_by_{event} AFTER {event.upper()} ON section_instructors REFERENCING {rows}"
            " FOR EACH STATEMENT EXECUTE FUNCTION meetings_changed()"
        )


def downgrade() -> None:
    """Leave it to the section's own row."""
    for event in _EVENTS:
        op.execute(f"DROP TRIGGER facts_changed_by_{event} ON section_instructors")
