import torch

from golden import Case, gaussian


def embed(p, images, patch, name="patches"):
    """The convolution of stride and kernel P."""
    weight = p[name + ".weight"].t().unflatten(-1, (patch, patch, -1)).permute(0, 3, 1, 2)
    return torch.nn.functional.conv2d(images.permute(0, 3, 1, 2), weight, p[name + ".bias"], stride=patch).permute(0, 2, 3, 1)


def cases():
    for patch, pixels, height, width in ((2, 1, 8, 6), (3, 3, 6, 9), (1, 2, 3, 4)):
        p = {"x": gaussian(2, height, width, pixels), "patches.weight": gaussian(patch * patch * pixels, 5, deviation=0.4), "patches.bias": gaussian(5)}
        yield Case(f"patch {patch}, {pixels} channels", lambda **p: embed(p, p["x"], patch), p, {"patch": patch, "pixels": pixels})
