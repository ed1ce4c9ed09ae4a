#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* What the child does between fork and exec; only calls that are safe after a fork of one thread. */
static void become(const char *program, char *const arguments[], const int kept[], size_t count,
                   int output, int report, pid_t parent) {
  sigset_t none;
  int empty;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  /* The parent may have ended before that. */
  if (getppid() != parent) _exit(1);
  /* Keys that interrupt this program are not for that one. */
  setpgid(0, 0);
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  empty = open("/dev/null", O_RDONLY);
  if (empty >= 0) dup2(empty, 0);
  dup2(output, 1);
  dup2(output, 2);
  for (size_t index = 0; index < count; index++) fcntl(kept[index], F_SETFD, 0);
  execvp(program, arguments);
  int reason = errno;
  while (write(report, &reason, sizeof reason) < 0 && errno == EINTR) {
  }
  _exit(127);
}

static int start(const char *program, char *const arguments[], const int kept[], size_t count,
                 int output) {
  int report[2];
  int reason = 0;
  ssize_t got;
  if (pipe2(report, O_CLOEXEC) != 0) return -errno;
  pid_t parent = getpid();
  pid_t child = fork();
  if (child < 0) {
    reason = errno;
    close(report[0]);
    close(report[1]);
    return -reason;
  }
  if (child == 0) become(program, arguments, kept, count, output, report[1], parent);
  close(report[1]);
  do got = read(report[0], &reason, sizeof reason);
  while (got < 0 && errno == EINTR);
  close(report[0]);
  if (got == (ssize_t)sizeof reason) {
    waitpid(child, NULL, 0);
    return -reason;
  }
  return child;
}

/* What a thread is to start, and what came of it. */
struct order {
  const char *program;
  char *const *arguments;
  const int *kept;
  size_t count;
  int output;
  int result;
  int is_done;
  pthread_mutex_t lock;
  pthread_cond_t done;
};

/* Linux ends a child with the thread that started it, so that thread must stay as long as the program. */
static void *keep(void *argument) {
  struct order *order = argument;
  int result = start(order->program, order->arguments, order->kept, order->count, order->output);
  pthread_mutex_lock(&order->lock);
  order->result = result;
  order->is_done = 1;
  pthread_cond_signal(&order->done);
  pthread_mutex_unlock(&order->lock);
  while (result > 0) pause();
  return NULL;
}

int process_start(const char *program, char *const arguments[], const int kept[], size_t count,
                  int output) {
  struct order order = {.program = program, .arguments = arguments, .kept = kept, .count = count,
                        .output = output, .result = -EAGAIN, .lock = PTHREAD_MUTEX_INITIALIZER,
                        .done = PTHREAD_COND_INITIALIZER};
  pthread_t thread;
  pthread_attr_t attributes;
  sigset_t all, before;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 256 << 10);
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, &before);
  int failed = pthread_create(&thread, &attributes, keep, &order);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  pthread_attr_destroy(&attributes);
  if (failed != 0) return -failed;
  pthread_mutex_lock(&order.lock);
  while (!order.is_done) pthread_cond_wait(&order.done, &order.lock);
  pthread_mutex_unlock(&order.lock);
  return order.result;
}

int process_has_ended(int process, int *status) {
  return waitpid(process, status, WNOHANG) == process;
}

void process_end(int process) {
  kill(process, SIGKILL);
  while (waitpid(process, NULL, 0) < 0 && errno == EINTR) {
  }
}

int socket_pair(int sockets[2]) {
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0 ? 0 : -errno;
}

static long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Waits for an event of a socket. Returns 0, or the negative error number. */
static int wait_for(int socket, short event, long deadline) {
  for (;;) {
    long left = deadline - now();
    struct pollfd entry = {.fd = socket, .events = event};
    int ready = poll(&entry, 1, left < 0 ? 0 : (int)left);
    if (ready > 0) return 0;
    if (ready == 0) return -ETIMEDOUT;
    if (errno != EINTR) return -errno;
  }
}

int socket_write(int socket, const void *bytes, size_t count, int milliseconds) {
  const char *rest = bytes;
  long deadline = now() + milliseconds;
  while (count > 0) {
    ssize_t put = send(socket, rest, count, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (put > 0) {
      rest += put;
      count -= (size_t)put;
      continue;
    }
    if (put < 0 && errno != EAGAIN && errno != EINTR) return -errno;
    int waited = wait_for(socket, POLLOUT, deadline);
    if (waited != 0) return waited;
  }
  return 0;
}

long socket_read(int socket, void *bytes, size_t room, int milliseconds) {
  long deadline = now() + milliseconds;
  for (;;) {
    int waited = wait_for(socket, POLLIN, deadline);
    if (waited != 0) return waited;
    ssize_t got = read(socket, bytes, room);
    if (got >= 0) return got;
    if (errno != EAGAIN && errno != EINTR) return -errno;
  }
}

int memory_file(const char *label, uint64_t size) {
  int file = memfd_create(label, MFD_CLOEXEC);
  if (file < 0) return -errno;
  if (ftruncate(file, (off_t)size) == 0) return file;
  int reason = errno;
  close(file);
  return -reason;
}

void *memory_file_map(int file, size_t size) {
  void *start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  return start == MAP_FAILED ? NULL : start;
}

void memory_file_unmap(void *start, size_t size) { munmap(start, size); }

/* The next range of a file that holds something, from a place on; 0 if there is none. */
static int next_data(int file, uint64_t from, uint64_t size, uint64_t *start, uint64_t *end) {
  off_t data = lseek(file, (off_t)from, SEEK_DATA);
  if (data < 0 || (uint64_t)data >= size) return 0;
  off_t hole = lseek(file, data, SEEK_HOLE);
  *start = (uint64_t)data;
  *end = hole < 0 || (uint64_t)hole > size ? size : (uint64_t)hole;
  return 1;
}

uint64_t memory_file_copy(int from, const void *from_start, void *to_start, uint64_t size) {
  static const char zeros[4096];
  uint64_t start, end = 0, copied = 0;
  while (next_data(from, end, size, &start, &end)) {
    for (uint64_t page = start; page < end; page += 4096) {
      const char *source = (const char *)from_start + page;
      if (memcmp(source, zeros, 4096) == 0) continue;
      memcpy((char *)to_start + page, source, 4096);
      copied += 4096;
    }
  }
  return copied;
}

uint64_t memory_file_restore(int file, void *start_of_file, const void *copy_start, uint64_t size) {
  uint64_t start, end = 0, written = 0;
  while (next_data(file, end, size, &start, &end)) {
    for (uint64_t page = start; page < end; page += 4096) {
      char *place = (char *)start_of_file + page;
      const char *saved = (const char *)copy_start + page;
      if (memcmp(place, saved, 4096) == 0) continue;
      memcpy(place, saved, 4096);
      written += 4096;
    }
  }
  return written;
}

int socket_connect(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(path) >= sizeof address.sun_path) return -ENAMETOOLONG;
  strcpy(address.sun_path, path);
  int end = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (end < 0) return -errno;
  if (connect(end, (const struct sockaddr *)&address, sizeof address) == 0) return end;
  int reason = errno;
  close(end);
  return -reason;
}

int memory_file_open(const char *path, uint64_t *size) {
  int file = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return -errno;
  struct stat state;
  if (fstat(file, &state) == 0 && S_ISREG(state.st_mode)) {
    *size = (uint64_t)state.st_size;
    return file;
  }
  close(file);
  return -EINVAL;
}

void descriptor_close(int descriptor) { close(descriptor); }

int device_opens(const char *path) {
  int device = open(path, O_RDWR | O_CLOEXEC);
  if (device < 0) return 0;
  close(device);
  return 1;
}
