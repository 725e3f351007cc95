"""Words that announce a value, in Russian, Kazakh, Uzbek and English, by stem."""

from collections.abc import Mapping, Sequence

from catalog.words import fold, stem, uzbek_cyrillic
from matcher.reading.text import Atom

_WORDS = {
    "diameter": "диаметр диаметром диам диаметрі диаметрлі diametri diametrli diameter dia ø д d ф",
    "dn": "ду dn dy dу",
    "outer": "дн dн dnar",
    "inner": "dвн двн",
    "wall": "стенка стенки стенкой қабырғасы қабырға қабырғы қабырғасының devor devori wall",
    "thickness": "толщина толщиной қалыңдығы қалыңдық qalinligi thickness thick толщ б s t",
    "length": "длина длиной l long ұзындығы uzunligi length",
    "extent": "протяженность протяженностью протяж жалпы length",
    "width": "ширина шириной ені eni kengligi width wide",
    "height": "высота высотой биіктігі balandligi height high",
    "pn": "pn ру рн py рраб",
    "pressure": "давление p р bosim bosimi қысым қысымы pressure",
    "mass": "масса массой вес весом салмағы массасы",
    "volume": "емкость вместимость сыйымдылығы",
    "quantity": """количество количестве кол кол-во саны көлемі объем объеме miqdori miqdor quantity
        qty""",
    "ignored": """температура прочности прочность текучести артикул арт код класс
        тип серия серии модель
        лот ip год ул дом тел бин iin инн кабинет этаж статья пункт договор школа №
        гарантия срок дней""",
}


def _forms(word: str, *, exact: bool) -> tuple[str, ...]:
    """Return the forms a word is looked up by; short ones and «серия», not «серый», as written."""
    if exact or len(word) < 4:
        return (word,)
    return word, stem(word), stem(uzbek_cyrillic(word))


KEYS: Mapping[str, str] = {
    form: key
    for key, listed in _WORDS.items()
    for word in listed.split()
    for form in _forms(fold(word), exact=key == "ignored")
}
SHORT = frozenset({"d", "д", "ф", "б", "s", "t", "l", "p", "р"})
"""Single letters announce only with a sign or digits at once behind: `d=820`, `L=6`, `d.50`."""
SIGNED_KEYS = frozenset({"mass", "volume", "pn", "pressure", "quantity", "length", "extent"})
"""Keys of which a text states one value, never a list."""
_QUALIFIERS = {
    "outer": "наружный наружного внешний сыртқы tashqi outer outside external",
    "inner": "внутренний внутреннего ішкі ichki inner internal",
    "dn": "условный условного условным номинальный номинального шартты nominal shartli",
}
QUALIFIERS: Mapping[str, str] = {
    form: key
    for key, listed in _QUALIFIERS.items()
    for word in listed.split()
    for form in (fold(word), stem(fold(word)))
}
NEGATIONS = frozenset({"не", "not", "no"})
NEGATED = {
    "low": frozenset({"менее", "ниже", "меньше", "less", "короче"}),
    "high": frozenset({"более", "выше", "больше", "свыше", "more"}),
}
BEHIND = frozenset(
    {"diameter", "dia", "wall", "thick", "thickness", "long", "wide", "high", "length"}
)
"""English words that name the number before them."""
BEFORE_LOW = frozenset({"от", "min", "мин", "минимум", "свыше", "from", "кемінде", "kamida"})
BEFORE_HIGH = frozenset({"до", "max", "макс", "максимум", "upto"})
AFTER_LOW = frozenset({"кем", "бастап", "kam"})
AFTER_HIGH = frozenset({"артық", "дейін", "аспайтын", "gacha", "ko'p"})


def reads_key(
    atoms: Sequence[Atom], position: int, aliases: Mapping[str, str]
) -> tuple[str | None, str | None]:
    """Return the key or the qualifier that the word at `position` announces; at most one."""
    text = atoms[position].text
    if text in SHORT:
        return (KEYS[text], None) if _announces(atoms, position) else (None, None)
    root = stem(text)
    qualifier = QUALIFIERS.get(text) or QUALIFIERS.get(root)
    if qualifier:
        return None, qualifier
    return aliases.get(root) or KEYS.get(text) or KEYS.get(root), None


def _announces(atoms: Sequence[Atom], position: int) -> bool:
    """Whether a single letter is a size's sign: `d=800`, `d.50`, `d 110`, `D20`; not «д. 5»."""
    text = atoms[position].text
    after = atoms[position + 1] if position + 1 < len(atoms) else None
    if after is None:
        return False
    signed = after.text in {"=", ":"}
    glued = after.start == atoms[position].end
    if text == "s" and glued and after.value is not None:
        return True
    if text in {"s", "t", "б", "p", "р"}:
        return signed
    if text == "l" and glued and after.text == "-":
        return position + 2 < len(atoms) and atoms[position + 2].value is not None
    if text == "д":
        return signed or (glued and after.value is not None) or _millimetres(atoms, position)
    return signed or after.value is not None or (after.text == "." and glued)


def _millimetres(atoms: Sequence[Atom], position: int) -> bool:
    """Whether «д.20мм»: a number with millimetres stands behind the letter and its dot."""
    window = atoms[position + 1 : position + 4]
    return any(a.value is not None for a in window) and any(a.text in {"мм", "mm"} for a in window)
