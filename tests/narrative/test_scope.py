"""What the section writers share: who says what first, the words of the catalogue, facts inside a sign's sentence."""

from reporter.model.report import Origin, Statement
from reporter.narrative.lexicon import Lexicon
from reporter.narrative.rows import group
from reporter.narrative.scope import Scope
from reporter.narrative.writer import Writer, printed
from reporter.settings import Settings
from tests.narrative.inputs import CATALOG, OEDEMA, exam, report, sign


def _writer() -> Writer:
    writer = Writer("findings")
    writer.say("oedème du talus", ["finding/F1", "finding/F2"], rules=["E-MIGR"])
    writer.say("pas de fracture ;", ["finding/F3", "finding/F3"])
    return writer


def test_a_sentence_is_printed_and_numbered() -> None:
    writer = _writer()
    [(first, second)] = printed([writer], Settings())
    assert (first.id, first.text, first.statements) == ("s-findings-1", "Œdème du talus.", ("finding/F1", "finding/F2"))
    assert (second.id, second.text, second.statements) == ("s-findings-2", "Pas de fracture.", ("finding/F3",))


def test_a_report_is_printed_at_once_with_the_radiologists_words_as_they_are() -> None:
    title, writer = Writer("title"), Writer("findings")
    title.say("IRM du pied", ["technique"])
    writer.say("oedème de 5 mm", ["finding/F1"])
    writer.verbatim("à revoir :", ["finding/F1"], paragraph=2)
    shown = [[s.text for s in section] for section in printed([title, writer], Settings())]
    assert shown == [["IRM du pied"], ["Œdème de 5\u202fmm.", "à revoir :"]]


def test_odd_blanks_of_one_text_change_no_other() -> None:
    writer = Writer("findings")
    writer.say("oedème :\tnon ,", ["finding/F1"])
    writer.verbatim("deux\nlignes  ", ["finding/F1"])
    writer.say("pas de\nfracture  ?", ["finding/F2"])
    [sentences] = printed([writer], Settings())
    assert [s.text for s in sentences] == ["Œdème\u00a0: non.", "deux\nlignes  ", "Pas de fracture\u202f?"]
    assert [s.free for s in sentences] == [False, True, False]


def test_an_empty_text_says_nothing() -> None:
    writer = Writer("findings")
    writer.say("  ", ["finding/F1"])
    assert not writer.texts
    assert not writer.says("finding/F1")


def test_the_writer_knows_which_sentence_says_a_statement_first() -> None:
    writer = _writer()
    writer.say("encore", ["finding/F3", "finding/F4"])
    assert writer.saying(["finding/F4", "finding/F3"]) == 1
    assert writer.saying(["finding/F4"]) == 2
    assert writer.saying(["finding/F9"]) is None
    assert (writer.of_rule("E-MIGR"), writer.of_rule("N-H"), writer.of_rule(None)) == (0, None, None)


def test_a_sentence_may_say_more_afterwards() -> None:
    writer = _writer()
    before = set(writer.first())
    writer.also(-1, ["derived/1", "finding/F3"], ["N-H"])
    writer.also(0, ["derived/1"], ["N-H"])
    second = next(printed([writer], Settings()))[1]
    assert (second.statements, second.rules) == (("finding/F3", "derived/1"), ("N-H",))
    assert (writer.saying(["derived/1"]), writer.of_rule("N-H")) == (0, 0)
    assert writer.says("derived/1")
    assert "derived/1" not in before


def test_words_are_found_by_their_path() -> None:
    words = Lexicon({"a": {"b": "mot", "list": ["x", "y"], "number": 3}, "none": None})
    assert (words.word["a", "b"], words.word["a", "number"], words.word["a", "z"], words.word["none"]) == (
        "mot", "3", "", "",
    )  # fmt: skip
    assert words.words["a", "list"] == ("x", "y")
    assert (words.words["a", "b"], words.table["a", "b"], words.table["z"]) == ((), {}, {})
    assert words.table["a"]["b"] == "mot"


def test_statements_are_sorted_by_kind() -> None:
    made = report(exam(sign("F1", "bone_marrow_oedema", "sacral_ala", laterality="left", signal=OEDEMA)))
    scope = Scope(made.data, CATALOG, Settings())
    assert [s.concept for s in scope.findings] == ["bone_marrow_oedema"]
    assert [s.id for s in scope.of_kind("order")] == ["order"]
    assert not scope.of_kind("dxa")


def _sign(name: str, side: str | None, **more: str) -> Statement:
    made = report(exam(sign("F1", "bone_marrow_oedema", "sacral_ala", laterality=side, signal=OEDEMA, **more)))
    found = next(s for s in made.data.statements if s.kind == "finding")
    return Statement(name, "finding", found.concept, Origin("entered"), name, found.site, "present", None, None,
                     found.attributes)  # fmt: skip


def test_left_and_right_of_a_sign_are_one_row_each_pair_in_turn() -> None:
    left, right = _sign("L", "left"), _sign("R", "right")
    again = Statement("R2", "finding", right.concept, right.origin, "R2", right.site, "present", None, None,
                      right.attributes)  # fmt: skip
    rows = group([left, right, again])
    assert [row.ids for row in rows] == [("L", "R"), ("R2",)]
    assert [row.sites[0].laterality for row in rows] == ["bilateral", "right"]


def test_sides_of_different_severity_are_one_row_the_worse_first() -> None:
    rows = group([_sign("L", "left", severity="moderate"), _sign("R", "right", severity="marked")])
    assert [row.ids for row in rows] == [("R", "L")]
    assert rows[0].severities == (("right", "marked"), ("left", "moderate"))


def test_many_pairs_of_one_site_are_said_once() -> None:
    left, right = _sign("L", "left"), _sign("R", "right")
    rows = group([left] * 200 + [right] * 200)
    assert len(rows) == 1
    assert rows[0].sites[0].laterality == "bilateral"
    assert len(rows[0].ids) == 400
