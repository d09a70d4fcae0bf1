"""The Python door: `async with open_matricula() as m:` gives the very use cases and DTOs of REST."""

from interfaces.inprocess.door import open_matricula
from interfaces.inprocess.matricula import Matricula

__all__ = ["Matricula", "open_matricula"]
