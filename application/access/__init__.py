"""Use cases of access: signing in and out, and keeping accounts and clients."""
