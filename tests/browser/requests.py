"""Requests as an ordering system sends them by link: patient, order, worklist date; nothing clinical is found yet."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page

from tests.browser.keyboard import until
from tests.browser.server import Server

Request = dict[str, Any]


def _request(exam: str, region: str, patient: dict[str, Any], order: dict[str, Any], **study: Any) -> Request:
    side = study.pop("laterality", "")
    payload = {"patient": patient, "order": order, "exam": study}
    return {"exam": exam, "region": region, "laterality": side, "request_json": json.dumps(payload, ensure_ascii=False)}


LUMBAR = _request(
    "mr_spine",
    "lumbar_spine",
    {"id": "P1", "name": "Jeanne MARTIN", "sex": "female", "age_years": 71, "menopausal_status": "postmenopausal"},
    {"indication": "Dorsolombalgie aiguë depuis trois semaines.", "site": "vertebra", "pain": True, "trauma": False},
    date="2024-02-12",
)
NORMAL_LUMBAR = _request(
    "mr_spine",
    "lumbar_spine",
    {"id": "P2", "name": "Anne PETIT", "sex": "female", "age_years": 45, "pregnancy_status": "not_pregnant"},
    {"indication": "Lombalgies depuis six semaines.", "site": "vertebra", "pain": True, "trauma": False},
    date="2024-02-12",
)
PELVIS = _request(
    "mr_pelvis",
    "pelvis",
    {
        "id": "P3",
        "name": "Claire DURAND",
        "sex": "female",
        "age_years": 31,
        "pregnancy_status": "postpartum",
        "postpartum_days": 4,
        "menopausal_status": "premenopausal",
    },
    {
        "indication": "Douleur profonde de la fesse gauche à J4 du post-partum.",
        "site": "sacral_ala",
        "laterality": "left",
        "pain": True,
        "trauma": False,
        "suspicion": "stress_fracture",
    },
    date="2020-03-15",
)
KNEE_ORDER = {"site": "knee_joint", "laterality": "right", "pain": True, "trauma": False}
KNEE_PATIENT = {"id": "P4", "name": "Paul LEROY", "sex": "male", "age_years": 54}
KNEE_FIRST = _request(
    "mr_knee",
    "knee",
    KNEE_PATIENT,
    {"indication": "Douleur du compartiment médial du genou droit.", **KNEE_ORDER},
    date="2018-03-09",
    laterality="right",
)
KNEE_SECOND = _request(
    "mr_knee",
    "knee",
    KNEE_PATIENT,
    {"indication": "Douleur du compartiment latéral du genou droit. Contrôle.", **KNEE_ORDER},
    date="2018-06-09",
    laterality="right",
)
CEMENT = _request(
    "ct_spine",
    "lumbar_spine",
    {
        "id": "P5",
        "name": "Denise ROUX",
        "sex": "female",
        "age_years": 79,
        "menopausal_status": "postmenopausal",
        "procedures": [
            {"type": "vertebroplasty", "site": "vertebra", "level": "L4", "date": "2012-06-05"},
            {"type": "vertebroplasty", "site": "vertebra", "level": "L5", "date": "2012-06-05"},
        ],
    },
    {"indication": "Contrôle après vertébroplastie de L4 et de L5.", "site": "vertebra"},
    date="2012-06-05",
    context="postoperative",
    dose={"ctdivol_mgy": 11.0, "dlp_mgy_cm": 380},
)
BONE_SCAN = _request(
    "nm_bone",
    "whole_body",
    {"id": "P6", "name": "Marc BLANC", "sex": "male", "age_years": 37},
    {"indication": "Algies coxo-fémorales sans traumatisme.", "pain": True, "trauma": False},
    date="2013-09-10",
    dose={"ctdivol_mgy": 3.0, "dlp_mgy_cm": 120},
)
DXA = _request(
    "dxa",
    "lumbar_spine",
    {
        "id": "P7",
        "name": "Odette NOIR",
        "sex": "female",
        "age_years": 68,
        "menopausal_status": "postmenopausal",
        "prior_fractures": [{"site": "vertebra", "level": "L1", "fragility": True}],
    },
    {"indication": "Ostéoporose post-ménopausique, contrôle à trois ans."},
    date="2024-03-04",
)


def link(server: Server, request: Request) -> str:
    """The address the ordering system opens."""
    return f"{server.url}/new?{urlencode(request)}"


def open_draft(page: Page, server: Server, request: Request) -> None:
    """Follow the link and open the draft it proposes, by Enter."""
    page.goto(link(server, request))
    until(page, "document.activeElement?.matches('main button') ?? false")
    page.keyboard.press("Enter")
    page.wait_for_url("**/drafts/*")
    until(page, "window.htmx !== undefined && document.activeElement?.id === 'quick-input'")
