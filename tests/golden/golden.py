"""Helpers for the cases: seeded float64 inputs, and a Case that runs a function forward and backward."""

import re
import zlib

import torch

torch.set_default_dtype(torch.float64)
_generator = torch.Generator()


def restart(topic):
    """Each topic has its own seed, so that a new topic changes no other file."""
    _generator.manual_seed(zlib.crc32(topic.encode()))


def gaussian(*shape, deviation=1.0):
    """N(0, deviation²), rounded to float32 so that C# reads exactly the same number."""
    x = torch.randn(*shape, generator=_generator, dtype=torch.float64) * deviation
    return x.float().double()


def integers(limit, *shape):
    return torch.randint(0, limit, shape, generator=_generator)


def booleans(*shape, true=0.7):
    return torch.rand(*shape, generator=_generator) < true


class Case:
    """One call of `function(**inputs)`.

    inputs: name -> tensor; those of floating point get a gradient unless named in `fixed`.
    function returns one tensor (called "output") or a dict of tensors.
    settings: plain numbers, booleans and strings that the C# test needs.
    The loss is sum(output * weight) over all floating outputs (those not in `unweighted`), with the weight stored as
    "d:<output>", or the output itself if it is a scalar.
    """

    def __init__(self, name, function, inputs, settings=None, fixed=(), unweighted=()):
        self.name, self.settings = name, settings or {}
        leaves = {}
        for key, value in inputs.items():
            value = value.detach().clone()
            if value.is_floating_point() and key not in fixed:
                value.requires_grad_(True)
            leaves[key] = value
        outputs = function(**leaves)
        if torch.is_tensor(outputs):
            outputs = {"output": outputs}
        loss, upstream = 0, {}
        for key, value in outputs.items():
            if not value.is_floating_point() or not value.requires_grad or key in unweighted:
                continue
            if value.dim() == 0:
                loss = loss + value
            else:
                upstream["d:" + key] = gaussian(*value.shape)
                loss = loss + (value * upstream["d:" + key]).sum()
        gradients = {}
        if torch.is_tensor(loss):
            loss.backward()
            for key, value in leaves.items():
                if value.requires_grad:
                    gradients[key] = torch.zeros_like(value) if value.grad is None else value.grad
        self.inputs, self.outputs, self.upstream, self.gradients = leaves, outputs, upstream, gradients

    def to_json(self):
        inputs = {**self.inputs, **self.upstream}
        return {
            "settings": self.settings,
            "inputs": {k: _tensor(v) for k, v in inputs.items()},
            "outputs": {k: _tensor(v) for k, v in self.outputs.items()},
            "gradients": {k: _tensor(v) for k, v in self.gradients.items()},
        }


def _tensor(x):
    x = x.detach()
    if x.is_floating_point():
        numbers = [_number(v) for v in x.reshape(-1).tolist()]
    else:
        numbers = [int(v) for v in x.reshape(-1).tolist()]
    return {"shape": list(x.shape), "values": numbers}


def _number(v):
    """At most 9 significant digits: enough to give back every float32."""
    if v != v or v in (float("inf"), float("-inf")):
        return "NaN" if v != v else "Infinity" if v > 0 else "-Infinity"
    v = float(f"{v:.9g}")
    return int(v) if v == int(v) and abs(v) < 1e9 else v


def compact(text):
    """json.dumps with indent puts every number on its own line; a tensor goes on one."""
    return re.sub(r"\[([^\[\]{}]*?)\]", lambda m: "[" + " ".join(m.group(1).split()) + "]", text)
