import torch

from golden import Case, gaussian


def shift(x, first):
    """The circulating code's slices, but from an untouched copy."""
    y, c = x.clone(), x.shape[-1]
    a, b, d = c // 4, c // 2, c * 3 // 4
    if first:
        y[:, 1:, :, :a], y[:, :-1, :, a:b] = x[:, :-1, :, :a], x[:, 1:, :, a:b]
        y[:, :, 1:, b:d], y[:, :, :-1, d:] = x[:, :, :-1, b:d], x[:, :, 1:, d:]
    else:
        y[:, :, 1:, :a], y[:, :, :-1, a:b] = x[:, :, :-1, :a], x[:, :, 1:, a:b]
        y[:, 1:, :, b:d], y[:, :-1, :, d:] = x[:, :-1, :, b:d], x[:, 1:, :, d:]
    return y


def split_attention(p, branches, pooling, name="split"):
    x = torch.stack(branches, 1).flatten(2, -2)                     # (B, K, places, C)
    a = x.sum(1).mean(1) if pooling == "Mean" else x.sum((1, 2))    # (B, C)
    logits = torch.nn.functional.gelu(a @ p[name + ".squeeze.weight"]) @ p[name + ".choose.weight"]
    weights = torch.softmax(logits.unflatten(-1, (len(branches), -1)), 1)
    y = (weights[:, :, None, :] * x).sum(1).reshape(branches[0].shape)
    return {"output": y, "weights": weights}


def block(p, x, pooling="Mean", name="s2"):
    h = x @ p[name + ".expand.weight"] + p[name + ".expand.bias"]
    a, b, c = h.chunk(3, -1)
    split = split_attention(p, [shift(a, True), shift(b, False), c], pooling, name + ".split")
    return {"output": split["output"] @ p[name + ".output.weight"] + p[name + ".output.bias"], "weights": split["weights"]}


def split_parameters(channels, branches=3, name="split"):
    return {
        name + ".squeeze.weight": gaussian(channels, channels, deviation=channels**-0.5),
        name + ".choose.weight": gaussian(channels, branches * channels, deviation=channels**-0.5),
    }


def parameters(channels, name="s2"):
    return {
        name + ".expand.weight": gaussian(channels, 3 * channels, deviation=channels**-0.5), name + ".expand.bias": gaussian(3 * channels, deviation=0.3),
        **split_parameters(channels, name=name + ".split"),
        name + ".output.weight": gaussian(channels, channels, deviation=channels**-0.5), name + ".output.bias": gaussian(channels, deviation=0.3),
    }


def cases():
    for first in (True, False):
        for channels in (8, 7):
            yield Case(f"shift {'first' if first else 'second'} axis first, {channels} channels", lambda **p: shift(p["x"], first),
                       {"x": gaussian(2, 4, 3, channels)}, {"kind": "shift", "first": first})
    for pooling in ("Mean", "Sum"):
        p = {"x0": gaussian(2, 3, 4, 7), "x1": gaussian(2, 3, 4, 7), "x2": gaussian(2, 3, 4, 7), **split_parameters(7)}
        yield Case(f"split attention, {pooling}", lambda **p: split_attention(p, [p["x0"], p["x1"], p["x2"]], pooling), p,
                   {"kind": "split", "channels": 7, "pooling": pooling}, unweighted=("weights",))
        p = {"x": gaussian(2, 3, 5, 9), **parameters(9)}
        yield Case(f"block, {pooling}", lambda **p: block(p, p["x"], pooling), p, {"kind": "block", "channels": 9, "pooling": pooling}, unweighted=("weights",))
