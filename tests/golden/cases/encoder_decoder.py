import math

import torch

from cases.decoder_layer import parameters as decoder_parameters
from cases.decoder_layer import torch_layer as decoder_layer
from cases.encoder_layer import norm
from cases.encoder_layer import parameters as encoder_parameters
from cases.encoder_layer import torch_layer as encoder_layer
from cases.positions import sinusoidal
from golden import Case, gaussian, integers

V, C, HEADS, HIDDEN = 7, 6, 2, 9


def cases():
    causal = ~torch.ones(4, 4).tril().bool()
    keys = torch.tensor([[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]]).bool()
    for shared in (True, False):
        pre = not shared
        p = {"source": integers(V, 2, 5), "target": integers(V, 2, 4), "keys": keys, "source.words.weight": gaussian(V, C, deviation=C**-0.5),
             **encoder_parameters(C, HEADS, HIDDEN, "encoder.0"), **decoder_parameters(C, HEADS, HIDDEN, "decoder.0"), "scores.bias": gaussian(V)}
        if not shared:
            p["target.words.weight"] = gaussian(V, C, deviation=C**-0.5)
        if pre:
            p.update({**norm(C, "encoder.norm"), **norm(C, "decoder.norm")})

        def function(**p):
            def last(x, name):
                return torch.nn.functional.layer_norm(x, (C,), p[name + ".weight"], p[name + ".bias"]) if pre else x

            source = p["source.words.weight"]
            target = source if shared else p["target.words.weight"]
            memory = source[p["source"]] * math.sqrt(C) + sinusoidal(8, C)[:5]
            memory = last(encoder_layer(p, memory, HEADS, pre, padding=~p["keys"], name="encoder.0"), "encoder.norm")
            y = target[p["target"]] * math.sqrt(C) + sinusoidal(8, C)[:4]
            y = last(decoder_layer(p, y, memory, HEADS, pre, "relu", causal, ~p["keys"], name="decoder.0"), "decoder.norm")
            return {"logits": y @ target.t() + p["scores.bias"]}

        yield Case("shared words, post-norm" if shared else "own words, pre-norm", function, p, {"shared": shared})
