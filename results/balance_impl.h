/* balance_impl.h - what the tables of the hosts' books share. Private to results/balance*.c. */
#ifndef RESULTS_BALANCE_IMPL_H
#define RESULTS_BALANCE_IMPL_H

#include "results/balance.h"

#include <stddef.h>

/* A whole number of a row: its column and its words. */
struct balance_member {
    const char *column, *text;
    size_t offset;
};

/* The parts of what was metered; and what can go wrong with meters and ranks. */
enum { BALANCE_PARTS = 7, BALANCE_TROUBLES = 6 };
extern const struct balance_member balance_parts[BALANCE_PARTS];
extern const struct balance_member balance_troubles[BALANCE_TROUBLES];

int64_t balance_member(const struct host_record *row, const struct balance_member *member);
double balance_joules(int64_t energy_uj);

/* For reading: figures down, hosts across; at least one. */
void balance_fill_across(const struct balance *balance, struct table *table);

#endif
