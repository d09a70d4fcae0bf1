"""What every context uses: identifiers, references, verdicts and the institution."""
