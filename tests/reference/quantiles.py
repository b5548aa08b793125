"""Quantiles of the distributions of uncertain figures, in plain Python, from their definitions.

A quantile is asked for by the chance below it and the chance above it, which sum to 1, so that neither tail loses
digits: whichever is smaller is met.
"""

import math
from statistics import NormalDist

NEAR_ENOUGH = 1e-16
Z_OF_A_TENTH = 1.2815515655446004


# Normal

def normal_below(z):
    return math.erfc(-z / math.sqrt(2)) / 2


def normal_quantile(below, above):
    if below > above:
        return -normal_quantile(above, below)
    z = NormalDist().inv_cdf(below)
    for _ in range(2):
        z -= (normal_below(z) - below) * math.sqrt(2 * math.pi) * math.exp(z * z / 2)
    return z


# Inversion

def quantile(tails, density, below, above, low, high):
    """Where `tails` gives the chances asked for: by Newton's steps, by halving where one leaves what is known."""
    x = (low + high) / 2
    for _ in range(2000):
        found_below, found_above = tails(x)
        excess = found_below - below if below <= above else above - found_above
        if excess == 0:
            return x
        low, high = (low, x) if excess > 0 else (x, high)
        slope = density(x)
        step = x - excess / slope if slope > 0 else low
        after = step if low < step < high else (low + high) / 2
        if abs(after - x) <= NEAR_ENOUGH * x or after in (low, high):
            return after
        x = after
    raise ArithmeticError("a quantile was not found")


# Gamma

def log_of_gamma_front(shape, x):
    """The log of x^shape e^-x / Γ(shape + 1)."""
    return shape * math.log(x) - x - math.lgamma(shape + 1)


def gamma_tails(shape, x):
    """The chances that a gamma variable of scale 1 lies below and above x, by series below its mean, else by Lentz."""
    if x <= 0:
        return 0.0, 1.0
    front = math.exp(log_of_gamma_front(shape, x))
    if x < shape + 1:
        term = total = 1.0
        count = 0
        while term > total * 1e-18:
            count += 1
            term *= x / (shape + count)
            total += term
        below = front * total
        return below, 1 - below
    def terms():
        n = 0
        while True:
            n += 1
            yield -n * (n - shape), x + 2 * n + 1 - shape

    above = front * shape / continued_fraction(x + 1 - shape, terms())
    return 1 - above, above


def continued_fraction(first, terms):
    """first + a1/(b1 + a2/(b2 + …)), by Lentz's method as Thompson and Barnett changed it."""
    tiny = 1e-300
    value = first or tiny
    c, d = value, 0.0
    for a, b in terms:
        d = 1 / (b + a * d or tiny)
        c = b + a / c or tiny
        value *= c * d
        if abs(c * d - 1) < 1e-16:
            return value
    raise AssertionError("the terms have no end")


def gamma_quantile(shape, below, above):
    """Of scale 1."""
    high = shape + 1
    while gamma_tails(shape, high)[1] > above:
        high *= 2

    def density(x):
        return math.exp(log_of_gamma_front(shape, x)) * shape / x if x > 0 else 0.0

    return quantile(lambda x: gamma_tails(shape, x), density, below, above, 0.0, high)


# Beta

def log_of_beta_front(a, b, x):
    """The log of x^a (1 − x)^b / B(a, b)."""
    return a * math.log(x) + b * math.log1p(-x) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)


def beta_tails(a, b, x):
    """The chances that a beta variable lies below and above x."""
    if x <= 0 or x >= 1:
        return (0.0, 1.0) if x <= 0 else (1.0, 0.0)
    if x > (a + 1) / (a + b + 2):
        above, below = beta_tails_from_below(b, a, 1 - x, log_of_beta_front(a, b, x))
    else:
        below, above = beta_tails_from_below(a, b, x, log_of_beta_front(a, b, x))
    return below, above


def beta_tails_from_below(a, b, x, log_of_front):
    def terms():
        m = 0
        while True:
            yield -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)), 1.0
            m += 1
            yield m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), 1.0

    below = math.exp(log_of_front) / (a * continued_fraction(1.0, terms()))
    return below, 1 - below


def beta_quantile(a, b, below, above):
    def density(x):
        return math.exp(log_of_beta_front(a, b, x)) / (x * (1 - x))

    return quantile(lambda x: beta_tails(a, b, x), density, below, above, 0.0, 1.0)


# The distributions of an uncertain figure, by name: (numbers, z, below, above) → the figure

def interval80(numbers, z, below, above):
    tenth, ninetieth = numbers
    return (tenth + ninetieth) / 2 + (ninetieth - tenth) / (2 * Z_OF_A_TENTH) * z


def normal(numbers, z, below, above):
    mean, sd = numbers
    return mean + sd * z


def lognormal(numbers, z, below, above):
    mean, sd = numbers
    variance = math.log1p((sd / mean) ** 2)
    return math.exp(math.log(mean) - variance / 2 + math.sqrt(variance) * z)


def gamma(numbers, z, below, above):
    mean, sd = numbers
    return sd ** 2 / mean * gamma_quantile((mean / sd) ** 2, below, above)


def beta(numbers, z, below, above):
    mean, sd = numbers
    size = mean * (1 - mean) / sd ** 2 - 1
    return beta_quantile(mean * size, (1 - mean) * size, below, above)


def uniform(numbers, z, below, above):
    low, high = numbers
    return low + (high - low) * below if below <= above else high - (high - low) * above


def triangular(numbers, z, below, above):
    low, mode, high = numbers
    if below * (high - low) <= mode - low:
        return low + math.sqrt(below * (high - low) * (mode - low))
    return high - math.sqrt(above * (high - low) * (high - mode))


def pert(numbers, z, below, above):
    low, mode, high = numbers
    a = 1 + 4 * (mode - low) / (high - low)
    b = 1 + 4 * (high - mode) / (high - low)
    return low + (high - low) * beta_quantile(a, b, below, above)


DISTRIBUTIONS = {"interval80": interval80, "normal": normal, "lognormal": lognormal, "gamma": gamma, "beta": beta,
                 "uniform": uniform, "triangular": triangular, "pert": pert}
BY_INVERSION = ("gamma", "beta", "pert")
