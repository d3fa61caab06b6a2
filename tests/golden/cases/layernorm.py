import torch

from golden import Case, gaussian


def cases():
    def case(name, channels, *leading, epsilon=1e-5, shift=0.0):
        p = {"x": gaussian(*leading, channels) * 2 + shift, "norm.weight": gaussian(channels) + 1, "norm.bias": gaussian(channels)}
        p = {key: value.float().double() for key, value in p.items()}

        def function(**p):
            return torch.nn.functional.layer_norm(p["x"], (channels,), p["norm.weight"], p["norm.bias"], epsilon)

        return Case(name, function, p, {"channels": channels, "epsilon": epsilon})

    yield case("matrix", 5, 7)
    yield case("batch", 33, 2, 5)
    yield case("epsilon 0.1", 17, 5, epsilon=0.1)
    yield case("epsilon of BERT", 16, 2, 3, epsilon=1e-12)
    yield case("far from zero", 24, 4, shift=10.0)
