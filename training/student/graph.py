"""Writes a BERT encoder as an int8 ONNX graph whose rows don't depend on each other.

ONNX Runtime's own dynamic quantisation takes one activation scale per tensor, so a text's embedding depends
on its batch mates (`docs/design/language.md` has the figures). Here activations have one range per place in
the network, found on typical texts beforehand, and weights one scale per output channel. Integer sums are
exact, so batches can't change a row. Channels that are always large are made smaller before and their weights
larger, as in SmoothQuant (Xiao et al. 2023, https://arxiv.org/abs/2211.10438), by powers of two.

Two rewritings of the network that are exact in real arithmetic make it fast:

- LayerNorm is a subtraction of the mean and an RMS norm (Zhang and Sennrich 2019,
  https://arxiv.org/abs/1910.07467), which the runtime computes several times faster.
  The mean is taken out of the weights of the layer before it, once.
- The shift of a LayerNorm goes into the biases of the layers after it.

There is no padding: without a mask the runtime takes a faster attention, and no work is done for nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Weights = Mapping[str, NDArray[np.float32]]
"""Names as in the state dictionary of `training.student.network.Student`, arrays as torch keeps them."""

Extent = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Least and largest value of each channel on typical text."""

Extents = Mapping[str, Extent]
"""By the name of a dense layer: what goes into it; a LayerNorm's shift is left out."""

OPSET = 17
_CONTRIB = "com.microsoft"
_EPSILON = 1e-12  # layer_norm_eps of BERT, config.json of the model
_STEPS = 127.0  # int8 weights, symmetric
_LEVELS = 255.0  # unsigned activations are the runtime's fast path on x86
_FLOOR = 1e-3  # a channel smaller than this is as good as zero
_TINY = 1e-30  # keeps an all-zero row from dividing by zero


@dataclass
class _Graph:
    """Collects nodes and constants; every method returns the name of what it made."""

    nodes: list[Any] = field(default_factory=list)
    constants: list[Any] = field(default_factory=list)

    def constant(self, array: NDArray[Any]) -> str:
        from onnx import numpy_helper

        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def number(self, value: float) -> str:
        return self.constant(np.array(value, dtype=np.float32))

    def axis(self, value: int) -> str:
        return self.constant(np.array([value], dtype=np.int64))

    def op(self, kind: str, *inputs: str, domain: str = "", name: str = "", **attributes: Any) -> str:
        from onnx import helper

        name = name or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name, domain=domain, **attributes))
        return name


@dataclass(frozen=True)
class _Hidden:
    """Token vectors whose constant `shift` has not been added yet: `name` + `shift`."""

    name: str
    shift: NDArray[np.float32]


@dataclass(frozen=True)
class _Rows:
    """Quantised token vectors: (value - zero) * scale."""

    values: str
    scale: float
    zero: np.uint8


@dataclass(frozen=True)
class _Bert:
    """What is known of the model that is written."""

    weights: Weights
    extents: Extents
    heads: int


def build(weights: Weights, extents: Extents, heads: int) -> bytes:
    """Return the ONNX model of a student, as bytes.

    Input `input_ids` (int64) of shape (texts, tokens), without padding: all texts of a batch have the same
    number of tokens. Outputs `embedding` of shape (texts, dimensions), rows of length 1, and `pooled` of
    shape (texts, 2 * dimensions), mean and maximum over the tokens, which the heads read.
    """
    graph, bert = _Graph(), _Bert(weights, extents, heads)
    hidden = _embed(graph, bert)
    layer = 0
    while f"bert.encoder.layer.{layer}.output.dense.weight" in weights:
        hidden = _attention(graph, bert, f"bert.encoder.layer.{layer}", hidden)
        hidden = _feed_forward(graph, bert, f"bert.encoder.layer.{layer}", hidden)
        layer += 1
    _pool(graph, bert, hidden)
    return _model(graph, hidden.shift.size)


def _embed(graph: _Graph, bert: _Bert) -> _Hidden:
    """Look the tokens up in a table of signed bytes with one scale a row."""
    words = _centred(bert.weights["bert.embeddings.word_embeddings.weight"])
    places = bert.weights["bert.embeddings.position_embeddings.weight"]
    places = places + bert.weights["bert.embeddings.token_type_embeddings.weight"][0]
    scales = np.maximum(np.abs(words).max(axis=1, keepdims=True), _TINY) / _STEPS
    steps = graph.op("Gather", graph.constant(np.rint(words / scales).astype(np.int8)), "input_ids")
    scale = graph.op("Gather", graph.constant(scales.astype(np.float32)), "input_ids")
    word = graph.op("Mul", graph.op("Cast", steps, to=_float()), scale)
    tokens = graph.op("Shape", "input_ids", start=1, end=2)
    place = graph.op("Slice", graph.constant(_centred(places)), graph.axis(0), tokens)
    return _normalise(graph, bert, "bert.embeddings.LayerNorm", word, place)


def _attention(graph: _Graph, bert: _Bert, prefix: str, hidden: _Hidden) -> _Hidden:
    kinds = [f"{prefix}.attention.self.{kind}" for kind in ("query", "key", "value")]
    projected = _dense(graph, bert, hidden, kinds)
    bias = graph.constant(np.concatenate([_bias(bert.weights, kind, hidden.shift) for kind in kinds]))
    mixed = graph.op("MultiHeadAttention", *projected, bias, domain=_CONTRIB, num_heads=bert.heads)
    return _residual(graph, bert, f"{prefix}.attention.output", mixed, hidden)


def _feed_forward(graph: _Graph, bert: _Bert, prefix: str, hidden: _Hidden) -> _Hidden:
    name = f"{prefix}.intermediate.dense"
    (wide,) = _dense(graph, bert, hidden, [name])
    bias = graph.constant(_bias(bert.weights, name, hidden.shift))
    active = graph.op("FastGelu", wide, bias, domain=_CONTRIB)
    return _residual(graph, bert, f"{prefix}.output", active, hidden)


def _dense(graph: _Graph, bert: _Bert, hidden: _Hidden, names: list[str]) -> list[str]:
    """The products of `hidden` with the weights called `names`, biases left out."""
    matrices = [bert.weights[f"{name}.weight"].T for name in names]
    low, high = bert.extents[names[0]]
    factors = _smoothing(np.maximum(-low, high), matrices)
    smooth = graph.op("Mul", hidden.name, graph.constant(1.0 / factors))
    rows = _quantise(graph, smooth, (low / factors, high / factors))
    return [_product(graph, rows, matrix * factors[:, None]) for matrix in matrices]


def _smoothing(peak: NDArray[np.float32], matrices: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Powers of two that share a channel's size between activations and weights (SmoothQuant, alpha 0.5)."""
    rows = np.abs(np.concatenate(matrices, axis=1)).max(axis=1)
    ratio = np.maximum(peak, _FLOOR) / np.maximum(rows, _FLOOR)
    return np.asarray(np.exp2(np.rint(np.log2(ratio) / 2.0)), dtype=np.float32)


def _residual(graph: _Graph, bert: _Bert, prefix: str, name: str, hidden: _Hidden) -> _Hidden:
    """LayerNorm(dense(name) + hidden): the dense layer and the constants are centred beforehand."""
    weight, bias = bert.weights[f"{prefix}.dense.weight"], bert.weights[f"{prefix}.dense.bias"]
    rows = _quantise(graph, name, bert.extents[f"{prefix}.dense"])
    dense = _product(graph, rows, _centred(weight.T))
    mean = graph.op("ReduceMean", hidden.name, axes=[-1], keepdims=1)
    centred = graph.op("Sub", hidden.name, mean)
    constant = graph.constant(_centred(bias + hidden.shift))
    return _normalise(graph, bert, f"{prefix}.LayerNorm", dense, centred, constant)


def _normalise(graph: _Graph, bert: _Bert, prefix: str, one: str, other: str, *bias: str) -> _Hidden:
    """LayerNorm of a sum whose mean is zero: an RMS norm."""
    inputs = (one, other, graph.constant(bert.weights[f"{prefix}.weight"]), *bias)
    name = graph.op("SkipSimplifiedLayerNormalization", *inputs, domain=_CONTRIB, epsilon=_EPSILON)
    return _Hidden(name, bert.weights[f"{prefix}.bias"])


def _quantise(graph: _Graph, name: str, extent: Extent) -> _Rows:
    low, high = min(float(extent[0].min()), 0.0), max(float(extent[1].max()), 0.0)
    scale = (high - low) / _LEVELS
    zero = np.uint8(round(-low / scale))
    values = graph.op("QuantizeLinear", name, graph.number(scale), graph.constant(np.array(zero)))
    return _Rows(values, scale, zero)


def _product(graph: _Graph, rows: _Rows, weight: NDArray[np.float32]) -> str:
    """`rows` times `weight` of shape (in, out), back in floats."""
    scales = np.maximum(np.abs(weight).max(axis=0), _TINY) / _STEPS
    inputs = (
        rows.values,
        graph.constant(np.rint(weight / scales).astype(np.int8)),
        graph.number(rows.scale),
        graph.constant(scales.astype(np.float32)),
        graph.constant(np.array(rows.zero)),
        graph.constant(np.zeros(scales.size, dtype=np.int8)),
    )
    return graph.op("MatMulIntegerToFloat", *inputs, domain=_CONTRIB)


def _pool(graph: _Graph, bert: _Bert, hidden: _Hidden) -> None:
    """Mean and maximum over the tokens, and the projected mean at unit length."""
    states = graph.op("Add", hidden.name, graph.constant(hidden.shift))
    mean = graph.op("ReduceMean", states, axes=[1], keepdims=0)
    most = graph.op("ReduceMax", states, axes=[1], keepdims=0)
    graph.op("Concat", mean, most, axis=-1, name="pooled")
    turned = graph.op("MatMul", mean, graph.constant(bert.weights["projection.weight"].T))
    flat = graph.op("Add", turned, graph.constant(bert.weights["projection.bias"]))
    length = graph.op("ReduceL2", flat, axes=[-1], keepdims=1)
    graph.op("Div", flat, length, name="embedding")


def _model(graph: _Graph, dimensions: int) -> bytes:
    from onnx import TensorProto, checker, helper

    inputs = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])]
    outputs = [
        helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", dimensions]),
        helper.make_tensor_value_info("pooled", TensorProto.FLOAT, ["texts", 2 * dimensions]),
    ]
    body = helper.make_graph(graph.nodes, "encoder", inputs, outputs, graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(_CONTRIB, 1)]
    model = helper.make_model(body, opset_imports=opsets, ir_version=9)  # 9: read by onnxruntime >= 1.16
    checker.check_model(model)
    data: bytes = model.SerializeToString()
    return data


def _float() -> int:
    from onnx import TensorProto

    return int(TensorProto.FLOAT)


def _bias(weights: Weights, name: str, shift: NDArray[np.float32]) -> NDArray[np.float32]:
    """The bias of a dense layer that also absorbs the shift of its input."""
    return np.asarray(weights[f"{name}.bias"] + weights[f"{name}.weight"] @ shift, dtype=np.float32)


def _centred(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """Subtract the mean over the last axis, where LayerNorm takes it."""
    return np.asarray(array - array.mean(axis=-1, keepdims=True), dtype=np.float32)
