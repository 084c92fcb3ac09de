#include "postmark.h"

#include <unistd.h>

#include "format/date.h"
#include "sys/here.h"

void
postmark_id(void *postmark, struct buf *b)
{
	struct postmark *p = postmark;

	buf_addf(b, "%llx.%lx.%lx", (unsigned long long)time(NULL),
	    (unsigned long)getpid(), p->count++);
}

/* The same for a second long, so it is put into words once. */
void
postmark_date(void *postmark, struct buf *b)
{
	struct postmark *p = postmark;
	struct here here;

	if (p->now != time(NULL)) {
		here_now(&here, NULL);
		p->now = (time_t)here.time;
		buf_clear(&p->date);
		date_mail(&p->date, here.time, here.offset);
	}
	buf_addspan(b, buf_span(&p->date));
}

void
postmark_free(struct postmark *p)
{
	buf_free(&p->date);
}
