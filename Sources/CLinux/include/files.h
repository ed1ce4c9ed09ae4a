#ifndef FILES_H
#define FILES_H

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

#endif
