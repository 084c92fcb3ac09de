/*
 * ordline: the lines of orderproto(7), for both of its ends.
 */
#ifndef FORMAT_WIRE_ORDLINE_H
#define FORMAT_WIRE_ORDLINE_H

#include "format/crypt/sha256.h"
#include "sys/buf.h"

#define ORDLINE_MAX 1024	/* octets in a line, its ending included */
#define ORDLINE_NAME_MAX 200	/* octets in a name, decoded: with "-12345"
				   behind it a file may still be called so */
#define ORDLINE_TAG_MAX 64	/* octets in a tag */
#define ORDLINE_KEY_MAX 4096	/* octets in a key: one line, or random */

/* What a connection's first bytes are. */
enum ordline_first {
	ORDLINE_MORE,		/* it takes more of them to say */
	ORDLINE_COMMAND,	/* a command, or the beginning of one */
	ORDLINE_OTHER,	/* neither: protocol_guess */
	ORDLINE_RAW		/* the order itself */
};

/*
 * Looks at the beginning of the first line, at most ORDLINE_MAX bytes of it.
 * A command is ORDER and a blank; order in small letters must have a number
 * behind it, for an order's text may well begin with the word; or QUIT in any
 * case, alone on its line; or what belongs to SMTP, POP3 or FTP, and is refused
 * as such.
 */
enum ordline_first ordline_first(struct span s);

/* ORDER's arguments as they stand on the line, which they point into. */
struct ordline {
	struct span size, sha, name, tag;
	struct span mac;	/* any word; empty when there is none */
	uintmax_t octets;	/* size as a number, if sized */
	int sized;		/* whether it is one */
};

/*
 * Takes what follows the word ORDER, without the line's ending.  NULL, or
 * what is wrong with it in words; where o->sized is set even so, the octets
 * that follow the line are known.
 */
const char *ordline_parse(struct ordline *o, struct span args);

/*
 * A name may be any UTF-8 that can be a file's name and a line's word: no
 * slash, no control character, no dot at its beginning, not empty, not over
 * ORDLINE_NAME_MAX.  NULL, or what is wrong in words.
 */
const char *ordline_name_check(struct span name);

/* Decodes and checks: NULL, or what is wrong in words. */
const char *ordline_decode(struct buf *name, struct span wire);

/*
 * Whether the text of a 250 speaks of the order asked, of which octets, sha and
 * name count: "stored" with that name or one numbered for being taken, or
 * "duplicate" with that name, size and checksum.  NULL, or what is wrong with
 * it in words.
 */
const char *ordline_answer(struct span text, const struct ordline *asked);

/*
 * The mac, in hex, of the n-th ORDER line of a connection whose greeting had
 * nonce; o's size, sha, name and tag count as they stand on the line.
 */
void ordline_mac(char mac[SHA256_HEX], struct span key, struct span nonce,
    uintmax_t n, const struct ordline *o);

#endif
