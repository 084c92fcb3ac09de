/* Who is at the ends of a socket, and by which of our addresses we dial. */
#include "net.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "buf.h"

/* The numeric address, v4 ones in a v6 socket as v4; the port or 0. */
static unsigned
inet_text(const struct sockaddr_storage *sa, char *text, size_t size)
{
	const struct sockaddr_in6 *in6 = (const void *)sa;
	const struct sockaddr_in *in = (const void *)sa;

	text[0] = '\0';
	if (sa->ss_family == AF_INET) {
		inet_ntop(AF_INET, &in->sin_addr, text, (socklen_t)size);
		return ntohs(in->sin_port);
	}
	if (sa->ss_family != AF_INET6)
		return 0;
	if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
		inet_ntop(AF_INET, &in6->sin6_addr.s6_addr[12], text,
		    (socklen_t)size);
	else
		inet_ntop(AF_INET6, &in6->sin6_addr, text, (socklen_t)size);
	return ntohs(in6->sin6_port);
}

void
net_bound(int fd, char *text)
{
	struct sockaddr_storage sa;
	socklen_t n = sizeof sa;
	char host[INET6_ADDRSTRLEN];
	unsigned port;

	memset(&sa, 0, sizeof sa);
	snprintf(text, NET_TEXT_MAX, "an unknown address");
	if (getsockname(fd, (struct sockaddr *)&sa, &n) < 0)
		return;
	if (sa.ss_family == AF_UNIX) {
		snprintf(text, NET_TEXT_MAX, "%s",
		    ((struct sockaddr_un *)&sa)->sun_path);
		return;
	}
	port = inet_text(&sa, host, sizeof host);
	snprintf(text, NET_TEXT_MAX, strchr(host, ':') != NULL ?
	    "[%s]:%u" : "%s:%u", host, port);
}

/* A peer at this address, whose port does not matter. */
static void
set_peer(struct net_peer *peer, const struct sockaddr_storage *sa)
{
	inet_text(sa, peer->text, sizeof peer->text);
	peer->local = strncmp(peer->text, "127.", 4) == 0 ||
	    strcmp(peer->text, "::1") == 0;
}

void
net_peer_text(struct net_peer *peer, const char *ip)
{
	struct sockaddr_storage sa;
	struct sockaddr_in6 *in6 = (void *)&sa;
	struct sockaddr_in *in = (void *)&sa;

	memset(peer, 0, sizeof *peer);
	memset(&sa, 0, sizeof sa);
	if (ip == NULL)
		return;
	if (inet_pton(AF_INET, ip, &in->sin_addr) == 1)
		sa.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, ip, &in6->sin6_addr) == 1)
		sa.ss_family = AF_INET6;
	set_peer(peer, &sa);
}

static void
set_end(struct net_peer *end, int fd,
    int (*name)(int fd, struct sockaddr *sa, socklen_t *n))
{
	struct sockaddr_storage sa;
	socklen_t n = sizeof sa;

	memset(&sa, 0, sizeof sa);
	memset(end, 0, sizeof *end);
	if (name(fd, (struct sockaddr *)&sa, &n) < 0)
		return;
	if (sa.ss_family == AF_UNIX)
		end->local = 1;
	else
		set_peer(end, &sa);
}

void
net_peer(struct net_peer *peer, int fd)
{
	set_end(peer, fd, getpeername);
}

void
net_own(struct net_peer *own, int fd)
{
	set_end(own, fd, getsockname);
}

static const unsigned char mapped[] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0xff, 0xff };

int
net_is_v4(const unsigned char address[NET_ADDRESS])
{
	return memcmp(address, mapped, sizeof mapped) == 0;
}

void
net_address(unsigned char address[NET_ADDRESS], const char *text)
{
	size_t n = strcspn(text, "%");
	char copy[INET6_ADDRSTRLEN];

	memset(address, 0, NET_ADDRESS);
	if (n >= sizeof copy)
		n = 0;
	memcpy(copy, text, n);
	copy[n] = '\0';
	if (inet_pton(AF_INET6, copy, address) == 1)
		return;
	memcpy(address, mapped, sizeof mapped);
	inet_pton(AF_INET, copy, address + sizeof mapped);
}

static int family = AF_UNSPEC;
static struct sockaddr_storage own;	/* of this many octets, or 0 */
static socklen_t own_size;

static void
set_family(int option, int wanted)
{
	if (family != AF_UNSPEC && family != wanted)
		die(EX_USAGE, "-%c: another option asks for the other kind of "
		    "address", option);
	family = wanted;
}

static void
set_own(const char *text)
{
	struct addrinfo hints, *list;
	size_t n = strlen(text);
	int bare = n < 2 || text[0] != '[' || text[n - 1] != ']';
	char *ip = span_dup(bare ? span_str(text) : span_of(text + 1, n - 2));

	memset(&hints, 0, sizeof hints);
	hints.ai_socktype = SOCK_STREAM;
	hints.ai_flags = AI_NUMERICHOST;
	if (getaddrinfo(ip, NULL, &hints, &list) != 0)
		die(EX_USAGE, "-S: %s: not an IP address", text);
	set_family('S', list->ai_family);
	own_size = list->ai_addrlen;
	memcpy(&own, list->ai_addr, own_size);
	freeaddrinfo(list);
	free(ip);
}

void
net_option(int option, const char *text)
{
	if (option == 'S')
		set_own(text);
	else
		set_family(option, option == '4' ? AF_INET : AF_INET6);
}

int
net_family(void)
{
	return family;
}

int
net_bind_source(int fd, int af, unsigned port, int any)
{
	struct sockaddr_storage sa;
	struct sockaddr_in6 *in6 = (void *)&sa;
	struct sockaddr_in *in = (void *)&sa;

	memset(&sa, 0, sizeof sa);
	if (own_size > 0 && af == own.ss_family && !any)
		memcpy(&sa, &own, sizeof sa);
	else if (port == 0)
		return 0;
	sa.ss_family = (sa_family_t)af;
	if (af == AF_INET)
		in->sin_port = htons((uint16_t)port);
	else
		in6->sin6_port = htons((uint16_t)port);
	return bind(fd, (struct sockaddr *)&sa, af == AF_INET ?
	    sizeof *in : sizeof *in6);
}
