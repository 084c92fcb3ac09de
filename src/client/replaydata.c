#include "replaydata.h"

#include "format/wire/ftp.h"
#include "sys/io.h"

#define PIECE 65536		/* octets read at a time */

void
replaydata_close(struct replaydata *d)
{
	if (d->fd >= 0)
		io_close(d->fd);
	d->fd = -1;
}

static void
dial(struct replaydata *d, unsigned port)
{
	struct net_addr a = *d->server;
	struct buf text = { 0 };
	const char *why;
	int temporary;

	replaydata_close(d);
	if (port == 0 || a.path[0] != '\0')
		return;
	buf_addu(&text, port);
	memcpy(a.port, text.p, text.n);
	a.port[text.n] = '\0';
	buf_free(&text);
	d->fd = net_dial(&a, d->timeout, &why, &temporary);
}

static void
drain(struct replaydata *d)
{
	long long end = io_clock() + d->timeout;
	enum rd_status got = RD_LINE;
	struct span bytes;
	struct rd rd;

	if (d->fd < 0)
		return;
	rd_init(&rd, d->fd, d->timeout, PIECE);
	while (got == RD_LINE && io_clock() < end) {
		got = rd_some(&rd, &bytes);
		if (got == RD_LINE)
			rd_take(&rd, bytes.n);
	}
	rd_free(&rd);
}

/* Whether the server sends. */
static int
is_fetched(const char *verb)
{
	return strcmp(verb, "RETR") == 0 || strcmp(verb, "LIST") == 0 ||
	    strcmp(verb, "NLST") == 0 || strcmp(verb, "MLSD") == 0;
}

void
replaydata_hear(struct replaydata *d, const struct recording *r,
    const struct recorded *e)
{
	struct span text = recording_text(r, e);

	if (d->server == NULL || r->follow.protocol != DIALOGUE_FTP ||
	    e->kind != FOLLOW_REPLY || !e->last || text.n < 4)
		return;
	text = span_drop(text, 4);
	if (e->code == 229)
		dial(d, ftp_epsv_port(text));
	else if (e->code == 227)
		dial(d, ftp_pasv_port(text));
	else if (e->digit == 1) {
		if (is_fetched(e->verb))
			drain(d);
		replaydata_close(d);
	}
}
