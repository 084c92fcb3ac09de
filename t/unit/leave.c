/*
 * format/wire/leave: who asks to be left out, and who is refused: altered
 * tokens, and many random ones, as many as the first argument says.
 */
#include "test.h"

#include <stdlib.h>

#include "format/wire/leave.h"

#define ADDRESS "user+x@pth.ua"
#define TOKEN "yryfb2m7xds6qjjofeg3nx27oy"	/* by Python's hmac module */
#define QUOTED "\"q \\\"r\"@b.c"
#define QUOTED_TOKEN "j4iyc2bhd22p3jswdmfaev4roj"
#define QUERY "a=user%2Bx%40pth.ua&t=" TOKEN

static struct leave l;

static void
message(const char *text, const char *want)
{
	struct buf b = { 0 };

	CHECK_INT(leave_message(&b, &l, span_str(text)),
	    want != NULL ? 0 : -1);
	CHECK_BUF(&b, want != NULL ? want : "");
	buf_free(&b);
}

static void
query(const char *text, const char *want)
{
	struct buf b = { 0 };

	CHECK_INT(leave_query(&b, &l, span_str(text)), want != NULL ? 0 : -1);
	CHECK_BUF(&b, want != NULL ? want : "");
	buf_free(&b);
}

static void
test_found(void)
{
	query(QUERY, ADDRESS);
	query("t=" TOKEN "&x&=&a=user+x%40pth.ua", ADDRESS);
	query("utm=%4&email=user%2Bx%40pth.ua&who=x%40y&token=" TOKEN,
	    ADDRESS);
	query("a=USER%2bx@PTH.ua&t=YRYFB2M7XDS6QJJOFEG3NX27OY",
	    "USER+x@PTH.ua");
	message("Subject: " ADDRESS " " TOKEN "\n\n", ADDRESS);
	message("X: y\r\nsubject: Re: leave,\r\n " TOKEN "\t" ADDRESS "\r\n",
	    ADDRESS);
	message("Subject: =?utf-8?q?user+x=40pth=2Eua?= " TOKEN "\n", ADDRESS);
	message("Subject: <" ADDRESS ">, " TOKEN "\n", ADDRESS);
	message("Subject: " TOKEN "," ADDRESS "\n", ADDRESS);
	message("Subject: user%2Bx%40pth.ua%20" TOKEN "\n", ADDRESS);
	message("Subject: \"x\" \"x " ADDRESS " " TOKEN "\n", ADDRESS);
	message("Subject: " QUOTED " " QUOTED_TOKEN "\n", QUOTED);
	message("Subject: x " QUOTED_TOKEN "  " QUOTED "\n", QUOTED);
	message("Subject: %22q%20%5C%22r%22%40b.c%20" QUOTED_TOKEN "\n",
	    QUOTED);
	message("From: X <" ADDRESS ">\nSubject: " TOKEN " \n", ADDRESS);
	message("From: " ADDRESS "\nSubject: Unsubscribe " TOKEN "\n",
	    ADDRESS);
}

static void
test_refused(void)
{
	static const char *const queries[] = {
		"", "a=user%2Bx%40pth.ua", "t=" TOKEN, "a=&t=" TOKEN,
		"a=user%2Bx%40pth.ua&t=", "user%2Bx%40pth.ua&" TOKEN,
		QUERY "a", "a=user%2Bx%40pth.ua&t=%79" TOKEN,
		"a=user%2Bx%40pth.ua%00&t=" TOKEN, "a=user%2Bx%4&t=" TOKEN,
		"a=ser%2Bx%40pth.ua&t=" TOKEN,
		"a=%0Auser%2Bx%40pth.ua&t=" TOKEN
	};
	static const char *const subjects[] = {
		"Subject: " ADDRESS "\n", "Subject: " TOKEN "\n",
		"X: " ADDRESS " " TOKEN "\nSubject:\n",
		"Subject: x\n\nSubject: " ADDRESS " " TOKEN "\n",
		"Subject: other@pth.ua " TOKEN "\n",
		"From: " ADDRESS "\nSubject: Re: " TOKEN "\n",
		"From: " ADDRESS "\nSubject: unsubscribe\n\n" TOKEN "\n",
		"From: other@pth.ua, " ADDRESS "\nSubject: " TOKEN "\n"
	};
	size_t i;

	for (i = 0; i < COUNT(queries); i++)
		query(queries[i], NULL);
	for (i = 0; i < COUNT(subjects); i++)
		message(subjects[i], NULL);
	l.list = span_str("news");
	query(QUERY, NULL);
	l.list = span_str("");
}

/* Each character of the token changed, to each other one. */
static void
test_altered(void)
{
	static const char all[] = "abcdefghijklmnopqrstuvwxyz234567";
	char text[] = QUERY;
	size_t i, k;
	char was;

	for (i = sizeof text - sizeof TOKEN; i < sizeof text - 1; i++) {
		was = text[i];
		for (k = 0; k < sizeof all - 1; k++)
			if ((text[i] = all[k]) != was)
				query(text, NULL);
		text[i] = was;
	}
	query(text, ADDRESS);
}

static void
test_random(unsigned long n)
{
	static const char all[] = "abcdefghijklmnopqrstuvwxyz234567";
	char text[] = QUERY;
	struct buf b = { 0 };
	uint64_t state = 17;
	size_t i, found = 0;

	for (; n > 0; n--) {
		for (i = sizeof text - sizeof TOKEN; i < sizeof text - 1; i++) {
			state = state * 6364136223846793005U +
			    1442695040888963407U;
			text[i] = all[state >> 59];
		}
		found += leave_query(&b, &l, span_str(text)) == 0;
	}
	CHECK_INT(found, 0);
	buf_free(&b);
}

static int
confirmed(const char *type, const char *body)
{
	return leave_is_confirmed(span_str(type), span_str(body));
}

static void
test_confirmed(void)
{
	static const char form[] = "application/x-www-form-urlencoded";
	static const char parts[] = "multipart/form-data; boundary=x";

	CHECK(confirmed(form, "List-Unsubscribe=One-Click"));
	CHECK(confirmed(form, "x=y&list-unsubscribe=one-click\r\n"));
	CHECK(confirmed(form, "leave=yes"));
	CHECK(confirmed(form, "x=%4&List%2DUnsubscribe=One%2DClick"));
	CHECK(!confirmed(form, "x=%26leave=yes"));
	CHECK(!confirmed(form, ""));
	CHECK(!confirmed(form, "List-Unsubscribe=Two-Click"));
	CHECK(!confirmed(form, "leaves=yes"));
	CHECK(confirmed(parts, "--x\r\nContent-Disposition: form-data; "
	    "name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n"));
	CHECK(!confirmed(parts, "--x\r\nContent-Disposition: form-data; "
	    "name=\"x\"\r\n\r\nOne-Click\r\n--x--\r\n"));
	CHECK(!confirmed(parts, "List-Unsubscribe=One-Click"));
	CHECK(!confirmed(parts, "Content-Disposition: form-data; name=\""));
}

static void
test_page(void)
{
	struct buf b = { 0 };

	leave_page(&b, LEAVE_ASK, span_str("\"<b>&'\"@x.y"),
	    span_str("<i>"), 0);
	CHECK(strstr(buf_str(&b),
	    "&lt;i&gt; to <b>&quot;&lt;b&gt;&amp;&#39;&quot;@x.y</b>") != NULL);
	CHECK(strstr(buf_str(&b), "<i>") == NULL);
	buf_clear(&b);
	leave_page(&b, LEAVE_METHOD, span_str(""), span_str(""), 1);
	CHECK(span_begins(buf_span(&b), "Status: 405 "));
	CHECK(strstr(buf_str(&b), "\r\nAllow: GET, HEAD, POST\r\n") != NULL);
	CHECK(strcmp(buf_str(&b) + b.n - 4, "\r\n\r\n") == 0);
	buf_free(&b);
}

int
main(int argc, char **argv)
{
	tag_key(&l.key, span_str("sekret"));
	l.list = span_str("");
	test_found();
	test_refused();
	test_altered();
	test_random(argc > 1 ? strtoul(argv[1], NULL, 10) : 100000);
	test_confirmed();
	test_page();
	return test_end();
}
