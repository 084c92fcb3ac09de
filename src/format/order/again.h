/*
 * again: an order once more, for those whom its letters did not reach.
 */
#ifndef FORMAT_ORDER_AGAIN_H
#define FORMAT_ORDER_AGAIN_H

#include "format/mail/dsn.h"
#include "template.h"

/*
 * The set of states in a list such as "deferred,unknown"; of "sent" there is
 * none.  0 where the list is wrong.
 */
unsigned again_states(struct span list);

/*
 * Appends the order with those recipients alone that are in one of the states,
 * by the results d has read; how many they are.  Nothing is appended where
 * there are none.
 */
size_t again_make(struct buf *b, const struct order *o, const struct dsn *d,
    unsigned states);

/*
 * Appends the order o, with the values v of the order that it was made from
 * and its own, left: the placeholders of fields that nobody has any more are
 * their defaults.
 */
void again_settle(struct buf *b, const struct order *o,
    const struct values *v, const struct values *left);

#endif
