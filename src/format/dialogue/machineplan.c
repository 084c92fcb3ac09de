#include "machine.h"

/*
 * The pictures, laid out by hand.  A node is 140 wide and 40 high; an edge runs
 * from a node's border to another's.
 */

static const struct machine_node smtp_nodes[] = {
	{ FOLLOW_CONNECT, "connected", 90, 100 },
	{ FOLLOW_START, "greeted", 290, 100 },
	{ FOLLOW_LOGIN, "log-in", 700, 100 },
	{ FOLLOW_READY, "ready", 490, 100 },
	{ FOLLOW_SENDER, "sender", 490, 260 },
	{ FOLLOW_RCPTS, "recipients", 290, 260 },
	{ FOLLOW_DATA, "text", 90, 260 },
	{ FOLLOW_OVER, "over", 700, 260 },
	{ FOLLOW_OVER, NULL, 0, 0 }
};

static const struct machine_edge smtp_edges[] = {
	{ FOLLOW_CONNECT, FOLLOW_START, "220", "M160 100", 220, 100, 'r',
	    188, 93, 'm' },
	{ FOLLOW_CONNECT, FOLLOW_OVER, "421 554", "M90 80V14H792V268", 770,
	    268, 'l', 140, 28, 'm' },
	{ FOLLOW_START, FOLLOW_START, "NOOP HELP", "M270 80C260 50 320 50", 310,
	    80, 'd', 290, 50, 'm' },
	{ FOLLOW_START, FOLLOW_READY, "EHLO HELO", "M360 94", 420, 94, 'r',
	    390, 74, 'm' },
	{ FOLLOW_READY, FOLLOW_START, "STARTTLS", "M420 108", 360, 108, 'l',
	    390, 125, 'm' },
	{ FOLLOW_START, FOLLOW_OVER, "QUIT", "M235 80V34H780V254", 770, 254,
	    'l', 400, 30, 'm' },
	{ FOLLOW_READY, FOLLOW_READY, "RSET NOOP VRFY AUTH",
	    "M470 80C460 50 520 50", 510, 80, 'd', 490, 50, 'm' },
	{ FOLLOW_READY, FOLLOW_LOGIN, "AUTH 334", "M560 94", 630, 94, 'r',
	    593, 87, 'm' },
	{ FOLLOW_LOGIN, FOLLOW_READY, "235 535", "M630 108", 560, 108, 'l',
	    596, 125, 'm' },
	{ FOLLOW_LOGIN, FOLLOW_LOGIN, "334", "M680 80C670 50 730 50", 720, 80,
	    'd', 700, 50, 'm' },
	{ FOLLOW_LOGIN, FOLLOW_OVER, "QUIT", "M720 120", 720, 240, 'd',
	    727, 190, 's' },
	{ FOLLOW_READY, FOLLOW_SENDER, "MAIL", "M535 120", 535, 240, 'd',
	    542, 200, 's' },
	{ FOLLOW_READY, FOLLOW_OVER, "QUIT", "M552 120V155H680", 680, 240,
	    'd', 620, 150, 'm' },
	{ FOLLOW_SENDER, FOLLOW_READY, "RSET HELO", "M505 240", 505, 120, 'u',
	    499, 212, 'e' },
	{ FOLLOW_SENDER, FOLLOW_RCPTS, "RCPT", "M420 260", 360, 260, 'l',
	    390, 253, 'm' },
	{ FOLLOW_SENDER, FOLLOW_OVER, "QUIT", "M560 260", 630, 260, 'r',
	    593, 253, 'm' },
	{ FOLLOW_RCPTS, FOLLOW_RCPTS, "RCPT", "M265 280C255 315 310 315", 300,
	    280, 'u', 282, 323, 'm' },
	{ FOLLOW_RCPTS, FOLLOW_READY, "RSET, BDAT LAST", "M290 240V190H470",
	    470, 120, 'u', 380, 185, 'm' },
	{ FOLLOW_RCPTS, FOLLOW_DATA, "DATA 354", "M220 260", 160, 260, 'l',
	    190, 253, 'm' },
	{ FOLLOW_RCPTS, FOLLOW_OVER, "QUIT", "M340 280V340H690", 690, 280,
	    'u', 500, 335, 'm' },
	{ FOLLOW_DATA, FOLLOW_READY, "dot, BDAT LAST", "M90 240V155H445", 445,
	    120, 'u', 265, 150, 'm' },
	{ FOLLOW_DATA, FOLLOW_DATA, "BDAT", "M65 280C55 315 110 315", 100,
	    280, 'u', 82, 323, 'm' },
	{ FOLLOW_DATA, FOLLOW_OVER, "421", "M140 280V362H710", 710, 280, 'u',
	    500, 357, 'm' },
	{ FOLLOW_OVER, FOLLOW_OVER, NULL, NULL, 0, 0, 0, 0, 0, 0 }
};

/* RFC 1939 3: AUTHORIZATION, TRANSACTION, UPDATE. */
static const struct machine_node pop3_nodes[] = {
	{ FOLLOW_CONNECT, "connected", 90, 100 },
	{ FOLLOW_START, "authorization", 290, 100 },
	{ FOLLOW_LOGIN, "log-in", 290, 240 },
	{ FOLLOW_READY, "transaction", 490, 100 },
	{ FOLLOW_OVER, "update, over", 700, 100 },
	{ FOLLOW_OVER, NULL, 0, 0 }
};

static const struct machine_edge pop3_edges[] = {
	{ FOLLOW_CONNECT, FOLLOW_START, "+OK", "M160 100", 220, 100, 'r',
	    188, 93, 'm' },
	{ FOLLOW_CONNECT, FOLLOW_OVER, "-ERR", "M90 80V14H720", 720, 80, 'd',
	    140, 28, 'm' },
	{ FOLLOW_START, FOLLOW_START, "CAPA STLS", "M270 80C260 50 320 50",
	    310, 80, 'd', 290, 50, 'm' },
	{ FOLLOW_START, FOLLOW_READY, "APOP", "M360 100", 420, 100, 'r',
	    388, 93, 'm' },
	{ FOLLOW_START, FOLLOW_LOGIN, "USER, AUTH", "M310 120", 310, 220, 'd',
	    317, 175, 's' },
	{ FOLLOW_START, FOLLOW_OVER, "QUIT", "M235 80V34H690", 690, 80, 'd',
	    400, 30, 'm' },
	{ FOLLOW_LOGIN, FOLLOW_START, "-ERR", "M270 220", 270, 120, 'u',
	    264, 175, 'e' },
	{ FOLLOW_LOGIN, FOLLOW_LOGIN, "+", "M265 260C255 295 310 295", 300,
	    260, 'u', 282, 303, 'm' },
	{ FOLLOW_LOGIN, FOLLOW_READY, "PASS +OK", "M360 240H490", 490, 120,
	    'u', 425, 233, 'm' },
	{ FOLLOW_LOGIN, FOLLOW_OVER, "QUIT", "M340 260V310H710", 710, 120,
	    'u', 500, 305, 'm' },
	{ FOLLOW_READY, FOLLOW_READY, "STAT LIST RETR DELE",
	    "M470 80C460 50 520 50", 510, 80, 'd', 490, 50, 'm' },
	{ FOLLOW_READY, FOLLOW_OVER, "QUIT", "M560 100", 630, 100, 'r',
	    593, 93, 'm' },
	{ FOLLOW_OVER, FOLLOW_OVER, NULL, NULL, 0, 0, 0, 0, 0, 0 }
};

static const struct machine_node ftp_nodes[] = {
	{ FOLLOW_CONNECT, "connected", 90, 100 },
	{ FOLLOW_START, "greeted", 290, 100 },
	{ FOLLOW_LOGIN, "log-in", 290, 240 },
	{ FOLLOW_READY, "logged in", 490, 100 },
	{ FOLLOW_DATA, "transfer", 490, 240 },
	{ FOLLOW_OVER, "over", 700, 100 },
	{ FOLLOW_OVER, NULL, 0, 0 }
};

static const struct machine_edge ftp_edges[] = {
	{ FOLLOW_CONNECT, FOLLOW_START, "220", "M160 100", 220, 100, 'r',
	    188, 93, 'm' },
	{ FOLLOW_CONNECT, FOLLOW_OVER, "421", "M90 80V14H720", 720, 80, 'd',
	    140, 28, 'm' },
	{ FOLLOW_START, FOLLOW_START, "FEAT AUTH", "M270 80C260 50 320 50",
	    310, 80, 'd', 290, 50, 'm' },
	{ FOLLOW_START, FOLLOW_READY, "230", "M360 100", 420, 100, 'r',
	    388, 93, 'm' },
	{ FOLLOW_START, FOLLOW_LOGIN, "USER 331", "M310 120", 310, 220, 'd',
	    317, 175, 's' },
	{ FOLLOW_START, FOLLOW_OVER, "QUIT", "M235 80V34H690", 690, 80, 'd',
	    400, 30, 'm' },
	{ FOLLOW_LOGIN, FOLLOW_START, "530", "M270 220", 270, 120, 'u',
	    264, 175, 'e' },
	{ FOLLOW_LOGIN, FOLLOW_LOGIN, "332", "M265 260C255 295 310 295", 300,
	    260, 'u', 282, 303, 'm' },
	{ FOLLOW_LOGIN, FOLLOW_READY, "PASS 230", "M360 232H400V140H440", 440,
	    120, 'u', 394, 205, 'e' },
	{ FOLLOW_LOGIN, FOLLOW_OVER, "QUIT", "M340 260V320H740", 740, 120,
	    'u', 520, 315, 'm' },
	{ FOLLOW_READY, FOLLOW_READY, "TYPE PASV CWD", "M470 80C460 50 520 50",
	    510, 80, 'd', 490, 50, 'm' },
	{ FOLLOW_READY, FOLLOW_DATA, "STOR RETR 150", "M510 120", 510, 220,
	    'd', 517, 175, 's' },
	{ FOLLOW_READY, FOLLOW_OVER, "QUIT", "M560 100", 630, 100, 'r',
	    593, 93, 'm' },
	{ FOLLOW_DATA, FOLLOW_READY, "226", "M470 220", 470, 120, 'u',
	    464, 175, 'e' },
	{ FOLLOW_DATA, FOLLOW_OVER, "421", "M560 240H720", 720, 120, 'u',
	    640, 233, 'm' },
	{ FOLLOW_OVER, FOLLOW_OVER, NULL, NULL, 0, 0, 0, 0, 0, 0 }
};

static const struct machine_node order_nodes[] = {
	{ FOLLOW_CONNECT, "connected", 90, 100 },
	{ FOLLOW_READY, "ready", 390, 100 },
	{ FOLLOW_OVER, "over", 700, 100 },
	{ FOLLOW_OVER, NULL, 0, 0 }
};

static const struct machine_edge order_edges[] = {
	{ FOLLOW_CONNECT, FOLLOW_READY, "220", "M160 100", 320, 100, 'r',
	    240, 93, 'm' },
	{ FOLLOW_CONNECT, FOLLOW_OVER, "421", "M90 80V14H720", 720, 80, 'd',
	    140, 28, 'm' },
	{ FOLLOW_READY, FOLLOW_READY, "ORDER 250", "M370 80C360 50 420 50",
	    410, 80, 'd', 390, 50, 'm' },
	{ FOLLOW_READY, FOLLOW_OVER, "QUIT", "M460 100", 630, 100, 'r',
	    545, 93, 'm' },
	{ FOLLOW_OVER, FOLLOW_OVER, NULL, NULL, 0, 0, 0, 0, 0, 0 }
};

/* In the order of the enum; where it is not known, most likely SMTP. */
const struct machine_plan machine_plans[MACHINE_PROTOCOLS] = {
	{ 380, smtp_nodes, smtp_edges }, { 380, smtp_nodes, smtp_edges },
	{ 330, pop3_nodes, pop3_edges }, { 340, ftp_nodes, ftp_edges },
	{ 150, order_nodes, order_edges }
};
