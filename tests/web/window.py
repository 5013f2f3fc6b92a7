"""A browser without JavaScript on the real application and a real store: pages are parsed, forms are sent as drawn."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from reporter.web import create_app
from reporter.web.config import WebConfig

NOW = dt.datetime(2024, 6, 3, 9, 30, tzinfo=dt.UTC)
PATIENT = {
    "patient_name": "DURAND Zoé",
    "patient_id": "P-1",
    "sex": "female",
    "birth_date": "1950-03-02",
    "indication": "Lombalgies brutales.",
    "date": "2024-06-03",
}


def app(data: Path, *overlays: Path, **options: Any) -> Flask:
    """The application of one site, as a demonstration unless said otherwise."""
    return create_app(WebConfig(data=data, overlays=overlays, **{"clock": lambda: NOW, "demo": True, **options}))


@dataclass
class Browser:
    """One window. `page` is the last page shown."""

    client: FlaskClient
    page: html.HtmlElement | None = None
    status: int = 0

    def get(self, url: str) -> html.HtmlElement:
        return self._show(self.client.get(url, follow_redirects=True))

    def _show(self, response: TestResponse) -> html.HtmlElement:
        self.status = response.status_code
        self.url = response.request.path
        self.text = response.text
        self.page = html.document_fromstring(response.text)
        return self.page

    def token(self) -> str:
        found = self.page.xpath("//input[@name='csrf_token']/@value")
        return str(found[0])

    def open(self, **fields: str) -> str:
        """Choose an exam on the start page; the address of the draft."""
        self.get("/")
        self.post("/drafts", fields)
        assert self.status == 200, self.text
        return self.url

    def post(self, url: str, fields: dict[str, Any]) -> html.HtmlElement:
        data = {"csrf_token": self.token(), **fields}
        return self._show(self.client.post(url, data=data, follow_redirects=True))

    def form(self) -> dict[str, list[str]]:
        """The fields of the draft's form as a browser would send them."""
        values: dict[str, list[str]] = {}
        form = self.page.get_element_by_id("draft-form")
        outside = self.page.xpath("//*[@form='draft-form']")
        for field in form.xpath(".//input[@name] | .//textarea[@name] | .//select[@name]"):
            if (value := _sent(field)) is not None:
                values.setdefault(field.get("name"), []).append(value)
        for field in outside:
            if field.get("name") and field.get("name") not in values:
                values[field.get("name")] = [field.get("value", "")]
        return values

    def send(self, action: str = "", **changes: str) -> html.HtmlElement:
        """Send the whole form of the page, with changes (`**{field: value}`), to the draft or to an act of it."""
        address = self.page.get_element_by_id("draft-form").get("action")
        data: dict[str, Any] = {**self.form(), **{name: [value] for name, value in changes.items()}}
        return self._show(self.client.post(address + action, data=data, follow_redirects=True))

    def say(self) -> str:
        """The live report, without its headings and without the title."""
        parts = self.page.xpath("//*[@id='report-text']//section[@data-section!='title']//*[@data-key]")
        return " ".join(part.text_content().strip() for part in parts)

    def section(self, name: str) -> str:
        parts = self.page.xpath(f"//*[@id='report-text']//section[@data-section='{name}']//*[@data-key]")
        return " ".join(part.text_content().strip() for part in parts)

    def sentences(self) -> dict[str, str]:
        """Key → text of each sentence shown."""
        return {s.get("data-key"): s.text_content() for s in self.page.xpath("//*[@id='report-text']//*[@data-key]")}

    def issues(self) -> str:
        return " ".join(self.page.get_element_by_id("issues").text_content().split())

    def names(self) -> set[str]:
        return {str(name) for name in self.page.xpath("//*[@name]/@name")}

    def value(self, name: str) -> str:
        return self.form().get(name, [""])[-1]

    def options(self, name: str) -> list[str]:
        values = self.page.xpath("//*[@name=$name]//option/@value", name=name)
        return [v for v in values or self.page.xpath("//input[@name=$name]/@value", name=name) if v]

    def bundle(self, report: str, n: int = 1) -> dict[str, Any]:
        response = self.client.get(f"{report}/v/{n}/bundle.json")
        assert response.status_code == 200
        return dict(json.loads(response.text))


def _sent(field: html.HtmlElement) -> str | None:
    """What a browser sends for a field; None for a box or a button that is not pressed."""
    if field.tag == "textarea":
        return str(field.text or "").removeprefix("\n")
    if field.tag == "select":
        chosen = field.xpath("option[@selected]/@value") or field.xpath("option[1]/@value")
        return str(chosen[0]) if chosen else None
    kind = field.get("type", "text")
    if kind in ("radio", "checkbox") and field.get("checked") is None:
        return None
    return None if kind in ("file", "submit", "button") else field.get("value", "")


def resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    """The resources of a type."""
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def codes(bundle: dict[str, Any]) -> set[str]:
    """Every code of every Observation."""
    return {c["code"] for o in resources(bundle, "Observation") for c in o["code"].get("coding", [])}
