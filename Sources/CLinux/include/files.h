#ifndef FILES_H
#define FILES_H

#include <stddef.h>
#include <stdint.h>

#include <stdbool.h>

/* Operations of Linux on names in a folder that have no portable call in the C library. */

/* Opens a folder to access files in it, whether or not it can be listed. follows: whether its own name
   may be a link. Returns -1, with errno, if it cannot be opened or is not a folder. */
int folder_open(int beside, const char *name, bool follows);

/* Renames a file to a name that must be free. Returns 0, or the error number: EEXIST if it is not. */
int folder_rename_to_free(int folder, const char *from, const char *to);

/* Exchanges two files in one step. Returns 0, or the error number: EINVAL if the file system
   cannot do that. */
int folder_exchange(int folder, const char *one, const char *other);

/* A compressed dump, read by libkdumpfile where that is installed: it is looked for when it is needed. */
struct kdump;

/* Opens a dump. Returns 0; -1 where the library is not installed; 1 where it refuses the file, and puts the
   reason into `reason`. */
int kdump_file_open(int file, struct kdump **dump, char *reason, size_t room);

void kdump_file_close(struct kdump *dump);

/* How many pages of physical memory it covers; 0 where it does not tell. */
uint64_t kdump_file_pages(struct kdump *dump);

/* The text of VMCOREINFO, to be freed by free(); NULL if it has none. */
char *kdump_file_info(struct kdump *dump);

/* Reads one page, or less, at a physical address. Returns 0, or 1 where the dump does not have it. */
int kdump_file_read(struct kdump *dump, uint64_t address, void *bytes, size_t count);

#endif
