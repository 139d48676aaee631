"""How the student learns; every number that was chosen stands here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """One configuration."""

    seed: int = 20141
    epochs: int = 3
    batch: int = 32
    tokens: int = 72
    """Longer texts are cut while learning; 99 % of tweets are shorter."""
    frozen_layers: int = 2
    rate: float = 1.2e-4
    """Peak learning rate of the last layer; it rises during `warm_up` and falls to nothing."""
    rate_decay: float = 0.9
    """What the rate is multiplied by from a layer to the one below (Howard and Ruder 2018)."""
    head_rate: float = 1e-3
    warm_up: float = 0.06
    weight_decay: float = 0.01
    smoothing: float = 0.05
    """Label smoothing of the sentiment head."""
    likeness: float = 1.0
    """Weight of 1 - cosine to the packaged model's embedding."""
    others: float = 0.3
    """Weight of each other head's loss."""
    average: float = 0.999
    """Decay of the moving average of the weights, which is what is kept (Polyak and Juditsky 1992)."""
