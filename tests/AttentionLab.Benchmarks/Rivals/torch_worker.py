#!/usr/bin/env python3
"""PyTorch as a rival in a child process: reads commands line by line, answers 'ok ...' or 'error ...'.

open NAME THREADS FILE KIND ARGS...   load float32 arrays from FILE and prepare
run NAME TIMES                        run so many times, answer seconds of one
result NAME FILE                      write the last result as float32
close NAME
"""
import math, os, sys, time

try:
    import numpy as np, torch, torch.nn as nn, torch.nn.functional as F
except ImportError as missing:
    print("missing", missing)
    sys.exit(1)


class Arrays:
    """Tensors one after the other from a file of float32 numbers."""
    def __init__(self, path): self.data, self.at = torch.from_numpy(np.fromfile(path, np.float32)), 0
    def take(self, *shape):
        n = math.prod(shape); self.at += n
        return self.data[self.at - n:self.at].reshape(shape).clone()


def attention(arrays, heads, n, dim, causal):
    """The usual lines, and torch's own function (of 1.13: private, materialised)."""
    q, k, v = (arrays.take(1, heads, n, dim) for _ in range(3))
    bias = torch.zeros(n, n).masked_fill(~torch.ones(n, n, dtype=torch.bool).tril(), float("-inf")) if causal else None
    def usual():
        scores = (q * (1 / math.sqrt(dim))) @ k.transpose(-1, -2)
        return torch.softmax(scores.add_(bias) if causal else scores, -1) @ v
    return usual


def sdpa(arrays, heads, n, dim, causal):
    q, k, v = (arrays.take(1, heads, n, dim) for _ in range(3))
    if hasattr(F, "scaled_dot_product_attention"):
        return lambda: F.scaled_dot_product_attention(q, k, v, is_causal=bool(causal))
    return lambda: F._scaled_dot_product_attention(q, k, v, None, 0.0, False, bool(causal))[0]


def load(layer, arrays, channels, hidden):
    """Our order: query, key, value, output (weights (in, out), biases), norm, expand, contract, norm."""
    def linear(inputs, outputs): return arrays.take(inputs, outputs).T.contiguous(), arrays.take(outputs)
    maps = [linear(channels, channels) for _ in range(4)]
    attention, state = layer.self_attn, {}
    attention.in_proj_weight.data.copy_(torch.cat([w for w, _ in maps[:3]])); attention.in_proj_bias.data.copy_(torch.cat([b for _, b in maps[:3]]))
    attention.out_proj.weight.data.copy_(maps[3][0]); attention.out_proj.bias.data.copy_(maps[3][1])
    layer.norm1.weight.data.copy_(arrays.take(channels)); layer.norm1.bias.data.copy_(arrays.take(channels))
    for part, (inputs, outputs) in ((layer.linear1, (channels, hidden)), (layer.linear2, (hidden, channels))):
        weight, bias = linear(inputs, outputs); part.weight.data.copy_(weight); part.bias.data.copy_(bias)
    layer.norm2.weight.data.copy_(arrays.take(channels)); layer.norm2.bias.data.copy_(arrays.take(channels))


def encoder(arrays, batch, n, channels, heads, hidden):
    layer = nn.TransformerEncoderLayer(channels, heads, hidden, batch_first=True, activation="gelu").eval()
    load(layer, arrays, channels, hidden)
    x = arrays.take(batch, n, channels)
    return lambda: layer(x)


class Model(nn.Module):
    def __init__(self, layers, channels, heads, hidden, vocabulary, n):
        super().__init__()
        self.emb = nn.Embedding(vocabulary, channels); self.pos = nn.Parameter(torch.zeros(n, channels))
        self.enc = nn.TransformerEncoder(nn.TransformerEncoderLayer(channels, heads, hidden, dropout=0.0, batch_first=True, activation="gelu"), layers)
        self.head = nn.Linear(channels, vocabulary)
    def hidden(self, ids): return self.enc(self.emb(ids) + self.pos)
    def forward(self, ids): return self.head(self.hidden(ids))


def training(arrays, layers, channels, heads, hidden, vocabulary, batch, n, only_targets, foreach):
    """A step as one writes it: scores of all tokens, targets of -100 ignored. only_targets: scores only where there is a target."""
    model = Model(layers, channels, heads, hidden, vocabulary, n).train()
    model.emb.weight.data.copy_(arrays.take(vocabulary, channels)); model.pos.data.copy_(arrays.take(n, channels))
    for layer in model.enc.layers: load(layer, arrays, channels, hidden)
    model.head.weight.data.copy_(arrays.take(channels, vocabulary).T); model.head.bias.data.copy_(arrays.take(vocabulary))
    ids = arrays.take(batch, n).long(); targets = arrays.take(batch * n).long()
    rows = torch.nonzero(targets >= 0).squeeze(1)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, foreach=bool(foreach))
    loss_of = nn.CrossEntropyLoss(ignore_index=-100)
    losses = []
    def step():
        optimizer.zero_grad(set_to_none=True)
        if only_targets: loss = loss_of(model.head(model.hidden(ids).reshape(-1, channels)[rows]), targets[rows])
        else: loss = loss_of(model(ids).reshape(-1, vocabulary), targets)
        loss.backward(); optimizer.step()
        losses.append(loss.item())
        return torch.tensor(losses[:3])
    return step


KINDS = {"attention": attention, "sdpa": sdpa, "encoder": encoder, "training": training}


def main():
    print("torch", torch.__version__, flush=True)
    cases = {}
    for line in sys.stdin:
        command, name, *rest = line.split()
        try:
            answer = ""
            if command == "open":
                torch.set_num_threads(int(rest[0]))
                cases[name] = [KINDS[rest[2]](Arrays(rest[1]), *map(int, rest[3:])), None, rest[2] == "training"]
            elif command == "run":
                step, times, (run, _, gradients) = 0, int(rest[0]), cases[name]
                with torch.set_grad_enabled(gradients):
                    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
                    start = clock()
                    for _ in range(times): result = run()
                    answer = repr((clock() - start) / times)
                cases[name][1] = result
            elif command == "result":
                cases[name][1].detach().contiguous().numpy().astype(np.float32).tofile(rest[0])
            elif command == "close":
                del cases[name]
            print("ok", answer, flush=True)
        except Exception as error:
            print("error", type(error).__name__, str(error).replace("\n", " "), flush=True)


main()
