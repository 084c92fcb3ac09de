/*
 * rate: the most messages in a second, a minute or an hour.
 */
#ifndef CLIENT_SMTP_RATE_H
#define CLIENT_SMTP_RATE_H

struct rate {
	long long step;		/* ns between two messages; 0: no limit */
	/* private */
	long long due;		/* ns, by io_clock: when the next may go */
};

/* Takes N/s, N/m or N/h: 0, or -1 when text is none of these. */
int rate_parse(struct rate *r, const char *text);

/* ms until the next message may go, 0 for now. */
int rate_wait(const struct rate *r);

/* A message goes. */
void rate_take(struct rate *r);

#endif
