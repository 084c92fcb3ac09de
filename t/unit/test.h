/*
 * test: what a unit test needs.  A test program checks, prints each check
 * that failed with its file and line, and ends with test_end.
 */
#ifndef UNIT_TEST_H
#define UNIT_TEST_H

#include <stdio.h>
#include <string.h>

#include "sys/buf.h"

static int test_failed;

/* The condition must hold. */
#define CHECK(cond)	test_check((cond) != 0, __FILE__, __LINE__, #cond)

/* Two numbers must be equal. */
#define CHECK_INT(got, want) \
	test_int((long long)(got), (long long)(want), __FILE__, __LINE__, #got)

/* A span must hold exactly the text of a C string. */
#define CHECK_SPAN(got, want) \
	test_span((got), span_str(want), __FILE__, __LINE__, #got)

/* As CHECK_SPAN, for a struct buf and for a C string. */
#define CHECK_BUF(b, want)	CHECK_SPAN(buf_span(b), want)
#define CHECK_STR(got, want)	CHECK_SPAN(span_str(got), want)

static inline void
test_check(int ok, const char *file, int line, const char *what)
{
	if (ok)
		return;
	test_failed++;
	printf("%s:%d: not so: %s\n", file, line, what);
}

static inline void
test_int(long long got, long long want, const char *file, int line,
    const char *what)
{
	if (got == want)
		return;
	test_failed++;
	printf("%s:%d: %s is %lld, not %lld\n", file, line, what, got, want);
}

static inline void
test_span(struct span got, struct span want, const char *file, int line,
    const char *what)
{
	if (span_eq(got, want))
		return;
	test_failed++;
	printf("%s:%d: %s is \"", file, line, what);
	fwrite(got.p, 1, got.n, stdout);
	printf("\", not \"");
	fwrite(want.p, 1, want.n, stdout);
	printf("\"\n");
}

/* main's last line: return test_end(); */
static inline int
test_end(void)
{
	if (test_failed > 0)
		printf("%d failed\n", test_failed);
	return test_failed > 0;
}

#endif
