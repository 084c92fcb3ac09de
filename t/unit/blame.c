/* format/bounce/suppression: whom a failure speaks of */
#include "test.h"

#include "format/bounce/blame.h"

static void
check(enum result_stage stage, int code, const char *text, enum blame want)
{
	struct result r = { 0 };

	r.status = RESULT_FAILED;
	r.stage = stage;
	r.code = code;
	r.text = span_str(text);
	if (blame_of(&r) != want)
		printf("%s:\n", text);
	CHECK_INT(blame_of(&r), want);
	/* What is to be tried again blames nobody. */
	r.status = RESULT_DEFERRED;
	CHECK_INT(blame_of(&r), BLAME_NONE);
}

static const struct {
	const char *text;
	enum blame want;
} bounces[] = {
	{ "5.1.1 <a@b>: no such user", BLAME_NO_USER },
	{ "550 5.1.1 repeated code", BLAME_NO_USER },
	{ "5.1.2 bad destination system", BLAME_NO_USER },
	{ "5.1.10 null MX", BLAME_NO_USER },
	{ "5.1.1 <spam@policy.example>... User unknown", BLAME_NO_USER },
	{ "5.1.1 user unknown at relay.example.org", BLAME_NO_USER },
	{ "User unknown", BLAME_NO_USER },
	{ "Sorry, no mailbox here by that name.", BLAME_NO_USER },
	{ "5.0.0 <a@b>... User unknown", BLAME_NO_USER },
	{ "5.2.2 over quota", BLAME_RCPT },
	{ "4.2.2 mailbox full", BLAME_RCPT },
	{ "4.4.7 delivery time expired", BLAME_RCPT },
	{ "5.2.1 disabled", BLAME_RCPT },
	{ "5.4.1 Recipient address rejected: Access denied.", BLAME_RCPT },
	{ "5.5.0 mailbox unavailable", BLAME_RCPT },
	{ "5.5.2 syntax error", BLAME_US },
	{ "mailbox unavailable", BLAME_RCPT },
	{ "", BLAME_RCPT },
	{ "5.1.8 sender's domain does not exist", BLAME_US },
	{ "5.1.1 blocked by our block list", BLAME_US },
	{ "5.7.1 user unknown", BLAME_US },
	{ "5.7.26 unauthenticated mail", BLAME_US },
	{ "5.2.3 message too long", BLAME_US },
	{ "5.3.4 message too big", BLAME_US },
	{ "message size exceeds fixed limit", BLAME_US },
	{ "5.6.1 media not supported", BLAME_US },
	{ "5.2.0 rejected as Spam.", BLAME_US },
	{ "4.2.0 Greylisted, see you", BLAME_US },
	{ "Sender address does not exist", BLAME_US },
	{ "Sender domain doesn't exist", BLAME_US },
	{ "your domain does not exist", BLAME_US },
	{ "invalid HELO name", BLAME_US },
	{ "Message exceeds maximum fixed size (10485760)", BLAME_US },
	{ "message is too long", BLAME_US },
	{ "attachment type not allowed", BLAME_US },
	{ "Access denied", BLAME_US },
	{ "Administrative prohibition", BLAME_US },
	{ "rejected: 192.0.2.1 is listed at bl.example.org", BLAME_US },
	{ "hop count exceeded, possible mail loop", BLAME_US },
	{ "5.4.14 Hop count exceeded", BLAME_US },
	{ "not listed in Domino Directory", BLAME_NO_USER },
	{ "5.3.0 <a@b>... User unknown", BLAME_NO_USER },
	{ "5.3.0 rejected", BLAME_RCPT },
	{ "Unknown local part a in <a@b>", BLAME_NO_USER },
	{ "user doesn't exist", BLAME_NO_USER }
};

int
main(void)
{
	size_t i;

	for (i = 0; i < COUNT(bounces); i++)
		check(STAGE_BOUNCE, 550, bounces[i].text, bounces[i].want);
	check(STAGE_RCPT, 550, "5.1.1 No such user here", BLAME_NO_USER);
	check(STAGE_DOT, 550, "5.1.1 No such user here", BLAME_NO_USER);
	check(STAGE_DOT, 550, "unknown user a@b", BLAME_NO_USER);
	check(STAGE_DOT, 554, "go away", BLAME_US);
	check(STAGE_MAIL, 550, "5.1.1 what?", BLAME_US);
	check(STAGE_ORDER, 0, "no @ in the address", BLAME_US);
	check(STAGE_HELO, 550, "user unknown", BLAME_US);
	check(STAGE_CONNECT, 0, "no such domain", BLAME_RCPT);
	return test_end();
}
