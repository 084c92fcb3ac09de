#include "replaypeer.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sys/die.h"
#include "sys/io.h"
#include "sys/limit.h"

#define LEAVE 2000		/* ms that a command may take to end */

static void
take_socket(struct replaypeer *p, int fd)
{
	struct net_peer peer;

	net_peer(&peer, fd);
	p->is_local = peer.local;
	p->in = p->out = fd;
	io_block(fd);
}

void
replaypeer_dial(struct replaypeer *p, const struct net_addr *a, int timeout)
{
	struct net_peer own;
	const char *why;
	int fd, temporary;

	memset(p, 0, sizeof *p);
	net_text(a, p->name);
	fd = net_dial(a, timeout, &why, &temporary);
	if (fd < 0)
		die(temporary ? EX_TEMPFAIL : EX_NOHOST, "%s: %s", p->name,
		    why);
	net_own(&own, fd);
	memcpy(p->own, own.text, strlen(own.text) + 1);
	take_socket(p, fd);
}

void
replaypeer_run(struct replaypeer *p, const char *command,
    const struct net_addr *a)
{
	const char *host = a->host[0] != '\0' ? a->host : "localhost";
	char **argv = spawn_words(command, host, a->port);

	memset(p, 0, sizeof *p);
	if (spawn_start(&p->child, argv, NULL) < 0)
		die_sys(die_errno(errno, EX_CONFIG), "-C: %s", argv[0]);
	free(argv);
	fcntl(p->child.out, F_SETFL, O_NONBLOCK);
	p->in = p->child.in;
	p->out = p->child.out;
	p->is_local = p->spawned = 1;
}

void
replaypeer_listen(struct replaylisten *l, const struct net_addr *a)
{
	const char *why;
	int i;

	net_text(a, l->text);
	l->n = net_listen(a, l->fds, &why);
	if (l->n < 0)
		die(EX_TEMPFAIL, "%s: %s", l->text, why);
	for (i = l->n - 1; i >= 0; i--) {
		net_bound(l->fds[i], l->text);
		warn("listening on %s", l->text);
	}
}

void
replaypeer_accept(struct replaypeer *p, const struct replaylisten *l,
    int timeout)
{
	struct pollfd polled[NET_SOCKETS_MAX];
	long long by = io_clock() + timeout;
	struct net_peer peer;
	int fd = -1, i, left, is_short;

	memset(p, 0, sizeof *p);
	for (i = 0; i < l->n; i++) {
		polled[i].fd = l->fds[i];
		polled[i].events = POLLIN;
	}
	while (fd < 0) {
		left = io_left(by);
		if (left == 0)
			die(EX_TEMPFAIL, "%s: no client has come in time",
			    l->text);
		io_poll(polled, (size_t)l->n, left);
		for (i = 0; i < l->n && fd < 0; i++)
			if (polled[i].revents != 0)
				fd = limit_accept(l->fds[i], &peer, &is_short);
	}
	memcpy(p->name, peer.text, strlen(peer.text) + 1);
	memcpy(p->own, l->text, sizeof p->own);
	take_socket(p, fd);
}

void
replaypeer_close(struct replaypeer *p)
{
	if (p->spawned)
		spawn_leave(&p->child, LEAVE);
	else
		io_close(p->in);
}
