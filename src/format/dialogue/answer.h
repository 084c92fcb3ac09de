/*
 * answer: a line of a server's.
 */
#ifndef FORMAT_DIALOGUE_ANSWER_H
#define FORMAT_DIALOGUE_ANSWER_H

#include "dialogue.h"

struct answer {
	int code;		/* 100 to 599; 0 in POP3 */
	int digit;		/* the code's first one; in POP3 2 for +OK,
				   3 for +, 5 for -ERR; 0: not a reply */
	int first, last;	/* line of the reply */
	struct span text;	/* behind the code */
};

/*
 * *code is 0 at first, and where the line before was the last one of a reply;
 * else it is that reply's code.
 */
void answer_line(struct answer *a, enum dialogue_protocol protocol, int *code,
    struct span line);

/* What a server that greets so is most likely to speak. */
enum dialogue_protocol answer_guess(struct span greeting);

#endif
