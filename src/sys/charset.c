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

/*
 * Takes a byte order mark of UTF-16 or UTF-32 (Unicode 23.8) off: the name of
 * what follows, or NULL where there is none.
 */
static const char *
take_mark(struct buf *text)
{
	static const struct {
		const char *mark;
		size_t n;
		const char *name;
	} marks[] = {
		{ "\xff\xfe\0\0", 4, "UTF-32LE" },
		{ "\xff\xfe", 2, "UTF-16LE" }, { "\xfe\xff", 2, "UTF-16BE" }
	};
	size_t i;

	for (i = 0; i < COUNT(marks); i++)
		if (text->n >= marks[i].n &&
		    memcmp(text->p, marks[i].mark, marks[i].n) == 0) {
			buf_consume(text, marks[i].n);
			return marks[i].name;
		}
	return NULL;
}

/* The empty name is that of the locale's to some of iconv(3). */
static int
is_known(const char *name)
{
	iconv_t cd;

	errno = EINVAL;
	cd = *name != '\0' ? iconv_open("UTF-8", name) : (iconv_t)-1;
	return cd != (iconv_t)-1 && iconv_close(cd) == 0;
}

static enum exit_code
cannot(int opt, const char *name)
{
	if (errno != EINVAL) {
		warn_sys("-%c: %s", opt, name);
		return die_errno(errno, EX_USAGE);
	}
	warn("-%c: %s: unknown character set", opt, name);
	return EX_USAGE;
}

enum exit_code
charset_read(struct buf *text, const char *path, int opt, const char *name,
    size_t max)
{
	enum exit_code code = read_all(text, path, max);
	const char *by_mark;

	if (code != EX_OK)
		return code;
	if (name != NULL && !is_known(name))
		return cannot(opt, name);
	by_mark = take_mark(text);
	if (by_mark != NULL) {
		name = by_mark;
	} else if (name != NULL && !span_is_ascii(buf_span(text)) &&
	    span_is_utf8(buf_span(text))) {
		/* ASCII other character sets are, too. */
		if (!span_case_is(span_str(name), "UTF-8"))
			warn("%s: is UTF-8 already: -%c %s is not applied",
			    io_name(path), opt, name);
		return EX_OK;
	}
	if (name == NULL || charset_convert(text, name, max) == 0)
		return EX_OK;
	return errno == EFBIG ? too_large(path, max) : cannot(opt, name);
}
