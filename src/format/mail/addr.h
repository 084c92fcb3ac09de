/*
 * addr: mail addresses as SMTP writes them (RFC 5321 4.1.2, with UTF-8 by
 * RFC 6531) and as people type them.
 */
#ifndef FORMAT_MAIL_ADDR_H
#define FORMAT_MAIL_ADDR_H

#include "sys/buf.h"

#define ADDR_LOCAL_MAX 64	/* octets of a local part, RFC 5321 4.5.3.1.1 */
#define ADDR_DOMAIN_MAX 255	/* octets of a domain, RFC 5321 4.5.3.1.2 */

/* Views of the text that was parsed; a quoted local part keeps its quotes. */
struct addr {
	struct span text;	/* local@domain, or local alone */
	struct span local;
	struct span domain;	/* p is NULL where there was none */
};

/*
 * local@domain and nothing else: a dot-string or quoted string, and a domain
 * of letters, digits and hyphens, non-ASCII labels included, or an address
 * literal.  0, or -1 with *why in words where why is not NULL.
 */
int addr_parse(struct addr *a, struct span s, const char **why);

/*
 * As addr_parse, of s without what is pasted with addresses, which text says
 * even where the rest is not one: typographic quotes and blanks of any kind
 * around it, and the dot at the end of a full domain or of a sentence.  Within
 * an address addr_parse refuses such quotes and blanks.
 */
int addr_parse_pasted(struct addr *a, struct span s, const char **why);

/* As addr_parse, but a local part may stand alone. */
int addr_parse_bare(struct addr *a, struct span s, const char **why);

/* Gives a domain to what addr_parse_bare takes, where it has none. */
void addr_complete(struct buf *addr, const char *domain);

/*
 * The path of MAIL or RCPT at the start of s: <a@b>, <> (text is empty),
 * <@route:a@b> with the route ignored (RFC 5321 F.2), and from people who type,
 * a bare name or address without brackets that ends at a blank.  *used is
 * the length of the path; what follows are parameters.  0, or -1 with *why.
 */
int addr_path(struct addr *a, struct span s, size_t *used,
    const char **why);

/*
 * A domain name that may go into a protocol line or a lookup: labels of
 * letters, digits, hyphens, underscores or non-ASCII.
 */
int addr_is_domain(struct span s);

/* An address of IP, version 4 or 6, as it is written in figures. */
int addr_is_ip(struct span s, int version);

/* An address literal of an IP address, or with another tag (RFC 5321 4.1.3). */
int addr_is_literal(struct span s);

#endif
