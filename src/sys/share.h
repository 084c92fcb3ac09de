/*
 * share: memory that a process and its children see alike.
 */
#ifndef SYS_SHARE_H
#define SYS_SHARE_H

#include <stddef.h>

/* n bytes, all zero; where there are none that ends the program. */
void *share_open(size_t n);
void share_close(void *p, size_t n);

#endif
