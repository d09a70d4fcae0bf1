"""The core domain: who sits in which section, decided by rules that explain themselves."""
