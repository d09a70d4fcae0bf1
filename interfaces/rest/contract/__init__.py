"""The contract with clients as a document of its own: written down, and compared with what it was."""
