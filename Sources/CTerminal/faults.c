#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Faults of the program, and the signal by which a user ends a program that hangs. */
static const struct { int number; const char *name; } faults[] = {
  {SIGILL, "SIGILL"}, {SIGTRAP, "SIGTRAP"}, {SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"},
  {SIGFPE, "SIGFPE"}, {SIGABRT, "SIGABRT"}, {SIGQUIT, "SIGQUIT"},
};

enum { count = sizeof faults / sizeof faults[0] };

/* The previous handlers: none, or the Swift runtime's, which writes a report. */
static struct sigaction before[NSIG];
/* Whether a user asked for these reports. */
static bool reports_wanted;
static char program[64];

static void say(const char *text) {
  size_t length = strlen(text);
  while (length > 0) {
    ssize_t written = write(STDERR_FILENO, text, length);
    if (written <= 0 && errno != EINTR) return;
    if (written > 0) {
      text += written;
      length -= (size_t)written;
    }
  }
}

static const char *name_of(int number) {
  for (size_t i = 0; i < count; i++)
    if (faults[i].number == number) return faults[i].name;
  return "a signal";
}

static void end_by_fault(int number, siginfo_t *info, void *context) {
  int error = errno;
  restore_now();
  say(program);
  say(": ended by ");
  say(name_of(number));
  say(number == SIGQUIT ? "; if it hung, " : ", a fault of the program; ");
  say("please report it in the project's issues, with the command and the file that led here\n");
  errno = error;
  if (number != SIGQUIT && reports_wanted) {
    if (info->si_code > 0) {
      /* The fault repeats on return, and then meets the runtime, which reports it. */
      sigaction(number, &before[number], NULL);
      return;
    }
    /* A signal that was sent does not repeat: it is reported here. */
    if (before[number].sa_flags & SA_SIGINFO) before[number].sa_sigaction(number, info, context);
  }
  signal(number, SIG_DFL);
  raise(number); /* pending until this handler returns */
}

bool terminal_guard(const char *name) {
  static char stack[64 * 1024];
  if (program[0] != 0) return true;
  snprintf(program, sizeof program, "%s", name);
  /* The variable is the user's: if it is set, it decides; if not, there is no debugger. */
  reports_wanted = getenv("SWIFT_BACKTRACE") != NULL;
  stack_t old = {0};
  if (sigaltstack(NULL, &old) == 0 && (old.ss_flags & SS_DISABLE) != 0) {
    /* The handler must work even if the stack is full. */
    stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
    if (sigaltstack(&own, NULL) != 0) return false;
  }
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  action.sa_sigaction = end_by_fault;
  /* Blocks nothing: the Swift runtime causes its own faults when it reads memory. */
  sigemptyset(&action.sa_mask);
  for (size_t i = 0; i < count; i++) {
    int number = faults[i].number;
    if (sigaction(number, NULL, &before[number]) != 0) return false;
    /* Signals that the parent ignores stay ignored. */
    if (before[number].sa_handler == SIG_IGN) continue;
    if (sigaction(number, &action, NULL) != 0) return false;
  }
  return true;
}
