"""Writes a BERT sentence encoder as an int8 ONNX graph whose rows don't depend on each other.

ONNX Runtime's own dynamic quantisation takes one activation scale per tensor, so a text's
embedding depends on its batch mates (`docs/design/language.md` has the figures). Here every
token gets its own scale, as in LLM.int8() (Dettmers et al. 2022, https://arxiv.org/abs/2208.07339),
and weights one scale per output channel. Integer sums are exact, so batches can't change a row.
Channels that are always large are made smaller before and their weights larger, as in SmoothQuant
(Xiao et al. 2023, https://arxiv.org/abs/2211.10438), by powers of two, so that the graph doesn't hang
on the last bits of the peaks.

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
"""Names as in the state dictionary of `transformers.BertModel`, arrays as torch keeps them."""

Peaks = Mapping[str, NDArray[np.float32]]
"""Largest absolute value per channel that each LayerNorm gives on typical text, before its shift."""

OPSET = 17
_CONTRIB = "com.microsoft"
_EPSILON = 1e-12  # layer_norm_eps of BERT, config.json of the model
_STEPS = 127.0  # int8, symmetric
_ZERO_POINT = np.uint8(128)  # unsigned activations are the runtime's fast path on x86
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

    def op(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        from onnx import helper

        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name, domain=domain, **attributes))
        return name


@dataclass(frozen=True)
class _Hidden:
    """Token vectors whose constant `shift` has not been added yet: `name` + `shift`."""

    name: str
    shift: NDArray[np.float32]
    peak: NDArray[np.float32]


@dataclass(frozen=True)
class _Rows:
    """Quantised token vectors: unsigned bytes and one scale a token."""

    values: str
    scales: str


@dataclass(frozen=True)
class _Bert:
    """What is known of the model that is written."""

    weights: Weights
    peaks: Peaks
    heads: int


def build(weights: Weights, peaks: Peaks, heads: int) -> bytes:
    """Return the ONNX model of a BERT with mean pooling and unit length, as bytes.

    Input `input_ids` (int64) of shape (texts, tokens), without padding: all texts of a batch have the same
    number of tokens. Output `embedding` of shape (texts, dimensions), rows of length 1.
    """
    graph, bert = _Graph(), _Bert(weights, peaks, heads)
    hidden = _embed(graph, bert)
    layer = 0
    while f"encoder.layer.{layer}.output.dense.weight" in weights:
        hidden = _attention(graph, bert, f"encoder.layer.{layer}", hidden)
        hidden = _feed_forward(graph, bert, f"encoder.layer.{layer}", hidden)
        layer += 1
    return _model(graph, _pool(graph, hidden), hidden.shift.size)


def _embed(graph: _Graph, bert: _Bert) -> _Hidden:
    words = bert.weights["embeddings.word_embeddings.weight"]
    places = bert.weights["embeddings.position_embeddings.weight"]
    places = places + bert.weights["embeddings.token_type_embeddings.weight"][0]
    word = graph.op("Gather", graph.constant(_centred(words)), "input_ids")
    tokens = graph.op("Shape", "input_ids", start=1, end=2)
    start = graph.constant(np.zeros(1, dtype=np.int64))
    place = graph.op("Slice", graph.constant(_centred(places)), start, tokens)
    return _normalise(graph, bert, "embeddings.LayerNorm", word, place)


def _attention(graph: _Graph, bert: _Bert, prefix: str, hidden: _Hidden) -> _Hidden:
    kinds = [f"{prefix}.attention.self.{kind}" for kind in ("query", "key", "value")]
    projected = _dense(graph, bert, hidden, kinds)
    bias = graph.constant(np.concatenate([_bias(bert.weights, kind, hidden.shift) for kind in kinds]))
    mixed = graph.op("MultiHeadAttention", *projected, bias, domain=_CONTRIB, num_heads=bert.heads)
    return _residual(graph, bert, f"{prefix}.attention.output", _quantise(graph, mixed), hidden)


def _feed_forward(graph: _Graph, bert: _Bert, prefix: str, hidden: _Hidden) -> _Hidden:
    name = f"{prefix}.intermediate.dense"
    (wide,) = _dense(graph, bert, hidden, [name])
    bias = graph.constant(_bias(bert.weights, name, hidden.shift))
    active = graph.op("BiasGelu", wide, bias, domain=_CONTRIB)
    return _residual(graph, bert, f"{prefix}.output", _quantise(graph, active), hidden)


def _dense(graph: _Graph, bert: _Bert, hidden: _Hidden, names: list[str]) -> list[str]:
    """The products of `hidden` with the weights called `names`, biases left out."""
    matrices = [bert.weights[f"{name}.weight"].T for name in names]
    factors = _smoothing(hidden.peak, matrices)
    smooth = graph.op("Mul", hidden.name, graph.constant(1.0 / factors))
    rows = _quantise(graph, smooth)
    return [_product(graph, rows, matrix * factors[:, None]) for matrix in matrices]


def _smoothing(peak: NDArray[np.float32], matrices: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Powers of two that share a channel's size between activations and weights (SmoothQuant, alpha 0.5)."""
    rows = np.abs(np.concatenate(matrices, axis=1)).max(axis=1)
    ratio = np.maximum(peak, _FLOOR) / np.maximum(rows, _FLOOR)
    return np.asarray(np.exp2(np.rint(np.log2(ratio) / 2.0)), dtype=np.float32)


def _residual(graph: _Graph, bert: _Bert, prefix: str, rows: _Rows, hidden: _Hidden) -> _Hidden:
    """LayerNorm(dense(rows) + hidden): the dense layer and the constants are centred beforehand."""
    weight, bias = bert.weights[f"{prefix}.dense.weight"], bert.weights[f"{prefix}.dense.bias"]
    dense = _product(graph, rows, _centred(weight.T))
    mean = graph.op("ReduceMean", hidden.name, axes=[-1], keepdims=1)
    centred = graph.op("Sub", hidden.name, mean)
    constant = graph.constant(_centred(bias + hidden.shift))
    return _normalise(graph, bert, f"{prefix}.LayerNorm", dense, centred, constant)


def _normalise(graph: _Graph, bert: _Bert, prefix: str, one: str, other: str, *bias: str) -> _Hidden:
    """LayerNorm of a sum whose mean is zero: an RMS norm."""
    inputs = (one, other, graph.constant(bert.weights[f"{prefix}.weight"]), *bias)
    name = graph.op("SkipSimplifiedLayerNormalization", *inputs, domain=_CONTRIB, epsilon=_EPSILON)
    return _Hidden(name, bert.weights[f"{prefix}.bias"], bert.peaks[prefix])


def _quantise(graph: _Graph, name: str) -> _Rows:
    high = graph.op("ReduceMax", name, axes=[-1], keepdims=1)
    low = graph.op("Neg", graph.op("ReduceMin", name, axes=[-1], keepdims=1))
    peak = graph.op("Max", high, low, graph.number(_TINY))
    scales = graph.op("Mul", peak, graph.number(1.0 / _STEPS))
    steps = graph.op("Div", name, scales)
    zero = graph.constant(np.array(_ZERO_POINT))
    return _Rows(graph.op("QuantizeLinear", steps, graph.number(1.0), zero), scales)


def _product(graph: _Graph, rows: _Rows, weight: NDArray[np.float32]) -> str:
    """`rows` times `weight` of shape (in, out), back in floats."""
    scales = np.maximum(np.abs(weight).max(axis=0), _TINY) / _STEPS
    inputs = (
        rows.values,
        graph.constant(np.rint(weight / scales).astype(np.int8)),
        graph.number(1.0),
        graph.constant(scales.astype(np.float32)),
        graph.constant(np.array(_ZERO_POINT)),
        graph.constant(np.zeros(scales.size, dtype=np.int8)),
    )
    return graph.op("Mul", graph.op("MatMulIntegerToFloat", *inputs, domain=_CONTRIB), rows.scales)


def _pool(graph: _Graph, hidden: _Hidden) -> str:
    """Mean over the tokens, at unit length."""
    states = graph.op("Add", hidden.name, graph.constant(hidden.shift))
    mean = graph.op("ReduceMean", states, axes=[1], keepdims=0)
    length = graph.op("ReduceL2", mean, axes=[-1], keepdims=1)
    return graph.op("Div", mean, length)


def _model(graph: _Graph, output: str, dimensions: int) -> bytes:
    from onnx import TensorProto, checker, helper

    inputs = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["texts", "tokens"])]
    graph.nodes.append(helper.make_node("Identity", [output], ["embedding"], "output"))
    result = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", dimensions])
    body = helper.make_graph(graph.nodes, "encoder", inputs, [result], graph.constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(_CONTRIB, 1)]
    model = helper.make_model(body, opset_imports=opsets, ir_version=9)  # 9: read by onnxruntime >= 1.16
    checker.check_model(model)
    data: bytes = model.SerializeToString()
    return data


def _bias(weights: Weights, name: str, shift: NDArray[np.float32]) -> NDArray[np.float32]:
    """The bias of a dense layer that also absorbs the shift of its input."""
    return np.asarray(weights[f"{name}.bias"] + weights[f"{name}.weight"] @ shift, dtype=np.float32)


def _centred(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """Subtract the mean over the last axis, where LayerNorm takes it."""
    return np.asarray(array - array.mean(axis=-1, keepdims=True), dtype=np.float32)
