"""The steps from one schema to the next (Alembic). A step never imports the tables of today."""
