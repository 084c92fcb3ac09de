#include "answer.h"

#include "format/wire/reply.h"


/* The code of a line, or 0; *last says whether nothing of the reply follows. */
static int
take_code(struct span *line, int *last)
{
	const char *p = line->p;
	int code = reply_code(*line);

	if (code == 0 || (line->n > 3 && p[3] != ' ' && p[3] != '-'))
		return 0;
	*last = line->n == 3 || p[3] == ' ';
	*line = span_drop(*line, line->n > 3 ? 4 : 3);
	return code;
}

/* POP3's, as the first digit of a code; 0: not a reply. */
static int
take_status(struct span *line)
{
	static const struct {
		const char *word;
		int digit;
	} words[] = { { "+OK", 2 }, { "-ERR", 5 }, { "+", 3 } };
	struct span s = *line, word = span_take_word(&s);
	size_t i;

	for (i = 0; i < COUNT(words); i++)
		if (span_case_is(word, words[i].word)) {
			*line = span_trim(s);
			return words[i].digit;
		}
	return 0;
}

void
answer_line(struct answer *a, enum dialogue_protocol protocol, int *code,
    struct span line)
{
	a->text = line;
	a->code = 0;
	a->first = *code == 0;
	a->last = 1;
	if (protocol == DIALOGUE_POP3) {
		a->digit = take_status(&a->text);
		return;
	}
	a->code = take_code(&a->text, &a->last);
	/* FTP: between the first line and the last anything may stand. */
	if (protocol == DIALOGUE_FTP && !a->first &&
	    (a->code != *code || !a->last)) {
		a->text = line;
		a->code = *code;
		a->last = 0;
	}
	a->digit = a->code / 100;
	if (a->digit != 0)
		*code = a->last ? 0 : a->code;
}

enum dialogue_protocol
answer_guess(struct span greeting)
{
	enum dialogue_protocol protocol;
	struct buf b = { 0 };
	const char *text;

	buf_addlower(&b, greeting);
	text = buf_str(&b);
	protocol = text[0] == '+' || text[0] == '-' ? DIALOGUE_POP3 :
	    strstr(text, " orderrecv 1 ") != NULL ? DIALOGUE_ORDER :
	    text[0] == '1' || (strstr(text, "ftp") != NULL &&
	    strstr(text, "smtp") == NULL) ? DIALOGUE_FTP : DIALOGUE_SMTP;
	buf_free(&b);
	return protocol;
}
