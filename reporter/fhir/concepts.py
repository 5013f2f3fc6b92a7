"""Concepts that follow from the catalogue alone: made once for each catalogue, looked up ever after, shared by reports.

Whoever gets one reads it and never changes it. What the catalogue does not know (free words of a user) is made anew
each time, so that no report leaves a trace here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from reporter.catalog.entries import Catalog
from reporter.catalog.tables import per_catalog
from reporter.fhir import constants as c
from reporter.fhir import intact, labels, places, values
from reporter.fhir.codes import coded, equivalents, site_ids
from reporter.fhir.datatypes import Json, coding, concept, extension, local, snomed
from reporter.fhir.known import Known
from reporter.fhir.places import Coordinates, Place
from reporter.fhir.told import Told
from reporter.model.exam import Site
from reporter.settings import Settings

# context fact → the word it is said with, when it has a LOINC code of its own
_LOINC = {"pregnancy_status": c.PREGNANCY}

# how an acquisition parameter is called that is a sequence
_SEQUENCE = "sequence."


def concepts(catalog: Catalog, settings: Settings) -> Concepts:
    """The concepts of a catalogue in the words of a site, with the codes it may use."""
    flags = (settings.snomed_licence, settings.ascii, settings.nnbsp_colon)
    return _compiled(catalog, settings.levels, settings.anatomy_terms, *flags)


@per_catalog
def _compiled(
    catalog: Catalog, levels: str, anatomy_terms: str, snomed_licence: bool, ascii_only: bool, nnbsp_colon: bool
) -> Concepts:
    settings = Settings(levels, anatomy_terms, ascii_only, nnbsp_colon, snomed_licence=snomed_licence)
    return Concepts(catalog, settings)


class Concepts:
    """One table for each kind of concept, by the id of the catalogue."""

    def __init__(self, catalog: Catalog, settings: Settings) -> None:
        self.catalog, self.settings = catalog, settings
        self.told, self.shared = Told(catalog, settings), intact.of(catalog)
        words = catalog.vocabulary
        self.status = Known(self._status, _among(c.STATUS))
        self.side = Known(values.side, _among(c.SIDES))
        self.finding = Known(self._finding, _among(catalog.findings))
        self.prior_finding = Known(self._prior_finding, _among(catalog.findings))
        self.diagnosis = Known(self._diagnosis, _among(catalog.diagnoses))
        self.certainty = Known(self._certainty, _among(words["certainty"]))
        self.recommendation = Known(self._recommendation, _among(catalog.recommendations))
        self.measure = Known(self._measure, values.measures(catalog).__contains__)
        self.rule = Known(lambda rule: concept(local("rule", rule)), _among(catalog.rules))
        self.relation = Known(values.relation, _among(words["relation"]))
        self.attribute = Known(values.code, values.names(catalog).__contains__)
        self.parameter = Known(values.code, bool)  # named by our rules, never by a user
        self.said = Known(self._said, values.known(catalog))
        self.excluded = Known(self._excluded, values.exclusions(catalog))
        self.word = Known(values.word, values.words(catalog))
        self.technique = Known(values.technique, self._is_technique)
        self.sequence = Known(self._sequence, _among(words["sequence"]))
        self.tracer = Known(self._tracer, _among(words["tracer"]))
        self.dxa = Known(self._dxa, self._is_dxa)
        self.prior_dxa = Known(values.prior_dxa, lambda name: labels.word("dxa", name) is not None)
        self.context = Known(self._context, self._is_context)
        self.listed = Known(values.listed, lambda key: key[1] in words[key[0]])
        self.region = Known(self._region, lambda key: key[0] in catalog.regions)
        self.examined = Known(self._examined, lambda key: key[0] in catalog.regions)
        self.asked = Known(self._asked, lambda key: key[0] in catalog.regions or key[0] in catalog.sites)
        self.category = Known(self._category, _among(c.SERVICE_SECTION))
        self.place = Known(self._place, places.known(catalog))
        self.differential = Known(self._differential, _among(catalog.diagnoses))
        self.acquired = Known(self._acquired, self._is_acquired)
        self.dose = concept(coding(c.LOINC, c.DOSE), text=labels.DOSE)
        self._learn(self.dose)
        for table in vars(self).values():
            if isinstance(table, Known):
                table.tell = self._learn

    def _learn(self, made: Any) -> None:
        """What a table now holds is put into words, and the check may know it again."""
        self.told.learn(made)
        self.shared.learn(made)

    def _same(self, kind: str, *ids: str, systems: tuple[str, ...] = ()) -> list[Json]:
        return equivalents(self.catalog, self.settings, kind, *ids, systems=systems)

    def _status(self, status: str) -> Json:
        """A status in SNOMED CT; what was not assessed is « unknown » there, so it keeps our own code as well."""
        own = [local("finding-status", status)] if status == "not_assessed" else []
        same = self._same("status", status, systems=(c.RADLEX,))
        return concept(*own, snomed(c.STATUS[status]), *same, text=labels.word("finding-status", status))

    def _finding(self, finding: str) -> Json:
        entry = self.catalog.findings.get(finding)
        return coded("finding", finding, self._same("finding", finding), entry.lexeme.noun if entry else None)

    def _prior_finding(self, finding: str) -> Json:
        entry = self.catalog.findings.get(finding)
        return coded("prior-finding", finding, text=labels.PRIOR.format(entry.lexeme.noun) if entry else None)

    def _diagnosis(self, code: str) -> Json:
        entry = self.catalog.diagnoses.get(code)
        return coded("diagnosis", code, self._same("diagnosis", code), entry.lexeme.noun if entry else None)

    def _certainty(self, certainty: str) -> Json:
        return coded("certainty", certainty, self._same("certainty", certainty), labels.word("certainty", certainty))

    def _recommendation(self, code: str) -> Json:
        entry = self.catalog.recommendations.get(code)
        return coded("recommendation", code, text=entry.sentence if entry else None)

    def _measure(self, name: str) -> Json:
        return coded("measure", name, self._same("measure", name), labels.component(name))

    def _said(self, key: values.Key) -> Json:
        return values.component(self.catalog, self.settings, self.attribute[key[1]], key)

    def _excluded(self, value: str) -> list[Json]:
        return values.excluded(self.catalog, self.settings, self.attribute, value)

    def _is_technique(self, name: str) -> bool:
        return labels.word("technique", name) is not None or name.removeprefix("lsc.") in self.catalog.rois

    def _sequence(self, code: str) -> Json:
        return coded("technique", f"sequence.{code}", self._same("sequence", code), labels.sequence(code))

    def _differential(self, code: str) -> Json:
        """One of the diagnoses to be thought of, as a component."""
        return {"code": self.parameter["differential"], "valueCodeableConcept": self.diagnosis[code]}

    def _acquired(self, key: tuple[str, str, str]) -> Json:
        """An acquisition parameter as a component: its name, the table of its value, its value."""
        name, table, value = key
        code = self.sequence[name.removeprefix(_SEQUENCE)] if name.startswith(_SEQUENCE) else self.technique[name]
        if table == "status":
            return {"code": code, "valueCodeableConcept": self.status[value]}
        said = self.tracer[value] if table == "tracer" else self.listed[table, value]
        return {"code": code, "valueCodeableConcept": said}

    def _is_acquired(self, key: tuple[str, str, str]) -> bool:
        (name, table, value), words = key, self.catalog.vocabulary
        named = name.removeprefix(_SEQUENCE) in words["sequence"] or self._is_technique(name)
        return named and value in (c.STATUS if table == "status" else words[table])

    def _tracer(self, tracer: str) -> Json:
        return coded("tracer", tracer, self._same("tracer", tracer), tracer)

    def _dxa(self, key: tuple[str, ...]) -> Json:
        """A result (name, region, side), under the most precise standard code there is."""
        ids = [f"dxa.{'.'.join(key[:n])}" for n in range(len(key), min(len(key), 2) - 1, -1)]
        return coded("dxa", key[0], self._same("measure", *ids), labels.word("dxa", key[0]))

    def _is_dxa(self, key: tuple[str, ...]) -> bool:
        return labels.word("dxa", key[0]) is not None and all(
            part in known for part, known in zip(key[1:], (self.catalog.rois, c.SIDES), strict=False)
        )

    def _context(self, name: str) -> Json:
        """A laboratory test the catalogue does not know has its name as text, never a code of our making."""
        test = name.removeprefix("lab.")
        if name.startswith("lab.") and test not in self.catalog.vocabulary["lab"]:
            return coded("context", "lab", text=test)
        loinc = [coding(c.LOINC, _LOINC[name])] if name in _LOINC else []
        return coded("context", name, loinc, labels.word("context", name) or test)

    def _is_context(self, name: str) -> bool:
        tests = self.catalog.vocabulary["lab"]
        return labels.word("context", name) is not None or name.removeprefix("lab.") in tests

    def _region(self, key: tuple[str, str | None]) -> list[Json]:
        """Region and side of a study as extensions; as European anatomical region too when one of ours is its code."""
        region, laterality = key
        same = self._same("region", region)
        text = labels.region(region, laterality, self.catalog)
        found = [extension(c.REGION, valueCodeableConcept=coded("region", region, same, text))]
        european = [code for code in same if code["system"] == c.SNOMED and code["code"] in c.EU_REGIONS]
        found += [extension(c.ANATOMICAL_REGION, valueCodeableConcept=concept(code)) for code in european]
        if laterality:
            found.append(extension(c.LATERALITY, valueCodeableConcept=self.side[laterality]))
        return found

    def _examined(self, key: tuple[str, str | None]) -> Json:
        """The region of an exam with its side."""
        return coded("region", key[0], text=labels.region(*key, self.catalog))

    def _asked(self, key: tuple[str, str | None]) -> Json:
        """The place a request names: a region or a site."""
        place, laterality = key
        if place in self.catalog.regions:
            return coded("site", place, text=labels.region(place, laterality, self.catalog))
        return coded("site", place, text=labels.site(Site(place, laterality), self.catalog, self.settings))

    def _category(self, modality: str) -> list[Json]:
        """The categories of a report: what European imaging and the French document ask, and the service section."""
        code = c.SERVICE_SECTION[modality]
        same = self._same("modality", modality, systems=(c.V2_0074,))
        display = next((entry["display"] for entry in same if entry["code"] == code), None)
        return [
            concept(coding(c.LOINC, c.REPORT_CODE)),
            concept(coding(c.LOINC, c.REPORT_CATEGORY)),
            concept(coding(c.EHDS_CATEGORY, c.EHDS_IMAGING)),
            concept(coding(c.V2_0074, code, display)),
        ]

    def _place(self, key: Coordinates) -> Place:
        site = Site(*key)
        kind, ids = ("region", (f"dxa.{site.code}",)) if site.code in self.catalog.rois else ("site", site_ids(site))
        if site.code not in self.catalog.sites:
            ids = (*ids, site.code)
        parts = (site.code, site.laterality, site.level, site.number, site.part, *site.zones)
        return Place(
            coded("site", site.code, self._same(kind, *ids), labels.site(site, self.catalog, self.settings)),
            tuple(self._coordinates(site)),
            [self.side[site.laterality]] if site.laterality else [],
            "structure/" + "/".join(str(part) for part in parts if part),
        )

    def _coordinates(self, site: Site) -> Iterable[Json]:
        """Side, level, number, part, zones."""
        named = [("laterality", site.laterality), ("level", site.level)]
        yield from (self.said["", name, value] for name, value in named if value)
        if site.number is not None:
            yield {"code": self.attribute["number"], "valueInteger": site.number}
        if site.part:
            yield self.said["", "part", site.part]
        yield from (self.said["", "zone", zone] for zone in site.zones)


def _among(known: Iterable[str]) -> Callable[[str], bool]:
    return frozenset(known).__contains__
