"""A new sign, site and exam that exist only in a site overlay reach every output, with no Python change."""

import json
from pathlib import Path

import jsonschema
import pytest

from reporter.catalog import load_catalog
from reporter.cli import main

OVERLAY = Path(__file__).resolve().parents[1] / "data" / "overlay"
