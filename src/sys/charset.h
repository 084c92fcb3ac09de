/*
 * charset: text in other character sets than UTF-8, by iconv(3).
 */
#ifndef SYS_CHARSET_H
#define SYS_CHARSET_H

#include "buf.h"

/*
 * Adds to text the file at path ("-" is standard input), which is in the
 * character set that was named with the option; NULL is UTF-8.  The byte order
 * mark of UTF-16 or UTF-32 counts more than the name, and so does text that is
 * UTF-8 already, of which a warning tells.  A byte that is not a character
 * there becomes 0xff, which is none in UTF-8 either, so that whoever reads the
 * text finds it in its place.  EX_OK, or an exit code after the reason on
 * standard error; a text over max bytes is EX_DATAERR.
 */
enum exit_code charset_read(struct buf *text, const char *path, int opt,
    const char *name, size_t max);

/*
 * Converts text in the same way: 0, or -1 with errno, which is EINVAL where the
 * system does not know the name, and EFBIG for a text over max bytes.
 */
int charset_convert(struct buf *text, const char *name, size_t max);

#endif
