/* sys/net */
#include "test.h"

#include <netdb.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys/io.h"
#include "sys/net.h"

static const char *
parsed(const char *text)
{
	static char shown[NET_TEXT_MAX];
	struct net_addr a;

	if (net_parse(&a, text, "25") < 0)
		return "none";
	net_text(&a, shown);
	return shown;
}

static void
test_parse(void)
{
	char path[200];

	CHECK_STR(parsed("mail.pth.ua:2525"), "mail.pth.ua:2525");
	CHECK_STR(parsed("mail.pth.ua"), "mail.pth.ua:25");
	CHECK_STR(parsed("[::1]:2525"), "[::1]:2525");
	CHECK_STR(parsed("[::1]"), "[::1]:25");
	CHECK_STR(parsed(":2525"), "localhost:2525");
	CHECK_STR(parsed("*:2525"), "*:2525");
	CHECK_STR(parsed("/run/mail"), "/run/mail");
	CHECK_STR(parsed("./mail"), "./mail");
	CHECK_STR(parsed("run/mail"), "none");	/* nor a host */
	CHECK_STR(parsed("../mail:25"), "none");
	CHECK_STR(parsed(""), "none");
	CHECK_STR(parsed(":"), "none");
	CHECK_STR(parsed("mail:"), "none");
	CHECK_STR(parsed("2525"), "none");
	CHECK_STR(parsed("::1"), "none");
	CHECK_STR(parsed("[::1"), "none");
	CHECK_STR(parsed("[::1]x"), "none");
	CHECK_STR(parsed("mail:65535"), "mail:65535");
	CHECK_STR(parsed("mail:smtp"), getservbyname("smtp", "tcp") != NULL ?
	    "mail:smtp" : "none");	/* a bare system has no list */
	CHECK_STR(parsed("mail:nosuchport"), "none");
	CHECK_STR(parsed("mail:65536"), "none");
	CHECK_STR(parsed("mail:99999999999999999999"), "none");
	CHECK_STR(parsed("mail:-1"), "none");
	memset(path, 'a', sizeof path);
	path[0] = '/';
	path[sizeof path - 1] = '\0';
	CHECK_STR(parsed(path), "none");
}

/* A connection to what net_listen made, from either end. */
static void
test_dial(const char *text)
{
	int listener[NET_SOCKETS_MAX], fd, temp;
	char bound[NET_TEXT_MAX];
	struct net_peer peer;
	struct net_addr a;
	const char *why;

	CHECK_INT(net_parse(&a, text, "25"), 0);
	CHECK_INT(net_listen(&a, listener, &why), 1);
	net_bound(listener[0], bound);
	CHECK_INT(net_parse(&a, bound, "25"), 0);
	fd = net_dial(&a, 1000, &why, &temp);
	CHECK(fd >= 0);
	net_peer(&peer, fd);
	CHECK_INT(peer.local, 1);
	close(fd);
	close(listener[0]);
	CHECK_INT(net_dial(&a, 1000, &why, &temp), -1);
	CHECK_STR(why, "Connection refused");
	CHECK_INT(temp, 1);
}

/* A living server keeps its socket, a dead one's is taken over. */
static void
test_unix(void)
{
	int one[NET_SOCKETS_MAX], two[NET_SOCKETS_MAX];
	struct net_addr a;
	const char *why;
	struct stat st;

	CHECK_INT(net_parse(&a, "./unit.sock", "25"), 0);
	CHECK_INT(net_listen(&a, one, &why), 1);
	CHECK_INT(stat("unit.sock", &st), 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK_INT(net_listen(&a, two, &why), -1);
	CHECK_STR(why, "Address already in use");
	close(one[0]);
	CHECK_INT(net_listen(&a, two, &why), 1);
	close(two[0]);
	unlink("unit.sock");
}

/* The text and whether it is local; what is no address is nobody known. */
static void
test_peer(void)
{
	static const struct {
		const char *ip, *text;
		int local;
	} list[] = {
		{ NULL, "", 0 }, { "", "", 0 },
		{ "127.9.9.9", "127.9.9.9", 1 }, { "::1", "::1", 1 },
		{ "192.0.2.1", "192.0.2.1", 0 },
		{ "2001:DB8:0::1", "2001:db8::1", 0 },
		{ "::ffff:127.0.0.1", "127.0.0.1", 1 },
		{ "::FFFF:c000:201", "192.0.2.1", 0 },
		{ "127.evil.test", "", 0 }, { "127.1", "", 0 },
		{ "127.0.0.1\r\nX: y", "", 0 }, { " 127.0.0.1", "", 0 },
		{ "[::1]", "", 0 }, { "localhost", "", 0 },
	};
	struct net_peer peer;
	size_t i;

	for (i = 0; i < COUNT(list); i++) {
		net_peer_text(&peer, list[i].ip);
		CHECK_STR(peer.text, list[i].text);
		CHECK_INT(peer.local, list[i].local);
	}
}

int
main(void)
{
	char dir[] = "unit.XXXXXX";

	CHECK(mkdtemp(dir) != NULL && chdir(dir) == 0);
	test_parse();
	test_dial(":0");
	test_dial("127.0.0.1:0");
	test_dial("./dial.sock");
	test_unix();
	test_peer();
	unlink("dial.sock");
	CHECK_INT(chdir("..") | rmdir(dir), 0);
	return test_end();
}
