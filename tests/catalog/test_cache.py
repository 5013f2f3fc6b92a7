"""The cache of the catalogue: quick when nothing has changed, and never believed when anything has."""

from __future__ import annotations

import dataclasses
import logging
import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from reporter.catalog import cachefile, load_catalog, read_catalog
from reporter.cli import main
from tests.catalog.caching import CACHED, FACTS, PARSED, ROOT, Loaded, answer, load, start

NOUN = "œdème médullaire"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Our package and its data, to be changed."""
    for name in ("reporter", "terminology", "templates"):
        shutil.copytree(ROOT / name, tmp_path / "copy" / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "copy"


@pytest.fixture
def filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one file of a cache that this process has filled."""
    monkeypatch.setenv("REPORTER_CACHE_DIR", str(tmp_path / "cache"))
    load_catalog()
    return only(tmp_path / "cache")


def only(cache: Path) -> Path:
    (file,) = cache.iterdir()
    return file


def edit(file: Path, old: str, new: str) -> None:
    """Another text of the same length, and the dates the file had: only its bytes tell."""
    assert len(old.encode()) == len(new.encode())
    before, text = file.stat(), file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))


def overlay(folder: Path, advice: str) -> Path:
    (folder / "terminology").mkdir(parents=True)
    text = f"recommendations:\n  R-MRI: {{sentence: {advice}}}\n"
    (folder / "terminology" / "site.yaml").write_text(text, encoding="utf-8")
    return folder


def said(**other: object) -> dict[str, object]:
    return {**FACTS, **other}


def test_a_second_process_reads_no_yaml_and_finds_the_same(cache: Path) -> None:
    assert load(cache) == PARSED
    assert load(cache) == CACHED
    assert load_catalog() == read_catalog()


def test_files_are_for_their_owner_alone(cache: Path) -> None:
    load(cache)
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert stat.S_IMODE(only(cache).stat().st_mode) == 0o600


def test_one_changed_byte_of_our_data_counts(cache: Path, copy: Path) -> None:
    assert load(cache, root=copy) == PARSED
    file = next(f for f in sorted(copy.glob("terminology/findings/*.yaml")) if f": {NOUN}" in f.read_text("utf-8"))
    edit(file, f": {NOUN}", ": œdème médullairE")
    assert load(cache, root=copy) == Loaded(said(noun="œdème médullairE"), parsed=True)
    edit(file, ": œdème médullairE", f": {NOUN}")
    assert load(cache, root=copy) == CACHED


def test_one_changed_byte_of_an_overlay_counts(cache: Path, tmp_path: Path) -> None:
    site = overlay(tmp_path / "site", "IRM A.")
    assert load(cache, site) == Loaded(said(advice="IRM A."), parsed=True)
    assert load(cache, site) == Loaded(said(advice="IRM A."), parsed=False)
    edit(site / "terminology" / "site.yaml", "IRM A.", "IRM B.")
    assert load(cache, site) == Loaded(said(advice="IRM B."), parsed=True)
    assert load(cache) == PARSED


def test_the_order_of_overlays_counts(cache: Path, tmp_path: Path) -> None:
    one, other = overlay(tmp_path / "one", "IRM A."), overlay(tmp_path / "other", "IRM B.")
    assert load(cache, one, other).said["advice"] == "IRM A."
    assert load(cache, other, one) == Loaded(said(advice="IRM B."), parsed=True)


def test_a_renamed_file_counts(cache: Path, copy: Path) -> None:
    load(cache, root=copy)
    file = copy / "terminology" / "rules" / "a_identity.yaml"
    file.rename(file.with_name("a_ident.yaml"))
    assert load(cache, root=copy) == Loaded(said(rule="terminology/rules/a_ident.yaml"), parsed=True)


def test_the_licence_counts(cache: Path) -> None:
    assert load(cache) == PARSED
    for parsed in (True, False):
        assert load(cache, licensed=True) == Loaded(said(licensed=True), parsed)
    assert load(cache) == CACHED


@pytest.mark.parametrize("file", ["version.py", "catalog/entries.py", "catalog/build.py", "catalog/plain.py"])
def test_another_version_or_other_code_counts(cache: Path, copy: Path, file: str) -> None:
    load(cache, root=copy)
    source = copy / "reporter" / file
    text = source.read_text(encoding="utf-8")
    source.write_text(text.replace('__version__ = "', '__version__ = "9') + "# changed\n", encoding="utf-8")
    assert load(cache, root=copy) == PARSED
    assert load(cache, root=copy) == CACHED


def flipped(place: int) -> Callable[[bytes], bytes]:
    """One bit of one byte."""
    return lambda content: content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _content: b"",
    "garbage": lambda content: b"\xff\x00garbage" * (len(content) // 9),
    "no payload": lambda content: content[:64],
    "half a key": lambda content: content[:16],
    "half": lambda content: content[: len(content) // 2],
    "one byte short": lambda content: content[:-1],
    "one byte more": lambda content: content + b"\0",
    **{f"byte {place}": flipped(place) for place in (0, 31, 32, 63, 64, 65, 100, 5_000, 100_000, 200_000)},
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_not_believed_and_is_replaced(
    filled: Path, damage: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    whole = filled.read_bytes()
    filled.write_bytes(damage(whole))
    with caplog.at_level(logging.INFO, logger="reporter"):
        assert load_catalog().findings["bone_marrow_oedema"].lexeme.noun == NOUN
    assert [(record.msg, record.event["reason"]) for record in caplog.records] == [("catalog.cache.refused", "damaged")]
    assert filled.read_bytes() == whole


def test_a_file_of_other_data_under_this_name_is_not_believed(cache: Path, tmp_path: Path) -> None:
    load(cache)
    ours = only(cache)
    load(tmp_path / "elsewhere", overlay(tmp_path / "site", "IRM A."))
    shutil.copy2(only(tmp_path / "elsewhere"), ours)
    assert load(cache) == PARSED
    assert load(cache) == CACHED


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this platform")
def test_a_pipe_a_folder_or_a_link_in_its_place_does_no_harm(filled: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "moved"
    filled.rename(elsewhere)
    filled.symlink_to(elsewhere)
    assert load(filled.parent) == PARSED
    filled.unlink()
    os.mkfifo(filled)
    filled.chmod(0o600)
    assert load(filled.parent) == PARSED
    filled.unlink()
    filled.mkdir()
    assert load(filled.parent) == PARSED


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no owners and modes on this platform")
@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_what_others_may_write_to_is_not_believed(filled: Path, mode: int) -> None:
    filled.chmod(mode)
    assert load(filled.parent) == PARSED
    assert stat.S_IMODE(filled.stat().st_mode) == 0o600
    assert load(filled.parent) == CACHED


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no owners and modes on this platform")
def test_a_folder_others_may_write_to_is_left_alone(filled: Path) -> None:
    filled.parent.chmod(0o777)
    filled.write_bytes(b"")
    for _ in range(2):
        assert load(filled.parent) == PARSED
    assert filled.read_bytes() == b""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("whose", ["file", "folder"])
def test_what_another_user_owns_is_not_believed(filled: Path, whose: str) -> None:
    os.chown(filled if whose == "file" else filled.parent, 65534, 65534)
    assert load(filled.parent) == PARSED
    assert load(filled.parent).parsed == (whose == "folder")


def test_nowhere_to_write_is_no_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")
    for folder in (blocked, blocked / "below", Path("/proc/nowhere"), tmp_path / ("long" * 100)):
        for _ in range(2):
            assert load(folder) == PARSED
    assert blocked.read_bytes() == b""


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_no_error(cache: Path) -> None:
    cache.mkdir(mode=0o500)
    for _ in range(2):
        assert load(cache) == PARSED


def test_it_can_be_switched_off(tmp_path: Path) -> None:
    for _ in range(2):
        assert load("", XDG_CACHE_HOME=str(tmp_path), HOME=str(tmp_path)) == PARSED
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="the folders of XDG")
@pytest.mark.parametrize(("named", "place"), [("{tmp}/xdg", "xdg"), ("", "home/.cache"), ("relative", "home/.cache")])
def test_the_default_folder_is_that_of_the_user(tmp_path: Path, named: str, place: str) -> None:
    for parsed in (True, False):
        found = load(None, XDG_CACHE_HOME=named.format(tmp=tmp_path), HOME=str(tmp_path / "home"))
        assert found == Loaded(FACTS, parsed)
    assert only(tmp_path / place / "fhir-reporter").name.startswith("catalogue-")


def test_many_processes_at_once_share_one_file(cache: Path, tmp_path: Path) -> None:
    site = overlay(tmp_path / "site", "IRM A.")
    ours, theirs = [start(cache) for _ in range(4)], [start(cache, site) for _ in range(2)]
    assert [answer(process).said for process in ours] == [FACTS] * 4
    assert [answer(process).said["advice"] for process in theirs] == ["IRM A."] * 2
    assert len(list(cache.iterdir())) == 2
    assert load(cache) == CACHED


def test_a_catalogue_with_a_problem_is_refused_each_time_and_never_kept(cache: Path, tmp_path: Path) -> None:
    site = overlay(tmp_path / "site", "[not, a, text]")
    for _ in range(2):
        assert load(cache, site) == Loaded({"refused": ["RPT-CATALOG-VALUE"]}, parsed=True)
    assert not cache.exists()


def test_old_files_make_room_for_new_ones(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORTER_CACHE_DIR", str(cache))
    for number in range(cachefile.KEPT + 2):
        cachefile.write("catalogue", bytes([number]) * 32, (number,))
        os.utime(cache / f"catalogue-{(bytes([number]) * 32).hex()}.cache", (number, number))
    cachefile.write("rules", bytes(32), ("another kind",))
    found = [cachefile.read("catalogue", bytes([number]) * 32) for number in range(cachefile.KEPT + 2)]
    assert found == [None, None, *((number,) for number in range(2, cachefile.KEPT + 2))]
    assert cachefile.read("rules", bytes(32)) == ("another kind",)


def test_what_is_compiled_from_a_catalogue_is_not_kept_with_it(filled: Path) -> None:
    catalog = load_catalog()
    catalog.tables["compiled"] = {(): "of this process"}
    changed = dataclasses.replace(catalog, version="other")
    assert "compiled" not in load_catalog().tables
    assert changed.tables == {}


def test_lint_reads_the_yaml_and_keeps_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORTER_CACHE_DIR", str(cache))
    assert main(["lint"]) == 0
    assert not cache.exists()
