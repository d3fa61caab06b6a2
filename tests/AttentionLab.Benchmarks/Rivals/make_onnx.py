#!/usr/bin/env python3
"""Writes the ONNX models that the duel runs into ./models (needs python3-onnx, python3-torch). usage: see setup.sh"""
import os, numpy as np, onnx, torch
from onnx import helper as h, TensorProto as TP, numpy_helper as nh
os.makedirs("models", exist_ok=True)
F = TP.FLOAT
def save(name, nodes, ins, outs, inits=(), opset=14, ir=8):
    g = h.make_graph(nodes, name, [h.make_tensor_value_info(n, F, s) for n, s in ins], [h.make_tensor_value_info(n, F, s) for n, s in outs], list(inits))
    m = h.make_model(g, opset_imports=[h.make_opsetid("", opset), h.make_opsetid("com.microsoft", 1)]); m.ir_version = ir
    onnx.save(m, f"models/{name}.onnx")
rng = np.random.default_rng(0)
# (i) MatMul; B as graph input (packed on every call) and as constant (pre-packed by MLAS); output reduced to 1 float would change work, so keep full output
for n in (256, 512, 1024, 2048):
    save(f"matmul_{n}", [h.make_node("MatMul", ["A", "B"], ["C"])], [("A", [n, n]), ("B", [n, n])], [("C", [n, n])])
    save(f"matmulc_{n}", [h.make_node("MatMul", ["A", "B"], ["C"])], [("A", [n, n])], [("C", [n, n])], [nh.from_array(rng.standard_normal((n, n), dtype=np.float32), "B")])
# (ii) attention. mha: com.microsoft MultiHeadAttention (BSH inputs); mhac: unidirectional; attn23(c): ONNX Attention opset 23 (4-D BNSH inputs)
H, D = 8, 64
for n in (16, 128, 512, 1024, 2048, 4096, 16384):
    s = [1, n, H * D]
    save(f"mha_{n}", [h.make_node("MultiHeadAttention", ["q", "k", "v"], ["o"], domain="com.microsoft", num_heads=H)], [("q", s), ("k", s), ("v", s)], [("o", s)])
    save(f"mhac_{n}", [h.make_node("MultiHeadAttention", ["q", "k", "v"], ["o"], domain="com.microsoft", num_heads=H, unidirectional=1)], [("q", s), ("k", s), ("v", s)], [("o", s)])
    b = [1, H, n, D]
    for c in (0, 1):
        save(f"attn23{'c' if c else ''}_{n}", [h.make_node("Attention", ["q", "k", "v"], ["o"], is_causal=c)], [("q", b), ("k", b), ("v", b)], [("o", b)], opset=23, ir=10)
    save(f"decomp_{n}", [h.make_node("Transpose", ["k"], ["kt"], perm=[0, 1, 3, 2]), h.make_node("MatMul", ["q", "kt"], ["s0"]), h.make_node("Mul", ["s0", "c"], ["s"]),
                         h.make_node("Softmax", ["s"], ["p"], axis=-1), h.make_node("MatMul", ["p", "v"], ["o"])], [("q", b), ("k", b), ("v", b)], [("o", b)], [nh.from_array(np.float32(0.125), "c")])
    save(f"identity_{n}", [h.make_node("Identity", ["q"], ["o"])], [("q", s)], [("o", s)])
# GroupQueryAttention is always causal; needs seqlens_k and total_sequence_length
for n in (128, 512, 1024, 2048, 4096):
    s = [1, n, H * D]
    g = h.make_graph([h.make_node("GroupQueryAttention", ["q", "k", "v", "", "", "sl", "tl"], ["o", "pk", "pv"], domain="com.microsoft", num_heads=H, kv_num_heads=H)], "gqa",
        [h.make_tensor_value_info(x, F, s) for x in "qkv"], [h.make_tensor_value_info("o", F, s), h.make_tensor_value_info("pk", F, [1, H, n, D]), h.make_tensor_value_info("pv", F, [1, H, n, D])],
        [nh.from_array(np.array([n - 1], np.int32), "sl"), nh.from_array(np.array(n, np.int32), "tl")])
    m = h.make_model(g, opset_imports=[h.make_opsetid("", 14), h.make_opsetid("com.microsoft", 1)]); m.ir_version = 8; onnx.save(m, f"models/gqa_{n}.onnx")
# (iii) encoder layer (post-LN, as torch's default): fused ops by hand (MultiHeadAttention + SkipLayerNormalization + BiasGelu) ...
E, FF = 512, 2048
torch.manual_seed(0)
enc = torch.nn.TransformerEncoderLayer(E, H, FF, batch_first=True, activation="gelu").eval()
w = {k: v.detach().numpy() for k, v in enc.state_dict().items()}
I = lambda n, a: nh.from_array(np.ascontiguousarray(a), n)
for B, n in ((1, 128), (1, 512), (8, 128), (8, 512)):
    wi, bi = w["self_attn.in_proj_weight"], w["self_attn.in_proj_bias"]
    inits = [I(f"w{c}", wi[i*E:(i+1)*E].T) for i, c in enumerate("qkv")] + [I("bqkv", bi), I("wo", w["self_attn.out_proj.weight"].T), I("bo", w["self_attn.out_proj.bias"]),
        I("g1", w["norm1.weight"]), I("e1", w["norm1.bias"]), I("g2", w["norm2.weight"]), I("e2", w["norm2.bias"]), I("w1", w["linear1.weight"].T), I("b1", w["linear1.bias"]), I("w2", w["linear2.weight"].T), I("b2", w["linear2.bias"])]
    nodes = [h.make_node("MatMul", ["x", f"w{c}"], [c]) for c in "qkv"] + [
        h.make_node("MultiHeadAttention", ["q", "k", "v", "bqkv"], ["a"], domain="com.microsoft", num_heads=H),
        h.make_node("MatMul", ["a", "wo"], ["ao"]),
        h.make_node("SkipLayerNormalization", ["ao", "x", "g1", "e1", "bo"], ["h"], domain="com.microsoft", epsilon=1e-5),
        h.make_node("MatMul", ["h", "w1"], ["f1"]), h.make_node("BiasGelu", ["f1", "b1"], ["f2"], domain="com.microsoft"),
        h.make_node("MatMul", ["f2", "w2"], ["f3"]),
        h.make_node("SkipLayerNormalization", ["f3", "h", "g2", "e2", "b2"], ["y"], domain="com.microsoft", epsilon=1e-5)]
    save(f"encfused_b{B}_{n}", nodes, [("x", [B, n, E])], [("y", [B, n, E])], inits)
    mn = [h.make_node("MatMul", ["x", f"w{c}"], [c]) for c in "qkv"] + [h.make_node("MultiHeadAttention", ["q", "k", "v", "bqkv"], ["a"], domain="com.microsoft", num_heads=H), h.make_node("MatMul", ["a", "wo"], ["ao"]), h.make_node("Add", ["ao", "bo"], ["y"])]
    save(f"mhaproj_b{B}_{n}", mn, [("x", [B, n, E])], [("y", [B, n, E])], [i for i in inits if i.name in ("wq", "wk", "wv", "bqkv", "wo", "bo")])
    # ... and torch's export of nn.TransformerEncoderLayer (decomposed; ORT's optimizer may fuse it)
    try:
        x = torch.randn(B, n, E); enc.train(); 
        for mod in enc.modules():
            if isinstance(mod, torch.nn.Dropout): mod.p = 0.0
        enc.self_attn.dropout = 0.0
        torch.onnx.export(enc, x, f"models/encexport_b{B}_{n}.onnx", opset_version=14, input_names=["x"], output_names=["y"], training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=True)
    except Exception as ex: print("export failed", B, n, str(ex)[:300])
    enc.eval()
    if (B, n) == (1, 128):
        x = torch.randn(B, n, E); 
        with torch.no_grad(): y = enc(x)
        x.numpy().tofile("models/enc_x.f32"); y.numpy().tofile("models/enc_y.f32")
        np.concatenate([w[k].ravel() for k in ("self_attn.in_proj_weight", "self_attn.in_proj_bias", "self_attn.out_proj.weight", "self_attn.out_proj.bias", "linear1.weight", "linear1.bias", "linear2.weight", "linear2.bias", "norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias")]).astype(np.float32).tofile("models/enc_w.f32")
# element-wise rows
save("softmax_4096x512", [h.make_node("Softmax", ["x"], ["o"], axis=-1)], [("x", [4096, 512])], [("o", [4096, 512])])
save("ln_4096x512", [h.make_node("LayerNormalization", ["x", "g", "b"], ["o"], axis=-1)], [("x", [4096, 512])], [("o", [4096, 512])], [I("g", w["norm1.weight"]), I("b", w["norm1.bias"])], opset=17)
save("gelu_512x2048", [h.make_node("Gelu", ["x"], ["o"], domain="com.microsoft")], [("x", [512, 2048])], [("o", [512, 2048])])
save("identity2_4096x512", [h.make_node("Identity", ["x"], ["o"])], [("x", [4096, 512])], [("o", [4096, 512])])
