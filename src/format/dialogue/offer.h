/*
 * offer: what a server offers in its reply to EHLO, or in POP3's list of
 * capabilities.
 */
#ifndef FORMAT_DIALOGUE_OFFER_H
#define FORMAT_DIALOGUE_OFFER_H

#include "sys/buf.h"

/* Bits. */
#define OFFER_PIPELINING	0x001u
#define OFFER_SIZE		0x002u
#define OFFER_8BITMIME		0x004u
#define OFFER_SMTPUTF8		0x008u
#define OFFER_CHUNKING		0x010u
#define OFFER_BINARYMIME	0x020u
#define OFFER_ENHANCED		0x040u
#define OFFER_DSN		0x080u
#define OFFER_AUTH		0x100u	/* POP3: SASL */
#define OFFER_STARTTLS		0x200u	/* POP3: STLS */

/* What a line of the reply, without its code, or of the list says; or 0. */
unsigned offer_find(struct span line);

#endif
