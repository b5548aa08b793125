#include "libstpfin/simulate/elementary.h"

#include <math.h>

double stpfin_elementary__log1p(double x)
{
	double w = 1 + x;

	return w == 1 ? x : stpfin_elementary__log(w) + (x - (w - 1)) / w;
}

double stpfin_elementary__expm1(double x)
{
	return fabs(x) < 0.5 ? x + stpfin_elementary__expm2(x) : stpfin_elementary__exp(x) - 1;
}

double stpfin_elementary__expm2(double x)
{
	enum { TERMS = 18 };
	double sum = 1;

	if (fabs(x) >= 0.5) {
		return stpfin_elementary__exp(x) - 1 - x;
	}
	for (int i = TERMS; i > 2; i--) {
		sum = 1 + x / i * sum;
	}
	return 0.5 * x * x * sum;
}
