#include "sample.h"

/* Octets of a line at most, RFC 5321 4.5.3.1.6, without its CRLF. */
#define LINE_MAX 998

#define LARGE 262144		/* octets */
#define EDGES 65536		/* octets of each kind of lines */

static void
add_long(struct buf *b)
{
	size_t i;

	buf_adds(b, "The next line has 998 octets.\n");
	for (i = 0; i < LINE_MAX; i++)
		buf_addc(b, (int)('a' + i % 26));
	buf_adds(b, "\nThat was it.\n");
}

static void
add_large(struct buf *b)
{
	size_t end = b->n + LARGE;
	unsigned i;

	for (i = 1; b->n < end; i++)
		buf_addf(b, "%06u of a text that no single write or read "
		    "takes as a whole\n", i);
}

/*
 * Lines of seven octets, a length that no buffer's size is a multiple of: the
 * ends of all buffers fall before, on and behind the dots.  Then lines that
 * have so many with CRLF, for who buffers these.
 */
static void
add_edges(struct buf *b)
{
	size_t end = b->n + EDGES;
	unsigned i;

	for (i = 1; b->n < end; i++)
		buf_addf(b, ".%05u\n", i % 100000);
	for (end += EDGES; b->n < end; i++)
		buf_addf(b, ".%04u\n", i % 10000);
}

static const struct {
	const char *name;
	const char *body;
	void (*add)(struct buf *b);
} samples[] = {
	{ "plain", "Hello,\nthis is a plain text.\n", NULL },
	{ "dots", "one dot:\n.one\n..two\nand a line of one:\n.\nthe end\n",
	    NULL },
	{ "edges", "", add_edges },
	{ "blank-lines", "one\n\ntwo\n\n\nthree\n", NULL },
	{ "blanks", "none\n  two before\n\ta tab before\n    four before\n"
	    "two behind  \na tab behind\t\n", NULL },
	{ "lines", "one\n\n  two\n\n\n\tthree\nfour  \n", NULL },
	{ "bare", "The last line\nhas no end", NULL },
	{ "long", "", add_long },
	{ "large", "", add_large },
	{ "utf-8", "\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd1\x96\xd1\x82, "
	    "gr\xc3\xbc\xc3\x9f" "e\n", NULL },
	{ "header", "", NULL },
	{ "commands", "QUIT\nRSET\nMAIL FROM:<x@example.org>\nDATA\n"
	    "220 and that was no command\n", NULL }
};

void
sample_add(struct buf *b, const char *name, const char *from, const char *to)
{
	size_t i;

	buf_addf(b, "From: <%s>\nTo: <%s>\nSubject: A message to be graded\n"
	    "Date: Thu, 26 Nov 2026 12:00:00 +0000\n"
	    "Message-ID: <%s.1@protograde.example>\n", from, to, name);
	if (strcmp(name, "utf-8") == 0)
		buf_adds(b, "MIME-Version: 1.0\n"
		    "Content-Type: text/plain; charset=utf-8\n"
		    "Content-Transfer-Encoding: 8bit\n");
	buf_addc(b, '\n');
	for (i = 0; i < COUNT(samples); i++)
		if (strcmp(samples[i].name, name) == 0) {
			buf_adds(b, samples[i].body);
			if (samples[i].add != NULL)
				samples[i].add(b);
		}
}

struct span
sample_body(struct span message)
{
	while (message.n > 0)
		if (span_chomp(span_line(&message)).n == 0)
			break;
	return message;
}
