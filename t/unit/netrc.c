/* format/wire/netrc */
#include "format/wire/netrc.h"

#include "test.h"

static const char file[] =
    "machine one.test login ann password a1\n"
    "machine one.test\tlogin bob\r\n\taccount x password \"b 1\"\n"
    "machine two.test password late login cid\n"
    "macdef init\ncd machine one.test login eve password no\n\n"
    "machine ONE.test login dan password d1\n"
    "machine three.test login ann\n"
    "default login ann password any\n"
    "machine never.test login ann password n1\n";

/* What is found, or "-"; valid until the next call. */
static struct span
find(const char *text, const char *host, const char *login)
{
	static struct buf copy;
	struct span password;

	buf_clear(&copy);
	buf_adds(&copy, text);
	if (netrc_find(&copy, span_str(host), span_str(login), &password))
		return password;
	return span_str("-");
}

static void
test_comments(void)
{
	static const char commented[] =
	    "# of two words\n"
	    "#machine a login u password no\n"
	    "machine a\n"
	    "  # password stale\n"
	    "\tlogin u # who\n"
	    "password #1#2 # new since May, login x\n"
	    "# password theirs\n"
	    "machine b login u password\n"
	    "#none\n"
	    "right\n"
	    "machine c login u password \"#quoted\" account #x#\n"
	    "#machine backup login u password theirs\n"
	    "machine d login #u password p#";

	CHECK_SPAN(find(commented, "a", "u"), "#1#2");
	CHECK_SPAN(find(commented, "a", "x"), "-");
	CHECK_SPAN(find(commented, "b", "u"), "right");
	CHECK_SPAN(find(commented, "c", "u"), "#quoted");
	CHECK_SPAN(find(commented, "backup", "u"), "-");
	CHECK_SPAN(find(commented, "d", "#u"), "p#");
	CHECK_SPAN(find("#", "a", "u"), "-");
	CHECK_SPAN(find("machine a login u password p #", "a", "u"), "p");
	CHECK_SPAN(find("macdef m\n# x\n\n# machine a login u password n\n"
	    "machine a login u password p", "a", "u"), "p");
	CHECK_SPAN(find("macdef m\r\ncd a\r\n\r\n# machine\r\n"
	    "machine a login u password p\r\n", "a", "u"), "p");
}

static void
test_quotes(void)
{
	CHECK_SPAN(find("machine a login u password \"b \\\" c\\\\\"", "a",
	    "u"), "b \" c\\");
	CHECK_SPAN(find("machine a login u password b\\ c\\\\\\#d", "a", "u"),
	    "b c\\#d");
	CHECK_SPAN(find("machine a login \"u v\" password \"\"", "a", "u v"),
	    "");
	CHECK_SPAN(find("machine a login u password x\"y\"z", "a", "u"),
	    "x\"y\"z");
	CHECK_SPAN(find("machine a login u password \"x\ny\"", "a", "u"),
	    "x\ny");
	CHECK_SPAN(find("machine a login u password x\\", "a", "u"), "x\\");
	/* no keywords */
	CHECK_SPAN(find("\"machine\" a login u password x", "a", "u"), "-");
	CHECK_SPAN(find("machine a login u \"password\" x", "a", "u"), "-");
}

/* Nobody gets another host's password. */
static void
test_others(void)
{
	CHECK_SPAN(find("machine a login u password\n"
	    "machine b login u password theirs", "a", "u"), "-");
	CHECK_SPAN(find("machine a login u password\n"
	    "machine b login u password theirs", "b", "u"), "theirs");
	CHECK_SPAN(find("machine\nmachine b login u password theirs",
	    "machine", "u"), "-");
	CHECK_SPAN(find("machine a login u junk\n"
	    "machine b login u password theirs", "a", "u"), "-");
	CHECK_SPAN(find("machine a login u port 25 password p", "a", "u"),
	    "p");
	CHECK_SPAN(find("machine a login u password machine", "a", "u"),
	    "machine");
	CHECK_SPAN(find("machine a user u password p", "a", "u"), "p");
	CHECK_SPAN(find("default login u password any\n"
	    "machine a login u password p", "a", "u"), "p");
	CHECK_SPAN(find("machine a login u password p\n"
	    "machine a login u password q", "a", "u"), "p");
}

int
main(void)
{
	CHECK_SPAN(find(file, "one.test", "ann"), "a1");
	CHECK_SPAN(find(file, "One.Test", "bob"), "b 1");
	CHECK_SPAN(find(file, "one.test", "dan"), "d1");
	CHECK_SPAN(find(file, "two.test", "cid"), "late");
	/* another login, a macro's words, nothing said */
	CHECK_SPAN(find(file, "one.test", "Ann"), "-");
	CHECK_SPAN(find(file, "one.test", "eve"), "-");
	CHECK_SPAN(find(file, "else.test", "bob"), "-");
	/* the default stands for whoever has no entry of that login */
	CHECK_SPAN(find(file, "else.test", "ann"), "any");
	CHECK_SPAN(find(file, "three.test", "ann"), "any");
	CHECK_SPAN(find("", "one.test", "ann"), "-");
	CHECK_SPAN(find("machine", "one.test", "ann"), "-");
	CHECK_SPAN(find("machine a login b password", "a", "b"), "-");
	CHECK_SPAN(find("machine a login b password \"open", "a", "b"),
	    "open");
	CHECK_SPAN(find("macdef x", "a", "b"), "-");
	test_comments();
	test_quotes();
	test_others();
	return test_end();
}
