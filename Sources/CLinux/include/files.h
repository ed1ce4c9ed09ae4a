#ifndef FILES_H
#define FILES_H

#include <stdbool.h>

/* What Linux can do with names in a folder, for which the C library has no portable call. */

/* Opens a folder to name files in it, whether or not it can be listed. follows: whether its own name
   may be a link. -1, with errno, if it cannot be opened or is no folder. */
int folder_open(int beside, const char *name, bool follows);

/* Gives a file a name that must be free. 0, or the number of what is wrong: EEXIST if it is not. */
int folder_rename_to_free(int folder, const char *from, const char *to);

/* Exchanges two files in one step. 0, or the number of what is wrong: EINVAL where the file system
   cannot do that. */
int folder_exchange(int folder, const char *one, const char *other);

#endif
