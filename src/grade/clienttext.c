#include "clientjudge.h"

#include "evidence.h"
#include "sample.h"

static int
no(struct buf *evidence, const char *why)
{
	buf_adds(evidence, why);
	return 0;
}

/* The last line of what came, or nothing. */
static struct span
last_line(struct span text)
{
	struct span line = span_of("", 0);

	while (text.n > 0)
		line = span_line(&text);
	return line;
}

static int
is_bare(struct span line)
{
	return line.n > 0 && line.p[line.n - 1] == '\n' &&
	    (line.n < 2 || line.p[line.n - 2] != '\r');
}

/* The first line that ends in LF alone, the last one aside, or nothing. */
static struct span
bare_line(struct span text)
{
	struct span line;

	while (text.n > 0) {
		line = span_line(&text);
		if (is_bare(line) && text.n > 0)
			return line;
	}
	return span_of("", 0);
}

int
clientjudge_text_end(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	const struct scripted *s = &a->said;
	struct span last = last_line(buf_span(&s->text));

	(void)arg;
	if (s->begun == 0)
		return no(evidence, "no text was sent");
	if (!s->dotted) {
		evidence_no(evidence, "the text did not end; the last of it "
		    "was ", last, "; ");
		attempt_crashed(a, evidence);
		return 0;
	}
	if (s->dot != DIALOGUE_CRLF)
		return no(evidence, "sent `.\\n`");
	if (is_bare(last) && bare_line(buf_span(&s->text)).n == 0)
		return evidence_no(evidence, "sent ", last,
		    " and then the dot");
	return 1;
}

int
clientjudge_text_crlf(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	struct span line = bare_line(buf_span(&a->said.text));

	(void)arg;
	return line.n == 0 || evidence_no(evidence, "sent ", line, "");
}

/* The text as its reader has it: the first dot of a line is not of it. */
static void
unstuff(struct buf *b, struct span text)
{
	struct span line;

	while (text.n > 0) {
		line = span_line(&text);
		buf_addspan(b, line.p[0] == '.' ? span_drop(line, 1) : line);
	}
}

/* A field, or what goes on with one. */
static int
is_header(struct span line)
{
	size_t i;

	if (line.n > 0 && byte_is_blank(line.p[0]))
		return 1;
	for (i = 0; i < line.n && byte_is_graph(line.p[i]); i++)
		if (line.p[i] == ':')
			return i > 0;
	return 0;
}

int
clientjudge_header_end(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	struct span text = buf_span(&a->said.text), line;
	int lines = 0;

	(void)arg;
	for (; text.n > 0; lines++) {
		line = span_chomp(span_line(&text));
		if (line.n == 0)
			return lines > 0 || no(evidence,
			    "the text began with an empty line");
		if (!is_header(line))
			return evidence_no(evidence, "no empty line came "
			    "before ", line, "");
	}
	return no(evidence, "no empty line came");
}

/* Whether the client has encoded what was not so. */
static int
is_encoded(struct span text)
{
	static const char field[] = "Content-Transfer-Encoding:";
	struct span line;

	while (text.n > 0) {
		line = span_chomp(span_line(&text));
		if (line.n == 0)
			return 0;
		if (!span_case_begins(line, field))
			continue;
		line = span_trim(span_drop(line, sizeof field - 1));
		return span_case_is(line, "quoted-printable") ||
		    span_case_is(line, "base64");
	}
	return 0;
}

int
clientjudge_same(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	struct buf text = { 0 };
	int same;

	(void)arg;
	unstuff(&text, buf_span(&a->said.text));
	same = is_encoded(buf_span(&text)) || evidence_same(evidence,
	    buf_span(&text), sample_body(buf_span(&a->message)),
	    "the file has ", "what arrived has");
	buf_free(&text);
	return same;
}

static size_t
empty_lines(struct span text)
{
	size_t n = 0;

	while (text.n > 0)
		n = span_chomp(span_line(&text)).n == 0 ? n + 1 : 0;
	return n;
}

int
clientjudge_no_extra(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	size_t n = empty_lines(buf_span(&a->said.text));

	(void)arg;
	if (n <= empty_lines(buf_span(&a->message)))
		return 1;
	buf_addf(evidence, "empty lines before the dot that the file does not "
	    "have: %zu", n);
	return 0;
}

int
clientjudge_once(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	(void)arg;
	buf_addf(evidence, "messages: %u, further connections: %u",
	    a->said.texts, a->again);
	return a->said.texts == 1 && a->again == 0;
}

int
clientjudge_completes(const struct attempt *a, const char *arg,
    struct buf *evidence)
{
	const struct scripted *s = &a->said;

	(void)arg;
	if (!clientjudge_waits(a, "EHLO HELO MAIL RCPT DATA .", evidence))
		return 0;
	if (s->texts > 0)
		return 1;
	buf_adds(evidence, "the message was not sent");
	return clientjudge_stopped(a, evidence);
}
