/*
 * charset: text in other character sets than UTF-8, by iconv(3).
 */
#ifndef SYS_CHARSET_H
#define SYS_CHARSET_H

#include "buf.h"

/*
 * Makes UTF-8 of text, which is in the character set of that name.  A byte
 * that is no character there becomes 0xff, which is none in UTF-8 either, so
 * that whoever reads the text finds it in its place.  0, or -1 with errno:
 * EINVAL where the system does not know the name, EFBIG where the result
 * would be over max bytes.
 */
int charset_convert(struct buf *text, const char *name, size_t max);

#endif
