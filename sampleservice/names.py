"""Fictitious titles and names in several scripts, including some that are hard to print.

No name is taken from a real person or looked up anywhere.
"""

import polars as pl

from sampleservice.randomness import Draws, Ints

# Per script: first words, second words. Latin is first and is drawn most often.
WORDS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("Amber", "Paper", "Silver", "Quiet", "Electric", "Hollow", "Golden", "Velvet", "Northern",
         "Broken", "Salt", "Winter", "Copper", "Distant", "Midnight", "Neon", "Wild", "Slow",
         "Borrowed", "Crystal", "Été", "Größe", "Niño", "Señal", "Łąka", "Çınar"),
        ("Harbour", "Lanterns", "River", "Machines", "Garden", "Signal", "Mirrors", "Horizon",
         "Weather", "Kites", "Static", "Orchard", "Letters", "Engines", "Tides", "Shadows",
         "Satellite", "Rooms", "Parade", "Compass", "Fenêtre", "Straße", "Corazón", "Kwiaty"),
    ),
    (
        ("Северный", "Тихий", "Золотой", "Бумажный", "Ночной", "Дальний"),
        ("берег", "сигнал", "ветер", "фонарь", "поезд", "снег"),
    ),
    (
        ("Ήσυχο", "Χρυσό", "Μακρινό", "Γαλάζιο", "Νυχτερινό"),
        ("κύμα", "φως", "ταξίδι", "λιμάνι", "τραγούδι"),
    ),
    (
        ("静かな", "夜明けの", "銀色の", "遠い", "ガラスの"),
        ("海", "列車", "ラジオ", "花火", "約束"),
    ),
    (
        ("조용한", "푸른", "새벽의", "은빛", "머나먼"),
        ("바다", "기차", "편지", "신호", "정원"),
    ),
    (
        ("ليل", "صوت", "ضوء", "طريق", "حلم"),
        ("هادئ", "بعيد", "ذهبي", "أزرق", "جديد"),
    ),
    (
        ("לילה", "קול", "אור", "דרך", "חלום"),
        ("שקט", "רחוק", "זהוב", "כחול", "חדש"),
    ),
)  # fmt: skip
SCRIPT_WEIGHTS = (0.74, 0.06, 0.03, 0.06, 0.05, 0.03, 0.03)
HOSTILE_TITLES = (
    "=SUM(A1)",
    "<script>alert(1)</script>",
    'Comma, "Quote" and; Semicolon',
    "Line\nBreak",
    "+1+1",
    "@import",
    "-2+3",
    "مرحبا \u202bRTL\u202c LTR",
    "Tab\there",
    "Pipe|Back\\slash",
    "' OR 1=1 --",
    "Emoji 🎛️ 𝄞",
    "Z͑ͫ̓ͪa̴l͝g͞o",
    "%s {0} {{ jinja }}",
)


def titles(draws: Draws, count: int, hostile_from: int) -> pl.Series:
    """Random titles, and hostile ones from a given position on."""
    column = _phrases(draws, count).to_list()
    for offset, title in enumerate(HOSTILE_TITLES):
        if hostile_from + offset < count:
            column[hostile_from + offset] = title
    return pl.Series(column)


def act_names(draws: Draws, count: int) -> pl.Series:
    """Names of artists; a number makes equal names rare, as in agencies' own lists."""
    phrases = _phrases(draws, count)
    article = draws.chance(0.35, count)
    frame = pl.DataFrame({"phrase": phrases, "article": article})
    return frame.select(
        pl.when("article").then(pl.lit("The ") + pl.col("phrase")).otherwise(pl.col("phrase"))
    )["literal"]


def company_names(draws: Draws, count: int, suffix: str) -> list[str]:
    """Names of labels and publishers, all different."""
    firsts, seconds = WORDS[0]
    order = draws.shuffled(len(firsts) * len(seconds))
    names = []
    for number in range(count):
        first, second = divmod(int(order[number % len(order)]), len(seconds))
        round_number = number // len(order)
        tail = f" {round_number + 1}" if round_number else ""
        names.append(f"{firsts[first]} {seconds[second]} {suffix}{tail}")
    return names


def _phrases(draws: Draws, count: int) -> pl.Series:
    script = draws.pick(SCRIPT_WEIGHTS, count)
    firsts = _words(draws, script, 0)
    seconds = _words(draws, script, 1)
    extra = draws.chance(0.3, count)
    tails = pl.Series([str(n) for n in range(2, 100)]).gather(draws.ints(0, 98, count))
    frame = pl.DataFrame({"first": firsts, "second": seconds, "extra": extra, "tail": tails})
    phrase = pl.col("first") + " " + pl.col("second")
    return frame.select(
        pl.when("extra").then(phrase + " " + pl.col("tail")).otherwise(phrase).alias("phrase")
    )["phrase"]


def _words(draws: Draws, script: Ints, place: int) -> pl.Series:
    """One word per row from the row's script."""
    words: list[str] = []
    starts, sizes = [], []
    for lists in WORDS:
        starts.append(len(words))
        sizes.append(len(lists[place]))
        words.extend(lists[place])
    within = (draws.units(len(script)) * pl.Series(sizes).gather(script).to_numpy()).astype("int64")
    return pl.Series(words).gather(pl.Series(starts).gather(script).to_numpy() + within)
