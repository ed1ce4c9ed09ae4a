#define _GNU_SOURCE
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int folder_open(int beside, const char *name, bool follows) {
  return openat(beside, name, O_PATH | O_DIRECTORY | O_CLOEXEC | (follows ? 0 : O_NOFOLLOW));
}

int folder_rename_to_free(int folder, const char *from, const char *to) {
  if (renameat2(folder, from, folder, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  /* Network file systems: a second name is made in one step too. */
  if (linkat(folder, from, folder, to, 0) == 0)
    return unlinkat(folder, from, 0) == 0 ? 0 : errno;
  if (errno != EPERM && errno != EOPNOTSUPP) return errno;
  /* File systems without links: the closest possible. */
  struct stat status;
  if (fstatat(folder, to, &status, AT_SYMLINK_NOFOLLOW) == 0) return EEXIST;
  return renameat(folder, from, folder, to) == 0 ? 0 : errno;
}

int folder_exchange(int folder, const char *one, const char *other) {
  if (renameat2(folder, one, folder, other, RENAME_EXCHANGE) == 0) return 0;
  return errno == ENOSYS ? EINVAL : errno;
}
