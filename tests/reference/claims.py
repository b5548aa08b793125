"""Sharing a pot among claims, from the definitions, in exact fractions.

Awards are clip(rule, floor, min(cap, claim, last × (1 ± pace))), a straight line between the λ at which some award
starts or stops growing: the λ that meets the pot lies on the line between two such neighbours.
"""

from fractions import Fraction

RULES = ("proportional", "equal_awards", "equal_losses", "talmud")


class Infeasible(Exception):
    """The bounds cannot meet the pot."""


def bounds(claims, floors=None, caps=None, last=None, pace=None):
    """The least and most each may get: claim and cap, then floor, then the pace; None stands for no bound."""
    found = []
    for i, claim in enumerate(claims):
        most = claim if caps is None or caps[i] is None else min(claim, Fraction(caps[i]))
        least = Fraction(0) if floors is None or floors[i] is None else Fraction(floors[i])
        assert least <= most
        if pace is not None and last is not None and last[i] is not None:
            falls, rises = Fraction(last[i]) * (1 - Fraction(pace)), Fraction(last[i]) * (1 + Fraction(pace))
            least, most = max(least, min(falls, most)), max(least, min(rises, most))
        found.append((least, most))
    return found


def paths(rule, claims, weights):
    """By claim: the award before it is bounded, as a function of λ, and the λ at which that is some amount."""
    largest = max(claims)
    for claim, weight in zip(claims, weights):
        if rule == "proportional":
            rate = weight * claim
            yield (lambda x, rate=rate: x * rate), (lambda award, rate=rate: award / rate if rate else Fraction(0))
        elif rule == "equal_awards":
            yield (lambda x, w=weight: x * w), (lambda award, w=weight: award / w)
        elif rule == "equal_losses":
            yield (lambda x, d=claim, w=weight: d - x * w), (lambda award, d=claim, w=weight: (d - award) / w)
        else:
            # Up to half the largest claim λ is an award; beyond, what is left of that claim is a loss.
            half = claim / 2
            yield ((lambda x, half=half: min(half, x) if x <= largest / 2 else max(half, 2 * half - (largest - x))),
                   (lambda award, half=half: award if award <= half else largest - (2 * half - award)))


def share(rule, pot, claims, weights=None, floors=None, caps=None, last=None, pace=None):
    """The awards, as fractions."""
    assert rule in RULES and (rule != "talmud" or weights is None)
    claims = [Fraction(claim) for claim in claims]
    weights = [Fraction(weight) for weight in weights or [1] * len(claims)]
    pot = min(Fraction(pot), sum(claims))
    limits = bounds(claims, floors, caps, last, pace)
    if not sum(least for least, _ in limits) <= pot <= sum(most for _, most in limits):
        raise Infeasible
    ways = list(paths(rule, claims, weights))

    def awards_at(x):
        return [min(max(path(x), least), most) for (path, _), (least, most) in zip(ways, limits)]

    turns = {Fraction(0), max(claims) / 2}
    for (_, inverse), claim, limit in zip(ways, claims, limits):
        turns.update(inverse(award) for award in (*limit, claim / 2))
        if rule == "talmud":
            turns.add(max(claims) - claim / 2)
    turns = sorted(turns)
    totals = [(sum(awards_at(x)), x) for x in turns]
    for (one, x), (other, y) in zip(totals, totals[1:]):
        if min(one, other) <= pot <= max(one, other):
            part = (pot - one) / (other - one) if one != other else Fraction(0)
            return [a + part * (b - a) for a, b in zip(awards_at(x), awards_at(y))]
    [(_, x)] = {total for total in totals if total[0] == pot} if len(totals) == 1 else [totals[-1]]
    return awards_at(x)


def talmud(pot, claims):
    """The Talmud's rule as Aumann and Maschler state it, in two stages."""
    halves = [Fraction(claim) / 2 for claim in claims]
    pot = min(Fraction(pot), 2 * sum(halves))
    if pot <= sum(halves):
        return share("equal_awards", pot, halves)
    return [half + more for half, more in zip(halves, share("equal_losses", pot - sum(halves), halves))]


def earned(award, conditions, results, quarter):
    """What an award of a year earns in a quarter: `conditions` maps a name to (is a gate, share, first quarter) and
    `results` one to how it was met.  None if a condition tested has no result."""
    if any(first <= quarter and name not in results for name, (_, _, first) in conditions.items()):
        return None
    met = {name for name, (_, _, first) in conditions.items()
           if quarter < first or results[name] in ("standard", "trajectory")}
    if any(is_gate and name not in met for name, (is_gate, _, _) in conditions.items()):
        return 0
    return award / 4 * sum(share for name, (_, share, _) in conditions.items() if name in met)
