"""Developer scripts; nothing here ships in the wheel."""
