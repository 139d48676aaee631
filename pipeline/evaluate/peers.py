"""What anybody could have in an afternoon, on the same test: a lexicon and two logistic regressions.

The two are fitted here, on the pool that the shipped model learned English from, with the settings that
everybody uses; nothing of them was tuned. They read texts in the form in which the product's models do
(`models.features.canonical`), because the pool has its links and names and TweetEval has markers for them.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.telemetry import get_logger
from models.embed import PLAIN, open_encoder
from models.features import canonical
from pipeline.evaluate.sentiment import CHUNK, Labelled, Quality, quality

_STEPS = 1000
"""Most steps of the optimiser; both converge before."""


def measure(training: Labelled, test: Labelled) -> dict[str, Quality]:
    """Return the quality of each peer on `test`; `training` holds nothing of it, and every class.

    Progress goes to the log.
    """
    log = get_logger("evaluate")
    peers = {"vader": vader(test)}
    log.info("peer", name="TF-IDF and logistic regression", texts=len(training.texts))
    peers["tfidf_logistic"] = _fitted(training, test, *_word_weights(training.texts, test.texts))
    log.info("peer", name=f"{PLAIN} and logistic regression", texts=len(training.texts))
    peers["minilm_logistic"] = _fitted(training, test, _encoded(training.texts), _encoded(test.texts))
    return peers


def vader(test: Labelled) -> Quality:
    """Return the quality of VADER's classes by its authors' thresholds: compound of 0.05 either way."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    compound = np.array([analyzer.polarity_scores(text)["compound"] for text in test.texts])
    return quality(test.labels, 1 + (compound >= 0.05).astype(int) - (compound <= -0.05).astype(int))


def _word_weights(training: Sequence[str], test: Sequence[str]) -> tuple[Any, Any]:
    """Return sparse TF-IDF matrices over the words and pairs of words that come in two texts at least."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2, dtype=np.float32)
    return vectorizer.fit_transform(map(canonical, training)), vectorizer.transform(map(canonical, test))


def _encoded(texts: Sequence[str]) -> NDArray[np.float32]:
    encoder, log = open_encoder(PLAIN), get_logger("evaluate")
    parts = []
    for start in range(0, len(texts), CHUNK):
        parts.append(encoder.encode([canonical(text) for text in texts[start : start + CHUNK]]))
        log.info("encoded", done=min(start + CHUNK, len(texts)), of=len(texts))
    return np.concatenate(parts)


def _fitted(training: Labelled, test: Labelled, known: Any, unknown: Any) -> Quality:
    """Fit a regression in which the classes weigh the same to the rows `known`, and judge it on `unknown`."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(class_weight="balanced", max_iter=_STEPS)
    model.fit(known, np.asarray(training.labels))
    return quality(test.labels, model.predict(unknown), model.predict_proba(unknown))
