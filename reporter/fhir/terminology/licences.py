"""The notices that the owners of code systems ask for, by system (in full: terminology/LICENSES.md)."""

from __future__ import annotations

from collections.abc import Iterable

from reporter.fhir import constants as c

OWN = "fhir-reporter, Apache-2.0."
NOTICES = {
    c.SNOMED: (
        "This material includes SNOMED Clinical Terms® (SNOMED CT®) content of the Global Patient Set, used under "
        "Creative Commons Attribution 4.0 International. SNOMED CT® was originally created by the College of American "
        "Pathologists; © International Health Terminology Standards Development Organisation (IHTSDO)."
    ),
    c.LOINC: (
        "This material contains content from LOINC (http://loinc.org). LOINC is copyright © Regenstrief Institute, "
        "Inc. and the Logical Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost "
        "under the license at http://loinc.org/license. LOINC® is a registered trademark of Regenstrief Institute, Inc."
    ),
    c.RADLEX: "RadLex® © Radiological Society of North America, used under the RadLex License version 2.0.",
    c.CCAM: (
        "Classification commune des actes médicaux (CCAM), Caisse nationale de l’assurance maladie et Agence technique "
        "de l’information sur l’hospitalisation, Licence Ouverte 2.0."
    ),
    c.ICD10: "ICD-10 © World Health Organization: codes only, no label.",
    c.DICOM: (
        "DICOM® is the registered trademark of the National Electrical Manufacturers Association for its standards "
        "publications relating to digital communications of medical information."
    ),
    c.UCUM: "UCUM © 1999 Regenstrief Institute, Inc. All rights reserved; used under the UCUM terms of use.",
}
LICENSED = (
    "It also includes SNOMED CT content outside the Global Patient Set, which the site may use under its own SNOMED CT "
    "Affiliate Licence."
)


def copyright_of(systems: Iterable[str], licensed: bool) -> str:
    """The notices of the systems used; `licensed` when SNOMED CT codes outside the Global Patient Set are there."""
    used = list(dict.fromkeys(systems))
    notices = [NOTICES[system] for system in used if system in NOTICES]
    return " ".join([OWN, *notices, *([LICENSED] if licensed and c.SNOMED in used else [])])
