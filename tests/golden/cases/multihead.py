import math

import torch

from golden import Case, gaussian


def parameters(channels, heads, memory=None, size=None, value_size=None, bias=True, name="attention"):
    memory, size = memory or channels, size or channels // heads
    value_size = value_size or size
    shapes = {"query": (channels, heads * size), "key": (memory, heads * size), "value": (memory, heads * value_size), "output": (heads * value_size, channels)}
    p = {}
    for part, (rows, columns) in shapes.items():
        p[f"{name}.{part}.weight"] = gaussian(rows, columns, deviation=rows**-0.5)
        if bias:
            p[f"{name}.{part}.bias"] = gaussian(columns, deviation=0.3)
    return p


def torch_attention(p, x, memory, heads, mask=None, padding=None, name="attention"):
    """torch.nn.functional's own multi-head attention; mask and padding are true where looking is forbidden."""
    weight, bias = lambda part: p[f"{name}.{part}.weight"].t(), lambda part: p[f"{name}.{part}.bias"]
    y, weights = torch.nn.functional.multi_head_attention_forward(
        x.transpose(0, 1), memory.transpose(0, 1), memory.transpose(0, 1), x.shape[-1], heads,
        None, torch.cat([bias("query"), bias("key"), bias("value")]), None, None, False, 0.0,
        weight("output"), bias("output"), training=False, key_padding_mask=padding, need_weights=True, attn_mask=mask,
        use_separate_proj_weight=True, q_proj_weight=weight("query"), k_proj_weight=weight("key"), v_proj_weight=weight("value"),
        average_attn_weights=False)
    return {"output": y.transpose(0, 1), "weights": weights}


def rotate(x):
    """(..., T, D): pairs (i, i + D/2), angle t * 10000^(-2i/D)."""
    tokens, half = x.shape[-2], x.shape[-1] // 2
    angle = torch.arange(tokens).double()[:, None] * 10000 ** (-2 * torch.arange(half).double() / x.shape[-1])
    z = torch.complex(x[..., :half], x[..., half:]) * torch.polar(torch.ones_like(angle), angle)
    return torch.cat([z.real, z.imag], -1)


def by_hand(p, x, memory, heads, visible=None, bias=None, scale=None, rotary=False, name="attention"):
    """What torch's function cannot: other sizes of heads and values, no bias, a scale, rotary positions."""
    def project(part, rows):
        y = rows @ p[f"{name}.{part}.weight"]
        return y + p[f"{name}.{part}.bias"] if f"{name}.{part}.bias" in p else y

    def split(y):
        return y.unflatten(-1, (heads, -1)).transpose(-2, -3)

    q, k, v = split(project("query", x)), split(project("key", memory)), split(project("value", memory))
    if rotary:
        q, k = rotate(q), rotate(k)
    scores = q @ k.transpose(-1, -2) * (scale or 1 / math.sqrt(q.shape[-1]))
    if bias is not None:
        scores = scores + bias
    if visible is not None:
        scores = scores.masked_fill(~visible, -math.inf)
    weights = torch.softmax(scores, -1)
    merged = (weights @ v).transpose(-2, -3).flatten(-2)
    return {"output": project("output", merged), "weights": weights}


def cases():
    def case(name, function, x, memory=None, settings=None, sizes=(6, 3), more=None, **options):
        p = {"x": x, **({} if memory is None else {"memory": memory}), **(more or {})}
        p.update(parameters(*sizes, memory=None if memory is None else memory.shape[-1], **options))
        return Case(name, function, p, {"channels": sizes[0], "heads": sizes[1], **options, **(settings or {})}, unweighted=("weights",))

    yield case("self", lambda **p: torch_attention(p, p["x"], p["x"], 3), gaussian(2, 5, 6))
    yield case("one head", lambda **p: torch_attention(p, p["x"], p["x"], 1), gaussian(2, 5, 7), sizes=(7, 1))
    causal = ~torch.ones(7, 7).tril().bool()
    yield case("causal", lambda **p: torch_attention(p, p["x"], p["x"], 3, mask=causal), gaussian(2, 7, 6), settings={"causal": True})
    keys = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]]).bool()
    yield case("padding", lambda **p: torch_attention(p, p["x"], p["x"], 3, padding=~p["keys"]), gaussian(2, 5, 6), more={"keys": keys})
    yield case("cross", lambda **p: torch_attention(p, p["x"], p["memory"], 3), gaussian(2, 5, 6), gaussian(2, 9, 7))
    yield case("without batch", lambda **p: by_hand(p, p["x"], p["x"], 3), gaussian(5, 6))
    yield case("own sizes of keys and values", lambda **p: by_hand(p, p["x"], p["memory"], 3), gaussian(2, 5, 6), gaussian(2, 4, 8), size=5, value_size=6)
    yield case("without bias, scale", lambda **p: by_hand(p, p["x"], p["x"], 3, scale=0.7), gaussian(2, 5, 6), settings={"scale": 0.7}, bias=False)
    yield case("rotary", lambda **p: by_hand(p, p["x"], p["x"], 3, rotary=True), gaussian(2, 7, 6), settings={"rotary": True})
    slopes = torch.tensor([2 ** (-8 * h / 4) for h in (1, 2, 3, 4)])
    alibi = -slopes[:, None, None] * (torch.arange(6)[:, None] - torch.arange(6)[None, :]).abs()
    yield case("alibi", lambda **p: by_hand(p, p["x"], p["x"], 4, bias=alibi), gaussian(2, 6, 8), sizes=(8, 4), settings={"alibi": True})
