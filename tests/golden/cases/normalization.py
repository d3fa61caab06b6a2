import torch
import torch.nn.functional as F

from golden import Case, gaussian


def rms(x, gamma, epsilon):
    return x * torch.rsqrt((x * x).mean(-1, keepdim=True) + epsilon) * gamma


def cases():
    for columns, epsilon in ((3, 1e-5), (5, 1e-5), (17, 0.1), (33, 1e-12)):
        settings = {"epsilon": epsilon}
        inputs = {"x": gaussian(4, columns, deviation=3), "gamma": gaussian(columns), "beta": gaussian(columns)}
        yield Case(f"layer {columns}", lambda x, gamma, beta: F.layer_norm(x, (columns,), gamma, beta, epsilon), inputs, settings)
        yield Case(f"batch {columns}", lambda x, gamma, beta: F.batch_norm(x, None, None, gamma, beta, True, 0.1, epsilon), inputs, settings)
        del inputs["beta"]
        yield Case(f"rms {columns}", lambda x, gamma: rms(x, gamma, epsilon), inputs, settings)
