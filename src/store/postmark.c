#include "postmark.h"

#include <unistd.h>

#include "format/mail/date.h"
#include "sys/here.h"

/* What is the same for a second long is put into words once. */
static void
renew(struct postmark *p)
{
	struct here here;

	if (p->now == time(NULL))
		return;
	here_now(&here, NULL);
	p->now = (time_t)here.time;
	buf_clear(&p->id);
	buf_addf(&p->id, "%llx.%lx.", (unsigned long long)p->now,
	    (unsigned long)getpid());
	buf_clear(&p->date);
	date_mail(&p->date, here.time, here.offset);
}

void
postmark_id(void *postmark, struct buf *b)
{
	struct postmark *p = postmark;

	renew(p);
	buf_addspan(b, buf_span(&p->id));
	buf_addu(b, p->count++);
}

void
postmark_date(void *postmark, struct buf *b)
{
	struct postmark *p = postmark;

	renew(p);
	buf_addspan(b, buf_span(&p->date));
}

void
postmark_free(struct postmark *p)
{
	buf_free(&p->id);
	buf_free(&p->date);
}
