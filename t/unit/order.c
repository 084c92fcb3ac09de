/* format/order/set, format/order/order and format/order/template */
#include "test.h"

#include "format/order/order.h"
#include "format/order/template.h"

static void
test_set(void)
{
	static const char text[] = "a@B.c a@b.C A@b.c key KEY";
	struct buf many = { 0 };
	struct set s;
	size_t i;

	set_init(&s, text, 1, SET_FOLD_DOMAIN);
	CHECK(set_find(&s, span_of(text, 5)) == SET_NONE);
	CHECK_INT(set_add(&s, span_of(text, 5)), 0);
	CHECK_INT(set_add(&s, span_of(text + 6, 5)), 0);
	CHECK_INT(set_add(&s, span_of(text + 12, 5)), 1);
	CHECK_INT(set_add(&s, span_of(text + 18, 3)), 2);
	CHECK_INT(set_add(&s, span_of(text + 22, 3)), 3);
	CHECK_INT(set_find(&s, span_str("a@b.c")), 0);
	CHECK(set_find(&s, span_str("Key")) == SET_NONE);
	set_free(&s);
	set_init(&s, text, 1, SET_FOLD_ALL);
	CHECK_INT(set_add(&s, span_of(text, 5)), 0);
	CHECK_INT(set_add(&s, span_of(text + 12, 5)), 0);
	CHECK_INT(set_add(&s, span_of(text + 18, 3)), 1);
	CHECK_INT(set_add(&s, span_of(text + 22, 3)), 1);
	set_free(&s);
	for (i = 0; i < 20000; i++)
		buf_addf(&many, "%05zu", i);
	set_init(&s, many.p, 2, SET_FOLD_NONE);
	for (i = 0; i < 20000; i++)
		if (set_add(&s, span_of(many.p + 5 * i, 5)) != i)
			break;
	CHECK_INT(i, 20000);
	for (i = 0; i < 20000; i++)
		if (set_find(&s, span_of(many.p + 5 * i, 5)) != i)
			break;
	CHECK_INT(i, 20000);
	CHECK_INT(s.n, 20000);
	set_free(&s);
	buf_free(&many);
}

static void
test_faults(void)
{
	struct fault f;
	struct order o;
	size_t last = 0, n = 0;
	struct fields fields = { 0 };
	struct buf many = { 0 };

	order_read(&o, span_str("x\n[Recipients:]\n \xc3\xa9@x.y \xc3\xa9\n"),
	    0);
	fields_check(&fields, &o, span_of(NULL, 0));
	CHECK_INT(faults_next(&o.faults, &f), 1);
	CHECK_INT(f.line, 1);
	CHECK_INT(f.column, 1);
	CHECK_INT(faults_next(&o.faults, &f), 1);
	CHECK_INT(f.line, 3);
	CHECK_INT(f.column, 8);
	CHECK_INT(faults_next(&o.faults, &f), 1);
	CHECK_INT(faults_next(&o.faults, &f), 1);
	CHECK_INT(f.line, 4);
	CHECK_INT(faults_next(&o.faults, &f), 0);
	fields_free(&fields);
	order_free(&o);

	while (n++ < 2 * FAULTS_MAX)
		buf_adds(&many, "\xff\n");
	order_read(&o, buf_span(&many), 0);
	CHECK(faults_full(&o.faults));
	for (n = 0; faults_next(&o.faults, &f); n++) {
		CHECK(f.line >= last);
		last = f.line;
	}
	CHECK_INT(n, FAULTS_MAX);
	order_free(&o);
	buf_free(&many);
}

/* Fills text in for e and compares. */
static void
check_fill(const char *text, enum template_form form, const char *given,
    const char *want)
{
	struct buf order = { 0 }, out = { 0 };
	struct order_walk walk = { 0 };
	struct fields fields = { 0 };
	struct template t = { 0 };
	struct order o;
	struct entry e;

	buf_addf(&order, "[Recipients:]\nme@x.y %s\nz@x k= d= e=\n"
	    "[Subject:]\n[Body:]\n%s", given, text);
	order_read(&o, buf_span(&order), 0);
	fields_check(&fields, &o, span_of(NULL, 0));
	CHECK_INT(o.faults.n, 0);
	CHECK_INT(order_next(&o, &walk, &e), 1);
	template_compile(&t, &fields, o.body, form);
	fields_take(&fields, &e);
	template_fill(&t, &fields, &out);
	CHECK_BUF(&out, want);
	CHECK(t.dots == 1 || (want[0] != '.' && strstr(want, "\n.") == NULL));
	template_free(&t);
	fields_free(&fields);
	order_free(&o);
	buf_free(&order);
	buf_free(&out);
}

static void
test_template(void)
{
	check_fill("[k|x][k|y]", TEMPLATE_CRLF, "", "xy\r\n");
	check_fill("[k]", TEMPLATE_CRLF, "k=1", "1\r\n");
	check_fill("[k|x]", TEMPLATE_CRLF, "k=", "\r\n");
	check_fill("[k", TEMPLATE_CRLF, "k=1", "[k\r\n");
	check_fill("[k|a\nb]", TEMPLATE_CRLF, "k=1", "[k|a\r\nb]\r\n");
	check_fill("[kk] [no] [no|x] [[no] []", TEMPLATE_CRLF, "k=1",
	    "[kk] [no] [no|x] [[no] []\r\n");
	check_fill("[[k] [[k|d] [[[k]]", TEMPLATE_CRLF, "k=1",
	    "[k] [k|d] [[k]]\r\n");
	check_fill("[email] [domain] [name] [name|N]", TEMPLATE_CRLF, "",
	    "me@x.y x.y me N\r\n");
	check_fill("[k]", TEMPLATE_CRLF, "k=\"[e] \\\"q\\\" \\\\ \\n\" e=2",
	    "[e] \"q\" \\ \\n\r\n");
	check_fill(" a \r\n\n b\tc ", TEMPLATE_LINE, "", "a b\tc");
	check_fill("a\r\nb\n", TEMPLATE_CRLF, "", "a\r\nb\r\n");
	check_fill("a\nb\r\r\n\r", TEMPLATE_CRLF, "", "a\r\nb\r\r\n\r\r\n");
	check_fill("", TEMPLATE_CRLF, "", "");
}

/* Wherever the dot at the start of a line comes from: check_fill sees it. */
static void
test_dots(void)
{
	check_fill(".\n..\na.\n", TEMPLATE_CRLF, "", ".\r\n..\r\na.\r\n");
	check_fill(".\n[k].\n", TEMPLATE_CRLF, "k=.", ".\r\n..\r\n");
	check_fill("[k]x", TEMPLATE_CRLF, "k=.a", ".ax\r\n");
	check_fill("x[k]", TEMPLATE_CRLF, "k=.", "x.\r\n");
	check_fill("[k].b", TEMPLATE_CRLF, "k=", ".b\r\n");
	check_fill("[k][d].b", TEMPLATE_CRLF, "k= d=", ".b\r\n");
	check_fill("[k][d]b", TEMPLATE_CRLF, "k= d=.", ".b\r\n");
	check_fill("x[k]\n[d].[e].", TEMPLATE_CRLF, "k=1 d= e=",
	    "x1\r\n..\r\n");
	check_fill("[k|.]", TEMPLATE_CRLF, "", ".\r\n");
	check_fill("[[k]\n.[k]", TEMPLATE_CRLF, "k=", "[k]\r\n.\r\n");
}

int
main(void)
{
	test_set();
	test_faults();
	test_template();
	test_dots();
	return test_end();
}
