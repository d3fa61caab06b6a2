import math

import torch

from cases.multihead import rotate
from golden import Case, gaussian


def sinusoidal(capacity, channels):
    """As in the PyTorch tutorial on the Transformer."""
    position = torch.arange(capacity).double()[:, None]
    rate = torch.exp(torch.arange(0, channels, 2).double() * (-math.log(10000.0) / channels))
    table = torch.zeros(capacity, channels)
    table[:, 0::2] = torch.sin(position * rate)
    table[:, 1::2] = torch.cos(position * rate[: channels // 2])
    return table


def cases():
    yield Case("sinusoidal", lambda **p: p["x"] + sinusoidal(64, 8)[:33], {"x": gaussian(2, 33, 8)}, {"kind": "sinusoidal"})
    yield Case("sinusoidal, odd width", lambda **p: p["x"] + sinusoidal(64, 7)[:5], {"x": gaussian(5, 7)}, {"kind": "sinusoidal"})
    yield Case("sinusoidal from 9", lambda **p: p["x"] + sinusoidal(64, 8)[9:14], {"x": gaussian(2, 5, 8)}, {"kind": "sinusoidal", "start": 9})
    p = {"x": gaussian(3, 5, 7), "positions.weight": gaussian(11, 7)}
    yield Case("learned", lambda **p: p["x"] + p["positions.weight"][:5], p, {"kind": "learned"})
    p = {"x": gaussian(3, 4, 7), "positions.weight": gaussian(11, 7)}
    yield Case("learned from 6", lambda **p: p["x"] + p["positions.weight"][6:10], p, {"kind": "learned", "start": 6})
    yield Case("rotary", lambda **p: rotate(p["x"]), {"x": gaussian(2, 3, 17, 6)}, {"kind": "rotary"})
    yield Case("rotary, two columns", lambda **p: rotate(p["x"]), {"x": gaussian(5, 2)}, {"kind": "rotary"})
