"""What rules said as JSON texts for the audit log: some twenty for every action, nearly all of them said before."""

from collections.abc import Iterable
from functools import cache

from application.registration.decisions import plain, verdict_document
from application.registration.documents import to_json
from application.registration.remembered import Remembered
from domain.registration.outcomes import Judged
from domain.shared.verdict import ALLOWED, Allowed


def verdicts_text(judged: Iterable[Judged]) -> str:
    """What every rule said, as a JSON list."""
    return f"[{','.join([_allowed(each.rule) if each.verdict is ALLOWED else _text(each) for each in judged])}]"


def _text(judged: Judged) -> str:
    """What a rule said, without what there is nothing of: most rules allow, and a log keeps what they say for good."""
    verdict = judged.verdict
    if not isinstance(verdict, Allowed):
        return to_json({name: said for name, said in verdict_document(judged).items() if said is not None})
    if not verdict.parameters:
        return _allowed(judged.rule)
    return f'{{"rule":"{judged.rule}","verdict":"allowed","parameters":{_PARAMETERS.of(verdict)}}}'


@cache
def _allowed(rule: str) -> str:
    return to_json({"rule": rule, "verdict": "allowed"})


_PARAMETERS: Remembered[Allowed, str] = Remembered(lambda verdict: to_json(plain(verdict.parameters)), 4_096)
"""What a rule says that looks at nothing but static facts is one verdict for all students."""
