"""Whole journeys by keyboard alone: from the opened draft of a request to the bundle that was signed.

Keystrokes are counted from the open draft (patient and order prefilled) to the signed report; each key of a chord
counts. What the bundle says is compared with facts written by hand.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.facts import facts, statuses, vertebrae
from tests.browser.keyboard import Keyboard
from tests.browser.requests import (
    BONE_SCAN,
    CEMENT,
    DXA,
    KNEE_FIRST,
    KNEE_SECOND,
    LUMBAR,
    NORMAL_LUMBAR,
    PELVIS,
    Request,
    open_draft,
)
from tests.browser.server import Server
from tests.browser.steps import enter, fill_dxa, load_prior, sign

NORMAL_BUDGET = 8
L1_BUDGET = 45


def start(page: Page, server: Server, request: Request) -> Keyboard:
    open_draft(page, server, request)
    return Keyboard(page)


def say(name: str, keys: Keyboard) -> None:
    print(f"KEYSTROKES {name}: {keys.strokes}")


def test_normal_lumbar_mri(page: Page, server: Server) -> None:
    keys = start(page, server, NORMAL_LUMBAR)
    bundle = sign(keys.press("Alt+t").settle().press("Alt+n"))
    say("normal lumbar MRI", keys)
    assert keys.strokes <= NORMAL_BUDGET
    spinal = ("vertebral_fracture", "intravertebral_cleft", "posterior_wall_retropulsion")
    general = ("bone_marrow_oedema", "bone_erosion", "soft_tissue_mass")
    assert facts(bundle) == {
        *(f"finding {sign} absent spinal_segment" for sign in spinal),
        *(f"finding {sign} absent exam_region" for sign in general),
        "diagnosis normal_exam retained",
    }
    assert statuses(bundle) == {"final"}


def test_l1_fracture_with_fluid_cleft(page: Page, server: Server) -> None:
    keys = start(page, server, LUMBAR)
    keys.press("Alt+t").settle()
    enter(keys, "fv l1 40%", "fente liq l1")
    bundle = sign(keys)
    say("L1 fracture, fluid cleft, 40 %", keys)
    assert keys.strokes <= L1_BUDGET
    assert facts(bundle) == {
        "finding vertebral_fracture present vertebra L1 height_loss=40 %",
        "finding intravertebral_cleft present vertebra L1 contents=fluid",
    }


def test_pelvic_mri_with_sacral_stress_fracture(page: Page, server: Server) -> None:
    keys = start(page, server, PELVIS)
    keys.press("Alt+t").settle()
    enter(keys, "omo aileron g hypo t1 hyper stir", "trait aileron g hypo t1", "oedeme parties molles 2 mm")
    bundle = sign(keys)
    say("pelvic MRI, sacral stress fracture", keys)
    assert facts(bundle) == {
        "finding bone_marrow_oedema present sacral_ala left signal.STIR=hyper signal.T1=hypo",
        "finding fracture_line present sacral_ala left signal.T1=hypo",
        "finding soft_tissue_oedema present soft_tissue_adjacent thickness=2 mm",
    }


def test_knee_follow_up_with_migration(page: Page, server: Server) -> None:
    first = start(page, server, KNEE_FIRST)
    first.press("Alt+t").settle()
    enter(first, "omo condyle med d")
    sign(first)
    keys = start(page, server, KNEE_SECOND)
    keys.press("Alt+t").settle()
    load_prior(keys)
    enter(keys.press("Alt+q"), "omo condyle lat d", "omo plateau med d", "epanchement minime d")
    keys.tab_to("#prior-C1-0-complete_regression").press("Enter").settle()
    for finding in ("lateral_femoral_condyle", "medial_tibial_plateau"):
        keys.tab_to(f"[id^='prior-C1-new'][id*='{finding}'], [id^='prior-C1-new'][aria-pressed='false']")
        keys.press("Enter").settle()
    bundle = sign(keys)
    say("knee MRI follow-up with migration", keys)
    assert {
        "finding bone_marrow_oedema present lateral_femoral_condyle right evolution=new",
        "finding bone_marrow_oedema present medial_tibial_plateau right evolution=new",
        "finding bone_marrow_oedema absent medial_femoral_condyle right evolution=complete_regression",
        "finding joint_effusion present knee_joint right severity=minimal",
    } <= facts(bundle)


def test_ct_after_vertebroplasty_with_disc_leak(page: Page, server: Server) -> None:
    keys = start(page, server, CEMENT)
    keys.press("Alt+t").settle()
    enter(keys, "ciment l4 4 ml", "ciment l5 5 ml", "fuite discale l4l5", "fuite epidurale l4 absente")
    bundle = sign(keys)
    say("spine CT, disc leak", keys)
    assert facts(bundle) == {
        "finding cement present vertebra L4 volume=4 mL",
        "finding cement present vertebra L5 volume=5 mL",
        "finding cement_leak present intervertebral_disc L4L5 leak_location=disc",
        "finding cement_leak absent epidural_space L4 leak_location=epidural",
    }


def test_bone_scan_with_spect_ct(page: Page, server: Server) -> None:
    keys = start(page, server, BONE_SCAN)
    keys.press("Alt+t").settle()
    keys.tab_to("[name='/exam/technique/activity_mbq']").type("600").settle()
    enter(keys.press("Alt+q"), "cal cote 9 g", "hyperfix focale l1", "hyperfix focale tete humerale d")
    bundle = sign(keys)
    say("bone scan with SPECT-CT", keys)
    assert {
        "finding increased_uptake present vertebra L1 uptake.pattern=focal",
        "finding increased_uptake present humeral_head right uptake.pattern=focal",
    } <= facts(bundle)
    assert any(fact.startswith("finding fracture_callus present rib left") for fact in facts(bundle))


def test_dxa_with_l1_excluded_and_prior(page: Page, server: Server) -> None:
    keys = start(page, server, DXA)
    bundle = sign(fill_dxa(keys))
    say("DXA, L1 excluded, prior", keys)
    assert {
        "dxa bmd 0.828 g/cm² lumbar_spine", "dxa t_score -3.1 SD lumbar_spine", "dxa z_score -1.6 SD lumbar_spine",
        "dxa bmd 0.742 g/cm² total_hip left", "dxa t_score -2.1 SD total_hip left",
    } <= {fact.split(" exclusion_reason")[0] for fact in facts(bundle)}  # fmt: skip
    assert sorted(vertebrae(bundle)["vertebrae_included"]) == ["L2", "L3", "L4"]
    assert vertebrae(bundle)["vertebrae_excluded"] == ["L1"]


def test_a_contradictory_exam_is_refused(page: Page, server: Server) -> None:
    keys = start(page, server, KNEE_FIRST)
    keys.press("Alt+t").settle()
    enter(keys, "omo condyle med g")
    keys.press("Alt+s")
    expect(page.locator("#sign-final")).to_have_count(0)
    keys.press("Enter").press("Alt+e")
    assert keys.focused().startswith("f-")
    expect(page.locator("#issues")).to_contain_text("bloque")


@pytest.mark.parametrize("request_", [LUMBAR, DXA], ids=["MR", "DXA"])
def test_an_untouched_form_signs_nothing(page: Page, server: Server, request_: Request) -> None:
    keys = start(page, server, request_)
    keys.press("Alt+s")
    expect(page.locator("#sign-final")).to_have_count(0)
