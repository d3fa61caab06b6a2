import torch

from golden import Case, gaussian

STEPS = 5


def run(make, weight, bias, gradients, schedule=None, clip=None):
    """STEPS steps with given gradients; the state after the last is the output."""
    p = [torch.nn.Parameter(weight.detach().clone()), torch.nn.Parameter(bias.detach().clone())]
    optimiser = make(p)
    norms = []
    for step in range(STEPS):
        if schedule:
            for group in optimiser.param_groups:
                group["lr"] = schedule[step]
        p[0].grad, p[1].grad = gradients[0][step].detach().clone(), gradients[1][step].detach().clone()
        if clip:
            norms.append(torch.nn.utils.clip_grad_norm_(p, clip))
        optimiser.step()
    outputs = {"weight": p[0].detach(), "bias": p[1].detach()}
    if clip:
        outputs["norms"] = torch.stack(norms)
    return outputs


class Muon(torch.optim.Optimizer):
    """The reference of Jordan et al. 2024 with Nesterov momentum, and the step size of Liu et al. 2025."""

    def __init__(self, parameters, lr, momentum, decay):
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                buffer = self.state[p].setdefault("buffer", torch.zeros_like(p))
                buffer.mul_(group["momentum"]).add_(p.grad)
                x = p.grad.add(buffer, alpha=group["momentum"])
                x = x / x.norm()
                tall = x.size(0) > x.size(1)
                x = x.T if tall else x
                for _ in range(5):
                    gram = x @ x.T
                    x = 3.4445 * x + (-4.7750 * gram + 2.0315 * gram @ gram) @ x
                x = x.T if tall else x
                p.mul_(1 - group["lr"] * group["decay"])
                p.add_(x, alpha=-group["lr"] * 0.2 * max(p.shape) ** 0.5)


class Both:
    """Muon for the matrix, Adam for the bias."""

    def __init__(self, p, lr, decay):
        self.parts = [Muon([p[0]], lr, 0.95, decay), torch.optim.Adam([p[1]], lr=lr)]

    def step(self):
        for part in self.parts:
            part.step()


def cases():
    def case(name, make, settings, **options):
        p = {"weight": gaussian(5, 7), "bias": gaussian(7), "weights": gaussian(STEPS, 5, 7), "biases": gaussian(STEPS, 7)}

        def function(weight, bias, weights, biases):
            return run(make, weight, bias, (weights, biases), **options)

        return Case(name, function, p, settings, fixed=tuple(p))

    def groups(p, decay):
        return [{"params": [p[0]], "weight_decay": decay}, {"params": [p[1]], "weight_decay": 0.0}]

    yield case("sgd", lambda p: torch.optim.SGD(p, lr=0.1), {"rate": 0.1})
    yield case("sgd with momentum", lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), {"rate": 0.1, "momentum": 0.9})
    yield case("adam", lambda p: torch.optim.Adam(p, lr=0.01), {"rate": 0.01, "adam": True})
    yield case("adam of the paper", lambda p: torch.optim.Adam(p, lr=0.01, betas=(0.9, 0.98), eps=1e-9),
               {"rate": 0.01, "adam": True, "beta2": 0.98, "epsilon": 1e-9})
    yield case("adamw", lambda p: torch.optim.AdamW(groups(p, 0.1), lr=0.01), {"rate": 0.01, "adam": True, "decay": 0.1})
    yield case("adam with a schedule", lambda p: torch.optim.Adam(p, lr=0.01), {"adam": True, "schedule": True}, schedule=[0.01, 0.02, 0.03, 0.02, 0.01])
    yield case("clipping", lambda p: torch.optim.SGD(p, lr=0.1), {"rate": 0.1, "clip": 6.0}, clip=6.0)
    yield case("muon", lambda p: Both(p, 0.05, 0.1), {"rate": 0.05, "muon": True, "decay": 0.1})
