"""`reporter codes`: the terminology as FHIR resources."""

from __future__ import annotations

import argparse
from pathlib import Path

from reporter.cli.shared import OK, Commands, add_command, catalog_of, print_json, settings_of


def add(commands: Commands) -> None:
    """The command and its arguments."""
    parser = add_command(commands, "codes", run, "export code systems, value sets, concept maps and extensions as FHIR")
    parser.add_argument("--out", type=Path, metavar="DIR", help="one file a resource (default: one Bundle on stdout)")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="TOML file of site settings (snomed_licence)")


def run(args: argparse.Namespace) -> int:
    """Write every resource into the directory, or print them all as one collection."""
    from reporter import outputs
    from reporter.fhir import terminology

    resources = terminology.export(catalog_of(args, settings_of(args)))
    if args.out is None:
        print_json(terminology.collection(resources))
        return OK
    args.out.mkdir(parents=True, exist_ok=True)
    for name, resource in resources.items():
        (args.out / name).write_text(outputs.dump(resource), encoding="utf-8", newline="\n")
    print_json({"files": [str(args.out / name) for name in resources]})
    return OK
