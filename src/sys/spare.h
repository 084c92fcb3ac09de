/*
 * spare: a descriptor kept in reserve.  Who has none left gives it up for one
 * more peer, who can be told so, and has it back when that one is gone.
 */
#ifndef SYS_SPARE_H
#define SYS_SPARE_H

/* Makes the reserve, where it is not there: 0, or -1 with errno. */
int spare_keep(void);

/* Gives it up; errno stays. */
void spare_use(void);

#endif
