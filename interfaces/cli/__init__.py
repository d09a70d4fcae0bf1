"""The command line: commands that call use cases. What they need beyond those, the composition root hands in."""
