/*
 * scripted: one session of a server that says what a script says, to a client
 * that is judged; and all that the client has said.  Whether a client waits
 * for a reply is seen by holding that back: what comes meanwhile is early.
 */
#ifndef GRADE_SCRIPTED_H
#define GRADE_SCRIPTED_H

#include "format/dialogue/dialogue.h"

/* A line of the client's that is no line of a text. */
struct heard {
	size_t at, n;		/* without its ending, in the session's bytes */
	enum dialogue_end end;
	int early;		/* more came before its reply was whole; or
				   SCRIPTED_LEFT, the connection's end did */
	int code;		/* of its reply; POP3: 2 for +, 5 for -; 0:
				   there was none */
	int by_script;		/* the script had it */
};

/*
 * A script is lines "place=reply".  A place is "greeting", a verb in small
 * letters, "hello" for HELO and EHLO, "text" for the end of a text.  In a reply
 * "|" begins a new line, "~" holds it back here, "@" for SCRIPTED_LONG,
 * "&" is the usual reply, "/" is that one in pieces, "#" is as many octets as a
 * line of a reply may have, "!" closes the connection; CRLF follows, but "!".
 */
#define SCRIPTED_LEFT 2
#define SCRIPTED_LONG 2500	/* ms */

struct scripted_conf {
	const char *script;
	int smtp;		/* a text follows 354 */
	int hold;		/* ms that a reply is held back */

	/* Adds the reply that a line has where the script has none. */
	void (*usual)(void *arg, struct span place, struct span line,
	    struct buf *reply);
	void *arg;

	/* Hears what is said, 'C' or 'S', or is NULL. */
	void (*talk)(int who, struct span line);
};

struct scripted {
	struct buf bytes;
	struct heard *lines;
	size_t n;

	struct buf text;	/* the first message's, as it came, without its
				   dot */
	enum dialogue_end dot;	/* how the dot's line ended */
	int dotted;		/* there was one */
	unsigned texts;		/* messages that were accepted */
	unsigned begun;		/* texts that were asked for */

	int greeting;		/* its code */
	int early;		/* something came before the greeting */
	int late;		/* time was up */
	int flood;		/* more was said than anybody needs */
	int unended;		/* a line of it had no ending */
	int slowest;		/* ms that it took for its next line */

	/* private */
	const struct scripted_conf *conf;
	int fd;
	struct buf in;
	size_t room;
	long long by;		/* when time is up */
	long long asked;	/* the last reply's moment */
	size_t taken;		/* octets */
	int by_script;		/* so was the last reply */
	int eof, over, in_text, cut;
};

/* Plays it over fd, a socket that stays the caller's, for ms at the most. */
void scripted_play(struct scripted *s, const struct scripted_conf *conf,
    int fd, int ms);
void scripted_free(struct scripted *s);

/* A line of the client's, and what it has behind its verb. */
struct span scripted_line(const struct scripted *s, size_t i);
struct span scripted_argument(const struct scripted *s, size_t i);

/* The first line from i on that has one of these verbs, or s->n. */
size_t scripted_find(const struct scripted *s, size_t i, const char *verbs);

#endif
