#ifndef PROCESS_H
#define PROCESS_H

#include <stddef.h>
#include <stdint.h>

/* Programs that run beside this one, and memory and sockets shared with them. */

/* Starts a program that the kernel ends when this one ends, however that comes. It gets no terminal:
   standard input is empty, output and errors go to `output`. Of the other descriptors it keeps `kept`,
   under the same numbers. Returns its process id, or the negative error number, also where the
   program does not exist. */
int process_start(const char *program, char *const arguments[], const int kept[], size_t count,
                  int output);

/* Whether a process that was started has ended; then `status` has how. */
int process_has_ended(int process, int *status);

/* Ends a process that was started, and waits until it is gone. */
void process_end(int process);

/* Two connected sockets without a name: what is written to one is read from the other. Returns 0, or
   the negative error number. */
int socket_pair(int sockets[2]);

/* Writes all bytes within a timeout in milliseconds. Returns 0, or the negative error number. */
int socket_write(int socket, const void *bytes, size_t count, int milliseconds);

/* Reads available bytes, with a timeout in milliseconds for the first one. Returns how many bytes
   came; 0 when the other side is gone; -ETIMEDOUT if nothing came; else the negative error number. */
long socket_read(int socket, void *bytes, size_t room, int milliseconds);

/* A file without a name, in memory, gone with its last descriptor. Returns a descriptor, or the
   negative error number. */
int memory_file(const char *label, uint64_t size);

/* Maps a file to read and write it, shared. Returns NULL if that fails. */
void *memory_file_map(int file, size_t size);

/* Ends a mapping. */
void memory_file_unmap(void *start, size_t size);

/* Copies what a memory file holds into an empty one of the same size, both mapped; what was never
   written is left out. Returns how many bytes were copied. */
uint64_t memory_file_copy(int from, const void *from_start, void *to_start, uint64_t size);

/* Writes every page of a mapped memory file that differs from a copy of it as it is in the copy. Returns
   how many bytes were written. */
uint64_t memory_file_restore(int file, void *start, const void *copy_start, uint64_t size);

/// Connects to a Unix socket; its descriptor, or a negative error.
int socket_connect(const char *path);

/// Opens a plain file that is the memory of a guest, for reading and writing; its descriptor, or a negative
/// error.
int memory_file_open(const char *path, uint64_t *size);

/* Closes a descriptor. */
void descriptor_close(int descriptor);

/* Whether a device can be opened to read and write. */
int device_opens(const char *path);

#endif
