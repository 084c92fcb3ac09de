/*
 * dropstore: where a POP3 server has its messages from; store/maildrop is one.
 * Types alone.
 */
#ifndef FORMAT_MAIL_DROPSTORE_H
#define FORMAT_MAIL_DROPSTORE_H

#include <stdint.h>

#include "sys/buf.h"

/*
 * Where messages are.  open gives somebody's maildrop, which is that session's
 * alone until close; NULL and errno, EAGAIN where another session has it.
 * Messages have numbers from 0; list is called before all else.  The int
 * functions return 0 or errno; EINPROGRESS asks for the same call again, when
 * others had their turn.
 *
 * size is octets as they are sent, without the dots, as far as the store has
 * been told; measure makes sure.  uid adds what names a message for good.
 * After begin, read gives the message piece by piece, in lines that end in LF
 * or CRLF: the last piece is empty; finish ends that earlier.  Only remove
 * takes messages away, and sync makes it safe; seen says that a message has
 * been fetched.
 */
struct drop_store {
	void *(*open)(void *store, struct span login);
	void (*close)(void *drop);
	int (*list)(void *drop);
	size_t (*count)(const void *drop);
	int (*size)(void *drop, size_t i, uint64_t *size);
	int (*measure)(void *drop, size_t i, uint64_t *size);
	void (*uid)(const void *drop, size_t i, struct buf *b);
	int (*begin)(void *drop, size_t i);
	int (*read)(void *drop, struct span *piece);
	void (*finish)(void *drop);
	int (*remove)(void *drop, size_t i);
	void (*seen)(void *drop, size_t i);
	int (*sync)(void *drop);
};

#endif
