"""May this student take this? Asked over REST, with no side effect."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from application.registration.eligibility import AskEligibility, EligibilityQuestion, EligibilityView
from interfaces.rest import documentation as docs
from interfaces.rest import registration_examples as examples
from interfaces.rest.answers import PERSONAL, json_answer
from interfaces.rest.callers import Calling
from interfaces.rest.provided import provided
from interfaces.rest.readings import READS, StudentInPath
from interfaces.rest.records import addressed
from interfaces.rest.resources import BASE_PATH

router = APIRouter(prefix=BASE_PATH)


@router.get(
    "/students/{student}/eligibility",
    tags=["students"],
    operation_id="get_eligibility",
    summary="Ask whether a student may take an offering",
    description="What every rule says of adding the offering now, as the registration desk would judge it; nothing is"
    " changed and nothing promised. `sections` may be repeated, once for each component, and name the offering, too.",
    responses={
        200: docs.answer(EligibilityView, "The verdicts.", examples.ELIGIBILITY),
        **docs.problems(*READS, "not_found"),
    },
    openapi_extra={"parameters": docs.parameters("Institution")},
)
async def get_eligibility(
    caller: Calling,
    student: StudentInPath,
    question: Annotated[EligibilityQuestion, Query()],
    use_case: Annotated[AskEligibility, Depends(provided("ask_eligibility"))],
) -> Response:
    """Answer whether a student may take an offering."""
    view = await use_case.execute(caller, str(addressed(student)), question)
    return json_answer(view.model_dump_json(), Cache_Control=PERSONAL)


ROUTERS = (router,)
