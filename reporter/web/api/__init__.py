"""The service for machines: FHIR R4 under `/fhir`, a little JSON under `/api`.

`kinds` is the one table of what `/fhir` serves: `routes` and `capability` are both made from it.
"""

from __future__ import annotations

from reporter.web.api.app import install

__all__ = ["install"]
