#ifndef EMBEDDED_H
#define EMBEDDED_H

#include <stddef.h>

/* A file that the program carries in itself. In Swift, a second of compiling would go into every 6 kB. */
struct embedded_file {
  const char *name;
  const unsigned char *bytes;
  size_t size;
};

/* The lessons, in the order in which they build on each other. */
size_t embedded_lesson_count(void);
struct embedded_file embedded_lesson(size_t number);

/* The first program of a guest. */
struct embedded_file embedded_init_x86_64(void);
struct embedded_file embedded_init_arm64(void);

#endif
