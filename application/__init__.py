"""Use cases, ports and DTOs: what the system does for its callers, whatever carries the call."""
