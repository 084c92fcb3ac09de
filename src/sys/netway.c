/* By which addresses of ours, and of others, this process dials. */
#include "net.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "buf.h"

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
net_way(int option, const char *text)
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
net_leave(int fd, int with, unsigned port, int any)
{
	struct sockaddr_storage sa;
	struct sockaddr_in6 *in6 = (void *)&sa;
	struct sockaddr_in *in = (void *)&sa;

	memset(&sa, 0, sizeof sa);
	if (own_size > 0 && with == own.ss_family && !any)
		memcpy(&sa, &own, sizeof sa);
	else if (port == 0)
		return 0;
	sa.ss_family = (sa_family_t)with;
	if (with == AF_INET)
		in->sin_port = htons((uint16_t)port);
	else
		in6->sin6_port = htons((uint16_t)port);
	return bind(fd, (struct sockaddr *)&sa, with == AF_INET ?
	    sizeof *in : sizeof *in6);
}
