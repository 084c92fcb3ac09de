/*
 * fillwords: a command's words with values in them.
 */
#ifndef GRADE_FILLWORDS_H
#define GRADE_FILLWORDS_H

struct word_value {
	char letter;		/* %LETTER stands for it; '\0' ends a list */
	const char *text;
};

/*
 * The words with their values, and "%" for "%%"; other letters stay.  The
 * vector and its words are one block, the caller's to free.
 */
char **fillwords(char *const *words, const struct word_value *values);

#endif
