"""Makes decompositions.txt and compatibility.txt: python3 lib/AttentionLab/Words/make_decompositions.py

Unicode's decompositions, as Python's unicodedata has them (Unicode 14 in Python 3.11). Needed because .NET's
string.Normalize returns its input unchanged under InvariantGlobalization. Hangul is left out: it follows from a formula.
Lines of decompositions.txt: "d CODE PART PART ..." (full canonical decomposition), "c CLASS FIRST-LAST ..." (combining class)
and "x FIRST-LAST ..." (decomposed, but never composed again); of compatibility.txt: "k CODE PART PART ..." (full compatibility
decomposition where it is not the canonical one). All numbers are hexadecimal.
"""
import os
import unicodedata

HERE = os.path.dirname(os.path.abspath(__file__))


def add(runs, code):
    if runs and runs[-1][1] == code - 1:
        runs[-1][1] = code
    else:
        runs.append([code, code])


def show(runs):
    return " ".join("%X-%X" % (first, last) for first, last in runs)


def write(name, lines):
    with open(os.path.join(HERE, name), "w", newline="\n") as file:
        file.write("\n".join(lines) + "\n")
    print(name, unicodedata.unidata_version, len(lines), "lines")


canonical, compatible, excluded, classes = [], [], [], {}
for code in range(0x110000):
    text = chr(code)
    if not 0xAC00 <= code <= 0xD7A3 and not 0xD800 <= code <= 0xDFFF:
        parts, more = unicodedata.normalize("NFD", text), unicodedata.normalize("NFKD", text)
        if parts != text:
            canonical.append("d %X %s" % (code, " ".join("%X" % ord(part) for part in parts)))
            if unicodedata.normalize("NFC", text) != text:
                add(excluded, code)
        if more != parts:
            compatible.append("k %X %s" % (code, " ".join("%X" % ord(part) for part in more)))
    if unicodedata.combining(text):
        add(classes.setdefault(unicodedata.combining(text), []), code)

write("decompositions.txt", canonical + ["c %X %s" % (value, show(classes[value])) for value in sorted(classes)] + ["x " + show(excluded)])
write("compatibility.txt", compatible)
