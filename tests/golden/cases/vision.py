import torch

from cases.encoder_layer import norm, torch_layer
from cases.encoder_layer import parameters as layer_parameters
from cases.feedforward import feedforward
from cases.feedforward import parameters as feedforward_parameters
from cases.patch_embedding import embed
from cases.s2 import block
from cases.s2 import parameters as block_parameters
from golden import Case, gaussian


def layer_norm(p, x, name):
    return torch.nn.functional.layer_norm(x, x.shape[-1:], p[name + ".weight"], p[name + ".bias"])


def common(channels, classes):
    return {
        "x": gaussian(2, 6, 6, 1), "patches.weight": gaussian(4, channels, deviation=0.5), "patches.bias": gaussian(channels, deviation=0.3),
        **norm(channels, "layers.norm"), "head.weight": gaussian(channels, classes, deviation=channels**-0.5), "head.bias": gaussian(classes),
    }


def cases():
    p = {**common(6, 3), "positions.weight": gaussian(9, 6), **layer_parameters(6, 2, 9, "layers.0")}

    def vit(**p):
        x = embed(p, p["x"], 2).flatten(1, 2) + p["positions.weight"]
        x = layer_norm(p, torch_layer(p, x, 2, True, "gelu", name="layers.0"), "layers.norm")
        return {"logits": x.mean(1) @ p["head.weight"] + p["head.bias"]}

    yield Case("vision transformer", vit, p, {"kind": "vit"})

    p = {**common(8, 3), **block_parameters(8, "layers.0.mix"), **norm(8, "layers.0.mix_norm"),
         **feedforward_parameters(8, 9, "layers.0.feedforward"), **norm(8, "layers.0.feedforward_norm")}

    def s2mlp(**p):
        x = embed(p, p["x"], 2)
        x = x + block(p, layer_norm(p, x, "layers.0.mix_norm"), name="layers.0.mix")["output"]
        x = x + feedforward(p, layer_norm(p, x, "layers.0.feedforward_norm"), "Gelu", "layers.0.feedforward")
        return {"logits": layer_norm(p, x, "layers.norm").mean((1, 2)) @ p["head.weight"] + p["head.bias"]}

    yield Case("s2-mlpv2", s2mlp, p, {"kind": "s2"})
