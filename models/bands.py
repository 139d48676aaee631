"""Intervals of negative-binomial counts, without a statistics library in the hot path."""

from math import exp, lgamma, log, log1p, sqrt

_EXACT = 40.0
"""Up to this mean the distribution is summed; above, its gamma approximation is within 4 %."""
_Z = 1.959964


def band(mu: float, kappa: float) -> tuple[float, float]:
    """Return the 2.5 % and 97.5 % quantiles of a count with variance mu + kappa mu^2."""
    if mu <= 0.0:
        return 0.0, 0.0
    if mu <= _EXACT:
        return _summed(mu, kappa, 0.025), _summed(mu, kappa, 0.975)
    shape = mu * mu / (mu + kappa * mu * mu)
    low = _cubed(mu, shape, -_Z) if shape > 3.0 else mu / shape * _lowest(shape, 0.025)
    return low, _cubed(mu, shape, _Z)


def exceeds(count: float, usual: float, kappa: float) -> bool:
    """True for a count of more than two standard deviations above the usual one."""
    return count > usual + 2.0 * sqrt(usual + kappa * usual * usual)


def _lowest(shape: float, level: float) -> float:
    """Quantile of a skewed standard gamma distribution near zero, two terms of its series."""
    first = exp((log(level) + lgamma(shape + 1.0)) / shape)
    return first * exp(first / (shape + 1.0))


def _cubed(mu: float, shape: float, z: float) -> float:
    """Quantile of the gamma distribution with this mean and shape (Wilson and Hilferty 1931)."""
    root = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * sqrt(shape))
    return mu * max(0.0, root) ** 3


def _summed(mu: float, kappa: float, level: float) -> float:
    size = 1.0 / kappa
    log_ratio = log(mu / (size + mu))
    start = -size * log1p(mu / size)
    total, count = exp(start), 0
    while total < level:
        count += 1
        total += exp(lgamma(count + size) - lgamma(size) - lgamma(count + 1) + start + count * log_ratio)
    return float(count)
