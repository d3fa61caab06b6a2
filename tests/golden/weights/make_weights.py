"""Makes mixed.safetensors and mixed.json: /usr/bin/python3 tests/golden/weights/make_weights.py

An independent writer of the format (struct and json only); the conversions to F16 and BF16 are PyTorch's
(Debian's python3-torch, 1.13.1). mixed.json holds what a reader must return, as float32.
"""
import json
import os
import struct

import torch

here = os.path.dirname(os.path.abspath(__file__))
torch.manual_seed(7)

special = [0.0, -0.0, 1.0, -2.5, 65504.0, 6.1e-5, 5.96e-8, float("inf"), float("-inf"), 1 / 3, 1e-7, 333.25]
tensors = {
    "plain": (torch.randn(2, 3, dtype=torch.float32), "F32"),
    "half": (torch.tensor(special, dtype=torch.float16), "F16"),
    "brain": (torch.cat([torch.tensor(special), torch.tensor([3.0e38, -1e-38])]).to(torch.bfloat16), "BF16"),
    "block": (torch.randn(2, 1, 3, 2).to(torch.bfloat16), "BF16"),
    "empty": (torch.zeros(0, 4), "F32"),
    "scalar": (torch.tensor(2.5), "F32"),
    "position_ids": (torch.arange(5).reshape(1, 5), "I64"),
    "naïve 名": (torch.tensor([1.5]), "F32"),
}


def raw(tensor):
    if tensor.dtype == torch.bfloat16:
        return tensor.contiguous().view(torch.int16).numpy().tobytes()
    return tensor.contiguous().numpy().tobytes()


header, data = {"__metadata__": {"format": "pt", "note": "made by hand"}}, b""
for name, (tensor, kind) in tensors.items():
    piece = raw(tensor)
    header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(piece)]}
    data += piece
text = json.dumps(header).encode("utf-8")  # neither sorted nor padded: both are allowed
with open(os.path.join(here, "mixed.safetensors"), "wb") as file:
    file.write(struct.pack("<Q", len(text)) + text + data)

# The bits of each float32, because JSON has no infinity and no minus zero.
expected = {
    name: {"shape": list(tensor.shape), "bits": [struct.unpack("<I", struct.pack("<f", v))[0] for v in tensor.float().flatten().tolist()]}
    for name, (tensor, kind) in tensors.items() if kind != "I64"
}
with open(os.path.join(here, "mixed.json"), "w", encoding="utf-8") as file:
    json.dump(expected, file, ensure_ascii=False, indent=0)
    file.write("\n")
