from golden import Case, gaussian


def cases():
    for m, k, n in ((1, 1, 1), (3, 5, 7), (7, 19, 33), (13, 20, 16)):
        yield Case(f"{m}x{k}x{n}", lambda a, b: a @ b, {"a": gaussian(m, k), "b": gaussian(k, n)})
        yield Case(f"{m}x{k}x{n} transposed", lambda a, b: a @ b.T, {"a": gaussian(m, k), "b": gaussian(n, k)})


