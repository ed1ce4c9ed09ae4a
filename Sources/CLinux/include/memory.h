#ifndef MEMORY_H
#define MEMORY_H

/* Lets all threads that begin later take memory from one heap, so that what one of them frees another
   one uses. Without it each keeps what it has freed. */
void memory_share_heap(void);

#endif
