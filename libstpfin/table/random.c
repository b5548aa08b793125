#include "libstpfin/table/random.h"

uint64_t stpfin_random__stream(const char *name)
{
	uint64_t hash = UINT64_C(0xCBF29CE484222325);

	for (; *name != '\0'; name++) {
		hash = (hash ^ (unsigned char)*name) * UINT64_C(0x100000001B3);
	}
	return hash;
}
