/* format/dialogue/explain: the tables are whole, and hold each word once. */
#include "test.h"

#include "format/dialogue/explain.h"
#include "format/dialogue/explainword.h"
#include "format/dialogue/verb.h"

static int
is_section(const char *section)
{
	return strncmp(section, "RFC ", 4) == 0 ||
	    strcmp(section, "orderproto(7)") == 0;
}

static int
is_sentence(const char *text)
{
	return text[0] >= 'A' && text[0] <= 'Z' &&
	    strchr(".?", text[strlen(text) - 1]) != NULL;
}

static void
test_commands(void)
{
	const struct explain_command *c;
	enum dialogue_protocol p;

	for (p = DIALOGUE_SMTP; p <= DIALOGUE_ORDER; p++)
		for (c = explain_commands(p); c->verb != NULL; c++) {
			CHECK(explain_command(p, span_str(c->verb)) == c);
			CHECK(is_section(c->section));
			CHECK(is_sentence(c->means) || c->means[0] == 'I');
			CHECK(c->when != NULL && !is_sentence(c->when));
			/* Who listens knows it, too. */
			CHECK(strcmp(c->verb, ".") == 0 ||
			    verb_find(p, span_str(c->verb)) != NULL);
		}
}

static void
test_replies(void)
{
	const struct explain_reply *r;
	enum dialogue_protocol p;

	for (p = DIALOGUE_SMTP; p <= DIALOGUE_ORDER; p++)
		for (r = explain_replies(p); r->code != NULL; r++) {
			CHECK(is_section(r->section));
			CHECK(is_sentence(r->means));
			if (r->verbs == NULL)
				CHECK(explain_reply(p, "?",
				    span_str(r->code)) == r);
		}
	r = explain_reply(DIALOGUE_SMTP, "EXPN", span_str("550"));
	CHECK_STR(r->verbs, "VRFY EXPN");
	r = explain_reply(DIALOGUE_SMTP, "", span_str("554"));
	CHECK_STR(r->verbs, "");
	CHECK(explain_reply(DIALOGUE_SMTP, "", span_str("999")) == NULL);
}

static void
test_terms(void)
{
	const struct explain_term *t;
	int kind;

	for (kind = 0; kind < EXPLAIN_KINDS; kind++)
		for (t = explain_terms((enum explain_kind)kind);
		    t->word != NULL; t++) {
			CHECK(explain_term((enum explain_kind)kind,
			    span_str(t->word)) == t);
			CHECK(is_section(t->section));
		}
}

static void
test_status(void)
{
	static const char *const none[] = { "", "5", "5.1", "5.1.", "3.1.1",
	    "5.1.1x", "5.1.1.1", "5..1", "55.1.1", "5.1234.1", "5-1.1" };
	struct explain_status s;
	size_t i;

	CHECK_INT(explain_status(&s, span_str("5.1.1 no such user")), 5);
	CHECK_STR(s.category->word, "5");
	CHECK_STR(s.subject->word, "1");
	CHECK_STR(s.detail->word, "1.1");
	CHECK_INT(explain_status(&s, span_str("2.7.999")), 7);
	CHECK_STR(s.subject->word, "7");
	CHECK(s.detail == NULL);
	CHECK_INT(explain_status(&s, span_str("4.123.4 x")), 7);
	CHECK(s.subject == NULL);
	for (i = 0; i < COUNT(none); i++)
		CHECK_INT(explain_status(&s, span_str(none[i])), 0);
}

static void
test_words(void)
{
	struct buf b = { 0 };

	CHECK_INT(explainword(&b, RENDER_TEXT, span_str("RETR")), 2);
	CHECK_INT(explainword(&b, RENDER_TEXT, span_str("x.7.1")), 1);
	CHECK_INT(explainword(&b, RENDER_TEXT, span_str("nothing")), 0);
	CHECK_INT(explainword(&b, RENDER_TEXT, span_str("")), 0);
	buf_free(&b);
}

int
main(void)
{
	test_commands();
	test_replies();
	test_terms();
	test_status();
	test_words();
	return test_end();
}
