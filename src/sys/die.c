#include "die.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

/* Longest diagnostic; what is longer was sent by somebody to annoy. */
#define MESSAGE_MAX 2048

static const char *program = "mailorder";

void
die_init(const char *argv0)
{
	const char *slash;

	if (argv0 == NULL || *argv0 == '\0')
		return;
	slash = strrchr(argv0, '/');
	program = slash != NULL ? slash + 1 : argv0;
}

const char *
die_name(void)
{
	return program;
}

/*
 * One write(2) for the whole line, so that lines of several processes on one
 * terminal or log do not mix.
 */
static void
say(int err, const char *fmt, va_list ap)
{
	char line[MESSAGE_MAX];
	size_t room, n;
	int r, before = errno;

	room = sizeof line - 1;
	r = snprintf(line, room, "%s: ", program);
	n = r < 0 ? 0 : (size_t)r < room ? (size_t)r : room - 1;
	r = vsnprintf(line + n, room - n, fmt, ap);
	n += r < 0 ? 0 : (size_t)r < room - n ? (size_t)r : room - n - 1;
	if (err != 0) {
		r = snprintf(line + n, room - n, ": %s", strerror(err));
		n += r < 0 ? 0 : (size_t)r < room - n ?
		    (size_t)r : room - n - 1;
	}
	n = text_show(line, n);
	line[n++] = '\n';
	/* Where it cannot be written, there is nobody left to tell. */
	while (write(STDERR_FILENO, line, n) < 0 && errno == EINTR)
		continue;
	errno = before;
}

void
warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(0, fmt, ap);
	va_end(ap);
}

void
warn_sys(const char *fmt, ...)
{
	va_list ap;
	int err = errno;

	va_start(ap, fmt);
	say(err, fmt, ap);
	va_end(ap);
}

void
die(enum exit_code code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(0, fmt, ap);
	va_end(ap);
	exit((int)code);
}

void
die_sys(enum exit_code code, const char *fmt, ...)
{
	va_list ap;
	int err = errno;

	va_start(ap, fmt);
	say(err, fmt, ap);
	va_end(ap);
	exit((int)code);
}

void
die_silently(enum exit_code code)
{
	exit((int)code);
}

void
die_nomem(void)
{
	die(EX_TEMPFAIL, "out of memory");
}

void *
die_calloc(size_t n, size_t size)
{
	void *p = calloc(n > 0 ? n : 1, size);

	if (p == NULL)
		die_nomem();
	return p;
}

void *
die_realloc(void *p, size_t n, size_t size)
{
	p = n <= SIZE_MAX / size ? realloc(p, n * size) : NULL;
	if (p == NULL)
		die_nomem();
	return p;
}

void *
die_grow(void *p, size_t n, size_t *cap, size_t size)
{
	if (n < *cap)
		return p;
	*cap = *cap > 0 ? 2 * *cap : 16;
	return die_realloc(p, *cap, size);
}

enum exit_code
die_errno(int err, enum exit_code code)
{
	switch (err) {
	case EAGAIN:
	case EINTR:
	case ENOMEM:
	case EMFILE:
	case ENFILE:
	case ETIMEDOUT:
	case ECONNREFUSED:
	case ECONNRESET:
	case ECONNABORTED:
	case ENETUNREACH:
	case ENETDOWN:
	case EHOSTUNREACH:
	case EPIPE:
	case ESTALE:
	case EDEADLK:
	case ETXTBSY:
		return EX_TEMPFAIL;
	default:
		return code;
	}
}
