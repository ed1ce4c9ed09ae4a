#define _GNU_SOURCE
#include "klog.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/klog.h>
#include <unistd.h>

long kernel_log(char *bytes, size_t room) {
  /* SYSLOG_ACTION_READ_ALL */
  int count = klogctl(3, bytes, (int)room);
  return count < 0 ? -errno : count;
}

void standard_descriptors_fill(void) {
  for (int number = 0; number < 3; number++) {
    if (fcntl(number, F_GETFD) >= 0) continue;
    /* The lowest free number is given. A system without this device has at least a root. */
    if (open("/dev/null", O_RDWR) < 0) open("/", O_PATH);
  }
}
