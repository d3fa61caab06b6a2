import torch

from golden import Case, gaussian

ACTIVATIONS = {
    "Relu": torch.relu,
    "Gelu": torch.nn.functional.gelu,
    "GeluTanh": lambda x: torch.nn.functional.gelu(x, approximate="tanh"),
}


def feedforward(p, x, activation, name="feedforward"):
    h = ACTIVATIONS[activation](x @ p[name + ".expand.weight"] + p[name + ".expand.bias"])
    return h @ p[name + ".contract.weight"] + p[name + ".contract.bias"]


def parameters(channels, hidden, name="feedforward"):
    return {
        name + ".expand.weight": gaussian(channels, hidden, deviation=channels**-0.5),
        name + ".expand.bias": gaussian(hidden, deviation=0.3),
        name + ".contract.weight": gaussian(hidden, channels, deviation=hidden**-0.5),
        name + ".contract.bias": gaussian(channels, deviation=0.3),
    }


def cases():
    for activation in ACTIVATIONS:
        p = {"x": gaussian(2, 5, 7, deviation=2), **parameters(7, 17)}
        yield Case(activation, lambda **p: feedforward(p, p["x"], activation), p, {"activation": activation, "channels": 7, "hidden": 17})
