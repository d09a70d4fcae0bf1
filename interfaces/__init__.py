"""Driving adapters: the ways into the use cases. They know the application, never driven adapters."""
