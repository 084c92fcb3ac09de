/*
 * zone: the records of a zone file in master format (RFC 1035 5), and the
 * answers that a name server with these would give.
 */
#ifndef CLIENT_DNS_ZONE_H
#define CLIENT_DNS_ZONE_H

#include "sys/buf.h"

#define ZONE_SIZE_MAX ((size_t)16 << 20)	/* bytes of a file */

/* All zero at first; zone_free gives back what zone_read took. */
struct zone {
	/* private */
	struct zone_record *record;
	size_t n, cap;
	struct buf data;	/* of all records, as in packets */
};

/*
 * Reads the text of a file: types A, AAAA, MX, CNAME, NS, PTR, SOA, TXT and
 * TLSA; others that there are mean nothing to mail, and are left out.  0, or
 * -1 when there are mistakes, of which each adds a line "name:line: reason" to
 * faults.
 */
int zone_read(struct zone *z, struct span text, const char *name,
    struct buf *faults);
void zone_free(struct zone *z);

/*
 * Makes packet the answer to a question (dns_question): an alias alone where
 * there is one, a wildcard's records for what it covers (RFC 4592), and no
 * such name for all that the file does not have.
 */
void zone_answer(const struct zone *z, struct span question,
    struct buf *packet);

#endif
