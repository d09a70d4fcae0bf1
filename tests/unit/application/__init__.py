"""Use cases with fakes of their ports."""
