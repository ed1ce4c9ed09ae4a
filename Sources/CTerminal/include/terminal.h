#ifndef DIRECTMAP_TERMINAL_H
#define DIRECTMAP_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A terminal, by way of ncurses; no curses type is visible here. There is
 * one terminal for each process, and all calls come from one thread.
 */

enum terminal_status {
  TERMINAL_OPENED = 0,
  TERMINAL_ALREADY_OPEN,
  TERMINAL_INPUT_IS_NO_TERMINAL,
  TERMINAL_OUTPUT_IS_NO_TERMINAL,
  TERMINAL_TYPE_NOT_SET,
  TERMINAL_TYPE_UNKNOWN,
  TERMINAL_TYPE_TOO_SIMPLE,
  TERMINAL_SYSTEM_ERROR, /* terminal_system_error tells */
};

struct terminal_options {
  int colors_max;        /* -1: as many as there are */
  int unicode;           /* -1: by the locale; 0: ASCII; 1: Unicode */
};

enum terminal_attribute {
  TERMINAL_BOLD = 1,
  TERMINAL_UNDERLINE = 2,
  TERMINAL_REVERSE = 4,
  TERMINAL_DIM = 8,
};

struct terminal_cell {
  uint32_t character;    /* a Unicode scalar that is no control character */
  uint32_t combining;    /* a mark drawn over it, or 0 */
  int16_t ink, paper;    /* an index of colour, or -1 for the terminal's own */
  uint8_t attributes;    /* of enum terminal_attribute */
  uint8_t columns;       /* 1, 2, or 0 for the right half of the cell before */
};

enum terminal_input_kind {
  TERMINAL_CHARACTER,    /* code is a Unicode scalar, control characters included */
  TERMINAL_PASTED,       /* code is a Unicode scalar that was pasted, no control character */
  TERMINAL_KEY,          /* code is of enum terminal_key */
  TERMINAL_MOUSE,        /* code is of enum terminal_mouse; x, y */
  TERMINAL_RESIZED,      /* x columns, y rows */
  TERMINAL_RESUMED,
  TERMINAL_TIMED_OUT,
  TERMINAL_WOKEN,        /* the descriptor given to terminal_read is readable */
  TERMINAL_ENDED,
};

enum terminal_key {
  TERMINAL_UP = 1, TERMINAL_DOWN, TERMINAL_LEFT, TERMINAL_RIGHT, TERMINAL_ENTER,
  TERMINAL_BACKSPACE, TERMINAL_BACKTAB, TERMINAL_HOME, TERMINAL_END, TERMINAL_PAGE_UP,
  TERMINAL_PAGE_DOWN, TERMINAL_INSERT, TERMINAL_DELETE,
  TERMINAL_F0 = 100,     /* TERMINAL_F0 + n is function key n */
};

enum terminal_mouse {
  TERMINAL_LEFT_DOWN, TERMINAL_MIDDLE_DOWN, TERMINAL_RIGHT_DOWN, TERMINAL_BUTTON_UP,
  TERMINAL_WHEEL_UP, TERMINAL_WHEEL_DOWN,
  TERMINAL_LEFT_TWICE,   /* the second of two presses on a cell, shortly after the first */
};

struct terminal_input {
  int kind;
  uint32_t code;
  int x, y;
};

/* Sets, for the whole life of the program, what its faults and SIGQUIT do: the terminal is
   restored, one line on standard error names the program and asks for a report, and the process ends by the
   signal. If the environment has SWIFT_BACKTRACE, the Swift runtime reports a fault before that, as the
   variable says; otherwise no debugger prompt appears. False when the system refuses. */
bool terminal_guard(const char *program);
/* Takes the terminal over. On failure the terminal is unchanged. */
enum terminal_status terminal_open(const struct terminal_options *options);
/* Restores the terminal; also done at exit and by signals that end the process. */
void terminal_close(void);

/* The value of TERM, never NULL; and what went wrong in the last terminal_open. */
const char *terminal_type(void);
const char *terminal_system_error(void);

int terminal_width(void);
int terminal_height(void);
int terminal_colors(void);
bool terminal_is_unicode(void);

/* Draws one row from its left edge, cut at the edge of the terminal. */
void terminal_put_row(int y, const struct terminal_cell *cells, int count);
/* Blanks everything; cells that are not drawn again stay blank. */
void terminal_erase(void);
/* Sends all changes; shows the cursor at x, y, or hides it when they are negative. */
void terminal_show(int cursor_x, int cursor_y);
/* Redraws everything, for example after another program wrote on the screen. */
void terminal_repaint(void);

/* Waits for input: forever when milliseconds is negative. Ends too when a descriptor of the caller's is
   readable and nothing was typed; -1 for none. */
struct terminal_input terminal_read(int milliseconds, int waking);
/* Restores the terminal, stops the process group, and redraws when it continues. */
void terminal_suspend(void);

/* Turns mouse reports on or off; false when the terminal has no mouse to turn on. */
bool terminal_set_mouse(bool on);
void terminal_bell(void);

#endif
