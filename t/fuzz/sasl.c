/*
 * A log-in with a peer that says what the input does: the first byte is the
 * mechanism, then come lines, in base64 as they are, or with a "#" before them
 * to be put into it.  Both ends hear them.
 */
#include <stdlib.h>

#include "client/smtp/saslc.h"
#include "format/mail/mime.h"
#include "server/sasld.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const names[] = { "SCRAM-SHA-256", "CRAM-MD5", "PLAIN",
    "LOGIN", "XOAUTH2" };

static int
find(void *app, struct span login, struct span *secret)
{
	(void)app;
	if (!span_is(login, "user"))
		return -1;
	*secret = span_str("pencil");
	return 0;
}

/* The next line as a peer says it. */
static void
next_line(struct buf *b, struct span *rest)
{
	struct span line = span_chomp(span_line(rest));

	buf_clear(b);
	if (line.n > 0 && line.p[0] == '#')
		mime_base64(b, line.p + 1, line.n - 1);
	else
		buf_addspan(b, line);
}

static void
serve(const char *name, struct span rest)
{
	struct sasld_conf conf = { .mechanisms = sasld_possible(0),
	    .host = "mx.example", .find = find };
	struct sasld *s = sasld_open(&conf);
	struct buf line = { 0 }, out = { 0 };
	enum sasld_next next;

	next = sasld_start(s, span_str(name), span_of(NULL, 0),
	    span_str("nonce"), &out);
	while (rest.n > 0) {
		next_line(&line, &rest);
		next = sasld_step(s, buf_span(&line), &out);
	}
	if (next == SASLD_DONE && !span_is(sasld_login(s), "user"))
		abort();
	sasld_close(s);
	buf_free(&line);
	buf_free(&out);
}

static void
ask(const char *name, struct span rest)
{
	struct buf line = { 0 }, out = { 0 };
	const char *why;
	struct saslc *s;

	s = saslc_open(name, span_str("user"), span_str("pencil"),
	    span_str("nonce"), &why);
	saslc_first(s, SASLC_LINE_MAX, &out);
	for (why = NULL; rest.n > 0 && why == NULL; ) {
		next_line(&line, &rest);
		why = saslc_answer(s, buf_span(&line), &out);
	}
	saslc_done(s);
	saslc_close(s);
	buf_free(&line);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *name;

	if (n == 0)
		return 0;
	name = names[data[0] % COUNT(names)];
	serve(name, span_of(data + 1, n - 1));
	ask(name, span_of(data + 1, n - 1));
	return 0;
}
