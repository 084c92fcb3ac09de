#include "fillwords.h"

#include "sys/buf.h"

static const char *
find(const struct word_value *values, char letter)
{
	for (; values->letter != '\0'; values++)
		if (values->letter == letter)
			return values->text;
	return letter == '%' ? "%" : NULL;
}

static void
add_word(struct buf *b, const char *word, const struct word_value *values)
{
	const char *text;

	for (; *word != '\0'; word++) {
		text = *word == '%' && word[1] != '\0' ?
		    find(values, word[1]) : NULL;
		if (text == NULL) {
			buf_addc(b, *word);
			continue;
		}
		buf_adds(b, text);
		word++;
	}
	buf_addc(b, '\0');
}

char **
fillwords(char *const *words, const struct word_value *values)
{
	struct buf text = { 0 };
	char **filled, *word;
	size_t n = 0, i;

	for (; words[n] != NULL; n++)
		add_word(&text, words[n], values);
	filled = die_calloc((n + 1) * sizeof *filled + text.n, 1);
	word = (char *)(filled + n + 1);
	if (text.n > 0)
		memcpy(word, text.p, text.n);
	buf_free(&text);
	for (i = 0; i < n; i++) {
		filled[i] = word;
		word += strlen(word) + 1;
	}
	return filled;
}
