"""Makes decompositions.txt: python3 lib/AttentionLab/Words/make_decompositions.py

Unicode's canonical decompositions, as Python's unicodedata has them (Unicode 14 in Python 3.11). Needed because .NET's
string.Normalize returns its input unchanged under InvariantGlobalization. Hangul is left out: it follows from a formula.
Lines: "d CODE PART PART ..." (full canonical decomposition) and "c CLASS FIRST-LAST ..." (combining class), in hexadecimal.
"""
import os
import unicodedata

lines = []
for code in range(0x110000):
    text = chr(code)
    if not 0xAC00 <= code <= 0xD7A3 and not 0xD800 <= code <= 0xDFFF:
        parts = unicodedata.normalize("NFD", text)
        if parts != text:
            lines.append("d %X %s" % (code, " ".join("%X" % ord(part) for part in parts)))

classes = {}
for code in range(0x110000):
    value = unicodedata.combining(chr(code))
    if value:
        runs = classes.setdefault(value, [])
        if runs and runs[-1][1] == code - 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
for value in sorted(classes):
    lines.append("c %X %s" % (value, " ".join("%X-%X" % (first, last) for first, last in classes[value])))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "decompositions.txt"), "w", newline="\n") as file:
    file.write("\n".join(lines) + "\n")
print(unicodedata.unidata_version, len(lines), "lines")
