#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/wire/mask.h"
#include "format/wire/netrc.h"
#include "sys/cli.h"
#include "sys/secret.h"
#include "sys/spawn.h"

#define PAUSE_FIRST 500		/* ms before the first retry, then doubled */
#define PAUSE_MAX 60000

/* What a terminal does with what stands between them (ECMA-48, SGR). */
#define BOLD "\033[1m"
#define NORMAL "\033[0m"

/* The longest secret; tokens may be long. */
#define SECRET_MAX 16384
#define NETRC_MAX 1048576	/* bytes of that file */

long
client_pause(long attempt)
{
	unsigned chance = 0;
	long ms = PAUSE_MAX;

	if (attempt < 7)
		ms = PAUSE_FIRST << attempt;
	if (secret_random(&chance, sizeof chance) < 0)
		chance = (unsigned)io_clock();
	return ms / 2 + (long)(chance % (unsigned)(ms / 2 + 1));
}

const char *
client_no_line(const struct rd *rd, enum rd_status status)
{
	switch (status) {
	case RD_TIMEOUT:
		return "no answer in time";
	case RD_ERROR:
		return strerror(rd->err);
	case RD_LONG:
		return "invalid reply";
	default:
		return "the connection was cut";
	}
}

enum client_talk
client_talk(int verbose, const char *no)
{
	if (!verbose)
		return CLIENT_QUIET;
	return cli_coloured(STDERR_FILENO, no) ? CLIENT_BOLD : CLIENT_PLAIN;
}

void
client_trace(enum client_talk talk, const char *who, struct span line,
    size_t open)
{
	struct buf text = { 0 };

	if (talk == CLIENT_QUIET)
		return;
	client_addtrace(&text, talk, who, line, open);
	if (io_write(STDERR_FILENO, text.p, text.n) < 0)
		errno = 0;	/* there is nobody left to tell */
	buf_free(&text);
}

void
client_addtrace(struct buf *b, enum client_talk talk, const char *who,
    struct span line, size_t open)
{
	int bold = talk == CLIENT_BOLD && who[0] == 'S';
	struct buf shown = { 0 };

	mask_add(&shown, line, open);
	if (bold)
		buf_adds(b, BOLD);
	buf_adds(b, who);
	buf_addshown(b, span_chomp(buf_span(&shown)));
	if (bold)
		buf_adds(b, NORMAL);
	buf_addc(b, '\n');
	buf_free(&shown);
}

/*
 * The first line that a command (split into words, no shell) prints.  0, or
 * -1 with the reason in why.
 */
static int
from_command(struct buf *secret, const char *command, struct buf *why)
{
	struct span text;
	struct buf out = { 0 };
	struct spawn s;
	char **argv;
	int r, status;

	argv = spawn_words(command, NULL, NULL);
	r = spawn_start(&s, argv, NULL);
	if (r < 0)
		buf_addf(why, "%s: %s", argv[0], strerror(errno));
	free(argv);
	if (r < 0)
		return -1;
	r = io_slurp(s.in, &out, SECRET_MAX);
	/* What says too much is not waited for. */
	status = r == 0 ? spawn_end(&s) : spawn_stop(&s);
	text = buf_span(&out);
	if (text.n > 0)
		buf_addspan(secret, span_chomp(span_line(&text)));
	secret_wipe(&out);
	if (r == 0 && status == 0 && secret->n > 0)
		return 0;
	buf_addf(why, "%s: %s", command, status != 0 ? "it failed" :
	    "it printed no secret");
	return -1;
}

/*
 * The password of user at host in a file of netrc's form, which others must
 * not be able to read.
 */
static int
from_netrc(struct buf *secret, const char *path, const char *host,
    const char *user, struct buf *why)
{
	struct buf text = { 0 };
	struct span password;
	const char *reason;
	int found = 0;

	if (secret_read(path, &text, NETRC_MAX, &reason) < 0) {
		buf_addf(why, "%s: %s", path, reason);
	} else {
		found = netrc_find(&text, span_str(host),
		    span_str(user), &password);
		if (found)
			buf_addspan(secret, password);
		else
			buf_addf(why, "%s: no password of %s at %s", path,
			    user, host);
	}
	secret_wipe(&text);
	return found ? 0 : -1;
}

int
client_secret(struct buf *secret, const char *command, const char *netrc,
    const char *home, const char *host, const char *user, struct buf *why)
{
	struct buf path = { 0 };
	int r;

	if (netrc != NULL && *netrc != '\0')
		buf_adds(&path, netrc);
	else
		buf_addf(&path, "%s/.netrc", home != NULL ? home : "");
	r = command != NULL ? from_command(secret, command, why) :
	    from_netrc(secret, buf_str(&path),
	    *host != '\0' ? host : "localhost", user, why);
	if (r == 0 && !span_is_line(buf_span(secret))) {
		buf_addf(why, "%s: the password of %s has a line ending, or a "
		    "NUL, in it", command != NULL ? command : buf_str(&path),
		    user);
		r = -1;
	}
	buf_free(&path);
	return r;
}
