"""Words that announce a value, in Russian, Kazakh, Uzbek and English, by stem."""

from collections.abc import Mapping

from catalog.words import fold, stem, uzbek_cyrillic

_WORDS = {
    "diameter": "диаметр диаметром диам диаметрі диаметрлі diametri diametrli diameter dia ø д d ф",
    "dn": "ду dn dy dу",
    "outer": "дн dн dnar",
    "inner": "dвн двн",
    "wall": "стенка стенки стенкой қабырғасы қабырға қабырғы қабырғасының devor devori wall wt",
    "thickness": "толщина толщиной қалыңдығы қалыңдық qalinligi thickness thick толщ б s t δ",
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
SHORT = frozenset({"d", "д", "ф", "б", "s", "t", "δ", "l", "p", "р"})
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

LIST = frozenset({"и", "или", "және", "va", "and"})
TELLING = frozenset().union(
    SHORT, NEGATIONS, *NEGATED.values(), BEFORE_LOW, BEFORE_HIGH, AFTER_LOW, AFTER_HIGH, LIST
)
"""Words that say something of a number beside the keys and qualifiers."""
