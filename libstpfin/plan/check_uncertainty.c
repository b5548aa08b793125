#include "libstpfin/plan/check.h"

stpfin_status stpfin_check__uncertainty(struct stpfin_check *check)
{
	(void)check;
	return STPFIN_OK;
}
