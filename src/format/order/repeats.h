/*
 * repeats: entries that stand there more than once, or nearly, where that may
 * not have been meant.
 */
#ifndef FORMAT_ORDER_REPEATS_H
#define FORMAT_ORDER_REPEATS_H

#include "order.h"

/*
 * Notes addresses that differ only in the case of the part before the @, which
 * each get a letter; and, where the entries are rows of a table, those that
 * were dropped though they say something else than the first of the address.
 */
void repeats_find(struct faults *notes, const struct order *o, int rows);

#endif
