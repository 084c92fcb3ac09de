#include "forms.h"

#define FAILED RESULT_FAILED
#define DEFERRED RESULT_DEFERRED

static const struct form forms[] = {
	/* QSBMF, and who follows qmail in it */
	{ "qmail", "I'm afraid I wasn't able to deliver your message to the "
	    "following addresses", FAILED, FORM_ANGLE | FORM_BARE, NULL },
	{ "Yahoo", "Sorry, we were unable to deliver your message to the "
	    "following address", FAILED, FORM_ANGLE, NULL },
	{ "Yahoo", "Unable to deliver message to the following address(es)",
	    FAILED, FORM_ANGLE, NULL },
	{ "Postfix", "be delivered to one or more recipients", FAILED,
	    FORM_ANGLE, NULL },
	{ "Postfix", "I'm sorry to have to inform you that your message could "
	    "not be delivered to one or more recipients", FAILED, FORM_ANGLE,
	    NULL },
	{ "Postfix", "below could not be delivered to one or more "
	    "destinations", FAILED, FORM_ANGLE, NULL },
	{ "Postfix", "Your message could not be delivered for more than",
	    DEFERRED, FORM_ANGLE, NULL },
	{ "Exim", "recipients. This is a permanent error. The following "
	    "address(es) failed", FAILED, FORM_BARE, NULL },
	{ "Exim", "The following address(es) failed", FAILED, FORM_BARE,
	    NULL },
	{ "Exim", "The address to which the message has not yet been "
	    "delivered is", DEFERRED, FORM_BARE, NULL },
	{ "Exim", "The addresses to which the message has not yet been "
	    "delivered are", DEFERRED, FORM_BARE, NULL },
	{ "sendmail", "The following addresses had permanent fatal errors",
	    FAILED, FORM_BARE, NULL },
	{ "sendmail", "The following addresses had permanent delivery errors",
	    FAILED, FORM_BARE, NULL },
	{ "sendmail", "The following addresses had transient non-fatal "
	    "errors", DEFERRED, FORM_BARE, NULL },
	{ "sendmail", "Transcript of session follows", FAILED,
	    FORM_TRANSCRIPT, NULL },
	{ "Gmail", "Delivery to the following recipient failed permanently",
	    FAILED, FORM_BARE, NULL },
	{ "Gmail", "Delivery to the following recipients failed permanently",
	    FAILED, FORM_BARE, NULL },
	{ "Gmail", "Delivery to the following recipient has been delayed",
	    DEFERRED, FORM_BARE, NULL },
	{ "Gmail", "Your message wasn't delivered to ", FAILED, FORM_INLINE,
	    NULL },
	{ "chasquid", "Delivery to the following recipient(s) failed "
	    "permanently", FAILED, FORM_BARE, NULL },
	{ "Outlook.com", "Delivery to the following recipients failed",
	    FAILED, FORM_BARE, NULL },
	{ "Exchange", "The following recipient(s) could not be reached",
	    FAILED, FORM_BARE | FORM_LABEL, "Recipient:" },
	{ "Exchange", "The following recipient(s) cannot be reached", FAILED,
	    FORM_BARE, NULL },
	{ "Exchange", "did not reach the following recipient(s)", FAILED,
	    FORM_BARE, NULL },
	{ "Exchange", "Delivery has failed to these recipients or ", FAILED,
	    FORM_BARE, NULL },
	{ "Domino", "was not delivered to", FAILED, FORM_BARE, NULL },
	{ "Domino", "Failure Reasons", FAILED, FORM_BARE, NULL },
	{ "Sun Messaging Server", "Your message cannot be delivered to the "
	    "following recipients", FAILED, FORM_LABEL,
	    "Recipient address:" },
	{ "CommuniGate Pro", "Failed to deliver to '", FAILED, FORM_INLINE,
	    NULL },
	{ "MDaemon", "The attached message had PERMANENT fatal delivery "
	    "errors", FAILED, FORM_LABEL, "Failed address:" },
	{ "SmarterMail", "Could not deliver message to the following "
	    "recipient(s)", FAILED, FORM_LABEL, "Failed Recipient:" },
	{ "IMail", "Unknown user: ", FAILED, FORM_INLINE, NULL },
	{ "IMail", "User mailbox exceeds allowed size: ", FAILED,
	    FORM_INLINE, NULL },
	{ "OpenSMTPD", "the following list of recipients", FAILED, FORM_BARE,
	    NULL },
	{ "GroupWise", "The message that you sent was undeliverable to the "
	    "following", FAILED, FORM_BARE, NULL },
	{ "InterScan", "Unable to deliver message to <", FAILED, FORM_INLINE,
	    NULL },
	{ "au", "The user(s) account is ", FAILED, FORM_ANGLE, NULL },
	{ "au", "Each of the following recipients was rejected by a remote "
	    "mail server", FAILED, FORM_LABEL, "Recipient:" },
	{ "KDDI", "Could not be delivered to:", FAILED, FORM_INLINE, NULL },
	{ "1&1", "its recipients. This is a permanent error. The following "
	    "address", FAILED, FORM_BARE, NULL },
	{ "Amazon SES", "An error occurred while trying to deliver the mail "
	    "to the following recipients", FAILED, FORM_BARE, NULL },
	{ "Zoho", "A message that you sent could not be delivered to one or "
	    "more of its recipients. This is a permanent error", FAILED,
	    FORM_BARE, NULL },
	{ "Biglobe", "The following addresses had delivery problems", FAILED,
	    FORM_BARE, NULL },
	{ "m-FILTER", "SMTP command", FAILED, FORM_LABEL | FORM_REFUSED,
	    "RCPT TO:" },
	{ "DragonFly", "There was an error delivering your mail to <",
	    FAILED, FORM_INLINE, NULL },
	{ "MailMarshal", "Could not be delivered because of", FAILED,
	    FORM_BARE, NULL },
	{ "SurfControl", "Failed to send to identified host", FAILED,
	    FORM_BARE | FORM_REFUSED, NULL },
	{ "MailFoundry", "Unable to deliver message to: <", FAILED,
	    FORM_INLINE | FORM_REFUSED, NULL },
	/* "To these the message was not sent, by an error", and "by an error
	   of the destination it was not delivered" */
	{ "au", "\346\254\241\343\201\256\343\201\202\343\201\246"
	    "\345\205\210\343\201\270\343\201\256\343\203\241"
	    "\343\203\203\343\202\273\343\203\274\343\202\270"
	    "\343\201\257\343\202\250\343\203\251\343\203\274",
	    FAILED, FORM_BARE, NULL },
	{ "a Japanese carrier", "\351\200\201\344\277\241\345\205\210"
	    "\343\202\250\343\203\251\343\203\274\343\201\253"
	    "\343\202\210\343\202\212", FAILED, FORM_LABEL, "To:" }
};

static const char *const ends[] = {
	"Below this line is a copy of", "This is a copy of",
	"Original message", "Message header follows",
	"Message headers follow", "Unsent message follows",
	"Returned message", "Undelivered message follows",
	"Original headers", "Received: ", "Return-Path: ",
	"Begin forwarded message", "Copy of message",
	"Additional Information"
};

const struct form *
form_find(struct span line, struct span *rest)
{
	const char *dot;
	size_t i;

	for (;;) {
		for (i = 0; i < COUNT(forms); i++)
			if (span_case_begins(line, forms[i].line)) {
				*rest = span_drop(line,
				    strlen(forms[i].line));
				return &forms[i];
			}
		do {
			dot = span_find(line, '.');
			if (dot == NULL)
				return NULL;
			line = span_drop(line, (size_t)(dot + 1 - line.p));
		} while (!span_begins(line, " "));
		line = span_trim(line);
	}
}

int
form_ends(struct span line)
{
	size_t i;

	for (i = 0; i < COUNT(ends); i++)
		if (span_case_begins(line, ends[i]))
			return 1;
	return 0;
}
