"""Structured radiology findings become a French report and a FHIR R4 bundle that say exactly the same thing."""
