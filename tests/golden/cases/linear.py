import torch

from golden import Case, gaussian


def cases():
    def case(name, leading, inputs, outputs, bias=True):
        p = {"x": gaussian(*leading, inputs), "linear.weight": gaussian(inputs, outputs, deviation=inputs**-0.5)}
        if bias:
            p["linear.bias"] = gaussian(outputs)

        # PyTorch keeps the weight as (outputs, inputs).
        def function(**p):
            return torch.nn.functional.linear(p["x"], p["linear.weight"].t(), p.get("linear.bias"))

        return Case(name, function, p, {"inputs": inputs, "outputs": outputs, "bias": bias})

    yield case("vector", (), 5, 3)
    yield case("matrix", (7,), 17, 5)
    yield case("batch", (2, 5), 8, 33)
    yield case("heads", (2, 3, 4), 7, 9)
    yield case("without bias", (7,), 16, 16, bias=False)
