#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

volatile sig_atomic_t signals_resized, signals_stop_wanted, signals_continued;

/* These end the process, and its parent sees that. */
static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
/* These only leave a note for terminal_read. */
static const int notes[] = {SIGWINCH, SIGTSTP, SIGCONT};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct sigaction before[NSIG];
static int note_pipe[2] = {-1, -1};

/* What a handler needs to restore the terminal, fixed while armed. */
static struct {
  volatile sig_atomic_t armed, mouse;
  int input, output;
  struct termios modes;
  char leave[512];
  size_t leave_length;
} restore;

static const char mouse_off[] = "\033[?1006l\033[?1003l\033[?1002l\033[?1000l";

static void write_all(const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(restore.output, bytes, count);
    if (written <= 0 && errno != EINTR) return;
    if (written > 0) {
      bytes += written;
      count -= (size_t)written;
    }
  }
}

bool restore_prepare(int input, int output) {
  restore.input = input;
  restore.output = output;
  restore.leave_length = 0;
  restore.mouse = 0;
  return tcgetattr(input, &restore.modes) == 0;
}

void restore_add(const char *capability) {
  if (capability == NULL || capability == (const char *)-1) return;
  /* Padding, written as $<5>, is for very old terminals: left out. */
  for (const char *c = capability; *c != 0; c++) {
    if (c[0] == '$' && c[1] == '<') {
      const char *end = strchr(c, '>');
      if (end != NULL) {
        c = end;
        continue;
      }
    }
    if (restore.leave_length < sizeof restore.leave) restore.leave[restore.leave_length++] = *c;
  }
}

void restore_arm(bool armed) { restore.armed = armed; }

void restore_mouse(bool on) { restore.mouse = on; }

void restore_modes(void) { tcsetattr(restore.input, TCSANOW, &restore.modes); }

void restore_now(void) {
  if (!restore.armed) return;
  restore.armed = 0;
  if (restore.mouse) write_all(mouse_off, sizeof mouse_off - 1);
  write_all(restore.leave, restore.leave_length);
  restore_modes();
}

static void leave_note(int number) {
  int error = errno;
  if (number == SIGWINCH) signals_resized = 1;
  if (number == SIGTSTP) signals_stop_wanted = 1;
  if (number == SIGCONT) signals_continued = 1;
  /* A full pipe works as well: it is readable. */
  ssize_t written = write(note_pipe[1], "!", 1);
  (void)written;
  errno = error;
}

static void end_by(int number) {
  restore_now();
  signal(number, SIG_DFL);
  raise(number); /* pending until this handler returns */
}

static bool install(const int *numbers, size_t count, struct sigaction *action) {
  for (size_t i = 0; i < count; i++) {
    int number = numbers[i];
    /* Signals that the parent ignores, as nohup does, stay ignored. */
    if (action->sa_handler == end_by && before[number].sa_handler == SIG_IGN) continue;
    if (sigaction(number, action, NULL) != 0) return false;
  }
  return true;
}

bool signals_install(void) {
  if (pipe2(note_pipe, O_NONBLOCK | O_CLOEXEC) != 0) return false;
  for (int number = 1; number < NSIG; number++) sigaction(number, NULL, &before[number]);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  sigfillset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  action.sa_handler = leave_note;
  if (!install(notes, COUNT(notes), &action)) return false;
  action.sa_handler = end_by;
  return install(ending, COUNT(ending), &action);
}

static void put_back(const int *numbers, size_t count) {
  for (size_t i = 0; i < count; i++) sigaction(numbers[i], &before[numbers[i]], NULL);
}

void signals_remove(void) {
  if (note_pipe[0] < 0) return;
  put_back(notes, COUNT(notes));
  put_back(ending, COUNT(ending));
  close(note_pipe[0]);
  close(note_pipe[1]);
  note_pipe[0] = note_pipe[1] = -1;
  signals_resized = signals_stop_wanted = signals_continued = 0;
}

int signals_descriptor(void) { return note_pipe[0]; }

void signals_drain(void) {
  char bytes[64];
  while (read(note_pipe[0], bytes, sizeof bytes) > 0) continue;
}

void signals_stop_now(void) {
  signals_stop_wanted = 0;
  /* Without job control nobody could wake us. */
  if (before[SIGTSTP].sa_handler == SIG_IGN) return;
  struct sigaction ours, standard;
  memset(&standard, 0, sizeof standard);
  standard.sa_handler = SIG_DFL;
  sigemptyset(&standard.sa_mask);
  sigaction(SIGTSTP, &standard, &ours);
  /* The whole group, as the terminal itself does: a parent that waits for us stops too. */
  kill(0, SIGTSTP);
  sigaction(SIGTSTP, &ours, NULL);
  signals_continued = 0;
}
