#include "prepare.h"

#include <errno.h>
#include <unistd.h>

#include "client/smtp/envelope.h"
#include "client/smtp/submit.h"
#include "format/mail/addr.h"
#include "sys/cli.h"
#include "sys/here.h"

const char *
prepare_helo(char *name)
{
	size_t n = strlen(name);
	struct buf b = { 0 };
	struct addr a;

	cli_clean("-H", name);
	if (n > 1 && name[n - 1] == '.')
		name[n - 1] = '\0';
	buf_addf(&b, "x@%s", name);
	if (addr_parse(&a, buf_span(&b), NULL) < 0)
		die(EX_USAGE, "-H: %s: not a host name", name);
	buf_free(&b);
	return name;
}

static void
set_sender(struct buf *from, const struct prepare *p)
{
	struct buf text = { 0 };
	const char *why;

	if (p->from != NULL)
		buf_adds(&text, p->from);
	else
		here_user(&text, p->email, p->logname);
	cli_clean("sender", buf_str(&text));
	why = envelope_sender(from, buf_span(&text), p->helo);
	if (why != NULL)
		die(EX_USAGE, "sender: %s: %s", buf_str(&text), why);
	buf_free(&text);
}

/* Reads the message and adds what is missing; the author is the sender. */
static void
set_content(struct message *m, const struct prepare *p)
{
	struct submit s = { .name = p->name, .host = p->helo };
	struct buf author = { 0 };
	const char *why;

	if (here_now(&s.now, p->epoch) < 0)
		die(EX_CONFIG, "SOURCE_DATE_EPOCH: %s: not a number",
		    p->epoch);
	s.steady = s.now.fixed || p->steady;
	buf_addspan(&author, buf_span(&m->from));
	if (author.n == 0)
		here_user(&author, p->email, p->logname);
	s.author = buf_span(&author);
	if (p->headers)
		envelope_header(m, buf_span(&m->content.text), p->helo);
	why = submit_fill(m, &s);
	if (why != NULL)
		die(EX_DATAERR, "stdin: %s", why);
	buf_free(&author);
}

void
prepare_message(struct message *m, const struct prepare *p, char **operand)
{
	message_start(m, 1);
	set_sender(&m->from, p);
	for (; *operand != NULL; operand++) {
		if (**operand == '-')
			die(EX_USAGE, "%s: options come first", *operand);
		cli_clean("recipient", *operand);
		envelope_list(m, span_str(*operand), p->helo);
	}
	if (submit_read(&m->content, STDIN_FILENO) < 0)
		die_sys(errno == EFBIG ? EX_DATAERR : EX_NOINPUT, "stdin");
	set_content(m, p);
	if (m->rcpts == 0)
		die(p->headers ? EX_DATAERR : EX_USAGE, "no recipient");
}
