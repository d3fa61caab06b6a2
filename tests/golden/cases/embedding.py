import torch

from golden import Case, gaussian, integers


def cases():
    def case(name, rows, channels, *shape):
        p = {"embedding.weight": gaussian(rows, channels), "ids": integers(rows, *shape)}

        def function(**p):
            return torch.nn.functional.embedding(p["ids"], p["embedding.weight"])

        return Case(name, function, p, {"rows": rows, "channels": channels})

    yield case("sequence", 11, 7, 5)
    yield case("batch with repeats", 5, 17, 3, 9)
