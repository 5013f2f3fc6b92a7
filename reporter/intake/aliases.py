"""What the user may write, beside the aliases of the catalogue, and exact unit conversions.

Spellings are compared folded: no accents, no case, œ opened.
"""

from __future__ import annotations

ALIASES: dict[str, dict[str, str]] = {
    "sex": {
        "f": "female", "feminin": "female", "femme": "female", "m": "male", "masculin": "male", "homme": "male",
        "autre": "other", "inconnu": "unknown",
    },
    "laterality": {"g": "left", "l": "left", "d": "right", "r": "right"},
    "status": {"absent": "absent", "indetermine": "indeterminate", "non evalue": "not_assessed"},
    "severity": {
        "minime": "minimal", "discret": "minimal", "discrete": "minimal", "modere": "moderate", "moderee": "moderate",
        "marque": "marked", "marquee": "marked", "important": "marked", "importante": "marked",
    },
    "lab": {
        "25 oh d": "25OHD", "25 oh vitamine d": "25OHD", "25oh vitamine d": "25OHD", "25 oh d3": "25OHD",
        "25 hydroxyvitamine d": "25OHD", "pal": "ALP",
    },
    "count": {"multiples": "multiple"},
    "part": {"interne": "medial", "externe": "lateral", "intermediaire": "intermediate"},
}  # fmt: skip

KEYS: dict[str, dict[str, str]] = {"/exam": {"accession": "accession_number"}}

FACTORS: dict[tuple[str, str], str] = {
    ("cm", "mm"): "10", ("m", "mm"): "1000", ("l", "mL"): "1000", ("dl", "mL"): "100", ("cl", "mL"): "10",
    ("mm3", "mL"): "0.001", ("1", "%"): "100", ("%", "1"): "0.01", ("mg/cm2", "g/cm2"): "0.001",
}  # fmt: skip
