"""Driven adapters: everything the application reaches through its ports."""
