/*
 * text: characters in UTF-8, and which of them may be shown.
 */
#ifndef SYS_TEXT_H
#define SYS_TEXT_H

#include <stddef.h>

/*
 * Length of the character that text, of which so many bytes are left, begins
 * with, or 0 where there is none: overlong forms, surrogates and values over
 * U+10FFFF are none (RFC 3629).
 */
size_t text_char(const char *text, size_t left);

/*
 * The same, but 0 also for what does not show itself on a terminal: control
 * characters act on it, and so may those that end a line or a paragraph, or
 * embed, override or isolate a direction (U+2028 to U+202E, U+2066 to U+2069).
 */
size_t text_printable(const char *text, size_t left);

/*
 * What a peer has said, to be shown to a person: whatever is not printable,
 * and no tab, is a question mark.  Changes n bytes in place, and returns how
 * many they are then.
 */
size_t text_show(char *p, size_t n);

#endif
