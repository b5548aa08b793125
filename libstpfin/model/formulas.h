#ifndef STPFIN_MODEL_FORMULAS_H
#define STPFIN_MODEL_FORMULAS_H

/* The formulas of a projection, of numbers: the kernel applies them flow by flow, a simulation to
 * draws side by side. Without calls and without branches that a vector of draws could not take, and
 * in an order of operations that is part of the formula. */

/* The lesser and the greater of two numbers. */
static inline double stpfin_formula__lesser(double a, double b)
{
	return a < b ? a : b;
}

static inline double stpfin_formula__greater(double a, double b)
{
	return a > b ? a : b;
}

/* An index, one year on. */
static inline double stpfin_formula__risen(double index, double rate)
{
	return index * (1 + rate);
}

/* A price index, one year on, by a tariff. */
static inline double stpfin_formula__repriced(double index, double uplift, double efficiency)
{
	return index * ((1 + uplift) * (1 - efficiency));
}

/* What a footprint's use of care comes to in a year, over that of the base year. */
static inline double stpfin_formula__demographic(double use, double base_use)
{
	return base_use > 0 ? use / base_use : 1;
}

/* What is paid in a year for what was paid `income` for in the base year, at an index of prices,
 * for an activity `ratio` times the base year's, by the marginal rates above and below that. */
static inline double stpfin_formula__payment(
	double income, double price, double above, double below, double ratio)
{
	double change = ratio - 1;
	double marginal = change > 0 ? above : below;

	return income * price * (1 + marginal * change);
}

/* What care costs in a year that cost `cost` in the base year, by ratios to that year's activity:
 * of the units given and of those idle whose cost stays. */
static inline double stpfin_formula__cost(
	double cost, double inflation, double ratio, double staying)
{
	return cost * (ratio + staying) * inflation;
}

/* What is left when an effect of a size takes its part. */
static inline double stpfin_formula__left(double left, double size)
{
	return left * (1 - size);
}

/* The size of an effect in a scenario, no less than `least` and no more than all. */
static inline double stpfin_formula__scaled(double size, double scale, double least)
{
	return stpfin_formula__lesser(stpfin_formula__greater(size * scale, least), 1);
}

/* What an effect of a size takes of a whole. */
static inline double stpfin_formula__taken(double whole, double size)
{
	return whole * size;
}

/* Idle units, from the highest activity so far. Capacity is what has been used and would be needed
 * if nothing were done: capacity never built costs nothing. */
static inline double stpfin_formula__idle(double peak, double do_nothing, double activity)
{
	double idle = stpfin_formula__lesser(peak, do_nothing) - activity;

	return idle > 0 ? idle : 0;
}

/* The idle units whose cost stays; `before` were idle when semi-fixed cost that goes now began to.
 */
static inline double stpfin_formula__staying(
	double idle, double before, double variable_share, double semi_fixed_share)
{
	return idle - variable_share * idle - semi_fixed_share * stpfin_formula__lesser(idle, before);
}

/* The units that a shift adds, and what they cost to give before efficiency. */
static inline double stpfin_formula__added(double removed, double substitution)
{
	return removed * substitution;
}

static inline double stpfin_formula__added_cost(double units, double unit_cost, double inflation)
{
	return units * unit_cost * inflation;
}

/* The charge for capital in the i-th year of its life, which begins the year after it is spent:
 * depreciation, and the charge on the value it has at the year's opening. */
static inline double stpfin_formula__capital_charge(double amount, int life, int i, double rate)
{
	double opening = amount * (1 - (double)(i - 1) / life);

	return amount / life + rate * opening;
}

#endif
