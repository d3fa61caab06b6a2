"""Makes the small random relatives of BERT beside it: /usr/bin/python3 tests/golden/bert/make_family.py

Classifiers, a reranker, a DistilBERT and a sentence encoder with Dense modules and prompts. The forward is that of PyTorch's own modules
(torch.nn.TransformerEncoderLayer, Embedding, LayerNorm, Linear; float64), whose parameters are then stored under the names of Hugging Face.
Tokenization, file format and folder layout are those of make_bert.py.
"""
import os

import torch

from make_bert import HERE, TEXTS, encode, modules, save, words_of, write_safetensors

PIECES = words_of(False)
VOCABULARY = {piece: i for i, piece in enumerate(PIECES)}
CAPACITY, EPSILON = 40, 1e-12
PAIRS = [(TEXTS[0], TEXTS[1]), (TEXTS[1], TEXTS[3]), (TEXTS[4], ""), (TEXTS[3], None), ("", None)]


class Encoder(torch.nn.Module):
    def __init__(self, channels, heads, hidden, layers, types):
        super().__init__()
        self.words = torch.nn.Embedding(len(PIECES), channels)
        self.positions = torch.nn.Embedding(CAPACITY, channels)
        self.types = torch.nn.Embedding(types, channels) if types else None
        self.norm = torch.nn.LayerNorm(channels, EPSILON)
        self.layers = torch.nn.ModuleList(
            torch.nn.TransformerEncoderLayer(channels, heads, hidden, 0.0, torch.nn.functional.gelu, EPSILON, batch_first=True) for _ in range(layers))

    def forward(self, ids, types):
        x = self.words(ids) + self.positions(torch.arange(ids.shape[1]))
        x = self.norm(x if self.types is None else x + self.types(types))
        for layer in self.layers:
            x = layer(x)
        return x


def randomize(module):
    """Numbers that float32 has, so that the file holds what the model is; norms near 1."""
    for name, parameter in module.named_parameters():
        value = 0.4 * torch.randn(parameter.shape)
        parameter.data = (1 + 0.5 * value if "norm" in name and name.endswith("weight") else value).double()
    return module


def stored(encoder, distil):
    """The encoder's parameters under the names of Hugging Face."""
    found = {"embeddings.word_embeddings.weight": encoder.words.weight, "embeddings.position_embeddings.weight": encoder.positions.weight,
             "embeddings.LayerNorm.weight": encoder.norm.weight, "embeddings.LayerNorm.bias": encoder.norm.bias}
    if encoder.types is not None:
        found["embeddings.token_type_embeddings.weight"] = encoder.types.weight
    names = (("transformer.layer", "attention.q_lin attention.k_lin attention.v_lin attention.out_lin sa_layer_norm ffn.lin1 ffn.lin2 output_layer_norm")
             if distil else
             ("encoder.layer", "attention.self.query attention.self.key attention.self.value attention.output.dense attention.output.LayerNorm "
                               "intermediate.dense output.dense output.LayerNorm"))
    for i, layer in enumerate(encoder.layers):
        attention = layer.self_attn
        weights = [*attention.in_proj_weight.chunk(3), attention.out_proj.weight, layer.norm1.weight, layer.linear1.weight, layer.linear2.weight, layer.norm2.weight]
        biases = [*attention.in_proj_bias.chunk(3), attention.out_proj.bias, layer.norm1.bias, layer.linear1.bias, layer.linear2.bias, layer.norm2.bias]
        for name, weight, bias in zip(names[1].split(), weights, biases):
            found["%s.%d.%s.weight" % (names[0], i, name)] = weight
            found["%s.%d.%s.bias" % (names[0], i, name)] = bias
    return found


def dense(name, linear):
    return {name + ".weight": linear.weight, **({} if linear.bias is None else {name + ".bias": linear.bias})}


def write(folder, tensors, shards=1):
    tensors = {name: tensor.detach().float() for name, tensor in tensors.items()}
    path = lambda name: os.path.join(HERE, folder, name)
    if shards == 1:
        return write_safetensors(path("model.safetensors"), tensors)
    names, places = sorted(tensors), {}
    for i in range(shards):
        file = "model-%05d-of-%05d.safetensors" % (i + 1, shards)
        part = names[i::shards]
        write_safetensors(path(file), {name: tensors[name] for name in part})
        places.update({name: file for name in part})
    save(folder, "model.safetensors.index.json", {"metadata": {"total_size": 4 * sum(t.numel() for t in tensors.values())}, "weight_map": places})


def rounded(tensor):
    return [float("%.10g" % v) for v in tensor.detach().flatten().tolist()]


def start(folder, config):
    save(folder, "config.json", {"vocab_size": len(PIECES), "max_position_embeddings": CAPACITY, **config})
    with open(os.path.join(HERE, folder, "vocab.txt"), "w", encoding="utf-8", newline="\n") as file:
        file.write("".join(piece + "\n" for piece in PIECES))


def run(encoder, text, pair=None):
    one = encode(text, pair, None, VOCABULARY, True)
    return one, encoder(torch.tensor([one["ids"]]), torch.tensor([one["types"]]))[0]


def classifier(folder, seed, channels, heads, hidden, labels, distil=False, prefix="bert.", outer="", shards=1):
    torch.manual_seed(seed)
    encoder = randomize(Encoder(channels, heads, hidden, 2, 0 if distil else 2))
    before, classes = randomize(torch.nn.Linear(channels, channels)), randomize(torch.nn.Linear(channels, len(labels)))
    sizes = ({"model_type": "distilbert", "dim": channels, "n_heads": heads, "hidden_dim": hidden, "n_layers": 2, "activation": "gelu"} if distil else
             {"model_type": "bert", "hidden_size": channels, "num_attention_heads": heads, "intermediate_size": hidden, "num_hidden_layers": 2})
    kind = "DistilBertForSequenceClassification" if distil else "BertForSequenceClassification"
    start(folder, {"architectures": [kind], **sizes, "id2label": {str(i): label for i, label in enumerate(labels)}})
    tensors = {prefix + name: tensor for name, tensor in stored(encoder, distil).items()}
    tensors.update(dense(outer + "pre_classifier", before) if distil else dense(prefix + "pooler.dense", before))
    write(folder, {**tensors, **dense(outer + "classifier", classes)}, shards)
    cases = []
    for text, pair in PAIRS:
        one, y = run(encoder, text, pair)
        logits = classes(torch.relu(before(y[0])) if distil else torch.tanh(before(y[0])))
        cases.append({"text": text, "pair": pair, "ids": one["ids"], "types": one["types"], "hidden": rounded(y), "logits": rounded(logits)})
    save(folder, "expected.json", {"cases": cases})


def sentences(folder, seed):
    torch.manual_seed(seed)
    encoder = randomize(Encoder(16, 2, 24, 2, 2))
    first, second = randomize(torch.nn.Linear(16, 7)), randomize(torch.nn.Linear(7, 5, bias=False))
    start(folder, {"architectures": ["BertModel"], "model_type": "bert", "hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 24, "num_hidden_layers": 2})
    write(folder, {"0.auto_model." + name: tensor for name, tensor in stored(encoder, False).items()})
    names = ("Transformer", "", ), ("Pooling", "1_Pooling"), ("Dense", "2_Dense"), ("Dense", "3_Dense"), ("Normalize", "4_Normalize")
    save(folder, "modules.json", [{"idx": i, "name": str(i), "path": path, "type": "sentence_transformers.models." + kind} for i, (kind, path) in enumerate(names)])
    save(folder, *modules("mean", True)[1])
    for place, linear, activation in (("2_Dense", first, "activation.Tanh"), ("3_Dense", second, "linear.Identity")):
        save(folder, place + "/config.json", {"in_features": linear.in_features, "out_features": linear.out_features, "bias": linear.bias is not None,
                                              "activation_function": "torch.nn.modules." + activation})
        write(folder + "/" + place, dense("linear", linear))
    prompts = {"query": "the apple: ", "passage": ""}
    save(folder, "config_sentence_transformers.json", {"prompts": prompts, "default_prompt_name": None})
    cases = []
    for prompt in (None, "query", "passage"):
        for text in TEXTS:
            one, y = run(encoder, prompts.get(prompt, "") + text)
            vector = second(torch.tanh(first(y.mean(0))))
            cases.append({"text": text, "pair": None, "prompt": prompt, "ids": one["ids"], "types": one["types"], "hidden": rounded(y),
                          "sentence": rounded(vector / vector.norm())})
    save(folder, "expected.json", {"cases": cases})


classifier("pair-classifier", 11, 16, 4, 28, ["entailment", "neutral", "contradiction"], shards=2)
classifier("reranker", 12, 12, 3, 20, ["LABEL_0"], prefix="model.bert.", outer="model.")
classifier("distil-classifier", 13, 20, 4, 24, ["NEGATIVE", "POSITIVE"], distil=True, prefix="distilbert.")
sentences("sentence-dense", 14)
