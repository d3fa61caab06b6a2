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
    for shared, layers in ((True, 1), (False, 1), (False, 2)):
        pre = not shared
        p = {"source": integers(V, 2, 5), "target": integers(V, 2, 4), "keys": keys, "source.words.weight": gaussian(V, C, deviation=C**-0.5),
             **encoder_parameters(C, HEADS, HIDDEN, "encoder.0"), **decoder_parameters(C, HEADS, HIDDEN, "decoder.0"), "scores.bias": gaussian(V)}
        for layer in range(1, layers):
            p.update({**encoder_parameters(C, HEADS, HIDDEN, f"encoder.{layer}"), **decoder_parameters(C, HEADS, HIDDEN, f"decoder.{layer}")})
        if not shared:
            p["target.words.weight"] = gaussian(V, C, deviation=C**-0.5)
        if pre:
            p.update({**norm(C, "encoder.norm"), **norm(C, "decoder.norm")})

        def function(*, shared=shared, pre=pre, layers=layers, **p):
            def last(x, name):
                return torch.nn.functional.layer_norm(x, (C,), p[name + ".weight"], p[name + ".bias"]) if pre else x

            source = p["source.words.weight"]
            target = source if shared else p["target.words.weight"]
            memory = source[p["source"]] * math.sqrt(C) + sinusoidal(8, C)[:5]
            for layer in range(layers):
                memory = encoder_layer(p, memory, HEADS, pre, padding=~p["keys"], name=f"encoder.{layer}")
            memory = last(memory, "encoder.norm")
            y = target[p["target"]] * math.sqrt(C) + sinusoidal(8, C)[:4]
            for layer in range(layers):
                y = decoder_layer(p, y, memory, HEADS, pre, "relu", causal, ~p["keys"], name=f"decoder.{layer}")
            return {"logits": last(y, "decoder.norm") @ target.t() + p["scores.bias"]}

        name = "shared words, post-norm" if shared else "own words, pre-norm"
        yield Case(name if layers == 1 else f"{name}, {layers} layers", function, p, {"shared": shared, "layers": layers})
