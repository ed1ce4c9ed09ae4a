#ifndef MEMORY_H
#define MEMORY_H

/* Makes all threads that start later use one heap, so that memory that one of them frees another
   one can use. Without this each thread keeps what it has freed. */
void memory_share_heap(void);

#endif
