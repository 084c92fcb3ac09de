/*
 * net: addresses of sockets as people write them, listening and dialling.
 */
#ifndef SYS_NET_H
#define SYS_NET_H

#include <stddef.h>
#include <sys/socket.h>

/* Room for an address in words: "[v6]:port" or a path. */
#define NET_TEXT_MAX 320

/* The most sockets one address listens on: v4 and v6, and room. */
#define NET_SOCKETS_MAX 4

struct net_addr {
	char host[256];		/* "" is loopback, "*" every interface */
	char port[32];
	char path[108];		/* a UNIX-domain socket when not empty */
	int any;		/* a name server: -4, -6 and -S do not apply */
};

/*
 * Parses host:port, [v6]:port, :port, *:port, host, /path and ./path; port
 * stands in where there is none ("localhost:2525" is no default: a missing
 * host is loopback).  A port is a number, or the name of a service that the
 * system knows.  0, or -1 when text is none of these.
 */
int net_parse(struct net_addr *a, const char *text, const char *port);

/* host:port, [v6]:port or the path, at most NET_TEXT_MAX with its NUL. */
void net_text(const struct net_addr *a, char *text);

/*
 * Listens on a: up to NET_SOCKETS_MAX non-blocking, close-on-exec sockets in
 * fd, their number returned; -1 with *why in words (a static string).  A UNIX
 * socket gets mode 0600, and takes the place of one whose server is dead.
 */
int net_listen(const struct net_addr *a, int *fd, const char **why);

/* One such socket at an address that is known: it, or -1 with errno. */
int net_listen_at(const struct sockaddr *sa, socklen_t n, int backlog);

/* The address a listening socket really has, port included. */
void net_bound(int fd, char *text);

/*
 * Connects within timeout ms, trying each address the name has.  The socket
 * is non-blocking, without Nagle's delay; -1 with *why in words and *temp
 * saying whether it may work later.  With NET_BEGIN the socket may still be
 * connecting: what becomes of it is for its first use to see.
 */
#define NET_BEGIN (-2)

int net_dial(const struct net_addr *a, int timeout, const char **why,
    int *temp);

/*
 * For the getopt(3) cases of clients: -4 and -6, after which only addresses of
 * that family are dialled, and -S, with the local IP address that connections
 * come from.  A text that is not an address, or an option that contradicts an
 * earlier one, ends the program with EX_USAGE.
 */
void net_option(int option, const char *text);

/* AF_INET or AF_INET6 where net_option asks for it, else AF_UNSPEC. */
int net_family(void);

/*
 * Binds a socket of that family, before it connects, to the address of -S,
 * unless it may come from any, and to port where that is not 0.  0, or -1 with
 * errno.
 */
int net_bind_source(int fd, int af, unsigned port, int any);

/*
 * A socket for datagrams to a and from nobody else, non-blocking, its own
 * port a random one; -1 with *why in words.  a is no UNIX socket.
 */
int net_dial_udp(const struct net_addr *a, const char **why);

/* A socket lives past no exec and does not block: 0, or -1 with errno. */
int net_prepare(int fd);

/* Whoever is at the other end of a connected socket. */
struct net_peer {
	char text[64];		/* the address alone, "" when unknown */
	int local;		/* loopback or a UNIX socket */
};
void net_peer(struct net_peer *peer, int fd);

/* The same of our own end. */
void net_own(struct net_peer *own, int fd);

/*
 * An IP address as a number, a v4 one mapped into v6, and without the zone; a
 * text that is none is 0.0.0.0.
 */
#define NET_ADDRESS 16		/* octets */
void net_address(unsigned char address[NET_ADDRESS], const char *text);
int net_is_v4(const unsigned char address[NET_ADDRESS]);

/* Whether errno says that there was no descriptor, or no memory, for one. */
int net_is_short(int err);

/* Closing fd will send RST, where it is a TCP socket. */
void net_abort(int fd);

/*
 * As net_peer, for a session on standard input: ip is TCPREMOTEIP.  NULL, or a
 * text that is no address, is somebody unknown.
 */
void net_peer_text(struct net_peer *peer, const char *ip);

#endif
