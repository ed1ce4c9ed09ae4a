#ifndef DIRECTMAP_TERMINAL_INTERNAL_H
#define DIRECTMAP_TERMINAL_INTERNAL_H

/* Otherwise ncurses silently leaves out its wide interface. */
#define NCURSES_WIDECHAR 1
#define _GNU_SOURCE 1

#include "terminal.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/* signals.c: events from outside, and restoring the terminal. */

/* The notes of signal handlers for terminal_read. */
extern volatile sig_atomic_t signals_resized, signals_stop_wanted, signals_continued;

/* Installs the handlers; false with errno when the system refuses. */
bool signals_install(void);
/* Restores the previous handlers. */
void signals_remove(void);
/* The descriptor that becomes readable when a handler has left something. */
int signals_descriptor(void);
/* Empties the descriptor. */
void signals_drain(void);
/* Stops the process group with the default action; returns when it continues. */
void signals_stop_now(void);

/* Remembers the terminal's modes and the sequence that leaves the screen, for handlers to use. */
bool restore_prepare(int input, int output);
/* Adds to the sequence that is written on leaving; capability strings may be NULL. */
void restore_add(const char *capability);
/* Whether a handler that ends the process must restore the terminal first. */
void restore_arm(bool armed);
/* Notes that mouse reports are on and must be turned off on leaving. */
void restore_mouse(bool on);
/* Restores the terminal if armed; safe in a signal handler. */
void restore_now(void);
/* Restores the terminal's original modes. */
void restore_modes(void);

/* type.c: checks the terminal's description before anything is written, and passes
   the sequence that leaves the screen to restore_add. */
enum terminal_status type_check(void);
/* Has the terminal mark what is pasted, or stop it; nothing where it cannot. */
void type_mark_pastes(bool on);
/* Clears a row of a terminal without a second screen, where the picture stays when the program
   leaves; bypasses ncurses, which still believes that the row is there. */
void type_clear_row(int y);

/* colors.c: pairs of ink and paper. */

/* Prepares for a number of colours, 0 for none. */
void colors_prepare(int count);
/* The number of colours in use: 256, 16, 8 or 0. */
int colors_count(void);
/* The pair for an ink and a paper, -1 for the terminal's own; 0 when none is left. */
int colors_pair(int ink, int paper);

/* sequence.c: what follows an Escape. */

enum sequence_kind {
  SEQUENCE_NONE,         /* the Escape was pressed alone */
  SEQUENCE_KEY,          /* key is of enum terminal_key */
  SEQUENCE_PASTE_BEGINS,
  SEQUENCE_PASTE_ENDS,
  SEQUENCE_UNKNOWN,      /* read whole, without a meaning here */
};

struct sequence {
  enum sequence_kind kind;
  uint32_t key;
};

/* Reads what follows an Escape, from a window of ncurses. */
struct sequence sequence_read(void *source);

/* input.c */
void input_prepare(void);
void input_close(void);
/* Whether the mouse is enabled. */
bool input_mouse_is_on(void);

/* terminal.c: adapts the size to the terminal; true when it changed. */
bool terminal_adopt_size(void);
/* terminal.c: takes the screen over again after another program used it. */
void terminal_resume(void);

#endif
