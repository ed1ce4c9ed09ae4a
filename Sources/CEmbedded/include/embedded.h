#ifndef EMBEDDED_H
#define EMBEDDED_H

#include <stddef.h>

/* Files that the program carries in itself. In Swift, a second of compiling would go into every 6 kB. */

struct embedded_lesson {
  const char *name;
  const char *text;
};

/* The lessons, in the order in which they build on each other. */
size_t embedded_lesson_count(void);
struct embedded_lesson embedded_lesson(size_t number);

/* The first program of a guest. */
struct embedded_program {
  const unsigned char *bytes;
  size_t size;
};

struct embedded_program embedded_init_x86_64(void);
struct embedded_program embedded_init_arm64(void);

#endif
