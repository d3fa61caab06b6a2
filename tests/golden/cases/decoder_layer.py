import torch
from torch.nn.utils.stateless import functional_call

from cases.encoder_layer import norm, packed
from cases.encoder_layer import parameters as encoder_parameters
from cases.multihead import parameters as attention_parameters
from golden import Case, gaussian


def parameters(channels, heads, hidden, name="layer"):
    return {**encoder_parameters(channels, heads, hidden, name), **attention_parameters(channels, heads, name=name + ".cross"), **norm(channels, name + ".cross_norm")}


def torch_layer(p, x, memory, heads, pre=False, activation="relu", mask=None, memory_padding=None, name="layer"):
    """torch.nn.TransformerDecoderLayer itself."""
    hidden = p[name + ".feedforward.expand.bias"].shape[0]
    layer = torch.nn.TransformerDecoderLayer(x.shape[-1], heads, hidden, 0.0, activation, batch_first=True, norm_first=pre)
    state = {"self_attn." + key: value for key, value in packed(p, name + ".attention").items()}
    state.update({"multihead_attn." + key: value for key, value in packed(p, name + ".cross").items()})
    for ours, theirs in (("attention_norm", "norm1"), ("cross_norm", "norm2"), ("feedforward_norm", "norm3")):
        state[theirs + ".weight"], state[theirs + ".bias"] = p[f"{name}.{ours}.weight"], p[f"{name}.{ours}.bias"]
    for ours, theirs in (("expand", "linear1"), ("contract", "linear2")):
        state[theirs + ".weight"], state[theirs + ".bias"] = p[f"{name}.feedforward.{ours}.weight"].t(), p[f"{name}.feedforward.{ours}.bias"]
    return functional_call(layer, state, (x, memory, mask, None, None, memory_padding))


def cases():
    causal = ~torch.ones(5, 5).tril().bool()
    keys = torch.tensor([[1, 1, 0, 0], [1, 1, 1, 1]]).bool()
    for pre in (False, True):
        p = {"x": gaussian(2, 5, 6), "memory": gaussian(2, 4, 6), "keys": keys, **parameters(6, 2, 9)}
        yield Case("pre-norm" if pre else "post-norm", lambda **p: torch_layer(p, p["x"], p["memory"], 2, pre, "gelu", causal, ~p["keys"]), p,
                   {"channels": 6, "heads": 2, "hidden": 9, "pre": pre, "activation": "Gelu"})
