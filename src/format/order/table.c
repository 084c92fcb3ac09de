#include "table.h"

#include <stdlib.h>

#include "entry.h"
#include "format/mail/mimehead.h"
#include "format/mail/unicode.h"

enum role { ROLE_FIELD, ROLE_ADDRESS, ROLE_NAME, ROLE_NONE };

struct table_column {
	enum role role;
	size_t at, n;		/* its heading in keys; behind it, its key */
	size_t key;		/* octets of the key */
};

/*
 * What programs call the column with the addresses, case, blanks and hyphens
 * aside; and what it may be called where none is called so.
 */
static const char *const addresses[] = {
	"email", "mail", "emailaddress", "mailaddress", "email1value",
	"emailadresse", "mailadresse", "adresseemail", "adressemail",
	"adresseélectronique", "courriel", "courrierélectronique",
	"correoelectrónico", "correoelectronico", "direccióndecorreo",
	"direccióndecorreoelectrónico", "correu", "correuelectrònic",
	"indirizzoemail", "indirizzomail", "postaelettronica",
	"endereçodeemail", "correioeletrônico", "correioeletrónico",
	"adresemail", "adresaemail", "adresapocztyelektronicznej",
	"pocztaelektroniczna", "emailováadresa", "elektronickápošta",
	"epošta", "epasts", "elpaštas", "epost", "epostadress",
	"epostadresse", "emailadres", "sähköposti", "sähköpostiosoite",
	"emailcím", "eposta", "epostaadresi", "adresăemail",
	"adresădeemail", "ηλεκτρονικήδιεύθυνση",
	"електроннапошта", "електроннаадреса",
	"адресаелектронноїпошти", "ел.пошта",
	"емейл", "імейл", "электроннаяпочта",
	"адресэлектроннойпочты",
	"электронныйадрес", "эл.почта", "емэйл",
	"имейл", "имэйл", "имейладрес",
	"електроннапоща", "електроненадрес",
	"电子邮件", "电子邮箱", "邮箱", "電子郵件",
	"メールアドレス", "이메일", "이메일주소",
	"البريدالإلكتروني", "דואראלקטרוני",
	"ایمیل"
};
static const char *const possible[] = {
	"address", "recipient", "адреса", "адрес", "пошта",
	"почта", "correo", "adresse", "empfänger", "одержувач",
	"отримувач", "получатель"
};

static void
add_names(struct meant *m, const char *const *names, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		meant_add(m, span_str(names[i]), span_str(names[i]));
	meant_sort(m);
}

void
table_open(struct table *t, struct span text, const char *address)
{
	memset(t, 0, sizeof *t);
	cells_open(&t->cells, text);
	t->address = address;
	if (address != NULL) {
		add_names(&t->likely, &address, 1);
	} else {
		add_names(&t->likely, addresses, COUNT(addresses));
		add_names(&t->possible, possible, COUNT(possible));
	}
	t->line = 1;
	buf_reserve(&t->keys, 1);
}

void
table_free(struct table *t)
{
	cells_free(&t->cells);
	free(t->columns);
	meant_free(&t->likely);
	meant_free(&t->possible);
	buf_free(&t->keys);
	buf_free(&t->why);
}

/* The first thing wrong with a record counts. */
static void
wrong(struct table *t, const char *p, const char *why, struct span what)
{
	if (t->why.n > 0)
		return;
	cells_place(&t->cells, p, &t->line, &t->column);
	if (what.n > 0)
		buf_addf(&t->why, "%.*s: ", (int)what.n, what.p);
	buf_adds(&t->why, why);
}

/* What keeps a cell from being part of an order, or NULL. */
static const char *
refuse_cell(struct span s)
{
	const struct span whole = s;
	struct span part;

	if (!span_is_utf8(whole))
		return "not valid UTF-8: name the character set of the table "
		    "with -C";
	while (s.n > 0) {	/* a tab is a blank */
		part = span_cut(&s, '\t');
		if (span_has_control(part))
			return "control character";
	}
	return NULL;
}

/* The next record: 1, or 0 where there is none. */
static int
take_record(struct table *t)
{
	const struct span none = { NULL, 0 };
	const char *why;
	size_t i;

	buf_clear(&t->why);
	if (!cells_next(&t->cells))
		return 0;
	t->line = t->cells.line;
	t->column = 1;
	if (t->cells.why != NULL)
		wrong(t, t->cells.wrong, t->cells.why, none);
	for (i = 0; i < t->cells.n; i++) {
		why = refuse_cell(cells_said(&t->cells, i));
		if (why != NULL)
			wrong(t, t->cells.cell[i].p, why, none);
	}
	return 1;
}

/* Those columns of the record that are called so: how many, and one. */
static size_t
find_called(const struct table *t, const struct meant *names, size_t *which)
{
	size_t i, found = 0;

	for (i = 0; i < t->cells.n; i++)
		if (meant_find(names, cells_said(&t->cells, i)).p != NULL) {
			*which = i;
			found++;
		}
	return found;
}

/* The columns that may be the address: how many, and one. */
static size_t
find_address(const struct table *t, size_t *which)
{
	size_t i, n;

	for (i = 0; t->address != NULL && i < t->cells.n; i++)
		if (span_is(cells_said(&t->cells, i), t->address)) {
			*which = i;
			return 1;
		}
	n = find_called(t, &t->likely, which);
	return n > 0 ? n : find_called(t, &t->possible, which);
}

/*
 * Reads the header line by the separator that makes a column of addresses,
 * else by the first that it has: 1, or 0 where the table is empty.
 */
static int
find_header(struct table *t)
{
	static const char separators[] = "\t;,";
	const int known = cells_has_separator(&t->cells);
	char likely;
	size_t i, which;

	for (;;) {
		likely = '\0';
		for (i = 0; separators[i] != '\0'; i++) {
			if (!known)
				cells_separate(&t->cells, separators[i]);
			if (!take_record(t))
				return 0;
			if (cells_are_empty(&t->cells))
				break;
			if (known || find_address(t, &which) > 0)
				return 1;
			if (likely == '\0' && t->cells.n > 1)
				likely = separators[i];
			cells_again(&t->cells);
		}
		if (separators[i] == '\0')
			break;
	}
	cells_separate(&t->cells, likely != '\0' ? likely : ',');
	return take_record(t);
}

static struct span
heading_of(const struct table *t, size_t i)
{
	return span_of(t->keys.p + t->columns[i].at, t->columns[i].n);
}

static struct span
key_of(const struct table *t, size_t i)
{
	return span_of(t->keys.p + t->columns[i].at + t->columns[i].n,
	    t->columns[i].key);
}

/* The key of column i: what its cell says, with _ for blanks. */
static void
name_column(struct table *t, size_t i, int is_address)
{
	struct table_column *c = &t->columns[i];
	struct span s = cells_said(&t->cells, i);
	uint32_t character;

	c->at = t->keys.n;
	c->n = s.n;
	c->role = s.n == 0 ? ROLE_NONE : is_address ? ROLE_ADDRESS :
	    span_case_is(s, "name") ? ROLE_NAME : ROLE_FIELD;
	buf_addspan(&t->keys, s);
	if (c->role == ROLE_ADDRESS)
		buf_adds(&t->keys, "email");
	else if (c->role == ROLE_NAME)
		buf_adds(&t->keys, "name");
	while (c->role == ROLE_FIELD && s.n > 0) {
		character = unicode_take(&s);
		if (unicode_is_blank(character))
			character = '_';
		unicode_add(&t->keys, character);
	}
	c->key = t->keys.n - c->at - c->n;
	/* which address it is was asked for */
	if (t->address != NULL && c->role == ROLE_FIELD &&
	    span_is(key_of(t, i), "email"))
		c->role = ROLE_NONE;
}

static void
check_column(struct table *t, size_t i)
{
	const struct span key = key_of(t, i);
	const char *p = t->cells.cell[i].p;
	size_t k;

	for (k = 0; k < key.n; k++)
		if (!entry_is_key(key.p[k]))
			wrong(t, p, "a column of this name cannot be a field",
			    key);
	if (t->columns[i].role == ROLE_FIELD && entry_key(key) < KEY_TOKEN)
		wrong(t, p, "is not a field: it comes from the address", key);
	for (k = 0; k < i && t->columns[i].role != ROLE_NONE; k++)
		if (t->columns[k].role == t->columns[i].role &&
		    (t->columns[i].role != ROLE_FIELD ||
		    span_eq(key_of(t, k), key)))
			wrong(t, p, "this column is here twice", key);
}

/* What keeps one column from being the address. */
static void
check_address(struct table *t, size_t found, size_t which)
{
	const struct span none = { NULL, 0 };

	if (found == 0 && t->address != NULL)
		wrong(t, t->cells.start, "no column is called so",
		    span_str(t->address));
	else if (found == 0)
		wrong(t, t->cells.start, "no column is called email, address "
		    "or recipient: name the one with -K", none);
	else if (found > 1)
		wrong(t, t->cells.cell[which].p, "several columns may be the "
		    "address: name the one with -K", none);
}

/* Lines of the order, until the next is that of the record at hand. */
static void
keep_pace(struct table *t, struct buf *order)
{
	for (; t->lines + 1 < t->cells.line; t->lines++)
		buf_addc(order, '\n');
}

static int
take_header(struct table *t, struct buf *order)
{
	size_t i, found, which = 0;

	t->ncolumns = find_header(t) ? t->cells.n : 0;
	t->columns = die_calloc(t->ncolumns + 1, sizeof *t->columns);
	found = t->ncolumns > 0 ? find_address(t, &which) : 0;
	check_address(t, found, which);
	for (i = 0; i < t->ncolumns; i++)
		name_column(t, i, found > 0 && i == which);
	for (i = 0; i < t->ncolumns; i++)
		check_column(t, i);
	keep_pace(t, order);
	buf_adds(order, "[Recipients:]\n");
	t->lines++;
	if (t->why.n == 0)
		return 1;
	t->cells.rest.n = 0;
	return -1;
}

/*
 * Whether it is one; what is not must not look like something else, and is
 * alone in its entry.
 */
static int
add_address(struct buf *b, struct span name, struct span s)
{
	struct addr addr;
	size_t i;

	if (addr_parse_pasted(&addr, s, NULL) == 0) {
		if (name.n > 0) {
			mimehead_quoted(b, name);
			buf_adds(b, " <");
		} else if (addr.text.p[0] == '#')
			buf_addc(b, ',');	/* no comment */
		buf_addspan(b, addr.text);
		buf_adds(b, name.n > 0 ? ">" : "");
		return 1;
	}
	for (i = 0; i < s.n && entry_is_key(s.p[i]) && s.p[i] != '#'; i++)
		;
	if (s.n > 0 && i == s.n)
		buf_addspan(b, s);
	else
		mimehead_quoted(b, s);
	return 0;
}

static void
add_entry(struct table *t, struct buf *b)
{
	struct span name = span_of(NULL, 0), addr = name, said;
	size_t i;

	for (i = 0; i < t->ncolumns; i++)
		if (t->columns[i].role == ROLE_ADDRESS)
			addr = cells_said(&t->cells, i);
		else if (t->columns[i].role == ROLE_NAME)
			name = cells_said(&t->cells, i);
	if (!add_address(b, name, addr))
		return;
	for (i = 0; i < t->ncolumns; i++) {
		said = cells_said(&t->cells, i);
		if (t->columns[i].role != ROLE_FIELD || said.n == 0)
			continue;
		buf_addc(b, ' ');
		buf_addspan(b, key_of(t, i));
		buf_addc(b, '=');
		mimehead_quoted(b, said);
	}
}

int
table_row(struct table *t, struct buf *order)
{
	size_t i;
	int more;

	if (t->columns == NULL)
		return take_header(t, order);
	more = take_record(t);
	keep_pace(t, order);
	if (!more)
		return 0;
	for (i = t->ncolumns; i < t->cells.n; i++)
		if (t->cells.cell[i].n > 0)
			wrong(t, t->cells.cell[i].p, "a cell more than the "
			    "header line has", span_of(NULL, 0));
	if (!cells_are_empty(&t->cells) && t->why.n == 0)
		add_entry(t, order);
	buf_addc(order, '\n');
	t->lines++;
	return t->why.n > 0 ? -1 : 1;
}

void
table_headings(const struct table *t, struct buf *b)
{
	size_t i;

	for (i = 0; i < t->ncolumns; i++)
		if (t->columns[i].role != ROLE_NONE) {
			buf_addspan(b, heading_of(t, i));
			buf_addc(b, '\n');
			buf_addspan(b, key_of(t, i));
			buf_addc(b, '\n');
		}
}
