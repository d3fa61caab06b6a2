"""Makes the reference values beside it: /usr/bin/python3 tests/golden/words/make_words.py

An independent implementation, in Python with its own unicodedata (Unicode 14 in Python 3.11) and NumPy, of the rules in BERT's
released tokenization.py (Devlin et al. 2018), of byte-pair joining by recounting everything in every round, of the word2vec
formats, and of nearest words, analogies and PCA.
"""
import collections
import gzip
import json
import os
import random
import struct
import unicodedata

import numpy

HERE = os.path.dirname(os.path.abspath(__file__))
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


# ---- BERT's basic tokenization -------------------------------------------------------------------------------------

def is_chinese(c):
    blocks = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF),
              (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))
    return any(first <= ord(c) <= last for first, last in blocks)


def is_mark(c):
    return (33 <= ord(c) <= 126 and not c.isalnum()) or unicodedata.category(c)[0] == "P"


def basic(text, lower):
    clean = ""
    for c in text:
        category = unicodedata.category(c)
        if c in "\t\n\r" or category == "Zs":
            clean += " "
        elif c not in "\0\ufffd" and category not in ("Cc", "Cf"):
            clean += " " + c + " " if is_chinese(c) else c
    words = []
    for word in clean.split():
        if lower:
            word = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) != "Mn")
        words.append("".join(" " + c + " " if is_mark(c) else c for c in word))
    return " ".join(words).split()


# ---- WordPiece --------------------------------------------------------------------------------------------------------

def pieces_of(word, vocabulary):
    if len(word) > 100:
        return ["[UNK]"]
    found, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                found.append(piece)
                start = end
                break
        else:
            return ["[UNK]"]
    return found


def tokenize(text, vocabulary, lower):
    for special in SPECIAL:  # a special piece written in a text stays whole, as in the libraries in use
        if special in text:
            before, after = text.split(special, 1)
            return tokenize(before, vocabulary, lower) + [special] + tokenize(after, vocabulary, lower)
    return [piece for word in basic(text, lower) for piece in pieces_of(word, vocabulary)]


def encode(text, pair, maximum, vocabulary, lower):
    a, b = tokenize(text, vocabulary, lower), None if pair is None else tokenize(pair, vocabulary, lower)
    room = None if maximum is None else maximum - (2 if b is None else 3)
    while room is not None and len(a) + len(b or []) > room:
        (a if b is None or len(a) > len(b) else b).pop()
    tokens = ["[CLS]"] + a + ["[SEP]"]
    types = [0] * len(tokens)
    if b is not None:
        tokens += b + ["[SEP]"]
        types += [1] * (len(b) + 1)
    return {"tokens": tokens, "ids": [vocabulary[t] for t in tokens], "types": types}


# ---- joining pairs, the slow and obvious way ------------------------------------------------------------------------------

def train(texts, size, lower, minimum):
    counts = collections.Counter(word for text in texts for word in basic(text, lower) if len(word) <= 100)
    words = {word: [("##" if i else "") + c for i, c in enumerate(word)] for word in counts}
    vocabulary = SPECIAL + sorted({piece for pieces in words.values() for piece in pieces}, key=lambda p: p.encode("utf-16-be"))
    while len(vocabulary) < size:
        pairs = collections.Counter()
        for word, pieces in words.items():
            for pair in zip(pieces, pieces[1:]):
                pairs[pair] += counts[word]
        if not pairs:
            break
        key = lambda pair: (-pairs[pair], pair[0].encode("utf-16-be"), pair[1].encode("utf-16-be"))
        best = min(pairs, key=key)
        if pairs[best] < minimum:
            break
        joined = best[0] + best[1][2:]
        if joined not in vocabulary:
            vocabulary.append(joined)
        for word, pieces in words.items():
            new, i = [], 0
            while i < len(pieces):
                if tuple(pieces[i:i + 2]) == best:
                    new.append(joined)
                    i += 2
                else:
                    new.append(pieces[i])
                    i += 1
            words[word] = new
    return vocabulary


# ---- texts ---------------------------------------------------------------------------------------------------------------

TEXTS = [
    "", " ", "Hello, World!", "  multiple\t spaces\nand\r\nlines  ", "UNwanted,running", "I can't believe it's not butter.",
    "naïve café résumé Ångström ÀÉÎÕÜ ñ ç ø ß ẞ", "e\u0301cole cafe\u0301 a\u0327\u0301 a\u0301\u0327", "İstanbul I ı i İ",
    "ΟΔΥΣΣΕΥΣ Σ ΣΑΣ ΑΣ. ΑΣ'Α Α\u0301Σ\u0301 ΤΟΙΣ-ΟΔΟΙΣ", "Привет, МИР! Ёлка й", "DŽ Dž dž LJ Lj", "ﬁ ﬂ Ⅷ ⓐ Ⓐ ª º ½ ² ™",
    "我爱北京天安门。apple苹果pie", "ひらがな カタカナ ガギ 한국어 각 뷁", "\u3400\u4dbf\uf900\ufa0e\U00020000\U0002f800\U0002a6df end", "㐀漢字",
    "emoji 😀👍🏽 a👩\u200d👩\u200d👧b", "$100 + 5% = ^_^ `code` ~tilde~ |bar| <tag> {x} a@b.c", "“quotes” ‘single’ –dash— …dots… «guillemets» ¿qué? ¡no!",
    "zero\u200bwidth soft\u00adhyphen bom\ufeff nul\0byte bad\ufffdchar", "nbsp\u00a0em\u2003ideographic\u3000line\u2028para\u2029next\u0085end\u001cfs\u001fus\u000bvt\u000cff",
    "\u0301leading mark", "हिन्दी ภาษาไทย עִבְרִית العَرَبِيَّة", "ᎠᏂ Ꭰ 𐐀𐐁 𝐀𝟘", "a" * 100, "a" * 101, "é" * 101, "unaffable " + "x" * 250,
    "\U0001d15e\U0001d1bb music", "ὈΔΥΣΣΕΎΣ ᾳ ᾼ ᾈ ΐ", "\u1e9b\u0323 \u212b \u2126 \u0340", "\ue000 private \U000e0001tag", "Ａ Ｂ！ ＃ｆｕｌｌ", "x\u0308\u0301y\u0301\u0308",
    "The quick brown fox jumps over the lazy dog.", "Transformers are attention-based; 3.14 and 1,000,000!", "[MASK] is [mask] and [CLS]x[SEP]", "a[MASK]b [[MASK]] [UNK][PAD]",
]

random.seed(11)
BLOCKS = [(0x20, 0x7E)] * 6 + [(0xA0, 0x17F)] * 3 + [(0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x4FF), (0x590, 0x5F4), (0x620, 0x65F), (0x900, 0x97F),
          (0x1E00, 0x1FFE), (0x2000, 0x206F), (0x2100, 0x214F), (0x3040, 0x30FF), (0x3400, 0x3410), (0x4E00, 0x4E20), (0xAC00, 0xAC40), (0xFF01, 0xFF60), (0x1F600, 0x1F640)]


def noise():
    text = ""
    for _ in range(random.randint(1, 24)):
        first, last = random.choice(BLOCKS)
        c = chr(random.randint(first, last))
        if unicodedata.category(c) != "Cn":
            text += c
        if random.random() < 0.15:
            text += " "
    return text


TEXTS += [noise() for _ in range(250)]

CORPUS = [
    "the cat sat on the mat and the cat ate the rat", "low lower lowest newer newest wider widest", "banana bandana ananas banana",
    "aaaa aaa aaaaa abab ababab abc abcabc", "Die Übung über Übel, naïve façade", "北京 天安门 北京 hello, hello... hello!", "𐐀𐐁 𐐀𐐁 𐐀𐐂 ﬁ ﬁ",
    "attention is all you need; attention is a weighted mean, attention is not all you need",
]


def save(name, value):
    with open(os.path.join(HERE, name), "w", encoding="ascii", newline="\n") as file:
        json.dump(value, file, ensure_ascii=True, indent=0)
        file.write("\n")


def main():
    save("basic.json", [{"text": t, "uncased": basic(t, True), "cased": basic(t, False)} for t in TEXTS])

    # Every assigned character between two letters, uncased: the ones that do not come out as they went in.
    # A code alone on its line begins or ends a run of characters that Python's Unicode does not have.
    lines, assigned = [], True
    for code in range(0x110000):
        c = chr(code)
        if (unicodedata.category(c) != "Cn") != assigned:
            assigned = not assigned
            lines.append("%X" % code)
        skip = unicodedata.category(c) in ("Cn", "Cs") or is_chinese(c) or 0xAC00 <= code <= 0xD7A3
        if not skip and basic("a" + c + "b", True) != ["a" + c + "b"]:
            lines.append("%X\t%s" % (code, "\t".join(basic("a" + c + "b", True))))
    with open(os.path.join(HERE, "characters.txt.gz"), "wb") as raw, gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as file:
        file.write(("\n".join(lines) + "\n").encode("utf-8"))

    # Two vocabularies: learned pieces, characters, and words that only longest-match-first cuts as it should.
    for case in ("uncased", "cased"):
        lower = case == "uncased"
        learned = train(CORPUS + TEXTS[:20], 400, lower, 2)
        extra = [w for w in ["un", "##aff", "##able", "unaff", "##ffable", "run", "##ning", "want", "##ed", "wanted", "##wanted", "hello", "world", "Hello", "##é", "é", "the", "quick"] if w not in learned]
        pieces = ["[PAD]", "[unused0]", "[unused1]"] + [p for p in learned if p != "[PAD]"] + extra
        with open(os.path.join(HERE, "vocab-%s.txt" % case), "w", encoding="utf-8", newline="\n") as file:
            file.write("".join(p + "\n" for p in pieces))
        vocabulary = {p: i for i, p in enumerate(pieces)}
        cases = [(t, None, None) for t in TEXTS] + [(t, p, m) for t, p, m in zip(TEXTS, TEXTS[3:60], [None, 3, 4, 5, 8, 9, 16] * 9)] + [(t, None, m) for t, m in zip(TEXTS[35:], [2, 3, 7, 12])]
        save("wordpiece-%s.json" % case, [{"text": t, "pair": p, "maximum": m, **encode(t, p, m, vocabulary, lower)} for t, p, m in cases])

    runs = [(size, lower, minimum) for size, lower, minimum in ((90, True, 2), (150, True, 2), (150, False, 3), (10000, True, 1))]
    save("train.json", {"corpus": CORPUS, "runs": [{"size": s, "uncased": l, "minimum": m, "pieces": train(CORPUS, s, l, m)} for s, l, m in runs]})

    vectors()


# ---- word vectors -------------------------------------------------------------------------------------------------------------

def vectors():
    rng = numpy.random.default_rng(5)
    words = ["king", "queen", "man", "woman", "naïve", "苹果", "new_york", "</s>"] + ["w%d" % i for i in range(22)]
    x = rng.standard_normal((len(words), 7)).astype(numpy.float32)
    x[1] = x[0] - x[2] + x[3] + 0.05 * x[4]
    x[7] = 0
    with open(os.path.join(HERE, "vectors.bin"), "wb") as file:  # as word2vec.c writes it: a line feed behind every vector
        file.write(b"%d %d\n" % x.shape)
        for word, row in zip(words, x):
            file.write(word.encode("utf-8") + b" " + struct.pack("<7f", *row) + b"\n")
    with open(os.path.join(HERE, "vectors.txt"), "wb") as file:  # a blank behind every number
        file.write(b"%d %d\n" % x.shape)
        for word, row in zip(words, x):
            file.write(word.encode("utf-8") + b" " + b"".join(repr(float(v)).encode() + b" " for v in row) + b"\n")

    d = x.astype(numpy.float64)
    norms = numpy.linalg.norm(d, axis=1)
    unit = d / numpy.where(norms == 0, 1, norms)[:, None]

    def nearest(v, without):
        cosine = unit @ (v / numpy.linalg.norm(v))
        order = [i for i in numpy.argsort(-cosine, kind="stable") if words[i] not in without]
        return [{"word": words[i], "cosine": float(cosine[i])} for i in order[:6]]

    a, b, c = "man", "king", "woman"
    at = words.index
    pca = {}
    for name, rows in (("many", d), ("few", d[:5])):
        centred = rows - rows.mean(0)
        u, s, vt = numpy.linalg.svd(centred, full_matrices=False)
        sign = numpy.sign(vt[numpy.arange(len(vt)), numpy.abs(vt).argmax(1)])
        axes = (vt * sign[:, None])[:3]
        pca[name] = {"points": (centred @ axes.T).tolist(), "axes": axes.tolist(), "shares": (s ** 2 / (s ** 2).sum())[:3].tolist()}
    save("vectors.json", {
        "words": words, "bits": [[struct.unpack("<I", struct.pack("<f", v))[0] for v in row] for row in x],
        "nearest": {w: nearest(d[at(w)], [w]) for w in ("king", "苹果", "w3")},
        "analogy": nearest(unit[at(b)] - unit[at(a)] + unit[at(c)], [a, b, c]), "pca": pca,
    })


if __name__ == "__main__":
    main()
