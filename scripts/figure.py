"""Rule."""
