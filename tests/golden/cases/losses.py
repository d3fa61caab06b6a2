import torch
import torch.nn.functional as F

from golden import Case, gaussian, integers


def cases():
    for classes in (2, 7, 33):
        yield Case(f"logsumexp {classes}", lambda x: torch.logsumexp(x, -1), {"x": gaussian(4, classes, deviation=3)})
        for smoothing in (0, 0.1):
            for ignored in (False, True):
                targets = integers(classes, 5)
                if ignored:
                    targets[1] = targets[4] = -100
                yield Case(
                    f"cross-entropy {classes}, smoothing {smoothing}" + (", two ignored" if ignored else ""),
                    lambda logits, targets: F.cross_entropy(logits, targets, label_smoothing=smoothing),
                    {"logits": gaussian(5, classes, deviation=3), "targets": targets},
                    {"smoothing": smoothing},
                )
