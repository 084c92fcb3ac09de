/*
 * die: what a program says when something is wrong, and how it ends.
 * Below the programs it is this alone that ends the process; what a child
 * process, or a worker, is at its end does so by itself.
 */
#ifndef SYS_DIE_H
#define SYS_DIE_H

#include <stddef.h>

#if defined(__GNUC__)
#define DIE_PRINTF(f, a)	__attribute__((__format__(__printf__, f, a)))
#define DIE_NORETURN		__attribute__((__noreturn__))
#else
#define DIE_PRINTF(f, a)
#define DIE_NORETURN
#endif

/* Exit codes, as Postfix, msmtp and cron users know them. */
enum exit_code {
	EX_OK = 0,
	EX_USAGE = 64,		/* wrong usage */
	EX_DATAERR = 65,	/* input malformed, or message refused */
	EX_NOINPUT = 66,	/* cannot open the input */
	EX_NOUSER = 67,		/* a recipient refused for good */
	EX_NOHOST = 68,		/* no such domain, for certain */
	EX_CANTCREAT = 73,	/* cannot create a file */
	EX_IOERR = 74,		/* cannot write */
	EX_TEMPFAIL = 75,	/* try again later */
	EX_NOPERM = 77,		/* credentials refused */
	EX_CONFIG = 78,		/* configuration wrong */
	EX_MAYBE = 80		/* outcome unknown: perhaps sent */
};

/* Names the program in all that follows: the last part of argv0. */
void die_init(const char *argv0);

/* The program's name, as die_init took it. */
const char *die_name(void);

/*
 * "program: ..." on standard error, as it may be shown (text_show), for the
 * text may come from a peer.  The _sys forms add ": " and errno in words.
 * errno stays.  The die forms then exit with code.
 */
void warn(const char *fmt, ...) DIE_PRINTF(1, 2);
void warn_sys(const char *fmt, ...) DIE_PRINTF(1, 2);
void die(enum exit_code code, const char *fmt, ...)
    DIE_PRINTF(2, 3) DIE_NORETURN;
void die_sys(enum exit_code code, const char *fmt, ...)
    DIE_PRINTF(2, 3) DIE_NORETURN;

/* Exits with code where all has been said. */
void die_silently(enum exit_code code) DIE_NORETURN;

/* Memory is short: "program: out of memory", EX_TEMPFAIL. */
void die_nomem(void) DIE_NORETURN;

/*
 * As calloc(3), but never NULL, also where n is 0: short of memory it is
 * die_nomem.
 */
void *die_calloc(size_t n, size_t size);

/* The same as realloc(3), for n things of that size. */
void *die_realloc(void *p, size_t n, size_t size);

/*
 * Room for one more behind n things of that size: p, which has room for *cap,
 * or where that is full what takes its place, and *cap.
 */
void *die_grow(void *p, size_t n, size_t *cap, size_t size);

/*
 * The code for a failed system call: EX_TEMPFAIL where errno err is one that
 * passes by itself (no memory, no descriptors, a dead link), else code.
 */
enum exit_code die_errno(int err, enum exit_code code);

#endif
