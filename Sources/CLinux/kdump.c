#include "files.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is used of the library's interface. Source: libkdumpfile/kdumpfile.h, 0.5.1 */
enum { NUMBER = 2, MACHINE_PHYSICAL = 1 };
struct attribute {
  int type;
  union {
    uint64_t number;
    void *other;
  } value;
};

struct kdump {
  void *library, *context;
  void (*free)(void *);
  int (*read)(void *, int, uint64_t, void *, size_t *);
  int (*attribute)(void *, const char *, struct attribute *);
  int (*info)(void *, char **);
};

/* The library has no name without a version where only programs are installed that use it. */
static void *open_library(void) {
  void *library = dlopen("libkdumpfile.so", RTLD_NOW | RTLD_LOCAL);
  char name[32];
  for (int version = 16; library == NULL && version >= 9; version--) {
    snprintf(name, sizeof name, "libkdumpfile.so.%d", version);
    library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  }
  return library;
}

static int open_dump(struct kdump *dump, int file, char *reason, size_t room) {
  void *(*make)(void);
  int (*open)(void *, unsigned, const int *);
  const char *(*error)(void *);
  *(void **)&make = dlsym(dump->library, "kdump_new");
  *(void **)&open = dlsym(dump->library, "kdump_open_fdset");
  *(void **)&error = dlsym(dump->library, "kdump_get_err");
  *(void **)&dump->free = dlsym(dump->library, "kdump_free");
  *(void **)&dump->read = dlsym(dump->library, "kdump_read");
  *(void **)&dump->attribute = dlsym(dump->library, "kdump_get_attr");
  *(void **)&dump->info = dlsym(dump->library, "kdump_vmcoreinfo_raw");
  if (!make || !open || !error || !dump->free || !dump->read || !dump->attribute || !dump->info) {
    snprintf(reason, room, "libkdumpfile is older than 0.5");
    return 1;
  }
  dump->context = make();
  if (dump->context == NULL) {
    snprintf(reason, room, "no memory");
    return 1;
  }
  if (open(dump->context, 1, &file) == 0) return 0;
  const char *text = error(dump->context);
  snprintf(reason, room, "%s", text ? text : "the file is damaged");
  return 1;
}

int kdump_file_open(int file, struct kdump **result, char *reason, size_t room) {
  void *library = open_library();
  if (library == NULL) return -1;
  struct kdump *dump = calloc(1, sizeof *dump);
  if (dump == NULL) {
    dlclose(library);
    snprintf(reason, room, "no memory");
    return 1;
  }
  dump->library = library;
  if (open_dump(dump, file, reason, room) != 0) {
    /* kdump_free() of libkdumpfile 0.5.1 reads what it has freed if the file could not be opened, so the
     * context stays. */
    free(dump);
    return 1;
  }
  *result = dump;
  return 0;
}

void kdump_file_close(struct kdump *dump) {
  if (dump->context) dump->free(dump->context);
  dlclose(dump->library);
  free(dump);
}

uint64_t kdump_file_pages(struct kdump *dump) {
  struct attribute attribute;
  memset(&attribute, 0, sizeof attribute);
  if (dump->attribute(dump->context, "max_pfn", &attribute) != 0 || attribute.type != NUMBER) return 0;
  return attribute.value.number;
}

char *kdump_file_info(struct kdump *dump) {
  char *text = NULL;
  return dump->info(dump->context, &text) == 0 ? text : NULL;
}

int kdump_file_read(struct kdump *dump, uint64_t address, void *bytes, size_t count) {
  size_t length = count;
  return dump->read(dump->context, MACHINE_PHYSICAL, address, bytes, &length) != 0;
}
