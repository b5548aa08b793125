#ifndef STPFIN_FUND_PORTFOLIO_TABLES_H
#define STPFIN_FUND_PORTFOLIO_TABLES_H

#include "libstpfin/fund/portfolio_conflict.h"

/* What comes of choosing bids, as tables. */

/* What the tables are about. */
struct stpfin_choice {
	const stpfin_plan *plan;
	const struct stpfin_instance *instance;
	const struct stpfin_search *search;
	const struct stpfin_conflict *conflict; /* NULL of a set that was found */
	const bool *sets;                       /* the best, then alternatives, bid by bid */
	size_t n_sets;
	stpfin_dictionary *scenarios; /* the plan's, and the one of the chosen set */
	int32_t scenario;             /* its code */
};

/* Names the scenario; to be freed by stpfin_dictionary__free(self->scenarios). */
stpfin_status stpfin_choice__name(struct stpfin_choice *self, const char *scenario);

typedef stpfin_status stpfin_make_choice(
	const struct stpfin_choice *choice, stpfin_table **out_table);

stpfin_make_choice stpfin_choice__portfolio;
stpfin_make_choice stpfin_choice__price;
stpfin_make_choice stpfin_choice__missed;
stpfin_make_choice stpfin_choice__scenario;
stpfin_make_choice stpfin_choice__awards;
stpfin_make_choice stpfin_choice__conflict;

/* Sets the last error to what cannot be met. */
stpfin_status stpfin_choice__say_conflict(const struct stpfin_choice *choice);

#endif
