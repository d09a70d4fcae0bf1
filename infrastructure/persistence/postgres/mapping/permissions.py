"""The mapper of permissions."""

from domain.registration.codes import RejectionCode
from domain.registration.permission import Permission
from domain.shared.identifiers import InstitutionId, OfferingId, PermissionId, SectionId, StudentId, TermId
from infrastructure.persistence.postgres.mapping.mapper import Mapper, Values
from infrastructure.persistence.postgres.rows.waitlists import PermissionRow


def _permission_values(institution: InstitutionId, permission: Permission) -> Values:
    return {
        "institution_id": institution,
        "id": permission.id,
        "student_id": permission.student_id,
        "term_id": permission.term_id,
        "offering_id": permission.offering_id,
        "section_id": permission.section_id,
        "codes": sorted(code.value for code in permission.codes),
        "issuer": permission.issuer,
        "reason": permission.reason,
        "given_at": permission.given_at,
        "expires_at": permission.expires_at,
        "revoked_at": permission.revoked_at,
        "version": 1,
    }


def permission_of(row: PermissionRow) -> Permission:
    """The permission that a row holds."""
    return Permission(
        id=PermissionId(row.id),
        student_id=StudentId(row.student_id),
        term_id=TermId(row.term_id),
        offering_id=OfferingId(row.offering_id),
        codes=frozenset(RejectionCode(code) for code in row.codes),
        issuer=row.issuer,
        reason=row.reason,
        given_at=row.given_at,
        section_id=None if row.section_id is None else SectionId(row.section_id),
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )


PERMISSION = Mapper("permission", Permission, PermissionRow, _permission_values, permission_of)
