#include "notice.h"

#include "format/mail/addr.h"
#include "forms.h"

/* A form's first recipient follows its line within so many lines. */
#define LEAD_MAX 16

/* Of so many recipients a reason is searched for elsewhere in the text. */
#define SEARCHED_MAX 32

/* Characters that stand around an address, or before one. */
#define OPENING " \t<\"'`[*-"

/* Of an alias, in sendmail's lists. */
static const char expanded[] = "(expanded from: ";

struct notice {
	struct found *found;
	struct span text;
	const struct form *form;	/* whose list is read, or NULL */
	const char *server;		/* of the first form */
	int told;			/* the form has named somebody */
	int closed;			/* its list is over */
	char opening;			/* and its recipients begin so, < or
					   ", each a paragraph; or NUL */
	int blank;			/* the last line was empty */
	size_t lead;			/* lines since the form's own */
	size_t margin;			/* of its recipients */
	size_t had;			/* found before the first form */
	const char *list;		/* the first one's line; or NULL */

	struct span line;			/* the form's own */

	/* The recipient in hand; listed is what sendmail made of it. */
	struct span rcpt, listed, why;
};

/* The address in s behind what opens it, "SMTP:" too; empty without one. */
static struct span
take_address(struct span s)
{
	struct span word = { 0 };
	struct addr a;

	while (s.n > 0 && strchr(OPENING, s.p[0]) != NULL && s.p[0] != '\0')
		s = span_drop(s, 1);
	if (span_case_begins(s, "SMTP:"))
		s = span_drop(s, 5);
	word.p = s.p;
	while (word.n < s.n && ((s.p[word.n] & 0x80) != 0 ||
	    byte_is_graph(s.p[word.n])) &&
	    strchr("<>(),;:\"[]", s.p[word.n]) == NULL)
		word.n++;
	while (word.n > 0 && strchr(".'`", word.p[word.n - 1]) != NULL)
		word.n--;
	if (addr_parse(&a, word, NULL) < 0)
		word.n = 0;
	return word;
}

/* What follows word, a piece of line. */
static struct span
behind(struct span line, struct span word)
{
	return span_drop(line, (size_t)(word.p - line.p) + word.n);
}

/* What can follow an address that a line begins with. */
static int
ends_address(const struct form *form, struct span rest)
{
	while (rest.n > 0 && strchr(">\"'`]", rest.p[0]) != NULL)
		rest = span_drop(rest, 1);
	if (rest.n == 0 || strchr(":;(<.", rest.p[0]) != NULL)
		return 1;
	rest = span_trim(rest);
	return rest.n == 0 || rest.p[0] == '(' || rest.p[0] == ':' ||
	    span_begins(rest, "on ") ||
	    (strcmp(form->server, "Zoho") == 0 &&
	    span_begins(rest, "Invalid"));
}

struct span
notice_reason(struct span text, struct span rcpt)
{
	struct span line, at;

	while (text.n > 0) {
		line = span_trim(span_chomp(span_line(&text)));
		if (found_reply(line) == line.n)
			continue;
		for (at = line; at.n >= rcpt.n; at = span_drop(at, 1))
			if (span_case_eq(span_of(at.p, rcpt.n), rcpt))
				return line;
	}
	return span_of(NULL, 0);
}

/* The reply in the paragraphs behind a list, up to the end of its own. */
static struct span
explanation(struct span text)
{
	struct span line, why;

	why = text = span_drop(text, found_reply(text));
	while (text.n > 0) {
		line = span_chomp(span_line(&text));
		if (span_trim(line).n == 0)
			break;
		why.n = (size_t)(line.p + line.n - why.p);
	}
	return why;
}

/* Why the recipient in hand was refused, by all of the text. */
static struct span
reason_of(const struct notice *n)
{
	struct span why = { 0 };

	if (found_reply(n->why) < n->why.n)
		return n->why;
	if (n->found->n < SEARCHED_MAX)
		why = notice_reason(n->text, n->listed);
	if (why.n == 0 && n->closed && n->found->n == n->had)
		why = explanation(behind(n->text, n->why));
	if (why.n == 0 && n->why.n == 0 && n->list != NULL)
		why = explanation(span_of(n->text.p,
		    (size_t)(n->list - n->text.p)));
	return why.n > 0 ? why : n->why.n > 0 ? n->why : n->line;
}

/* Adds the recipient in hand. */
static void
finish(struct notice *n)
{
	const struct span why = n->rcpt.n > 0 ? reason_of(n) : n->rcpt;
	const size_t reply = found_reply(why);

	if (n->rcpt.n > 0 && ((n->form->style & FORM_REFUSED) == 0 ||
	    (reply < why.n && why.p[reply] == '5')))
		found_add(n->found, n->form->status, n->rcpt, why,
		    span_of(NULL, 0), span_of(NULL, 0));
	n->rcpt.n = 0;
}

static void
start(struct notice *n, struct span rcpt, struct span line)
{
	finish(n);
	n->rcpt = n->listed = rcpt;
	n->why = behind(line, rcpt);
	while (n->why.n > 0 && strchr(">\"'`]:;. ", n->why.p[0]) != NULL)
		n->why = span_drop(n->why, 1);
	if (span_begins(n->why, "on "))		/* a date, in Exchange's */
		n->why = span_drop(n->why, n->why.n);
	n->told = 1;
}

static size_t
margin(struct span line)
{
	return line.n - span_trim(line).n == 0 ? 0 :
	    (size_t)(span_trim(line).p - line.p);
}

/* The recipient whom a line begins with, or an empty span. */
static struct span
listed(const struct notice *n, struct span line)
{
	const struct form *form = n->form;
	struct span rest = span_trim(line), rcpt;

	if (form->style & FORM_LABEL && span_case_begins(rest, form->label))
		return take_address(span_drop(rest, strlen(form->label)));
	if (rest.n == 0 || (n->told && margin(line) != n->margin))
		return span_of(NULL, 0);
	if (n->told && n->opening ? n->blank && rest.p[0] == n->opening :
	    (form->style & FORM_BARE) != 0 || (form->style & FORM_ANGLE &&
	    n->blank && rest.p[0] == '<')) {
		rcpt = take_address(rest);
		if (rcpt.n > 0 && ends_address(form, behind(line, rcpt)))
			return rcpt;
	}
	return span_of(NULL, 0);
}

/* "550 5.1.1 <address>... why": the address, or an empty span. */
static struct span
refused(struct span line)
{
	struct span rest = span_trim(line), rcpt;

	if (rest.n < 5 || rest.p[0] != '5' || found_reply(rest) != 0)
		return span_of(NULL, 0);
	rest = span_drop(rest, 4);
	rest = span_trim(span_drop(rest, result_enhanced(rest)));
	rcpt = take_address(rest);
	/* "...", which are taken for the end of a sentence */
	if (rcpt.n == 0 || (size_t)(rcpt.p - rest.p) > 1)
		return span_of(NULL, 0);
	rest = span_drop(rest, (size_t)(rcpt.p + rcpt.n - rest.p));
	return span_begins(rest, "...") || span_begins(rest, ">...") ? rcpt :
	    span_of(NULL, 0);
}

/* A line that is neither empty nor a recipient. */
static void
take_text(struct notice *n, struct span line)
{
	const struct span plain = span_trim(line);
	const int inside = margin(line) > n->margin &&
	    !span_begins(plain, "--");
	struct span rcpt;

	/* That is to whom the message was sent. */
	if (n->rcpt.n > 0 && span_case_begins(plain, expanded)) {
		rcpt = take_address(span_drop(plain, sizeof expanded - 1));
		n->rcpt = rcpt.n > 0 ? rcpt : n->rcpt;
		return;
	}
	if (n->rcpt.n > 0 && (!n->closed || inside))
		n->why.n = (size_t)(line.p + line.n - n->why.p);
	if (n->told && (n->opening ? n->blank :
	    (n->form->style & FORM_BARE) != 0 && !inside))
		n->closed = 1;
}

/* The line of the first recipient says how the others are found. */
static void
begin_list(struct notice *n, struct span line)
{
	const char first = span_trim(line).p[0];

	n->list = line.p;
	n->margin = margin(line);
	n->opening = first == '"' || (first == '<' &&
	    (n->form->style & FORM_ANGLE) != 0) ? first : '\0';
}

/* A line of the list that n->form begins. */
static void
take_line(struct notice *n, struct span line)
{
	struct span rcpt = { 0 };

	if (span_trim(line).n == 0)
		return;
	/* Another list, perhaps of those whom it did reach. */
	if (span_begins(span_trim(line), "--"))
		n->closed = 1;
	if (n->form->style & FORM_TRANSCRIPT)
		rcpt = refused(line);
	else if (!n->closed && (n->told || n->lead <= LEAD_MAX))
		rcpt = listed(n, line);
	if (rcpt.n > 0) {
		if (!n->told)
			begin_list(n, line);
		start(n, rcpt, line);
	} else {
		take_text(n, line);
	}
}

static struct span
without_frame(struct span s)
{
	s = span_trim(s);
	while (s.n > 0 && strchr(" \t-*#=", s.p[0]) != NULL && s.p[0] != '\0')
		s = span_drop(s, 1);
	return s;
}

/* The form's line: the recipient may be in it, behind its words. */
static void
begin(struct notice *n, const struct form *form, struct span line,
    struct span rest)
{
	struct span rcpt;

	/* A session is written down behind the list that it explains. */
	if (form->style & FORM_TRANSCRIPT && n->server != NULL) {
		n->closed = 1;
		return;
	}
	finish(n);
	n->form = form;
	n->line = line;
	if (n->server == NULL)
		n->server = form->server;
	n->told = n->closed = 0;
	n->list = NULL;
	n->lead = 0;
	if ((form->style & FORM_INLINE) == 0)
		return;
	rcpt = take_address(rest);
	if (rcpt.n > 0)
		start(n, rcpt, line);
}

static void
take(struct notice *n, struct span line)
{
	const struct span plain = without_frame(line);
	struct span rest;
	const struct form *form = plain.n > 0 ? form_find(plain, &rest) :
	    NULL;

	if (form != NULL)
		begin(n, form, plain, rest);
	else if (n->form != NULL) {
		n->lead++;
		take_line(n, line);
	}
	n->blank = plain.n == 0;
}

const char *
notice_read(struct found *f, struct span text)
{
	struct span rest = text, line;
	struct notice n = { 0 };

	n.found = f;
	n.text = text;
	n.had = f->n;
	n.blank = 1;
	while (rest.n > 0) {
		line = span_chomp(span_line(&rest));
		if (n.form != NULL && form_ends(without_frame(line))) {
			n.text.n = (size_t)(line.p - text.p);
			break;
		}
		take(&n, line);
	}
	if (n.form == NULL)
		return NULL;
	finish(&n);
	if (f->n == n.had && n.form->status == RESULT_FAILED &&
	    (n.form->style & FORM_TRANSCRIPT) == 0)
		found_add(f, RESULT_FAILED, span_of(NULL, 0),
		    span_of(NULL, 0), span_of(NULL, 0), span_of(NULL, 0));
	return n.server;
}
