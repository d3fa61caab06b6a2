import torch
import torch.nn.functional as F

from golden import Case, gaussian


def cases():
    for n in (1, 7, 33):
        yield Case(f"relu {n}", torch.relu, {"input": gaussian(n)})
        yield Case(f"gelu {n}", F.gelu, {"input": gaussian(n, deviation=2)})
        yield Case(f"gelu tanh {n}", lambda input: F.gelu(input, approximate="tanh"), {"input": gaussian(n, deviation=2)})
