/*
 * notice: the texts of mail systems that write for people alone, each known by
 * a sentence of it.
 */
#ifndef FORMAT_BOUNCE_NOTICE_H
#define FORMAT_BOUNCE_NOTICE_H

#include "found.h"

/*
 * Adds the recipients whom a text names where its form names them.  Whose text
 * it is, or NULL where it is not known, or says that all is well; where it says
 * that something failed, but not for whom, one is added who is not said.
 */
const char *notice_read(struct found *f, struct span text);

/*
 * The line of a text that has the reply by which rcpt was refused; empty where
 * there is none.
 */
struct span notice_reason(struct span text, struct span rcpt);

#endif
