"""What the settings say of how the API meets the network: which pages may call it, and how long it waits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.middleware import Middleware

from interfaces.rest.middleware.body_limit import BodyLimit
from interfaces.rest.middleware.cross_origin import CrossOrigin
from interfaces.rest.middleware.head import HeadAsGet
from interfaces.rest.middleware.negotiation import Negotiation
from interfaces.rest.middleware.request_context import Measure, RequestContext
from interfaces.rest.middleware.time_limits import TimeLimits, Watch
from interfaces.rest.resources import BASE_PATH
from interfaces.rest.stopping import Stopping

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
SENT = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "X-Matricula-Actor",
    "X-Matricula-Institution",
    "X-Request-ID",
    "traceparent",
)
"""What a page of another origin may send."""

EXPOSED = (
    "Accept-Patch",
    "Allow",
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "WWW-Authenticate",
    "X-Request-ID",
)
"""What a page of another origin may read, besides the body."""

_PREFLIGHT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Doors:
    """How the API meets the network.

    Pages of `cors_origins` may call it; browsers that came over TLS stay with TLS for `hsts_seconds`; a request is
    answered within `request_seconds`, and its body has to arrive within `body_seconds`.
    """

    cors_origins: Sequence[str] = ()
    hsts_seconds: int = 0
    request_seconds: float = 60
    body_seconds: float = 30


def middleware(
    doors: Doors, paths: Iterable[str], measure: Measure, stopping: Stopping, *, uploads: frozenset[str]
) -> list[Middleware]:
    """What every request passes, the outermost first.

    `paths` are those of all operations, `uploads` those that see to the size of bodies themselves.
    """
    layers = [
        Middleware(RequestContext, measure, stopping, Shown(paths), doors.hsts_seconds),
        Middleware(HeadAsGet),
        Middleware(Negotiation, base_path=BASE_PATH),
        Middleware(TimeLimits, watch=Watch(doors.request_seconds, doors.body_seconds)),
        Middleware(BodyLimit, uploads=uploads),
    ]
    if not doors.cors_origins:
        return layers
    # Outermost, so that pages can read every answer, that of a defect too. There are no cookies, hence no credentials.
    cors = Middleware(
        CrossOrigin,
        allow_origins=list(doors.cors_origins),
        allow_methods=METHODS,
        allow_headers=SENT,
        expose_headers=EXPOSED,
        max_age=_PREFLIGHT_SECONDS,
    )
    return [cors, *layers]


class Shown:
    """Paths as the log shows them: with the words of the API and with ids, and nothing that names a person."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = frozenset(paths)
        self._words = {word for path in self._paths for word in path.split("/") if not word.startswith("{")}

    def __call__(self, path: str) -> str:
        """The path, with a star for what is neither a word of the API nor an id."""
        if path in self._paths:
            return path
        return "/".join(part if part in self._words or _is_id(part) else _hidden(part) for part in path.split("/"))


def _hidden(part: str) -> str:
    return "code:*" if part.startswith("code:") else "*"


def _is_id(part: str) -> bool:
    try:
        return str(UUID(part)) == part
    except ValueError:
        return False
