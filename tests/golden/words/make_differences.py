"""Writes fast-differences.txt from code points on standard input: grep ... | /usr/bin/python3 tests/golden/words/make_differences.py

Input: one hexadecimal code point a line, those for which the test of every code point fails. Each is put under the version of Unicode that explains it:
the one in which it was assigned (Debian's package unicode-data, DerivedAge.txt), or, for characters as old as Unicode 8, the one that changed its category.
"""
import collections
import os
import sys

CHANGED = {0x1885: "9.0", 0x1886: "9.0", 0x111C9: "11.0", 0xA9BD: "12.0", 0x166D: "12.0", 0x1734: "14.0", 0x1171E: "16.0"}

ages = {}
for line in open("/usr/share/unicode/DerivedAge.txt", encoding="utf-8"):
    fields = line.split("#")[0].split(";")
    if len(fields) == 2:
        ends = fields[0].strip().split("..")
        for code in range(int(ends[0], 16), int(ends[-1], 16) + 1):
            ages[code] = fields[1].strip()

versions = collections.defaultdict(list)
for code in sorted(int(line, 16) for line in sys.stdin):
    runs = versions[CHANGED.get(code) or ages.get(code, "17.0" if code in (0xA7D2, 0xA7D4) else "16.0")]
    if runs and runs[-1][1] == code - 1:
        runs[-1][1] = code
    else:
        runs.append([code, code])

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "fast-differences.txt"), "w", encoding="ascii", newline="\n") as file:
    file.write("# Characters that come out otherwise than from Hugging Face's tokenizers 0.22, under the version of Unicode that gave them the category\n"
               "# (or, for U+11938, the decomposition) that .NET 10 has and the judge, with the categories of Unicode 8, has not. Made by make_differences.py.\n"
               "# 17.0 is the other way round: the judge lower-cases two letters that .NET 10 does not have yet.\n")
    for version in sorted(versions, key=float):
        file.write(version + " " + " ".join("%X" % a if a == b else "%X-%X" % (a, b) for a, b in versions[version]) + "\n")
