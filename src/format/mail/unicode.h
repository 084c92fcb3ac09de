/*
 * unicode: characters of text in UTF-8, as far as a program has to know what
 * they are: small letters, blanks of all kinds, and what looks alike.
 */
#ifndef FORMAT_MAIL_UNICODE_H
#define FORMAT_MAIL_UNICODE_H

#include "sys/buf.h"

#define UNICODE_UNKNOWN 0xfffd	/* stands for what is not UTF-8 */

/* Takes the first character off *s, which is not empty: its code point. */
uint32_t unicode_take(struct span *s);

void unicode_add(struct buf *b, uint32_t c);

/*
 * The small letter of a capital of the Latin, Greek, Cyrillic, Armenian and
 * Georgian scripts, ASCII for its full-width forms; else c.
 */
uint32_t unicode_lower(uint32_t c);

/*
 * The one character for a small letter with a combining mark (U+0300 to
 * U+036F) behind it, as far as alphabets in use have it; or 0.
 */
uint32_t unicode_compose(uint32_t letter, uint32_t mark);

/* A blank of any width, or of none; a typographic quote. */
int unicode_is_blank(uint32_t c);
int unicode_is_quote(uint32_t c);

/* Without those blanks at both ends; and without such quotes either. */
struct span unicode_trim(struct span s);
struct span unicode_unquote(struct span s);

/*
 * Appends what is left of s when case, blanks, hyphens and underscores do not
 * count and letters that look alike are the same.
 */
void unicode_likeness(struct buf *b, struct span s);

#endif
