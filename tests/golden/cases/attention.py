import math

import torch

from golden import Case, booleans, gaussian


def attend(query, key, value, visible=None, bias=None, scale=None):
    """The formula, written out: torch.nn.functional has no weights, no scale, and NaN for a fully masked row."""
    scores = query @ key.transpose(-1, -2) * (1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    if bias is not None:
        scores = scores + bias
    if visible is None:
        weights = torch.softmax(scores, -1)
    else:
        weights = torch.softmax(scores.masked_fill(~visible, -math.inf), -1)
        weights = torch.where(visible.any(-1, keepdim=True), weights, torch.zeros_like(weights))
    return {"output": weights @ value, "weights": weights}


def causal(queries, keys):
    return torch.ones(queries, keys, dtype=torch.bool).tril(keys - queries)


def cases():
    def case(name, shapes, settings=None, **more):
        q, k, v = shapes
        inputs = {"query": gaussian(*q), "key": gaussian(*k), "value": gaussian(*v), **more}
        scale = (settings or {}).get("scale")

        def function(query, key, value, keys=None, pairs=None, bias=None):
            visible = None
            if settings and settings.get("causal"):
                visible = causal(q[-2], k[-2])
            if keys is not None:
                each = keys.view(keys.shape[0], *[1] * (len(q) - 2), keys.shape[-1])
                visible = each if visible is None else visible & each
                visible = visible.expand(*q[:-1], k[-2])
            if pairs is not None:
                visible = pairs if visible is None else visible & pairs
            return attend(query, key, value, visible, bias, scale)

        # A mask row that sees nothing would be NaN in the backward of masked softmax: those rows are tested in C#.
        return Case(name, function, inputs, settings, unweighted=("weights",))

    one = ((5, 4), (5, 4), (5, 4))
    heads = ((2, 2, 5, 6), (2, 2, 7, 6), (2, 2, 7, 5))
    yield case("one head", one)
    yield case("scale", one, {"scale": 0.3})
    yield case("batch", ((3, 4, 8), (3, 4, 8), (3, 4, 8)))
    yield case("cross", heads)
    yield case("causal", ((2, 2, 9, 4), (2, 2, 9, 4), (2, 2, 9, 4)), {"causal": True})
    yield case("causal with a cache", ((1, 2, 3, 8), (1, 2, 9, 8), (1, 2, 9, 8)), {"causal": True})
    padding = torch.tensor([[1, 1, 1, 1, 0, 0, 0], [1, 0, 1, 1, 1, 1, 1]]).bool()
    yield case("padding", heads, keys=padding)
    pairs = booleans(5, 7) | torch.eye(5, 7).bool()
    yield case("pairs", heads, pairs=pairs)
    yield case("bias for all", heads, bias=gaussian(5, 7))
    yield case("bias a head", heads, bias=gaussian(2, 5, 7))
    yield case("bias, padding and pairs", heads, keys=padding, pairs=pairs | torch.tensor([1] + [0] * 6).bool(), bias=gaussian(2, 2, 5, 7))
    yield case("long", ((9, 16), (33, 16), (33, 17)))
