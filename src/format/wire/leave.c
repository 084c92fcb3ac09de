#include "leave.h"

#include "escape.h"
#include "format/mail/addr.h"
#include "format/mail/hdr.h"
#include "format/mail/mime.h"
#include "name.h"

/* Octets of a Subject, and its words of each kind, that are looked at. */
#define SUBJECT_MAX 4096
#define WORDS_MAX 8

static int
is_ours(const struct leave *l, struct span token, struct span address)
{
	struct addr a;

	return addr_parse(&a, address, NULL) == 0 &&
	    tag_is_leave(&l->key, token, l->list, address);
}

/* The encoded words of an address that is not ASCII. */
static int
convert(struct buf *text, const char *name)
{
	(void)text;
	return span_case_is(span_str(name), "utf-8") ||
	    span_case_is(span_str(name), "us-ascii") ? 0 : -1;
}

/* What may be tokens and addresses, in a message or a query. */
struct asked {
	struct span token[WORDS_MAX], who[WORDS_MAX];
	size_t tokens, addresses;
};

static void
look_at(struct asked *a, struct span word)
{
	if (tag_is_base32(word, TAG_LONG) && a->tokens < WORDS_MAX)
		a->token[a->tokens++] = word;
	else if (span_find(word, '@') != NULL && a->addresses < WORDS_MAX)
		a->who[a->addresses++] = word;
}

static int
find_ours(struct buf *address, const struct leave *l, const struct asked *a)
{
	size_t i, k;

	for (i = 0; i < a->tokens; i++)
		for (k = 0; k < a->addresses; k++)
			if (is_ours(l, a->token[i], a->who[k])) {
				buf_addspan(address, a->who[k]);
				return 0;
			}
	return -1;
}

/* The next word.  Blanks in the quotes of a local part are its own. */
static struct span
take_word(struct span *text)
{
	struct span word = span_take_word(text);
	size_t all = word.n + text->n, n = 1;

	if (word.n == 0 || word.p[0] != '"')
		return word;
	while (n < all && word.p[n] != '"')
		n += word.p[n] == '\\' ? 2 : 1;
	if (n >= all)
		return word;	/* they do not close */
	while (n < all && !byte_is_blank(word.p[n]))
		n++;
	*text = span_of(word.p + n, all - n);
	return span_of(word.p, n);
}

/* The words of a Subject, and what stands in <> or between commas. */
static void
look_in(struct asked *a, struct span text)
{
	struct span word, rest;
	size_t n;

	while ((word = take_word(&text)).n > 0) {
		look_at(a, word);
		for (rest = word; rest.n > 0; rest = span_drop(rest, n)) {
			for (n = 0; n < rest.n && strchr("<>,;",
			    rest.p[n]) == NULL; n++)
				;
			if (n > 0 && n < word.n)
				look_at(a, span_of(rest.p, n));
			n += n < rest.n;
		}
	}
}

/* Whether it is a token, and no answer to anything that has one. */
static int
is_token_alone(struct span text)
{
	struct span word = span_take_word(&text);

	if (span_case_is(word, "unsubscribe"))
		word = span_take_word(&text);
	return tag_is_base32(word, TAG_LONG) && span_trim(text).n == 0;
}

/* Whom a message with the token alone comes from. */
static int
find_sender(struct buf *address, const struct leave *l,
    const struct asked *tokens, struct span from)
{
	struct asked a = *tokens;
	struct hdr_addrs list;
	int r = -1;

	hdr_addrs_init(&list, from);
	if (from.n <= SUBJECT_MAX && hdr_addrs_next(&list) > 0) {
		a.who[0] = buf_span(&list.addr);
		a.addresses = 1;
		r = find_ours(address, l, &a);
	}
	hdr_addrs_free(&list);
	return r;
}

int
leave_message(struct buf *address, const struct leave *l, struct span text)
{
	struct buf line = { 0 }, words = { 0 }, plain = { 0 };
	struct asked asked = { .tokens = 0 };
	struct span subject;
	const char *why;
	int r;

	subject = hdr_find(text, span_str("Subject"));
	if (subject.n <= SUBJECT_MAX) {
		hdr_unfold(&line, subject);
		mime_words_decode(&words, buf_span(&line), convert, &why);
		look_in(&asked, buf_span(&words));
		/* As it stands in the link, by a program that takes it so. */
		if (span_find(buf_span(&words), '%') != NULL &&
		    name_decode(&plain, buf_span(&words)) == 0)
			look_in(&asked, buf_span(&plain));
	}
	r = find_ours(address, l, &asked);
	if (r < 0 && is_token_alone(buf_span(&words)))
		r = find_sender(address, l, &asked,
		    hdr_find(text, span_str("From")));
	buf_free(&line);
	buf_free(&words);
	buf_free(&plain);
	return r;
}

int
leave_query(struct buf *address, const struct leave *l, struct span query)
{
	struct buf values = { 0 };
	struct asked asked = { .tokens = 0 };
	struct span value;
	size_t begin;
	int r;

	if (query.n > LEAVE_QUERY_MAX)
		return -1;
	/* What is decoded is shorter: the values stay where they are. */
	buf_reserve(&values, query.n);
	while (query.n > 0) {
		value = span_cut(&query, '&');
		span_cut(&value, '=');
		begin = values.n;
		if (name_decode(&values, value) == 0)
			look_at(&asked, span_drop(buf_span(&values), begin));
	}
	r = find_ours(address, l, &asked);
	buf_free(&values);
	return r;
}

static int
is_asked(struct span name, struct span value)
{
	return span_is(name, "leave") ||
	    (span_case_is(name, "List-Unsubscribe") &&
	    span_case_is(value, "One-Click"));
}

/* The name in a Content-Disposition of form-data, without its quotes. */
static struct span
part_name(struct span line)
{
	struct span pair, key;

	while (line.n > 0) {
		pair = span_cut(&line, ';');
		key = span_trim(span_cut(&pair, '='));
		pair = span_trim(pair);
		if (span_case_is(key, "name"))
			return pair.n > 1 && pair.p[0] == '"' ?
			    span_of(pair.p + 1, pair.n - 2) : pair;
	}
	return line;
}

/*
 * multipart/form-data (RFC 7578): the value is the line behind the empty one
 * that ends a part's header.
 */
static int
is_asked_in_parts(struct span body)
{
	struct span line, name = { NULL, 0 };
	int is_value = 0;

	while (body.n > 0) {
		line = span_chomp(span_line(&body));
		if (is_value && is_asked(name, line))
			return 1;
		if (span_case_begins(line, "Content-Disposition:"))
			name = part_name(line);
		is_value = line.n == 0;
	}
	return 0;
}

int
leave_is_confirmed(struct span type, struct span body)
{
	struct buf key = { 0 }, value = { 0 };
	struct span pair;
	int found = 0;

	if (span_case_begins(type, "multipart/form-data"))
		return is_asked_in_parts(body);
	body = span_chomp(body);
	while (!found && body.n > 0) {
		pair = span_cut(&body, '&');
		buf_clear(&key);
		buf_clear(&value);
		found = name_decode(&key, span_cut(&pair, '=')) == 0 &&
		    name_decode(&value, pair) == 0 &&
		    is_asked(buf_span(&key), buf_span(&value));
	}
	buf_free(&key);
	buf_free(&value);
	return found;
}

static const struct {
	const char *status, *text;
} answers[] = {
	[LEAVE_ASK] = { "200 OK", "Do you want no more letters" },
	[LEAVE_LEFT] = { "200 OK", "There will be no more letters" },
	[LEAVE_NOT_CONFIRMED] = { "400 Bad Request",
	    "This request does not ask for anything. Nothing was changed." },
	[LEAVE_FORBIDDEN] = { "403 Forbidden", "This link is not one of "
	    "ours, or not all of it came here. Nothing was changed." },
	[LEAVE_METHOD] = { "405 Method Not Allowed",
	    "Only GET, HEAD and POST are understood here." },
	[LEAVE_SLOW] = { "408 Request Timeout",
	    "The request did not come to its end. Nothing was changed." },
	[LEAVE_NO_LENGTH] = { "411 Length Required",
	    "The request does not say how long it is." },
	[LEAVE_LARGE] = { "413 Content Too Large",
	    "The request is too long. Nothing was changed." },
	[LEAVE_FAILED] = { "500 Internal Server Error", "That could not be "
	    "written down. Please answer the letter instead." },
	[LEAVE_BUSY] = { "503 Service Unavailable",
	    "That could not be written down now. Please try again later." }
};

/* "TEXT from LIST to ADDRESS" */
static void
add_sentence(struct buf *b, const char *text, struct span address,
    struct span list)
{
	buf_adds(b, text);
	if (list.n > 0) {
		buf_adds(b, " of the list ");
		escape_html(b, list);
	}
	buf_adds(b, " to <b>");
	escape_html(b, address);
	buf_adds(b, "</b>");
}

static void
add_body(struct buf *b, enum leave_answer answer, struct span address,
    struct span list)
{
	buf_adds(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n"
	    "<title>No more letters</title>\n</head>\n<body>\n<p>");
	if (answer == LEAVE_ASK || answer == LEAVE_LEFT)
		add_sentence(b, answers[answer].text, address, list);
	else
		buf_adds(b, answers[answer].text);
	if (answer == LEAVE_ASK)
		buf_adds(b, "?</p>\n<form method=\"post\">\n<p><button "
		    "name=\"leave\" value=\"yes\">No more letters</button>"
		    "</p>\n</form>\n");
	else
		buf_adds(b, answer == LEAVE_LEFT ? ".</p>\n" : "</p>\n");
	buf_adds(b, "</body>\n</html>\n");
}

void
leave_page(struct buf *b, enum leave_answer answer, struct span address,
    struct span list, int head)
{
	buf_addf(b, "Status: %s\r\n", answers[answer].status);
	if (answer == LEAVE_METHOD)
		buf_adds(b, "Allow: GET, HEAD, POST\r\n");
	if (answer == LEAVE_BUSY)
		buf_adds(b, "Retry-After: 60\r\n");
	/* The address of the page is a secret of who has got the letter. */
	buf_adds(b, "Content-Type: text/html; charset=utf-8\r\n"
	    "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
	    "X-Robots-Tag: noindex\r\nX-Content-Type-Options: nosniff\r\n"
	    "Content-Security-Policy: default-src 'none'; "
	    "form-action 'self'; frame-ancestors 'none'\r\n\r\n");
	if (!head)
		add_body(b, answer, address, list);
}
