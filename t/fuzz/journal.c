/*
 * client/smtp/journal: a file that holds the input is read as its lines
 * say, nobody in it is left to be sent to but the deferred, nothing of it
 * is lost, and it is read the same again.
 */
#include "client/smtp/journal.h"
#include "format/mail/mime.h"

#include "fuzz.h"

static struct buf id, rcpt;	/* of the line that was parsed last */

/*
 * As a result that was written by us: 0, or -1 where it is not one, or tells
 * what came after the delivery.
 */
static int
parse(struct span line, struct result *r)
{
	if (result_parse(r, span_chomp(line)) != 0 || r->rcpt.n == 0 ||
	    r->status > RESULT_SENDING)
		return -1;
	buf_clear(&id);
	buf_clear(&rcpt);
	mime_line(&id, r->id);
	mime_line(&rcpt, r->rcpt);
	r->id = buf_span(&id);
	r->rcpt = buf_span(&rcpt);
	return 0;
}

/* What the lines say of a recipient, one after the other. */
static enum result_status
said(struct span rest, struct span who, struct span of, uintmax_t number)
{
	enum result_status status = RESULT_DEFERRED;
	struct span line;
	struct result r;

	while (rest.n > 0) {
		line = span_line(&rest);
		if (parse(line, &r) < 0 || status == RESULT_SENT ||
		    !span_eq(r.rcpt, who) || !span_eq(r.id, of) ||
		    (of.n == 0 && r.number != number))
			continue;
		/* The end of a message goes when its line is whole. */
		if (r.status != RESULT_SENDING || line.p[line.n - 1] == '\n')
			status = r.status;
	}
	return status == RESULT_SENDING ? RESULT_UNKNOWN : status;
}

static void
look(const char *path, struct span input)
{
	struct buf who = { 0 }, of = { 0 };
	struct span rest = input;
	struct result r, found;
	struct journal j;

	journal_need(&j, path, 0);
	while (rest.n > 0) {
		if (parse(span_line(&rest), &r) < 0)
			continue;
		buf_clear(&who);
		buf_clear(&of);
		buf_addspan(&who, r.rcpt);
		buf_addspan(&of, r.id);
		MUST(journal_find(&j, buf_span(&of), r.number,
		    buf_span(&who), &found) == 1);
		MUST(found.status == said(input, buf_span(&who),
		    buf_span(&of), r.number));
	}
	MUST(journal_close(&j) == 0);
	buf_free(&who);
	buf_free(&of);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct span input = span_of(data, n);
	const char *path = as_file(input);
	struct buf text = { 0 };
	int fd;

	look(path, input);
	look(path, input);
	MUST((fd = open(path, O_RDONLY)) >= 0);
	buf_reserve(&text, n + 1);
	MUST(read(fd, text.p, n) == (ssize_t)n);
	MUST(n == 0 || memcmp(text.p, data, n) == 0);
	close(fd);
	buf_free(&text);
	return 0;
}
