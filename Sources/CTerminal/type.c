#include "internal.h"

#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
/* Last, and in this file only: it defines macros for words like "columns". */
#include <term.h>

const char *terminal_type(void) {
  const char *type = getenv("TERM");
  return type == NULL ? "" : type;
}

static bool keeps_picture;

void type_clear_row(int y) {
  if (!keeps_picture || clr_eol == NULL) return;
  putp(tiparm(cursor_address, y, 0));
  putp(clr_eol);
  fflush(stdout);
}

/* The terminal's word for marking what is pasted (BE) or not (BD); NULL where it has none. */
static const char *paste_capability(const char *name) {
  const char *value = tigetstr(name);
  return value == (char *)-1 ? NULL : value;
}

void type_mark_pastes(bool on) {
  const char *order = paste_capability(on ? "BE" : "BD");
  if (order == NULL) return;
  putp(order);
  fflush(stdout);
}

enum terminal_status type_check(void) {
  const char *type = getenv("TERM");
  if (type == NULL || *type == 0) return TERMINAL_TYPE_NOT_SET;
  int result = 0;
  if (setupterm(type, STDOUT_FILENO, &result) != OK) {
    /* Generic and hardcopy descriptions exist, but cannot drive a screen. */
    return result == 1 ? TERMINAL_TYPE_TOO_SIMPLE : TERMINAL_TYPE_UNKNOWN;
  }
  enum terminal_status status = TERMINAL_OPENED;
  if (cursor_address == NULL || clear_screen == NULL) status = TERMINAL_TYPE_TOO_SIMPLE;
  if (status == TERMINAL_OPENED) {
    restore_add(exit_attribute_mode);
    restore_add(orig_pair);
    restore_add(keypad_local);
    restore_add(paste_capability("BD"));
    restore_add(cursor_normal);
    restore_add(exit_ca_mode);
    keeps_picture = exit_ca_mode == NULL;
    /* The picture stays: the output that follows begins below it. */
    if (keeps_picture) {
      restore_add(tiparm(cursor_address, 998, 0));
      restore_add("\r\n");
    }
  }
  del_curterm(cur_term);
  return status;
}
