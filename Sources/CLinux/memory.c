#include "memory.h"

#include <malloc.h>

void memory_share_heap(void) {
  /* A C library without heaps of threads has nothing to share. */
#ifdef M_ARENA_MAX
  mallopt(M_ARENA_MAX, 1);
#endif
}
