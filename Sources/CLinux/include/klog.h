#ifndef KLOG_H
#define KLOG_H

#include <stddef.h>

/* Reads what is left of the kernel's log. Returns how many bytes there are, or the negative error
   number. */
long kernel_log(char *bytes, size_t room);

/* Opens what of the descriptors 0 to 2 is closed, so that no file gets their numbers. */
void standard_descriptors_fill(void);

#endif
