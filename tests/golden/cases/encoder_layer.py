import torch
from torch.nn.utils.stateless import functional_call

from cases.feedforward import parameters as feedforward_parameters
from cases.multihead import parameters as attention_parameters
from golden import Case, gaussian


def norm(channels, name):
    return {name + ".weight": (1 + gaussian(channels, deviation=0.3)).float().double(), name + ".bias": gaussian(channels, deviation=0.3)}


def parameters(channels, heads, hidden, name="layer"):
    return {
        **attention_parameters(channels, heads, name=name + ".attention"), **norm(channels, name + ".attention_norm"),
        **feedforward_parameters(channels, hidden, name=name + ".feedforward"), **norm(channels, name + ".feedforward_norm"),
    }


def packed(p, name):
    """Our maps (inputs, outputs) as torch's in_proj (3·C, C) and out_proj."""
    return {
        "in_proj_weight": torch.cat([p[f"{name}.{part}.weight"].t() for part in ("query", "key", "value")]),
        "in_proj_bias": torch.cat([p[f"{name}.{part}.bias"] for part in ("query", "key", "value")]),
        "out_proj.weight": p[name + ".output.weight"].t(), "out_proj.bias": p[name + ".output.bias"],
    }


def torch_layer(p, x, heads, pre=False, activation="relu", epsilon=1e-5, mask=None, padding=None, name="layer"):
    """torch.nn.TransformerEncoderLayer itself; mask and padding are true where looking is forbidden."""
    hidden = p[name + ".feedforward.expand.bias"].shape[0]
    layer = torch.nn.TransformerEncoderLayer(x.shape[-1], heads, hidden, 0.0, activation, epsilon, batch_first=True, norm_first=pre)
    state = {"self_attn." + key: value for key, value in packed(p, name + ".attention").items()}
    for ours, theirs in (("attention_norm", "norm1"), ("feedforward_norm", "norm2")):
        state[theirs + ".weight"], state[theirs + ".bias"] = p[f"{name}.{ours}.weight"], p[f"{name}.{ours}.bias"]
    for ours, theirs in (("expand", "linear1"), ("contract", "linear2")):
        state[theirs + ".weight"], state[theirs + ".bias"] = p[f"{name}.feedforward.{ours}.weight"].t(), p[f"{name}.feedforward.{ours}.bias"]
    return functional_call(layer, state, (x, mask, padding))


def cases():
    causal = ~torch.ones(5, 5).tril().bool()
    keys = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]]).bool()
    for pre in (False, True):
        kind = "pre-norm" if pre else "post-norm"
        for activation in ("relu", "gelu"):
            p = {"x": gaussian(2, 5, 6), **parameters(6, 2, 9)}
            yield Case(f"{kind}, {activation}", lambda **p: torch_layer(p, p["x"], 2, pre, activation), p,
                       {"channels": 6, "heads": 2, "hidden": 9, "pre": pre, "activation": activation.capitalize()})
        p = {"x": gaussian(2, 5, 6), **parameters(6, 2, 9)}
        yield Case(f"{kind}, causal", lambda **p: torch_layer(p, p["x"], 2, pre, mask=causal), p,
                   {"channels": 6, "heads": 2, "hidden": 9, "pre": pre, "activation": "Relu", "causal": True})
        p = {"x": gaussian(2, 5, 6), "keys": keys, **parameters(6, 2, 9)}
        yield Case(f"{kind}, padding", lambda **p: torch_layer(p, p["x"], 2, pre, padding=~p["keys"]), p,
                   {"channels": 6, "heads": 2, "hidden": 9, "pre": pre, "activation": "Relu"})
