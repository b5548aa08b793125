#include "libstpfin/simulate/normal.h"

#include <math.h>

#include "libstpfin/simulate/clones.h"
#include "libstpfin/simulate/elementary.h"
#include "libstpfin/table/random.h"

/* How far from 1/2 the middle goes, and the least sqrt(-log p) of the far tails. */
static const double middle = 0.425, far = 5;

/* A ratio of polynomials of n terms each, the lowest first. */
static inline double ratio(const double *above, const double *below, int n, double x)
{
	double a = above[n - 1];
	double b = below[n - 1];

	for (int i = n - 2; i >= 0; i--) {
		a = a * x + above[i];
		b = b * x + below[i];
	}
	return a / b;
}

static const double middle_above[8] = {3.3871328727963666080, 1.3314166789178437745e+2,
	1.9715909503065514427e+3, 1.3731693765509461125e+4, 4.5921953931549871457e+4,
	6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3};
static const double middle_below[8] = {1, 4.2313330701600911252e+1, 6.8718700749205790830e+2,
	5.3941960214247511077e+3, 2.1213794301586595867e+4, 3.9307895800092710610e+4,
	2.8729085735721942674e+4, 5.2264952788528545610e+3};
static const double tail_above[8] = {1.42343711074968357734, 4.63033784615654529590,
	5.76949722146069140550, 3.64784832476320460504, 1.27045825245236838258,
	2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
static const double tail_below[8] = {1, 2.05319162663775882187, 1.67638483018380384940,
	6.89767334985100004550e-1, 1.48103976427480074590e-1, 1.51986665636164571966e-2,
	5.47593808499534494600e-4, 1.05075007164441684324e-9};
static const double far_above[8] = {6.65790464350110377720, 5.46378491116411436990,
	1.78482653991729133580, 2.96560571828504891230e-1, 2.65321895265761230930e-2,
	1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7};
static const double far_below[8] = {1, 5.99832206555887937690e-1, 1.36929880922735805310e-1,
	1.48753612908506148525e-2, 7.86869131145613259100e-4, 1.84631831751005468180e-5,
	1.42151175831644588870e-7, 2.04426310338993978564e-15};

/* sqrt(-log p) of the nearer tail. */
static inline double tail_size(double p)
{
	return sqrt(-stpfin_elementary__log(p < 0.5 ? p : 1 - p));
}

/* The quantile but for far tails, without branches. */
static inline double near_quantile(double p)
{
	double q = p - 0.5;
	double r = tail_size(p) - 1.6;
	double in_middle = q * ratio(middle_above, middle_below, 8, 0.180625 - q * q);
	double in_tail = ratio(tail_above, tail_below, 8, r);

	return fabs(q) <= middle ? in_middle : q < 0 ? -in_tail : in_tail;
}

static double far_quantile(double p)
{
	double z = ratio(far_above, far_below, 8, tail_size(p) - far);

	return p < 0.5 ? -z : z;
}

double stpfin_normal__quantile(double p)
{
	return tail_size(p) > far ? far_quantile(p) : near_quantile(p);
}

/* What tail_size() is above `far` for, 1.4e-11, and a little more. */
static const double perhaps_far = 2e-11;

STPFIN_CLONES
static void draw(
	uint64_t seed, uint64_t stream, uint64_t first, uint64_t year, double z[STPFIN_LANES])
{
	uint64_t words[STPFIN_LANES];
	double p[STPFIN_LANES];
	int n_far = 0;

	for (size_t i = 0; i < STPFIN_LANES; i++) {
		words[i] = stpfin_random__word(seed, stream, first + i, year);
	}
	for (size_t i = 0; i < STPFIN_LANES; i++) {
		p[i] = stpfin_random__fraction(words[i]);
		z[i] = near_quantile(p[i]);
		n_far += p[i] < perhaps_far || p[i] > 1 - perhaps_far;
	}
	for (size_t i = 0; n_far > 0 && i < STPFIN_LANES; i++) {
		z[i] = stpfin_normal__quantile(p[i]);
	}
}

void stpfin_normal__draw(
	uint64_t seed, uint64_t stream, uint64_t first, uint64_t year, double z[STPFIN_LANES])
{
	draw(seed, stream, first, year, z);
}

/* exp(-z^2 / 2): the square of z rounded to sixteenths is exact. */
static inline double bell(double z)
{
	const double round = 0x1.8p52;
	double rounded = (z * 16 + round - round) / 16;

	return stpfin_elementary__exp(-0.5 * rounded * rounded) *
		   stpfin_elementary__exp(-0.5 * (z - rounded) * (z + rounded));
}

static const double inner_above[] = {18154.981253343561249, 1067.6894854603709582,
	161.02823106855587881, 2.2352520354606839287, 0.065682337918207449113};
static const double inner_below[] = {
	45507.789335026729956, 10260.932208618978205, 976.09855173777669322, 47.20258190468824187, 1};
static const double outer_above[] = {9842.7148383839780218, 11602.651437647350124,
	6848.1904505362823326, 2494.5375852903726711, 597.27027639480026226, 93.506656132177855979,
	8.8831497943883759412, 0.39894151208813466764, 1.0765576773720192317e-8};
static const double outer_below[] = {19685.429676859990727, 38912.003286093271411,
	34900.952721145977266, 18615.571640885098091, 6485.558298266760755, 1519.377599407554805,
	235.38790178262499861, 22.266688044328115691, 1};
static const double outmost_above[] = {2.9112874951168792e-5, 0.001421619193227893466,
	0.022235277870649807, 0.1274011611602473639, 0.21589853405795699, 0.02307344176494017303};
static const double outmost_below[] = {7.29751555083966205e-5, 0.00378239633202758244,
	0.0659881378689285515, 0.468238212480865118, 1.28426009614491121, 1};

/* Where the three approximations part. */
static const double inner = 0.66291, outer = 5.656854249492380;

/* The probability beyond z of 0 or more, but for z above `outer`; without branches. */
static inline double near_tail(double z)
{
	double square = z * z;
	double in_middle = 0.5 - z * ratio(inner_above, inner_below, 5, square);
	double in_tail = bell(z) * ratio(outer_above, outer_below, 9, z);

	return z <= inner ? in_middle : in_tail;
}

static double far_tail(double z)
{
	const double density = 0.398942280401432677940;
	double square = 1 / (z * z);

	return bell(z) * (density - square * ratio(outmost_above, outmost_below, 6, square)) / z;
}

static double tail(double z)
{
	return z <= outer ? near_tail(z) : far_tail(z);
}

STPFIN_CLONES
static void find_tails(const double z[STPFIN_LANES], double tails[STPFIN_LANES])
{
	int n_far = 0;

	for (size_t i = 0; i < STPFIN_LANES; i++) {
		double size = fabs(z[i]);

		tails[i] = near_tail(size);
		n_far += size > outer;
	}
	for (size_t i = 0; n_far > 0 && i < STPFIN_LANES; i++) {
		tails[i] = tail(fabs(z[i]));
	}
}

void stpfin_normal__tails(const double z[STPFIN_LANES], double tails[STPFIN_LANES])
{
	find_tails(z, tails);
}
