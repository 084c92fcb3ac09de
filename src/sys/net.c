#include "net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "io.h"
#include "secret.h"

/* Connections that wait to be accepted; the kernel has its own limit. */
#define NET_BACKLOG 1024

/* Random ports that are tried before the kernel chooses one; not those below,
   which are privileged. */
#define NET_PORT_TRIES 16
#define NET_PORT_FIRST 1024
#define NET_PORT_LAST 65535

static const char loopback4[] = "127.0.0.1", loopback6[] = "::1";

/* Copies s into a field of size bytes: 0, or -1 when it does not fit. */
static int
put(char *field, size_t size, struct span s)
{
	if (s.n >= size || span_find(s, '\0') != NULL)
		return -1;
	memcpy(field, s.p, s.n);
	field[s.n] = '\0';
	return 0;
}

/* A number that getaddrinfo(3), which takes any, can mean, or a service. */
static int
is_port(const char *s)
{
	uintmax_t port;

	return span_number(span_str(s), &port) == 0 ? port <= NET_PORT_LAST :
	    getservbyname(s, "tcp") != NULL;
}

int
net_parse(struct net_addr *a, const char *text, const char *port)
{
	struct span host = span_str(text);
	const char *p;

	memset(a, 0, sizeof *a);
	if (text[0] == '/' || strncmp(text, "./", 2) == 0)
		return put(a->path, sizeof a->path, host);
	if (text[0] == '[') {
		p = strchr(text, ']');
		if (p == NULL || (p[1] != '\0' && p[1] != ':'))
			return -1;
		host = span_of(text + 1, (size_t)(p - text) - 1);
		p = p[1] == ':' ? p + 1 : NULL;
	} else {
		p = strchr(text, ':');
		if (p != NULL)
			host.n = (size_t)(p - text);
	}
	if (p == NULL && host.n == 0)
		return -1;
	if (p != NULL)
		port = p + 1;
	if (!is_port(port))
		return -1;
	/*
	 * A number alone was meant as a port, and what has a slash as a path:
	 * hosts they would be by chance.
	 */
	if (put(a->host, sizeof a->host, host) < 0 ||
	    span_find(host, '/') != NULL ||
	    (host.n > 0 && strspn(a->host, "0123456789") == host.n))
		return -1;
	return put(a->port, sizeof a->port, span_str(port));
}

void
net_text(const struct net_addr *a, char *text)
{
	const char *host = a->host[0] != '\0' ? a->host : "localhost";

	if (a->path[0] != '\0')
		snprintf(text, NET_TEXT_MAX, "%s", a->path);
	else if (strchr(host, ':') != NULL)
		snprintf(text, NET_TEXT_MAX, "[%s]:%s", host, a->port);
	else
		snprintf(text, NET_TEXT_MAX, "%s:%s", host, a->port);
}

static int
is_loopback_name(const char *host)
{
	return host[0] == '\0' || strcmp(host, "localhost") == 0;
}

/* getaddrinfo(3) for one host; NULL with *why and *temp. */
static struct addrinfo *
resolve(const char *host, const char *port, int family, int type, int flags,
    const char **why, int *temp)
{
	struct addrinfo hints, *list;
	int r;

	memset(&hints, 0, sizeof hints);
	hints.ai_family = family;
	hints.ai_socktype = type;
	hints.ai_flags = flags;
	r = getaddrinfo(host, port, &hints, &list);
	if (r == 0)
		return list;
	*temp = r == EAI_AGAIN || r == EAI_MEMORY || r == EAI_SYSTEM;
	*why = r == EAI_SYSTEM ? strerror(errno) : gai_strerror(r);
	return NULL;
}

int
net_prepare(int fd)
{
	return fcntl(fd, F_SETFL, O_NONBLOCK) < 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 ? -1 : 0;
}

static int
make_socket(int family, int type)
{
	int fd;

	fd = socket(family, type, 0);
	if (fd < 0 || net_prepare(fd) == 0)
		return fd;
	io_close(fd);
	return -1;
}

static void
unix_name(struct sockaddr_un *un, const char *path)
{
	memset(un, 0, sizeof *un);
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, strlen(path) + 1);
}

/* Whether nobody answers at a UNIX socket that exists. */
static int
is_dead(const struct sockaddr_un *un)
{
	int fd, dead;

	fd = make_socket(AF_UNIX, SOCK_STREAM);
	if (fd < 0)
		return 0;
	dead = connect(fd, (const struct sockaddr *)un, sizeof *un) < 0 &&
	    errno == ECONNREFUSED;
	close(fd);
	return dead;
}

static int
bind_unix(int fd, const struct sockaddr *sa, socklen_t n)
{
	const struct sockaddr_un *un = (const void *)sa;
	struct stat st;
	mode_t mask;
	int r;

	mask = umask(0177);
	r = bind(fd, sa, n);
	if (r < 0 && errno == EADDRINUSE && lstat(un->sun_path, &st) == 0 &&
	    S_ISSOCK(st.st_mode) && is_dead(un) && unlink(un->sun_path) == 0)
		r = bind(fd, sa, n);
	umask(mask);
	return r;
}

static int
bind_inet(int fd, const struct sockaddr *sa, socklen_t n)
{
	int on = 1, off = 0;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (sa->sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
	return bind(fd, sa, n);
}

int
net_listen_at(const struct sockaddr *sa, socklen_t n, int backlog)
{
	int fd = make_socket(sa->sa_family, SOCK_STREAM);

	if (fd < 0)
		return -1;
	if ((sa->sa_family == AF_UNIX ? bind_unix(fd, sa, n) :
	    bind_inet(fd, sa, n)) == 0 && listen(fd, backlog) == 0)
		return fd;
	io_close(fd);
	return -1;
}

/* As net_listen, for every address one host has. */
static int
listen_host(const char *host, const char *port, int *fd, const char **why)
{
	struct addrinfo *list, *ai;
	int n = 0, temp;

	list = resolve(host, port, AF_UNSPEC, SOCK_STREAM, AI_PASSIVE, why,
	    &temp);
	if (list == NULL)
		return -1;
	for (ai = list; ai != NULL && n < NET_SOCKETS_MAX; ai = ai->ai_next) {
		fd[n] = net_listen_at(ai->ai_addr, ai->ai_addrlen,
		    NET_BACKLOG);
		if (fd[n] >= 0)
			n++;
		else
			*why = strerror(errno);
	}
	freeaddrinfo(list);
	return n > 0 ? n : -1;
}

int
net_listen(const struct net_addr *a, int *fd, const char **why)
{
	struct sockaddr_un un;
	int n;

	if (a->path[0] != '\0') {
		unix_name(&un, a->path);
		fd[0] = net_listen_at((struct sockaddr *)&un, sizeof un,
		    NET_BACKLOG);
		if (fd[0] >= 0)
			return 1;
		*why = strerror(errno);
		return -1;
	}
	if (is_loopback_name(a->host))
		return listen_host(loopback4, a->port, fd, why);
	if (strcmp(a->host, "*") != 0)
		return listen_host(a->host, a->port, fd, why);
	/* A v6 socket takes v4 too, so one is enough. */
	n = listen_host("::", a->port, fd, why);
	return n > 0 ? n : listen_host("0.0.0.0", a->port, fd, why);
}

/* Finishes a connect(2) that is under way: 0, or -1 with errno. */
static int
connect_by(int fd, const struct sockaddr *sa, socklen_t n, int timeout)
{
	struct pollfd p;
	socklen_t size;
	int r, err;

	r = connect(fd, sa, n);
	if (r == 0 || (errno != EINPROGRESS && errno != EINTR))
		return r;
	if (timeout == NET_BEGIN)
		return 0;
	p.fd = fd;
	p.events = POLLOUT;
	do
		r = poll(&p, 1, timeout);
	while (r < 0 && errno == EINTR);
	if (r == 0)
		errno = ETIMEDOUT;
	if (r <= 0)
		return -1;
	size = sizeof err;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &size) < 0)
		return -1;
	errno = err;
	return err == 0 ? 0 : -1;
}

/* One connected socket, or -1 with errno. */
static int
dial_one(int family, const struct sockaddr *sa, socklen_t n, int timeout,
    int any)
{
	int fd, on = 1;

	fd = make_socket(family, SOCK_STREAM);
	if (fd < 0)
		return -1;
	if ((family != AF_UNIX && net_bind_source(fd, family, 0, any) < 0) ||
	    connect_by(fd, sa, n, timeout) < 0) {
		io_close(fd);
		return -1;
	}
	if (family != AF_UNIX)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	return fd;
}

static int
dial_list(const struct addrinfo *list, int timeout, int any)
{
	const struct addrinfo *ai;
	long long end = io_clock() + timeout, left;
	int fd = -1, n = 0;

	for (ai = list; ai != NULL; ai = ai->ai_next)
		n++;
	for (ai = list; ai != NULL && fd < 0; ai = ai->ai_next, n--) {
		/* Each address gets its part of the time that is left. */
		left = (end - io_clock()) / n;
		if (timeout < 0)
			left = timeout;
		else if (left < 0)
			left = 0;
		fd = dial_one(ai->ai_family, ai->ai_addr, ai->ai_addrlen,
		    (int)left, any);
	}
	return fd;
}

/* As net_dial, with that host in the place of its own. */
static int
dial_host(const struct net_addr *a, const char *host, int timeout,
    const char **why, int *temp)
{
	struct addrinfo *list;
	int fd, err;

	list = resolve(host, a->port, a->any ? AF_UNSPEC : net_family(),
	    SOCK_STREAM, 0, why, temp);
	if (list == NULL)
		return -1;
	fd = dial_list(list, timeout, a->any);
	err = errno;
	freeaddrinfo(list);
	*why = strerror(err);
	*temp = 1;
	errno = err;
	return fd;
}

int
net_dial(const struct net_addr *a, int timeout, const char **why, int *temp)
{
	struct sockaddr_un un;
	int fd;

	if (a->path[0] != '\0') {
		unix_name(&un, a->path);
		fd = dial_one(AF_UNIX, (struct sockaddr *)&un, sizeof un,
		    timeout, 1);
		*why = strerror(errno);
		*temp = 1;
		return fd;
	}
	if (!is_loopback_name(a->host))
		return dial_host(a, a->host, timeout, why, temp);
	if (net_family() == AF_INET6)
		return dial_host(a, loopback6, timeout, why, temp);
	fd = dial_host(a, loopback4, timeout, why, temp);
	if (fd < 0 && errno == ECONNREFUSED && net_family() != AF_INET)
		fd = dial_host(a, loopback6, timeout, why, temp);
	return fd;
}

/*
 * A port of ours that nobody can guess, so that nobody can answer in the
 * peer's place; the kernel's choice where those tried are taken.
 */
static void
bind_random(int fd, int family, int any)
{
	uint16_t port;
	int i, r = -1;

	for (i = 0; i < NET_PORT_TRIES && r < 0; i++) {
		if (secret_random(&port, sizeof port) < 0)
			return;
		if (port >= NET_PORT_FIRST)
			r = net_bind_source(fd, family, port, any);
	}
}

int
net_dial_udp(const struct net_addr *a, const char **why)
{
	const char *host = is_loopback_name(a->host) ? loopback4 : a->host;
	struct addrinfo *list, *ai;
	int fd = -1, temp;

	list = resolve(host, a->port, a->any ? AF_UNSPEC : net_family(),
	    SOCK_DGRAM, 0, why, &temp);
	for (ai = list; ai != NULL && fd < 0; ai = ai->ai_next) {
		fd = make_socket(ai->ai_family, SOCK_DGRAM);
		if (fd >= 0)
			bind_random(fd, ai->ai_family, a->any);
		if (fd < 0 || connect(fd, ai->ai_addr, ai->ai_addrlen) == 0)
			continue;
		io_close(fd);
		fd = -1;
	}
	if (list != NULL) {
		*why = strerror(errno);
		freeaddrinfo(list);
	}
	return fd;
}

int
net_is_short(int err)
{
	return err == EMFILE || err == ENFILE || err == ENOMEM ||
	    err == ENOBUFS;
}

void
net_abort(int fd)
{
	struct linger at_once = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}
