import math

import torch

from cases.encoder_layer import norm, torch_layer
from cases.encoder_layer import parameters as layer_parameters
from cases.multihead import by_hand
from cases.positions import sinusoidal
from golden import Case, gaussian, integers

V, C, HEADS, HIDDEN, LAYERS, T = 11, 6, 2, 9, 2, 5


def stack(p, x, pre, activation, epsilon, padding=None, name="layers"):
    for i in range(LAYERS):
        x = torch_layer(p, x, HEADS, pre, activation, epsilon, padding=padding, name=f"{name}.{i}")
    return torch.nn.functional.layer_norm(x, (C,), p[name + ".norm.weight"], p[name + ".norm.bias"], epsilon) if pre else x


def stack_parameters(pre, name="layers"):
    p = {}
    for i in range(LAYERS):
        p.update(layer_parameters(C, HEADS, HIDDEN, f"{name}.{i}"))
    return {**p, **(norm(C, name + ".norm") if pre else {})}


def masked_word_head(p, h):
    h = torch.nn.functional.gelu(h @ p["head.transform.weight"] + p["head.transform.bias"])
    h = torch.nn.functional.layer_norm(h, (C,), p["head.norm.weight"], p["head.norm.bias"], 1e-5)
    return h @ p["embedding.words.weight"].t() + p["head.bias"]


def cases():
    keys = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]]).bool()

    # BERT: learned positions, token types, a norm after the embeddings; tied masked-word head on two rows.
    p = {
        "ids": integers(V, 2, T), "types": integers(2, 2, T), "keys": keys, "rows": torch.tensor([1, 7]), "embedding.words.weight": gaussian(V, C),
        "embedding.positions.weight": gaussian(8, C), "embedding.types.weight": gaussian(2, C), **norm(C, "embedding.norm"), **stack_parameters(False),
        "head.transform.weight": gaussian(C, C, deviation=C**-0.5), "head.transform.bias": gaussian(C, deviation=0.3), **norm(C, "head.norm"), "head.bias": gaussian(V),
    }

    def bert(**p):
        x = p["embedding.words.weight"][p["ids"]] + p["embedding.positions.weight"][:T] + p["embedding.types.weight"][p["types"]]
        x = torch.nn.functional.layer_norm(x, (C,), p["embedding.norm.weight"], p["embedding.norm.bias"], 1e-12)
        h = stack(p, x, False, "gelu", 1e-12, ~p["keys"])
        return {"logits": masked_word_head(p, h.flatten(0, 1)[p["rows"]])}

    yield Case("bert with masked-word head", bert, p, {"kind": "bert"})

    # Pre-norm, sinusoidal positions, scaled embeddings; mean pooling over visible tokens, and the first token.
    for pooling in ("mean", "first"):
        p = {"ids": integers(V, 2, T), "keys": keys, "embedding.words.weight": gaussian(V, C, deviation=C**-0.5), **stack_parameters(True)}

        def pooled(**p):
            x = p["embedding.words.weight"][p["ids"]] * math.sqrt(C) + sinusoidal(8, C)[:T]
            h = stack(p, x, True, "relu", 1e-5, ~p["keys"])
            if pooling == "first":
                return {"pooled": h[:, 0]}
            weight = p["keys"][..., None].double()
            return {"pooled": (h * weight).sum(1) / weight.sum(1)}

        yield Case(f"pre-norm, pooling by {pooling}", pooled, p, {"kind": pooling})

    # Rotary and ALiBi, one layer each, written out.
    for kind in ("Rotary", "Alibi"):
        p = {"ids": integers(V, 2, T), "embedding.words.weight": gaussian(V, 8, deviation=8**-0.5), **layer_parameters(8, 2, 9, "layers.0")}
        slopes = torch.tensor([2.0**-4, 2.0**-8])
        bias = -slopes[:, None, None] * (torch.arange(T)[:, None] - torch.arange(T)[None, :]).abs()

        def one(**p):
            x = p["embedding.words.weight"][p["ids"]]
            a = by_hand(p, x, x, 2, rotary=kind == "Rotary", bias=bias if kind == "Alibi" else None, name="layers.0.attention")["output"]
            h = torch.nn.functional.layer_norm(x + a, (8,), p["layers.0.attention_norm.weight"], p["layers.0.attention_norm.bias"])
            f = torch.relu(h @ p["layers.0.feedforward.expand.weight"] + p["layers.0.feedforward.expand.bias"])
            f = f @ p["layers.0.feedforward.contract.weight"] + p["layers.0.feedforward.contract.bias"]
            return {"pooled": torch.nn.functional.layer_norm(h + f, (8,), p["layers.0.feedforward_norm.weight"], p["layers.0.feedforward_norm.bias"])}

        yield Case(kind, one, p, {"kind": kind})
