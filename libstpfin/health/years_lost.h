#ifndef STPFIN_HEALTH_YEARS_LOST_H
#define STPFIN_HEALTH_YEARS_LOST_H

/* The age that deaths are early before. */
enum { STPFIN_EARLY = 75 };

/* The years of life that a death in a band before that age loses. */
static inline double stpfin_years_lost__each(const double *ages, size_t band)
{
	return STPFIN_EARLY - (ages[band] + ages[band + 1]) / 2;
}

#endif
