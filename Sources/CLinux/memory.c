#include "memory.h"

#include <malloc.h>

void memory_share_heap(void) {
  /* A C library without per-thread heaps has nothing to share. */
#ifdef M_ARENA_MAX
  mallopt(M_ARENA_MAX, 1);
#endif
}
