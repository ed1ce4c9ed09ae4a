#include "internal.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

static SCREEN *screen;
static bool is_unicode, cursor_is_seen;
static int system_error;

static void choose_locale(int wanted) {
  setlocale(LC_CTYPE, "");
  bool has_unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  if (wanted == 1 && !has_unicode) has_unicode = setlocale(LC_CTYPE, "C.UTF-8") != NULL;
  is_unicode = has_unicode && wanted != 0;
}

const char *terminal_system_error(void) { return strerror(system_error); }

/* Undoes a half-finished terminal_open. */
static enum terminal_status give_up(void) {
  system_error = errno;
  signals_remove();
  return TERMINAL_SYSTEM_ERROR;
}

enum terminal_status terminal_open(const struct terminal_options *options) {
  static bool closes_at_exit;
  if (screen != NULL) return TERMINAL_ALREADY_OPEN;
  if (!isatty(STDIN_FILENO)) return TERMINAL_INPUT_IS_NO_TERMINAL;
  if (!isatty(STDOUT_FILENO)) return TERMINAL_OUTPUT_IS_NO_TERMINAL;
  if (!restore_prepare(STDIN_FILENO, STDOUT_FILENO)) return give_up();
  enum terminal_status status = type_check();
  if (status != TERMINAL_OPENED) return status;
  choose_locale(options->unicode);
  if (!closes_at_exit && atexit(terminal_close) != 0) return give_up();
  closes_at_exit = true;
  if (!terminal_guard("directmap")) return give_up();
  /* Before newterm, which does not touch signals that have a handler. */
  if (!signals_install()) return give_up();
  restore_arm(true);
  screen = newterm(NULL, stdout, stdin);
  if (screen == NULL) {
    restore_now();
    return give_up();
  }
  raw();
  noecho();
  nonl();
  set_escdelay(25);
  curs_set(0);
  cursor_is_seen = false;
  mouseinterval(0);
  leaveok(stdscr, FALSE);
  colors_prepare(options->colors_max < 0 ? 256 : options->colors_max);
  terminal_adopt_size();
  input_prepare();
  type_mark_pastes(true);
  return TERMINAL_OPENED;
}

/* Leaves the screen; if the picture stays visible, its last row makes room for the shell. */
static void leave(void) {
  endwin();
  type_clear_row(LINES - 1);
}

void terminal_close(void) {
  if (screen == NULL) return;
  terminal_set_mouse(false);
  type_mark_pastes(false);
  input_close();
  leave();
  restore_arm(false);
  restore_modes();
  delscreen(screen);
  screen = NULL;
  signals_remove();
}

int terminal_width(void) { return screen == NULL ? 0 : COLS; }
int terminal_height(void) { return screen == NULL ? 0 : LINES; }
int terminal_colors(void) { return colors_count(); }
bool terminal_is_unicode(void) { return is_unicode; }

bool terminal_adopt_size(void) {
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return false;
  /* Some terminals do not know; then the description's value stays. */
  if (size.ws_row == 0 || size.ws_col == 0) return false;
  if (size.ws_row == LINES && size.ws_col == COLS) return false;
  /* Not resizeterm: it would add a key to the input. */
  resize_term(size.ws_row, size.ws_col);
  werase(stdscr);
  clearok(curscr, TRUE);
  return true;
}

/* Sets one cell for ncurses; returns 2 for a wide one that its locale knows, otherwise 1. */
static int set_cell(cchar_t *to, const struct terminal_cell *cell) {
  wchar_t text[3] = {(wchar_t)cell->character, (wchar_t)cell->combining, 0};
  int columns = cell->columns;
  /* The C library must agree on the width, or the row would shift. */
  if (text[0] > 0x7E && (!is_unicode || wcwidth(text[0]) != columns)) {
    text[0] = L'?';
    columns = 1;
  }
  if (text[0] < 0x20 || text[0] == 0x7F) text[0] = L'?';
  if (text[1] != 0 && (!is_unicode || wcwidth(text[1]) != 0)) text[1] = 0;
  attr_t attributes = A_NORMAL;
  if (cell->attributes & TERMINAL_BOLD) attributes |= A_BOLD;
  if (cell->attributes & TERMINAL_UNDERLINE) attributes |= A_UNDERLINE;
  if (cell->attributes & TERMINAL_REVERSE) attributes |= A_REVERSE;
  if (cell->attributes & TERMINAL_DIM) attributes |= A_DIM;
  int pair = colors_pair(cell->ink, cell->paper);
  /* A pair above 32767 fits only through the last argument. */
  if (setcchar(to, text, attributes, (short)(pair < 32767 ? pair : 32767), &pair) == ERR) {
    setcchar(to, L"?", attributes, 0, NULL);
    return 1;
  }
  return columns;
}

void terminal_put_row(int y, const struct terminal_cell *cells, int count) {
  enum { chunk_length = 128 };
  cchar_t chunk[chunk_length + 1];
  if (screen == NULL || y < 0 || y >= LINES) return;
  if (count > COLS) count = COLS;
  int x = 0;
  while (x < count) {
    int start = x, length = 0;
    while (x < count && length < chunk_length) {
      struct terminal_cell cell = cells[x];
      /* A single half, at the edge or after a placeholder, is a space. */
      if (cell.columns == 0 || (cell.columns == 2 && x + 1 >= count)) {
        cell.character = ' ';
        cell.combining = 0;
        cell.columns = 1;
      }
      x += set_cell(&chunk[length++], &cell);
    }
    mvwadd_wchnstr(stdscr, y, start, chunk, length);
  }
}

void terminal_erase(void) {
  if (screen != NULL) werase(stdscr);
}

void terminal_show(int cursor_x, int cursor_y) {
  if (screen == NULL) return;
  bool seen = cursor_x >= 0 && cursor_y >= 0 && cursor_x < COLS && cursor_y < LINES;
  if (seen != cursor_is_seen) curs_set(seen ? 1 : 0);
  cursor_is_seen = seen;
  wmove(stdscr, seen ? cursor_y : 0, seen ? cursor_x : 0);
  wnoutrefresh(stdscr);
  doupdate();
}

void terminal_repaint(void) {
  if (screen == NULL) return;
  clearok(curscr, TRUE);
  wnoutrefresh(stdscr);
  doupdate();
}

void terminal_resume(void) {
  if (screen == NULL) return;
  /* In the background this stops the process, and the terminal is not ours to restore. */
  restore_arm(false);
  reset_prog_mode();
  restore_arm(true);
  if (!isendwin()) endwin();
  type_mark_pastes(true);
  terminal_adopt_size();
  terminal_repaint();
}

void terminal_suspend(void) {
  if (screen == NULL) return;
  /* Not left to endwin, which omits it with some descriptions. */
  bool had_mouse = input_mouse_is_on();
  if (had_mouse) terminal_set_mouse(false);
  type_mark_pastes(false);
  leave();
  restore_arm(false);
  restore_modes();
  signals_stop_now();
  terminal_resume();
  if (had_mouse) terminal_set_mouse(true);
}

void terminal_bell(void) {
  if (screen != NULL) beep();
}
