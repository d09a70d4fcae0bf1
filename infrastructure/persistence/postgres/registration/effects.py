"""Effects as the arrays that `registration_apply` takes, in the order of its parameters."""

from domain.registration.enrollment import Enrollment, EnrollmentStatus, SeatTaken
from domain.registration.outcomes import Effects


def arrays_of(effects: Effects) -> tuple[object, ...]:
    """The parameters of `registration_apply` after the institution and the term.

    An enrollment that was made and dropped in one list is stored as dropped at once; it never held a seat.
    """
    ended = {enrollment.id: enrollment for enrollment in effects.dropped}
    made = [ended.get(enrollment.id, enrollment) for enrollment in effects.enrolled]
    made_ids = {enrollment.id for enrollment in made}
    given_up = [enrollment for enrollment in effects.dropped if enrollment.id not in made_ids]
    places = [(enrollment, seat) for enrollment in made for seat in enrollment.seats]
    seating = list(effects.seating.items())
    return (
        effects.next_number,
        [enrollment.id for enrollment in made],
        [enrollment.student_id for enrollment in made],
        [enrollment.offering_id for enrollment in made],
        [enrollment.course_id for enrollment in made],
        [enrollment.credits for enrollment in made],
        [enrollment.number for enrollment in made],
        [enrollment.enrolled_at for enrollment in made],
        [enrollment.dropped_at for enrollment in made],
        [enrollment.id for enrollment, _ in places],
        [seat.section_id for _, seat in places],
        [seat.component_id for _, seat in places],
        [enrollment.student_id for enrollment, _ in places],
        [enrollment.status.value for enrollment, _ in places],
        [_seat_no(enrollment, seat) for enrollment, seat in places],
        [_unlimited(enrollment, seat) for enrollment, seat in places],
        [enrollment.id for enrollment in given_up],
        [enrollment.dropped_at for enrollment in given_up],
        [section for section, _ in effects.seats_added],
        [seat_no for _, seat_no in effects.seats_added],
        [section for section, _ in effects.seats_removed],
        [seat_no for _, seat_no in effects.seats_removed],
        [section for section, _ in seating],
        [state.next_seat for _, state in seating],
        [state.last_seat for _, state in seating],
        [state.seats for _, state in seating],
        ["{" + ",".join(str(seat_no) for seat_no in state.freed) + "}" for _, state in seating],
    )


def _seat_no(enrollment: Enrollment, seat: SeatTaken) -> int | None:
    return seat.seat_no if enrollment.status is EnrollmentStatus.ENROLLED else None


def _unlimited(enrollment: Enrollment, seat: SeatTaken) -> bool | None:
    """True for a place in an unlimited section, None otherwise, as the column wants it."""
    return True if enrollment.status is EnrollmentStatus.ENROLLED and seat.seat_no is None else None
