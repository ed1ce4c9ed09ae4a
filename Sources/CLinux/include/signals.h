#ifndef SIGNALS_H
#define SIGNALS_H

#include <stddef.h>

/* Signals that are read like input, by the thread that waits for other things too. */

/* Blocks signals for this thread and those that it starts later. Returns a descriptor that is readable
   when one has come, or the negative error number. */
int signals_open(const int signals[], size_t count);

/* Takes the next signal that has come; 0 if none has. */
int signals_next(int descriptor);

#endif
