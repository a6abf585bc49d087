"""An outcome as a report: tables, Markdown, HTML and strict JSON."""
