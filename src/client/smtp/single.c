#include "single.h"

void
single_send(const struct sender_conf *conf, struct resolver *resolver,
    const char *port, struct message *m)
{
	struct route r = { .conf = conf, .resolver = resolver, .port = port };
	struct message_shelf shelf = { NULL, NULL };
	struct message *rest = NULL;

	if (report_earlier(conf->arg, m) == 0) {
		do {
			if (resolver != NULL)
				rest = route_split(m, &shelf);
			if (route_push(&r, m) < 0)
				break;
			m = rest;
		} while (m != NULL);
		route_settle(&r);
		report_commit(conf->arg);
	}
	route_end(&r);
	message_shelf_free(&shelf);
}
