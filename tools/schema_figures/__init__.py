"""Draws the anatomical figures of the form as SVG files whose element ids are catalogue sites.

Everything is our own line drawing, from coordinates in these modules. `python3 -m tools.schema_figures` writes
`templates/web/schema/*.svg`. Left of the patient is right of the image, as on a radiograph.
"""
