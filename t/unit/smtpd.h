/*
 * What the tests of SMTP sessions share: whole sessions in memory, with a store
 * that writes down what it is told.  Most are fed in one piece, byte by byte,
 * and cut at every place, and must come out the same.
 */
#ifndef UNIT_SMTPD_H
#define UNIT_SMTPD_H

#include "server/smtp/smtpd.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "format/mail/addr.h"
#include "test.h"

#define GREETING "220 here ESMTP smtpd-lite\r\n"
#define EHLO_OK "250-here\r\n250-PIPELINING\r\n250-SIZE 100\r\n" \
    "250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n" \
    "250-CHUNKING\r\n250-VRFY\r\n250-EXPN\r\n250 HELP\r\n"
#define HELO_OK "250 here\r\n"
#define MAIL_OK "250 2.1.0 Ok\r\n"
#define RCPT_OK "250 2.1.5 Ok\r\n"
#define DATA_OK "354 End data with <CR><LF>.<CR><LF>\r\n"
#define DOT_OK "250 2.0.0 Ok: queued as ID\r\n"
#define OK "250 2.0.0 Ok\r\n"
#define BYE "221 2.0.0 Bye\r\n"

/* The store: what it hears, and what it answers. */
struct book {
	struct buf log;
	int begin_err;		/* begin fails with it */
	int busy;		/* so often end says EAGAIN */
	int sync;		/* end says EINPROGRESS once */
	int err;		/* then this */
	int settle_err;		/* what settle says */
	int open;		/* messages not over */
};

struct note {
	struct book *book;
	int asked;
};

static void *
book_begin(void *store, struct span from, struct span trace,
    struct span boxes)
{
	struct book *b = store;
	struct note *n;
	size_t i;

	if (b->begin_err != 0) {
		errno = b->begin_err;
		return NULL;
	}
	n = calloc(1, sizeof *n);
	if (n == NULL)
		die_nomem();
	n->book = b;
	b->open++;
	buf_adds(&b->log, "from ");
	buf_addspan(&b->log, from);
	buf_adds(&b->log, " to ");
	for (i = 0; i < boxes.n; i++)
		buf_addc(&b->log, boxes.p[i] == '\0' ? ' ' : boxes.p[i]);
	buf_addc(&b->log, '\n');
	CHECK(trace.n > 0 && trace.p[trace.n - 1] == '\n');
	return n;
}

static void
book_write(void *mail, const char *p, size_t n)
{
	struct note *note = mail;

	buf_add(&note->book->log, p, n);
}

static int
book_end(void *mail)
{
	struct note *n = mail;
	struct book *b = n->book;
	int err = b->err;

	if (b->busy > 0) {
		b->busy--;
		return EAGAIN;
	}
	if (b->sync && !n->asked) {
		n->asked = 1;
		buf_adds(&b->log, "wait\n");
		return EINPROGRESS;
	}
	buf_addf(&b->log, "end %d\n", err != 0);
	b->open--;
	free(n);
	return err;
}

static int
book_settle(void *mail)
{
	const struct note *n = mail;

	return n->book->settle_err;
}

static void
book_drop(void *mail)
{
	struct note *n = mail;

	buf_adds(&n->book->log, "drop\n");
	n->book->open--;
	free(n);
}

static const struct mail_store book_store = {
	.begin = book_begin, .write = book_write, .end = book_end,
	.drop = book_drop, .settle = book_settle
};

/* user, other and postmaster; both is user and other. */
static int
find(const void *users, struct span local, struct buf *names)
{
	(void)users;
	if (span_case_is(local, "both")) {
		buf_add(names, "user\0other", sizeof "user\0other");
		return 1;
	}
	if (!span_case_is(local, "user") && !span_case_is(local, "other"))
		return -1;
	buf_add(names, span_case_is(local, "user") ? "user" : "other",
	    span_case_is(local, "user") ? 5 : 6);
	return 0;
}

/* other is Jo Brown, and user Ivan Brown. */
static const char *
full_name(const void *users, const char *name)
{
	(void)users;
	return strcmp(name, "other") == 0 ? "Jo Brown" : "Іван Brown";
}

static size_t
named(const void *users, struct span name, struct buf *names)
{
	(void)users;
	if (span_is(name, "Jo"))
		buf_add(names, "other", sizeof "other");
	else if (span_is(name, "Brown"))
		buf_add(names, "user\0other", sizeof "user\0other");
	return span_is(name, "Brown") ? 2 : names->n > 0;
}

static void
add_id(struct buf *b)
{
	buf_adds(b, "ID");
}

static void
add_date(struct buf *b)
{
	buf_adds(b, "DATE");
}

static const char *const domains[] = { "ours.test", "also.test" };
static struct book book;
static const char *peer = "";
static int local;
static struct smtpd_conf conf = {
	.host = "here", .domain = domains, .domains = 2, .max_size = 100,
	.known = 1, .store = &book_store, .store_arg = &book,
	.find = find, .full_name = full_name, .named = named,
	.id = add_id, .date = add_date
};

/* Answers to one piece after the other; the pieces end at the cuts. */
struct session {
	void *s;
	struct buf in, out;
	enum session_verdict next;
};

/* What is to be as new in each session; and how long they had to wait. */
static void (*anew)(void);
static long waited;

/* The next piece comes while the session watches for it. */
static int hurried;

static void
start(struct session *x)
{
	memset(x, 0, sizeof *x);
	if (anew != NULL)
		anew();
	waited = 0;
	x->s = smtpd_session.open(&conf, peer, local, NULL);
	smtpd_session.greet(x->s, &x->out);
}

static void
resume(struct session *x)
{
	while (x->next == SESSION_SOON || x->next == SESSION_COMMIT ||
	    x->next == SESSION_WAIT || x->next == SESSION_WATCH) {
		waited += smtpd_session.delay(x->s);
		x->next = smtpd_session.resume(x->s, &x->out);
	}
}

static void
feed(struct session *x, const char *p, size_t n)
{
	size_t used;

	buf_add(&x->in, p, n);
	do {
		if (x->next >= SESSION_CLOSE || x->in.n == 0)
			return;
		used = 0;
		x->next = smtpd_session.feed(x->s, x->in.p, x->in.n, &used,
		    &x->out);
		CHECK(used <= x->in.n);
		CHECK(x->next != SESSION_MORE || x->in.n - used <=
		    SMTPD_LINE_MAX);
		buf_consume(&x->in, used);
		if (used == 0 && x->next == SESSION_MORE)
			return;
		if (!hurried || x->next != SESSION_WATCH)
			resume(x);
	} while (x->in.n > 0);
}

static void
finish(struct session *x)
{
	smtpd_session.close(x->s);
	buf_free(&x->in);
	CHECK_INT(book.open, 0);
}

/*
 * What is answered (after the greeting) and what the store hears; NULL stands
 * for anything but the end of a message.
 */
static void
talk_in_pieces(struct span in, size_t cut, size_t step, const char *out,
    const char *log)
{
	struct book as_it_was = book;
	struct session x;
	size_t at, n;

	start(&x);
	feed(&x, in.p, cut);
	for (at = cut; at < in.n; at += n) {
		n = in.n - at < step ? in.n - at : step;
		feed(&x, in.p + at, n);
	}
	finish(&x);
	buf_consume(&x.out, strlen(GREETING));
	CHECK_BUF(&x.out, out);
	if (log != NULL)
		CHECK_BUF(&book.log, log);
	else
		CHECK(strstr(buf_str(&book.log), "end ") == NULL);
	buf_free(&x.out);
	buf_free(&book.log);
	book = as_it_was;
}

static void
talk(const char *text, const char *out, const char *log)
{
	struct span in = span_str(text);
	int failed = test_failed;
	size_t cut;

	talk_in_pieces(in, 0, in.n, out, log);
	talk_in_pieces(in, 0, 1, out, log);
	for (cut = 1; cut < in.n && failed == test_failed; cut++)
		talk_in_pieces(in, cut, in.n, out, log);
}

/* In one piece: where it matters whether more stands behind a line. */
static void
talk_at_once(const char *text, const char *out, const char *log)
{
	talk_in_pieces(span_str(text), 0, strlen(text), out, log);
}

/* The message of most tests, and what becomes of it. */
#define HELO "HELO me\r\n"
#define ENVELOPE "MAIL FROM:<a@b.test>\r\nRCPT TO:<user@ours.test>\r\n"
#define MAIL HELO ENVELOPE "DATA\r\n"
#define MAIL_OKS HELO_OK MAIL_OK RCPT_OK DATA_OK
#define TO_USER "from a@b.test to user user@ours.test \n"

#endif
