"""Makes data/digits.bin.gz from the table that Debian's scikit-learn ships.

    apt-get download python3-sklearn && dpkg-deb -x python3-sklearn_*.deb sklearn
    python3 data/make_digits.py sklearn/usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz

1797 records of 65 bytes: 64 pixels row by row (0 to 16), then the digit. Nothing is left out or changed.
"""
import gzip
import os
import sys

records = bytearray()
with gzip.open(sys.argv[1], "rt") as table:
    for line in table:
        numbers = [int(float(field)) for field in line.split(",")]
        assert len(numbers) == 65 and max(numbers[:64]) <= 16 and numbers[64] <= 9
        records += bytes(numbers)
assert len(records) == 1797 * 65

target = os.path.join(os.path.dirname(os.path.abspath(__file__)), "digits.bin.gz")
with open(target, "wb") as raw, gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as file:
    file.write(bytes(records))
print(target, os.path.getsize(target), "bytes")
