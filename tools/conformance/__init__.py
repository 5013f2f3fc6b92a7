"""Engines and a server not written by us, asked about our bundles (test-only; see docs/conformance.md)."""
