#include "place.h"

#include "mailroot.h"
#include "mbox.h"
#include "mdir.h"
#include "outbox.h"

/*
 * Where each message is a file of its own several processes wait for the disk
 * side by side, and gain; more than these gain little.
 */
#define APART 10

static const struct place_form forms[] = {
	{ "maildir", APART, 0, mdir_open, mdir_close, mdir_begin, mdir_write,
	    mdir_end, mdir_drop, mdir_commit },
	{ "mbox", 1, 0, mbox_open, mbox_close, mbox_begin, mbox_write,
	    mbox_end, mbox_drop, mbox_commit },
	{ "bsmtp", APART, 1, outbox_open, outbox_close, outbox_begin,
	    outbox_write, outbox_end, outbox_drop, outbox_commit },
	{ "sink", 1, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL },
};

const struct place_form *
place_form(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(forms); i++)
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
	return NULL;
}

int
place_keeps(const struct place *p)
{
	return p->dir != NULL && p->form->open != NULL;
}

int
place_make(const struct place *p)
{
	if (!place_keeps(p))
		return 0;
	return mailroot_make(p->dir) < 0 ? -1 : mailroot_check(p->dir);
}

int
place_open(struct place *p)
{
	if (!place_keeps(p))
		return 0;
	if (mailroot_claim(p->dir) < 0)
		return -1;
	p->store = p->form->open(p->dir);
	return 0;
}

void
place_commit(const struct place *p)
{
	if (p->store != NULL)
		p->form->commit(p->store);
}

void
place_close(struct place *p)
{
	if (p->store != NULL)
		p->form->close(p->store);
	p->store = NULL;
}
