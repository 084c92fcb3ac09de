/* format/netrc */
#include "format/netrc.h"

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

/* What is found, or "-". */
static struct span
find(const char *text, const char *host, const char *login)
{
	struct span password;

	if (netrc_find(span_str(text), span_str(host), span_str(login),
	    &password))
		return password;
	return span_str("-");
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
	CHECK_SPAN(find("machine a login b password", "a", "b"), "");
	CHECK_SPAN(find("machine a login b password \"open", "a", "b"),
	    "open");
	CHECK_SPAN(find("macdef x", "a", "b"), "-");
	return test_end();
}
