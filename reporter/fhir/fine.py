"""Is a bundle of ours fine? The whole check, for the usual case: every rule, over the whole bundle at once, no paths.

« Yes » is exact: the check that explains (`check`) would find nothing, not even a warning. « No » means perhaps: an
unusual form also ends here, and the check that explains then decides. The rules themselves are those of the other
modules; what is shared with the check that explains stands there once, by node.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter

from reporter.fhir import constants as c
from reporter.fhir import envelope, house, invariants, profile_tests, references, shapes, systems, xhtml
from reporter.fhir.columns import Columns, Found, Sieve
from reporter.fhir.datatypes import Json
from reporter.fhir.house import Book
from reporter.fhir.layouts import DoubtError

# An address of an entry, and a blank, with 0 for each hexadecimal digit: even for the last letter of « uuid ».
_UUID = b"urn:uui0:00000000-0000-0000-0000-000000000000 "
_DIGITS = bytes.maketrans(b"123456789abcdef", b"0" * 15)
_TWO = {2}
_URL, _RESOURCE, _KIND, _LINK = map(itemgetter, ("fullUrl", "resource", "resourceType", "valueUrl"))
# What names most other resources in elements of its own.
_LISTING = "DiagnosticReport"
# What a bundle that is not one may raise when it is taken for one.
_BAD = (DoubtError, TypeError, LookupError, AttributeError, ValueError, ArithmeticError)


def fine(bundle: Json, book: Book) -> bool:
    """Is it sure that no rule is broken?"""
    return _sure(lambda: type(bundle) is dict and bundle["resourceType"] == "Bundle" and _Bundle(bundle).fine(book))


def _sure(look: Callable[[], bool]) -> bool:
    """What it says, no when in doubt."""
    try:
        return look()
    except _BAD:
        return False


class _Bundle:
    """A bundle whose every entry has a UUID of its own as fullUrl, which is also the id of its resource."""

    def __init__(self, bundle: Json) -> None:
        every = bundle["entry"]
        urls, self._resources = list(map(_URL, every)), list(map(_RESOURCE, every))
        self._bundle, self._entries = bundle, every
        self._held: dict[str, Json] = dict(zip(urls, self._resources, strict=True))
        self._kinds: dict[str, str] = dict(zip(urls, map(_KIND, self._resources), strict=True))
        self._ids = [resource.get("id") or url[9:] for url, resource in self._held.items()]
        self._all = frozenset(self._kinds.values())
        self._references: list[str] = []
        self._links: set[str] = set()
        self._bare = type(every) is list and set(map(dict.__len__, every)) == _TWO

    def fine(self, book: Book) -> bool:
        """Every rule, the cheap ones first."""
        shared = book.shared
        if shared.new:
            shared.look(lambda type_name, node: _alone(type_name, node, book))
        sieves = {"Coding": book.sieve, **shared.sieves, **self._sieves()}
        columns = Columns(self._parts(), sieves, self._astray)
        return (
            self._addressed()
            and _rules_kept(columns, book)
            and all(self._resolved(slot.targets, nodes) for slot, nodes in columns.references)
            and self._said(columns)
            and self._hangs_together(columns)
            and profile_tests.met(self._bundle, self._held)
        )

    def _parts(self) -> dict[str, list[Json]]:
        """The resources apart from what holds them: usually that is an address and nothing else."""
        if not self._bare:
            return {"Bundle": [self._bundle]}
        head = {name: value for name, value in self._bundle.items() if name != "entry"}
        return {"Bundle": [head], shapes.RESOURCE: list(self._held.values())}

    def _addressed(self) -> bool:
        """Together the addresses are as many UUIDs, and the same text is made of the ids."""
        urls = " ".join(self._held) + " "
        if "urn:uuid:" + " urn:uuid:".join(self._ids) + " " != urls:
            return False
        encoded, count = urls.encode(), len(self._entries)
        return encoded.translate(_DIGITS) == _UUID * count and encoded.count(b"urn:uuid:") == count

    def _astray(self, found: Found) -> Found:
        """Of these references, those that are not just the address of an entry of an allowed type."""
        find, astray = self._kinds.get, []
        for slot, nodes in found:
            urls = [node.get("reference", "") for node in nodes]
            self._references += urls
            known = slot.targets or self._all
            if not known.issuperset(map(find, urls)) or max(map(len, nodes)) != 1:
                each = zip(nodes, urls, strict=True)
                astray.append((slot, [node for node, url in each if len(node) != 1 or find(url) not in known]))
        return astray

    def _resolved(self, allowed: frozenset[str], nodes: list[Json]) -> bool:
        return all(references.resolved(node, self._kinds, allowed) for node in nodes)

    def _sieves(self) -> dict[str, Sieve]:
        """What is looked at anyway, for it belongs to an entry."""
        return {
            "Extension": self._unlinked,
            "Identifier": self._others,
            "id": self._inner,
            "uri": self._foreign,
        }

    def _inner(self, ids: list[str]) -> list[str]:
        """The id of the bundle, which comes first; all, if the others are not those of its entries."""
        return ids[:1] if ids[1:] == self._ids else ids

    def _foreign(self, uris: list[str]) -> list[str]:
        """Of these addresses and names, those that are not the address of an entry."""
        return list(set(uris).difference(self._held))

    def _others(self, identifiers: list[Json]) -> list[Json]:
        """Of these, those that are not just the address of an entry."""
        known, system = self._kinds, c.URI
        return [i for i in identifiers if i.get("value") not in known or i.get("system") != system or len(i) != 2]

    def _unlinked(self, extensions: list[Json]) -> list[Json]:
        """Of these, those that are not a link to a sentence."""
        mark = c.NARRATIVE_LINK
        links = [node for node in extensions if node.get("url") == mark]
        if not links:
            return extensions
        if sum(map(len, links)) != 2 * len(links):
            raise DoubtError(links)
        self._links.update(map(_LINK, links))
        return [node for node in extensions if node.get("url") != mark]

    def _said(self, columns: Columns) -> bool:
        """Narratives have no fault, and every link to a sentence finds it."""
        links = self._links
        divs = {url: _divs(self._held[url]) for url in {link.partition("#")[0] for link in links}}
        named = xhtml.named(columns.narratives, divs)
        return named is not None and links.issubset([f"{url}#{name}" for url, names in named.items() for name in names])

    def _hangs_together(self, columns: Columns) -> bool:
        """The rules of the bundle as a whole; in a document every entry is reached."""
        if any(envelope.check(self._bundle, self._entries, bare=self._bare)):
            return False
        return self._bundle["type"] != "document" or self._reached(columns)

    def _reached(self, columns: Columns) -> bool:
        """What lists others leads to most; to some of what is left more leads than it and the bundle say; and so on."""
        held, kinds = self._held, self._kinds
        if not self._bare:
            return False
        entries = [section["entry"] for section in columns.nodes["Composition.section"] if "entry" in section]
        others = held.keys() - [node.get("reference") for nodes in entries for node in nodes]
        apart = [(url, kinds[url]) for url in others]
        roots = [url for url, kind in apart if kind in house.ROOTS]
        others.difference_update(roots, *[_listed(held[url]) for url in roots])
        listing = [url for url, kind in apart if kind == _LISTING and url not in others]
        others.difference_update(*[_listed(held[url]) for url in listing])
        every, head = self._references, {name: value for name, value in self._bundle.items() if name != "entry"}
        while others:
            inner = _leads([head, *[held[url] for url in others]])
            left = {url for url in others if every.count(url) <= inner.count(url)}
            if left == others:
                return False
            others = left
        return True


def _alone(type_name: str, node: Json, book: Book) -> bool:
    """Is it sure of an object that no rule is broken, wherever it stands? So it refers to nothing."""

    def look() -> bool:
        columns = Columns({type_name: [node]}, {"Coding": book.sieve, "Extension": _linking}, _referring)
        return not columns.narratives and _rules_kept(columns, book)

    return _sure(look)


def _referring(found: Found) -> Found:
    raise DoubtError(found)


def _linking(extensions: list[Json]) -> list[Json]:
    if any(node.get("url") == c.NARRATIVE_LINK for node in extensions):
        raise DoubtError(extensions)
    return extensions


def _rules_kept(columns: Columns, book: Book) -> bool:
    """The rules that look at one node: those of R4, of the systems of codes and numbers, of ours."""
    held = columns.nodes
    numbers = [node for node in held["Identifier"] if node.get("system") in systems.CHECKED]
    return (
        all(invariants.kept(name, held[name]) for name in invariants.VALUES.keys() & held)
        and not any(map(systems.of_identifier, numbers))
        and not any(map(systems.of_coding, held["Coding"]))
        and all(house.coding(node, book) is None for node in held["Coding"])
        and book.units_known(held["Quantity"])
        and house.all_filled(held["Composition.section"])
    )


def _divs(resource: Json) -> list[str]:
    """The narratives of a resource and of its sections."""
    nodes = [resource]
    if resource["resourceType"] == "Composition":
        for node in nodes:  # which grows meanwhile
            nodes += node.get("section", ())
    return [node["text"]["div"] for node in nodes if "text" in node]


def _listed(resource: Json) -> list[str]:
    """Where the references that are elements of a resource lead; nothing else is called `reference` there."""
    found = []
    for value in resource.values():
        kind = type(value)
        if kind is list:
            found += [item["reference"] for item in value if "reference" in item]
        elif kind is dict and "reference" in value:
            found.append(value["reference"])
    return found


def _leads(nodes: list[Json]) -> list[str]:
    """Where all references in these objects, and below, lead."""
    found = []
    for node in nodes:  # which grows meanwhile
        if "reference" in node:
            found.append(node["reference"])
        for value in node.values():
            kind = type(value)
            if kind is dict:
                nodes.append(value)
            elif kind is list and type(value[0]) is dict:
                nodes += value
    return found
