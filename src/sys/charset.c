#include "charset.h"

#include <errno.h>
#include <iconv.h>

#include "io.h"

/* Room for what a call of iconv(3) makes. */
#define PIECE 65536

/* Converts what one call takes; without input, ends what is begun. */
static void
convert(iconv_t cd, char **in, size_t *left, struct buf *out)
{
	char *to;
	size_t room = PIECE, r;

	buf_reserve(out, PIECE);
	to = out->p + out->n;
	r = iconv(cd, *left > 0 ? in : NULL, left, &to, &room);
	out->n = (size_t)(to - out->p);
	if (r != (size_t)-1 || errno == E2BIG || *left == 0)
		return;
	buf_addc(out, 0xff);
	++*in;
	--*left;
	iconv(cd, NULL, NULL, NULL, NULL);
}

int
charset_convert(struct buf *text, const char *name, size_t max)
{
	struct buf out = { 0 };
	iconv_t cd;
	char *in = text->p;
	size_t left = text->n;

	cd = iconv_open("UTF-8", name);
	if (cd == (iconv_t)-1)
		return -1;
	while (left > 0 && out.n <= max)
		convert(cd, &in, &left, &out);
	if (out.n <= max)
		convert(cd, &in, &left, &out);
	iconv_close(cd);
	buf_free(text);
	*text = out;
	if (text->n <= max)
		return 0;
	errno = EFBIG;
	return -1;
}

static enum exit_code
too_large(const char *path, size_t max)
{
	warn("%s: larger than %zu MB", io_name(path), max >> 20);
	return EX_DATAERR;
}

static enum exit_code
read_all(struct buf *text, const char *path, size_t max)
{
	int fd = io_open(path), r = -1;

	if (fd >= 0) {
		r = io_slurp(fd, text, max);
		io_close(fd);
	}
	if (r == 0)
		return EX_OK;
	if (fd >= 0 && errno == EFBIG)
		return too_large(path, max);
	warn_sys("%s", io_name(path));
	return die_errno(errno, EX_NOINPUT);
}

enum exit_code
charset_read(struct buf *text, const char *path, const char *name,
    size_t max)
{
	enum exit_code code = read_all(text, path, max);

	if (code != EX_OK || name == NULL ||
	    charset_convert(text, name, max) == 0)
		return code;
	if (errno == EFBIG)
		return too_large(path, max);
	if (errno == EINVAL) {
		warn("-c: %s: unknown character set", name);
		return EX_USAGE;
	}
	warn_sys("-c: %s", name);
	return die_errno(errno, EX_USAGE);
}
