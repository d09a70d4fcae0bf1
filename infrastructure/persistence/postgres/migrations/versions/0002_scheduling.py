"""Terms, rooms, offerings and sections."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from infrastructure.persistence.postgres.migrations.tenancy import protect

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "terms",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("registration_opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registration_closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("add_deadline", sa.Date(), nullable=False),
        sa.Column("drop_deadline", sa.Date(), nullable=False),
        sa.Column("holidays", postgresql.ARRAY(sa.Date()), nullable=False),
        sa.Column("credit_maximum", sa.Numeric(precision=6, scale=2), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("registration_opens_at < registration_closes_at", name=op.f("ck_terms_window")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_terms_dates")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_terms_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_terms")),
        sa.UniqueConstraint("institution_id", "code", name=op.f("uq_terms_code")),
    )
    protect("terms")
    op.create_table(
        "rooms",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_rooms_capacity")),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_rooms_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_rooms")),
        sa.UniqueConstraint("institution_id", "code", name=op.f("uq_rooms_code")),
    )
    protect("rooms")
    op.create_table(
        "offerings",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "course_id"],
            ["courses.institution_id", "courses.id"],
            name=op.f("fk_offerings_course"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "term_id"],
            ["terms.institution_id", "terms.id"],
            name=op.f("fk_offerings_term"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institutions.institution_id"], name=op.f("fk_offerings_institution_id")
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_offerings")),
        sa.UniqueConstraint("institution_id", "id", "course_id", name=op.f("uq_offerings_id_course_id")),
        sa.UniqueConstraint("institution_id", "id", "term_id", name=op.f("uq_offerings_id_term_id")),
        sa.UniqueConstraint("institution_id", "term_id", "code", name=op.f("uq_offerings_term_id_code")),
    )
    op.create_index(
        op.f("ix_offerings_institution_id_course_id"),
        "offerings",
        ["institution_id", "course_id"],
        unique=False,
    )
    protect("offerings")
    op.create_table(
        "configurations",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "offering_id"],
            ["offerings.institution_id", "offerings.id"],
            name=op.f("fk_configurations_offering"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_configurations")),
        sa.UniqueConstraint("institution_id", "id", "offering_id", name=op.f("uq_configurations_id_offering_id")),
        sa.UniqueConstraint("institution_id", "offering_id", "name", name=op.f("uq_configurations_offering_id_name")),
    )
    protect("configurations")
    op.create_table(
        "components",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("configuration_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "configuration_id", "offering_id"],
            ["configurations.institution_id", "configurations.id", "configurations.offering_id"],
            name=op.f("fk_components_configuration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_components")),
        sa.UniqueConstraint(
            "institution_id", "configuration_id", "name", name=op.f("uq_components_configuration_id_name")
        ),
        sa.UniqueConstraint("institution_id", "id", "offering_id", name=op.f("uq_components_id_offering_id")),
    )
    protect("components")
    op.create_table(
        "sections",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("term_id", sa.Uuid(), nullable=False),
        sa.Column("offering_id", sa.Uuid(), nullable=False),
        sa.Column("component_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=64, collation="C"), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("unlimited", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_sections_capacity")),
        sa.CheckConstraint("unlimited = (capacity IS NULL)", name=op.f("ck_sections_unlimited")),
        sa.ForeignKeyConstraint(
            ["institution_id", "component_id", "offering_id"],
            ["components.institution_id", "components.id", "components.offering_id"],
            name=op.f("fk_sections_component"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "offering_id", "term_id"],
            ["offerings.institution_id", "offerings.id", "offerings.term_id"],
            name=op.f("fk_sections_offering"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "parent_id", "offering_id"],
            ["sections.institution_id", "sections.id", "sections.offering_id"],
            name=op.f("fk_sections_parent"),
        ),
        sa.PrimaryKeyConstraint("institution_id", "id", name=op.f("pk_sections")),
        sa.UniqueConstraint("institution_id", "id", "component_id", name=op.f("uq_sections_id_component_id")),
        sa.UniqueConstraint("institution_id", "id", "offering_id", name=op.f("uq_sections_id_offering_id")),
        sa.UniqueConstraint("institution_id", "id", "unlimited", name=op.f("uq_sections_id_unlimited")),
        sa.UniqueConstraint("institution_id", "term_id", "code", name=op.f("uq_sections_term_id_code")),
    )
    op.create_index(
        op.f("ix_sections_institution_id_offering_id"),
        "sections",
        ["institution_id", "offering_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_sections_institution_id_parent_id"),
        "sections",
        ["institution_id", "parent_id"],
        unique=False,
    )
    protect("sections")
    op.create_table(
        "meetings",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("ends_at", sa.Time(), nullable=False),
        sa.Column("weeks", postgresql.ARRAY(sa.SmallInteger()), nullable=True),
        sa.Column("first_date", sa.Date(), nullable=True),
        sa.Column("last_date", sa.Date(), nullable=True),
        sa.Column("room_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_meetings_times")),
        sa.ForeignKeyConstraint(
            ["institution_id", "room_id"], ["rooms.institution_id", "rooms.id"], name=op.f("fk_meetings_room")
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "section_id"],
            ["sections.institution_id", "sections.id"],
            name=op.f("fk_meetings_section"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("institution_id", "section_id", "position", name=op.f("pk_meetings")),
    )
    op.create_index(op.f("ix_meetings_institution_id_room_id"), "meetings", ["institution_id", "room_id"], unique=False)
    protect("meetings")
    op.create_table(
        "section_instructors",
        sa.Column("institution_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("instructor_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id", "instructor_id"],
            ["instructors.institution_id", "instructors.id"],
            name=op.f("fk_section_instructors_instructors"),
        ),
        sa.ForeignKeyConstraint(
            ["institution_id", "section_id"],
            ["sections.institution_id", "sections.id"],
            name=op.f("fk_section_instructors_section"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("institution_id", "section_id", "instructor_id", name=op.f("pk_section_instructors")),
    )
    op.create_index(
        op.f("ix_section_instructors_institution_id_instructor_id"),
        "section_instructors",
        ["institution_id", "instructor_id"],
        unique=False,
    )
    protect("section_instructors")


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("section_instructors")
    op.drop_table("meetings")
    op.drop_table("sections")
    op.drop_table("components")
    op.drop_table("configurations")
    op.drop_table("offerings")
    op.drop_table("rooms")
    op.drop_table("terms")
