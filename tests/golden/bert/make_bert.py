"""Makes the small random BERTs beside it: /usr/bin/python3 tests/golden/bert/make_bert.py

The forward is written out in plain PyTorch (Debian's python3-torch 1.13, float64) after the architecture of Devlin et al. 2018 as
the Hugging Face library names and orders it; tokenization is that of ../words/make_words.py. Each folder holds what a downloaded
model has (config.json, vocab.txt, model.safetensors and, for sentence encoders, modules.json and the pooling's config) and
expected.json: texts, ids, last hidden states, pooler output, sentence vectors.
"""
import json
import math
import os
import struct
import sys

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "words"))
from make_words import encode  # noqa: E402

PIECES = ["the", "a", "an", "apple", "phone", "fell", "from", "tree", "##s", "##ed", "##ing", "ring", "eat", "day", ",", ".", "!", "'", "?",
          "na", "##ive", "cafe", "苹", "果", "w", "##o", "##r", "##d", "1", "##2", "I", "The", "Apple", "Caf", "##é", "##e"]
TEXTS = ["The apple fell from the tree.", "Apple phones", "", "An apple a day, 苹果! I ringed the naïve café's Café word 12?", "unknowable Zebra eats [MASK]"]


def words_of(cased):
    pieces = PIECES if cased else [p for p in PIECES if p == p.lower() and "é" not in p]
    return ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + pieces


def activation(name, x):
    if name == "gelu":
        return x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
    if name in ("gelu_new", "gelu_pytorch_tanh"):
        return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))
    assert name == "relu"
    return torch.clamp(x, min=0)


def norm(x, weights, name, epsilon):
    mean = x.mean(-1, keepdim=True)
    variance = ((x - mean) ** 2).mean(-1, keepdim=True)
    return (x - mean) / torch.sqrt(variance + epsilon) * weights[name + ".weight"] + weights[name + ".bias"]


def dense(x, weights, name):
    return x @ weights[name + ".weight"].T + weights[name + ".bias"]


def forward(weights, config, ids, types, keep):
    heads, epsilon = config["num_attention_heads"], config.get("layer_norm_eps", 1e-12)
    batch, length = ids.shape
    x = (weights["embeddings.word_embeddings.weight"][ids]
         + weights["embeddings.position_embeddings.weight"][:length]
         + weights["embeddings.token_type_embeddings.weight"][types])
    x = norm(x, weights, "embeddings.LayerNorm", epsilon)
    hidden = (1 - keep.double())[:, None, None, :] * torch.finfo(torch.float64).min
    for layer in range(config["num_hidden_layers"]):
        at = "encoder.layer.%d." % layer

        def split(name):
            return dense(x, weights, at + "attention.self." + name).view(batch, length, heads, -1).transpose(1, 2)
        q, k, v = split("query"), split("key"), split("value")
        p = torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]) + hidden, -1)
        mixed = (p @ v).transpose(1, 2).reshape(batch, length, -1)
        x = norm(dense(mixed, weights, at + "attention.output.dense") + x, weights, at + "attention.output.LayerNorm", epsilon)
        inner = activation(config.get("hidden_act", "gelu"), dense(x, weights, at + "intermediate.dense"))
        x = norm(dense(inner, weights, at + "output.dense") + x, weights, at + "output.LayerNorm", epsilon)
    pooled = torch.tanh(dense(x[:, 0], weights, "pooler.dense")) if "pooler.dense.weight" in weights else None
    return x, pooled


def random_weights(config, pooler):
    c, inner = config["hidden_size"], config["intermediate_size"]
    shapes = {
        "embeddings.word_embeddings.weight": (config["vocab_size"], c),
        "embeddings.position_embeddings.weight": (config["max_position_embeddings"], c),
        "embeddings.token_type_embeddings.weight": (config.get("type_vocab_size", 2), c),
        "embeddings.LayerNorm.weight": (c,), "embeddings.LayerNorm.bias": (c,),
    }
    for layer in range(config["num_hidden_layers"]):
        at = "encoder.layer.%d." % layer
        for name, outputs, inputs in (("attention.self.query", c, c), ("attention.self.key", c, c), ("attention.self.value", c, c),
                                      ("attention.output.dense", c, c), ("intermediate.dense", inner, c), ("output.dense", c, inner)):
            shapes[at + name + ".weight"] = (outputs, inputs)
            shapes[at + name + ".bias"] = (outputs,)
        for name in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[at + name + ".weight"] = shapes[at + name + ".bias"] = (c,)
    if pooler:
        shapes["pooler.dense.weight"], shapes["pooler.dense.bias"] = (c, c), (c,)
    return {name: (1 + 0.2 * torch.randn(shape) if "LayerNorm.weight" in name else 0.4 * torch.randn(shape)) for name, shape in shapes.items()}


def write_safetensors(path, tensors):
    kinds = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64"}
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name, tensor in tensors.items():
        tensor = tensor.contiguous()
        piece = (tensor.view(torch.int16) if tensor.dtype == torch.bfloat16 else tensor).numpy().tobytes()
        header[name] = {"dtype": kinds[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(piece)]}
        data += piece
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def save(folder, name, value):
    path = os.path.join(HERE, folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="ascii", newline="\n") as file:
        json.dump(value, file, ensure_ascii=True, indent=1 if name != "expected.json" else None)
        file.write("\n")


def make(folder, seed, cased, kind, rename, pooler, settings, extra=(), files=(), pooling=None, normalise=False):
    torch.manual_seed(seed)
    pieces = words_of(cased)
    config = {"architectures": ["BertModel"], "model_type": "bert", "vocab_size": len(pieces) + settings.pop("spare", 0), "num_hidden_layers": 2, "num_attention_heads": 4,
              "max_position_embeddings": 40, **settings}
    # What the file can hold is what the model is: weights are rounded to the stored type first.
    stored = {name: w.to(kind) for name, w in random_weights(config, pooler).items()}
    save(folder, "config.json", config)
    for name, value in files:
        save(folder, name, value)
    with open(os.path.join(HERE, folder, "vocab.txt"), "w", encoding="utf-8", newline="\n") as file:
        file.write("".join(p + "\n" for p in pieces))
    heads = {name: torch.randn(shape) for name, shape in extra}
    position_ids = {"embeddings.position_ids": torch.arange(config["max_position_embeddings"])[None]} if extra else {}
    write_safetensors(os.path.join(HERE, folder, "model.safetensors"), {**{rename(n): w for n, w in {**position_ids, **stored}.items()}, **heads})

    weights = {name: w.double() for name, w in stored.items()}
    vocabulary = {p: i for i, p in enumerate(pieces)}
    inputs = [(t, None) for t in TEXTS] + ([(TEXTS[0], TEXTS[1])] if config.get("type_vocab_size", 2) > 1 else [])
    encoded = [encode(t, p, None, vocabulary, not cased) for t, p in inputs]
    length = max(len(e["ids"]) for e in encoded)
    pad = lambda row: row + [0] * (length - len(row))
    ids = torch.tensor([pad(e["ids"]) for e in encoded])
    types = torch.tensor([pad(e["types"]) for e in encoded])
    keep = torch.tensor([pad([1] * len(e["ids"])) for e in encoded])
    hidden, pooled = forward(weights, config, ids, types, keep)
    if pooling == "cls":
        sentences = hidden[:, 0]
    elif pooling == "max":
        sentences = hidden.masked_fill(keep[..., None] == 0, -1e9).max(1).values
    else:
        sentences = (hidden * keep[..., None]).sum(1) / keep.sum(1, keepdim=True)
    if normalise:
        sentences = sentences / sentences.norm(dim=1, keepdim=True)
    rounded = lambda t: [float("%.10g" % v) for v in t.flatten().tolist()]
    save(folder, "expected.json", {"cases": [
        {"text": t, "pair": p, "ids": e["ids"], "types": e["types"], "hidden": rounded(hidden[i][:len(e["ids"])]),
         "pooled": None if pooled is None else rounded(pooled[i]), "sentence": rounded(sentences[i])}
        for i, ((t, p), e) in enumerate(zip(inputs, encoded))]})


def plain(name):
    return name


def old_names(name):  # as in the first published checkpoints
    return "bert." + name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")


def modules(pooling, normalise):
    parts = ["Transformer", "Pooling"] + (["Normalize"] if normalise else [])
    paths = ["", "1_Pooling", "2_Normalize"]
    flags = {"pooling_mode_%s" % m: m.split("_")[0] == pooling for m in ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens")}
    if pooling == "mean":
        flags["pooling_mode_mean_sqrt_len_tokens"] = False
    return [("modules.json", [{"idx": i, "name": str(i), "path": paths[i], "type": "sentence_transformers.models." + p} for i, p in enumerate(parts)]),
            ("1_Pooling/config.json", {"word_embedding_dimension": 16, **flags})]


if __name__ == "__main__":
    make("uncased-prefix", 1, False, torch.float32, old_names, True,
         {"hidden_size": 20, "intermediate_size": 28, "hidden_act": "gelu", "layer_norm_eps": 1e-12, "type_vocab_size": 2, "position_embedding_type": "absolute", "spare": 3},
         extra=[("cls.predictions.bias", (7,)), ("cls.seq_relationship.weight", (2, 20))], files=[("tokenizer_config.json", {"do_lower_case": True, "model_max_length": 40})])
    make("cased-plain", 2, True, torch.float16, plain, False,
         {"hidden_size": 12, "intermediate_size": 40, "hidden_act": "gelu_new", "layer_norm_eps": 1e-5, "type_vocab_size": 1})
    make("sentence-mean", 3, False, torch.float32, plain, True,
         {"hidden_size": 16, "intermediate_size": 24, "hidden_act": "gelu_pytorch_tanh", "num_hidden_layers": 3, "num_attention_heads": 2},
         files=modules("mean", True) + [("sentence_bert_config.json", {"max_seq_length": 32, "do_lower_case": False})], pooling="mean", normalise=True)
    make("sentence-cls", 4, True, torch.bfloat16, lambda name: "bert." + name, False,
         {"hidden_size": 16, "intermediate_size": 24, "hidden_act": "relu", "num_hidden_layers": 1},
         files=modules("cls", False) + [("tokenizer_config.json", {"do_lower_case": False})], pooling="cls")
