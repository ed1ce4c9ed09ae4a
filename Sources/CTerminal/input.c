#include "internal.h"

#include <errno.h>
#include <ncurses.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* Keys are read through a pad: unlike a window, it never paints on a read. */
static WINDOW *pad;
/* Whether the input is part of a paste. */
static bool is_pasted;
/* The size that the program knows. */
static int told_width, told_height;

void input_prepare(void) {
  told_width = terminal_width();
  told_height = terminal_height();
  is_pasted = false;
  pad = newpad(1, 1);
  if (pad == NULL) return;
  keypad(pad, TRUE);
  nodelay(pad, TRUE);
}

void input_close(void) {
  if (pad != NULL) delwin(pad);
  pad = NULL;
}

static long long now_milliseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static uint32_t key_code(wint_t key) {
  if (key >= KEY_F(1) && key <= KEY_F(63)) return TERMINAL_F0 + (key - KEY_F(0));
  switch (key) {
  case KEY_UP: return TERMINAL_UP;
  case KEY_DOWN: return TERMINAL_DOWN;
  case KEY_LEFT: return TERMINAL_LEFT;
  case KEY_RIGHT: return TERMINAL_RIGHT;
  case KEY_ENTER: return TERMINAL_ENTER;
  case KEY_BACKSPACE: return TERMINAL_BACKSPACE;
  case KEY_BTAB: return TERMINAL_BACKTAB;
  case KEY_HOME: case KEY_FIND: case KEY_A1: return TERMINAL_HOME;
  case KEY_END: case KEY_SELECT: case KEY_C1: return TERMINAL_END;
  case KEY_PPAGE: case KEY_A3: return TERMINAL_PAGE_UP;
  case KEY_NPAGE: case KEY_C3: return TERMINAL_PAGE_DOWN;
  case KEY_IC: return TERMINAL_INSERT;
  case KEY_DC: return TERMINAL_DELETE;
  default: return 0;
  }
}

/* Whether a press is the second of a double click; a third press starts a new one. */
static bool is_second_press(int x, int y) {
  enum { apart_milliseconds = 400 };
  static struct { int x, y; long long when; } last = {-1, -1, 0};
  long long now = now_milliseconds();
  bool second = x == last.x && y == last.y && now - last.when <= apart_milliseconds;
  last.x = second ? -1 : x;
  last.y = y;
  last.when = now;
  return second;
}

static bool mouse_input(struct terminal_input *input) {
  MEVENT event;
  if (getmouse(&event) == ERR) return false;
  input->kind = TERMINAL_MOUSE;
  input->x = event.x;
  input->y = event.y;
  /* A press and its release that arrive together become one. */
  if (event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED))
    input->code = is_second_press(event.x, event.y) ? TERMINAL_LEFT_TWICE : TERMINAL_LEFT_DOWN;
  else if (event.bstate & BUTTON1_DOUBLE_CLICKED) input->code = TERMINAL_LEFT_TWICE;
  else if (event.bstate & BUTTON2_PRESSED) input->code = TERMINAL_MIDDLE_DOWN;
  else if (event.bstate & BUTTON3_PRESSED) input->code = TERMINAL_RIGHT_DOWN;
  else if (event.bstate & BUTTON4_PRESSED) input->code = TERMINAL_WHEEL_UP;
  else if (event.bstate & BUTTON5_PRESSED) input->code = TERMINAL_WHEEL_DOWN;
  else if (event.bstate & (BUTTON1_RELEASED | BUTTON2_RELEASED | BUTTON3_RELEASED))
    input->code = TERMINAL_BUTTON_UP;
  else return false;
  return true;
}

enum taken { TAKEN_NOTHING, TAKEN_IGNORED, TAKEN_INPUT };

/* Takes what an Escape begins. */
static enum taken take_escape(struct terminal_input *input) {
  struct sequence sequence = sequence_read(pad);
  switch (sequence.kind) {
  case SEQUENCE_PASTE_BEGINS: is_pasted = true; return TAKEN_IGNORED;
  case SEQUENCE_PASTE_ENDS: is_pasted = false; return TAKEN_IGNORED;
  case SEQUENCE_UNKNOWN: return TAKEN_IGNORED;
  case SEQUENCE_NONE:
    if (is_pasted) return TAKEN_IGNORED;
    *input = (struct terminal_input){.kind = TERMINAL_CHARACTER, .code = 27};
    return TAKEN_INPUT;
  case SEQUENCE_KEY:
    if (is_pasted) return TAKEN_IGNORED;
    *input = (struct terminal_input){.kind = TERMINAL_KEY, .code = sequence.key};
    return TAKEN_INPUT;
  }
  return TAKEN_IGNORED;
}

/* Reads keys that were typed already. */
static enum taken take_typed(struct terminal_input *input) {
  wint_t value = 0;
  int result = wget_wch(pad, &value);
  if (result == ERR) return TAKEN_NOTHING;
  if (result == OK) {
    if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return TAKEN_IGNORED;
    if (value == 27) return take_escape(input);
    if (is_pasted) {
      /* Pasted lines become one: what is pasted never ends a line. */
      if (value < 0x20) value = ' ';
      *input = (struct terminal_input){.kind = TERMINAL_PASTED, .code = value};
      return TAKEN_INPUT;
    }
    *input = (struct terminal_input){.kind = TERMINAL_CHARACTER, .code = value};
    return TAKEN_INPUT;
  }
  if (is_pasted) return TAKEN_IGNORED;
  if (value == KEY_MOUSE) return mouse_input(input) ? TAKEN_INPUT : TAKEN_IGNORED;
  /* Some descriptions, such as the Linux console's, have names for control characters. */
  if (value == KEY_SUSPEND) {
    *input = (struct terminal_input){.kind = TERMINAL_CHARACTER, .code = 'Z' & 31};
    return TAKEN_INPUT;
  }
  uint32_t code = key_code(value);
  if (code == 0) return TAKEN_IGNORED;
  *input = (struct terminal_input){.kind = TERMINAL_KEY, .code = code};
  return TAKEN_INPUT;
}

/* Handles the notes of signal handlers. */
static bool take_notes(struct terminal_input *input) {
  signals_drain();
  if (signals_stop_wanted) {
    terminal_suspend();
    input->kind = TERMINAL_RESUMED;
    return true;
  }
  if (signals_continued) {
    signals_continued = 0;
    terminal_resume();
    input->kind = TERMINAL_RESUMED;
    return true;
  }
  if (signals_resized) {
    signals_resized = 0;
    terminal_adopt_size();
  }
  if (terminal_width() == told_width && terminal_height() == told_height) return false;
  input->kind = TERMINAL_RESIZED;
  input->x = told_width = terminal_width();
  input->y = told_height = terminal_height();
  return true;
}

/* Whether the other end is gone, asked when poll woke us and nothing could be read. */
static bool has_ended(short events) {
  if (events & (POLLHUP | POLLERR | POLLNVAL)) return true;
  struct pollfd again = {.fd = STDIN_FILENO, .events = POLLIN};
  if (poll(&again, 1, 0) <= 0) return false;
  int waiting = 0;
  return ioctl(STDIN_FILENO, FIONREAD, &waiting) != 0 || waiting == 0;
}

struct terminal_input terminal_read(int milliseconds, int waking) {
  struct terminal_input input = {.kind = TERMINAL_ENDED};
  if (pad == NULL) return input;
  long long deadline = milliseconds < 0 ? 0 : now_milliseconds() + milliseconds;
  short events = 0;
  for (;;) {
    if (take_notes(&input)) return input;
    switch (take_typed(&input)) {
    case TAKEN_INPUT: return input;
    case TAKEN_IGNORED: continue;
    case TAKEN_NOTHING: break;
    }
    if (events != 0 && has_ended(events)) return input;
    int wait = -1;
    if (milliseconds >= 0) {
      long long left = deadline - now_milliseconds();
      wait = left < 0 ? 0 : (int)left;
    }
    struct pollfd sources[3] = {
      {.fd = STDIN_FILENO, .events = POLLIN},
      {.fd = signals_descriptor(), .events = POLLIN},
      {.fd = waking, .events = POLLIN},
    };
    int ready = poll(sources, 3, wait);
    if (ready < 0 && errno != EINTR) return input;
    events = ready > 0 ? sources[0].revents : 0;
    if (ready == 0) {
      input.kind = TERMINAL_TIMED_OUT;
      return input;
    }
    if (ready > 0 && sources[2].revents != 0 && events == 0 && sources[1].revents == 0) {
      input.kind = TERMINAL_WOKEN;
      return input;
    }
  }
}

/* Whether the mouse is enabled. */
static bool mouse_is_on;

bool input_mouse_is_on(void) { return mouse_is_on; }

bool terminal_set_mouse(bool on) {
  mmask_t mask = BUTTON1_PRESSED | BUTTON2_PRESSED | BUTTON3_PRESSED | BUTTON4_PRESSED |
    BUTTON5_PRESSED | BUTTON1_RELEASED | BUTTON2_RELEASED | BUTTON3_RELEASED |
    BUTTON1_CLICKED | BUTTON1_DOUBLE_CLICKED;
  if (pad == NULL) return false;
  /* Before ncurses writes, so that no exit comes in between. */
  if (on) restore_mouse(true);
  bool has_mouse = mousemask(on ? mask : 0, NULL) != 0;
  if (!has_mouse) restore_mouse(false);
  mouse_is_on = has_mouse;
  return has_mouse;
}
