#include "libstpfin/table/hash.h"

#include <math.h>
#include <sha256.h>
#include <string.h>

#include "libstpfin/table/csv.h"
#include "libstpfin/table/error.h"

static bool add_to_hash(void *user_data, const char *bytes, size_t length)
{
	SHA256Update(user_data, (const uint8_t *)bytes, length);
	return true;
}

static void add_table(SHA256_CTX *context, const stpfin_table *table)
{
	const char *name = stpfin_table_name(table);

	add_to_hash(context, name, strlen(name));
	add_to_hash(context, "\n", 1);
	stpfin_csv__write(table, add_to_hash, context);
}

void stpfin_hash__tables(
	const stpfin_table *const *tables, size_t n, char out_hash[STPFIN_HASH_SIZE])
{
	SHA256_CTX context;

	SHA256Init(&context);
	for (size_t i = 0; i < n; i++) {
		if (stpfin_table_rows(tables[i]) > 0) {
			add_table(&context, tables[i]);
		}
	}
	SHA256End(&context, out_hash);
}

void stpfin_hash__numbers(const double *numbers, size_t n, char out_hash[STPFIN_HASH_SIZE])
{
	SHA256_CTX context;

	SHA256Init(&context);
	for (size_t i = 0; i < n; i++) {
		uint64_t bits = isnan(numbers[i]) ? UINT64_MAX : 0;
		uint8_t bytes[sizeof bits];

		if (!isnan(numbers[i]) && numbers[i] != 0) {
			memcpy(&bits, &numbers[i], sizeof bits);
		}
		for (size_t j = 0; j < sizeof bits; j++) {
			bytes[j] = (uint8_t)(bits >> (8 * j));
		}
		SHA256Update(&context, bytes, sizeof bytes);
	}
	SHA256End(&context, out_hash);
}

stpfin_status stpfin_table_hash(const stpfin_table *self, char out_hash[STPFIN_HASH_SIZE])
{
	SHA256_CTX context;

	if (self == NULL || out_hash == NULL) {
		return stpfin_error__set(STPFIN_ERROR_ARGUMENT, "%s was given NULL", __func__);
	}
	SHA256Init(&context);
	add_table(&context, self);
	SHA256End(&context, out_hash);
	return STPFIN_OK;
}
