import torch

from golden import Case, gaussian, integers


def cases():
    p = {"x": gaussian(3, 7), "machine.bias": gaussian(1), "machine.weight": gaussian(7), "machine.factors": gaussian(7, 4)}

    def machine(**p):
        pairs = torch.triu(p["machine.factors"] @ p["machine.factors"].t(), 1)
        return p["machine.bias"] + p["x"] @ p["machine.weight"] + torch.einsum("bi,ij,bj->b", p["x"], pairs, p["x"])

    yield Case("factorisation machine", machine, p, {"kind": "machine"})

    keys = torch.tensor([[1, 1, 1, 0], [1, 1, 1, 1]]).bool()
    for padded in (False, True):
        p = {"history": gaussian(2, 4, 5), "candidate": gaussian(2, 5), **({"keys": keys} if padded else {}),
             "interest.compare.weight": gaussian(20, 6, deviation=20**-0.5), "interest.compare.bias": gaussian(6, deviation=0.3),
             "interest.score.weight": gaussian(6, 1), "interest.score.bias": gaussian(1)}

        def interest(**p):
            h, c = p["history"], p["candidate"][:, None].expand_as(p["history"])
            w = torch.relu(torch.cat([h, c, h - c, h * c], -1) @ p["interest.compare.weight"] + p["interest.compare.bias"])
            w = (w @ p["interest.score.weight"] + p["interest.score.bias"])[..., 0]
            return {"output": ((w * p["keys"] if "keys" in p else w)[..., None] * h).sum(1)}

        yield Case("target attention, padded" if padded else "target attention", interest, p, {"kind": "interest"})

    p = {"words": gaussian(9, 5), "neighbours": gaussian(9, 5), "centres": integers(9, 6), "others": integers(9, 6), "negatives": integers(9, 6, 3)}

    def skipgram(**p):
        v = p["words"][p["centres"]]
        good = torch.nn.functional.logsigmoid((v * p["neighbours"][p["others"]]).sum(-1))
        bad = torch.nn.functional.logsigmoid(-(v[:, None] * p["neighbours"][p["negatives"]]).sum(-1)).sum(-1)
        return {"loss": -(good + bad).mean()}

    yield Case("skip-gram", skipgram, p, {"kind": "skipgram"})

    p = {"y": gaussian(3, 5, deviation=3), "target": gaussian(3, 5)}
    yield Case("squared error", lambda **p: {"loss": torch.nn.functional.mse_loss(p["y"], p["target"])}, p, {"kind": "squares"}, fixed=("target",))
    p = {"y": gaussian(3, 5, deviation=5), "target": torch.tensor([[0, 1, 0.25, 1, 0]] * 3)}
    yield Case("binary cross-entropy", lambda **p: {"loss": torch.nn.functional.binary_cross_entropy_with_logits(p["y"], p["target"])}, p, {"kind": "binary"}, fixed=("target",))
