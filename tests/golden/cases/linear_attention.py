import torch
import torch.nn.functional as F

from golden import Case, gaussian

MAPS = {"EluPlusOne": lambda x: F.elu(x) + 1, "Exp": torch.exp}


def linear(name, causal):
    """The quadratic definition."""

    def function(query, key, value):
        weights = MAPS[name](query) @ MAPS[name](key).T
        if causal:
            weights = weights.tril()
        return (weights / weights.sum(-1, keepdim=True)) @ value

    return function


def lightning(decay):
    def function(query, key, value):
        n = query.shape[0]
        steps = torch.arange(n)[:, None] - torch.arange(n)[None, :]
        factor = torch.where(steps >= 0, torch.tensor(decay) ** steps.clamp(min=0), torch.tensor(0.0))
        return (query @ key.T * factor) @ value

    return function


def cases():
    for name in MAPS:
        cross = {"query": gaussian(5, 8), "key": gaussian(9, 8), "value": gaussian(9, 7)}
        yield Case(f"linear {name}", linear(name, False), cross, {"map": name})
        own = {"query": gaussian(67, 5), "key": gaussian(67, 5), "value": gaussian(67, 3)}
        yield Case(f"linear {name}, causal", linear(name, True), own, {"map": name, "causal": True})
    for decay in (0.9, 1.0, 0.5):
        inputs = {"query": gaussian(70, 4), "key": gaussian(70, 4), "value": gaussian(70, 5)}
        yield Case(f"lightning {decay}", lightning(decay), inputs, {"decay": decay})
