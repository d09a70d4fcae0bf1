"""The document of the data model, drawn from the tables; no database is asked."""

from infrastructure.persistence.postgres.erd import render_erd


def data_model() -> str:
    """The document, in Markdown with a Mermaid diagram."""
    return render_erd()
