#ifndef STPFIN_SIMULATE_ELEMENTARY_H
#define STPFIN_SIMULATE_ELEMENTARY_H

#include <stdint.h>
#include <string.h>

/* Logarithm and exponential to about the last bit. Those of a C library differ from machine to
 * machine in theirs, and do not run over lanes. The approximations are those of fdlibm (Sun
 * Microsystems, 1993). */

static inline uint64_t stpfin_elementary__bits(double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof bits);
	return bits;
}

static inline double stpfin_elementary__real(uint64_t bits)
{
	double x;

	memcpy(&x, &bits, sizeof x);
	return x;
}

/* The natural logarithm; x is above 0 and not denormal. */
static inline double stpfin_elementary__log(double x)
{
	/* x is 2^k m with m from sqrt(1/2) to sqrt(2), and s is f / (2 + f) with f = m - 1. */
	const uint64_t half_root = UINT64_C(0x3FE6A09E667F3BCD);
	uint64_t bits = stpfin_elementary__bits(x) + (UINT64_C(0x3FF0000000000000) - half_root);
	double k = stpfin_elementary__real(UINT64_C(0x4330000000000000) | bits >> 52) - (0x1p52 + 1023);
	double f = stpfin_elementary__real((bits & UINT64_C(0x000FFFFFFFFFFFFF)) + half_root) - 1;
	double s = f / (2 + f);
	double z = s * s;
	double w = z * z;
	double odd = z * (6.666666666666735130e-01 +
						 w * (2.857142874366239149e-01 +
								 w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
	double even = w * (3.999999999940941908e-01 +
						  w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
	double half_square = 0.5 * f * f;

	return s * (half_square + (even + odd)) + k * 1.90821492927058770002e-10 - half_square + f +
		   k * 6.93147180369123816490e-01;
}

/* The exponential; beyond 708 either way that of 708. */
static inline double stpfin_elementary__exp(double x)
{
	const double round = 0x1.8p52;
	double clipped = x > 708 ? 708 : x < -708 ? -708 : x;
	/* k is the nearest whole number of log 2; it stands in the lowest bits of k + round. */
	double rounded = clipped * 1.44269504088896338700e+00 + round;
	double k = rounded - round;
	double high = clipped - k * 6.93147180369123816490e-01;
	double low = k * 1.90821492927058770002e-10;
	double r = high - low;
	double t = r * r;
	double c = r - t * (1.66666666666666019037e-01 +
						   t * (-2.77777777770155933842e-03 +
								   t * (6.61375632143793436117e-05 +
										   t * (-1.65339022054652515390e-06 +
												   t * 4.13813679705723846039e-08))));
	double y = 1 + (r * c / (2 - c) - low + high);

	return stpfin_elementary__real(
		stpfin_elementary__bits(y) + (stpfin_elementary__bits(rounded) << 52));
}

/* log(1 + x), e^x - 1 and e^x - 1 - x, also of small x to the last few bits of the result. */
double stpfin_elementary__log1p(double x);
double stpfin_elementary__expm1(double x);
double stpfin_elementary__expm2(double x);

#endif
