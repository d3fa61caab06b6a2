import torch

from golden import Case, gaussian


def cases():
    for n in (1, 4, 17, 100):
        yield Case(f"dot {n}", lambda a, b: a @ b, {"a": gaussian(n), "b": gaussian(n)})
        if n > 1:
            yield Case(f"cosine {n}", lambda a, b: torch.cosine_similarity(a, b, 0), {"a": gaussian(n), "b": gaussian(n)})
        yield Case(f"exp {n}", torch.exp, {"input": gaussian(n, deviation=3)})
