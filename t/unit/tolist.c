/* format/mail/tolist */
#include "format/mail/tolist.h"

#include "test.h"

/* All recipients of a header, with a space behind each; "!" is a bad one. */
static const char *
list(struct buf *b, const char *header)
{
	struct tolist t;
	int r;

	buf_clear(b);
	tolist_init(&t, span_str(header));
	while ((r = tolist_next(&t)) != 0) {
		if (r > 0)
			buf_addspan(b, buf_span(&t.addrs.addr));
		else
			buf_addc(b, '!');
		buf_addc(b, ' ');
	}
	tolist_free(&t);
	return buf_str(b);
}

int
main(void)
{
	struct buf b = { 0 };

	CHECK_STR(list(&b, "To: a@b, C <c@d>\r\nX: e@f\r\ncc: g: h@i,j@k;\r\n"
	    "BCC: l@m\r\n\r\nTo: n@o\r\n"), "a@b c@d h@i j@k l@m ");
	CHECK_STR(list(&b, "To: a b c, d@e, <\n"), "! d@e ! ");
	CHECK_STR(list(&b, "Subject: x\n\n"), "");
	CHECK_STR(list(&b, ""), "");
	CHECK_STR(list(&b, "To: a@b\nResent-From: x@y\nResent-To: c@d\n"
	    "Resent-Cc: e@f\nReceived: x\nResent-To: g@h\n"), "c@d e@f ");
	/* a block without recipients is none of ours */
	CHECK_STR(list(&b, "Resent-Date: x\nReceived: y\nTo: a@b\n"), "a@b ");
	CHECK_STR(list(&b, "Resent-Date: x\nReceived: y\nResent-To: c@d\n"
	    "To: a@b\n"), "c@d ");
	buf_free(&b);
	return test_end();
}
