"""Agreement of adjectives and participles, plurals, ordinals, sides."""

from __future__ import annotations

from reporter.french.words import NounPhrase, enumeration

_FEMININE = (
    ("eux", "euse"), ("ateur", "atrice"),
    ("if", "ive"), ("el", "elle"), ("eil", "eille"), ("ien", "ienne"), ("er", "ère"),
    ("anc", "anche"), ("cret", "crète"), ("plet", "plète"), ("aigu", "aiguë"), ("ais", "aisse"),
)  # fmt: skip
_STOP_WORDS = frozenset(("de", "du", "des", "d'un", "d'une", "à", "au", "en", "sans", "avec", "dans", "par", "sur"))
_INVARIABLE = frozenset(("en", "h"))
_SIDES = {"left": "gauche", "right": "droit"}


def feminine(adjective: str) -> str:
    """Feminine of a masculine singular adjective: douteux → douteuse, sacré → sacrée, modéré → modérée."""
    if adjective.endswith("e"):
        return adjective
    for masculine, ending in _FEMININE:
        if adjective.endswith(masculine):
            return adjective[: -len(masculine)] + ending
    return adjective + "e"


def plural_word(word: str) -> str:
    """Plural of one noun or adjective: fémoral → fémoraux, os → os, genou → genoux."""
    if word.endswith(("s", "x", "z")):
        return word
    if word.endswith("al"):
        return word[:-2] + "aux"
    if word.endswith(("au", "eu", "genou")):
        return word + "x"
    return word + "s"


def plural_phrase(text: str) -> str:
    """Plural of a noun and its adjectives, up to the first preposition: « toit du cotyle » → « toits du cotyle »."""
    words = text.split(" ")
    for index, word in enumerate(words):
        if word in _STOP_WORDS or word.startswith("d'"):
            return " ".join([*map(plural_word, words[:index]), *words[index:]])
    return " ".join(map(plural_word, words))


def agree(adjective: str, phrase: NounPhrase) -> str:
    """A masculine singular adjective (or several words) agreed with a noun phrase, word by word."""
    words: list[str] = []
    for word in adjective.split(" "):
        if word in _STOP_WORDS or word in _INVARIABLE:
            return " ".join([*words, adjective.split(" ", len(words))[-1]])
        form = feminine(word) if phrase.gender == "f" else word
        words.append(plural_word(form) if phrase.plural else form)
    return " ".join(words)


def ending(phrase: NounPhrase) -> str:
    """What a regular participle adds: « étendu » + « e » / « s » / « es »."""
    return ("e" if phrase.gender == "f" else "") + ("s" if phrase.plural else "")


def side(laterality: str, gender: str, plural: bool = False) -> str:
    """« droit », « droite », « gauches », « droits et gauches »; gender "mp" is masculine plural."""
    if laterality == "bilateral":
        return enumeration((side("right", gender, plural), side("left", gender, plural)))
    phrase = NounPhrase("", "f" if gender == "f" else "m", plural or gender == "mp")
    return agree(_SIDES[laterality], phrase)


def ordinal(number: int, gender: str = "m") -> str:
    """« 1er », « 1re », « 9ᵉ »."""
    if number == 1:
        return "1re" if gender == "f" else "1er"
    return f"{number}ᵉ"
