#ifndef DIRECTMAP_TERMINAL_INTERNAL_H
#define DIRECTMAP_TERMINAL_INTERNAL_H

/* Else ncurses leaves its wide interface out without a word. */
#define NCURSES_WIDECHAR 1
#define _GNU_SOURCE 1

#include "terminal.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/* signals.c: what happens from outside, and the way back to a sane terminal. */

/* What signal handlers leave for terminal_read. */
extern volatile sig_atomic_t signals_resized, signals_stop_wanted, signals_continued;

/* Installs the handlers; false with errno when the system refuses. */
bool signals_install(void);
/* Puts the handlers back that were there before. */
void signals_remove(void);
/* The descriptor that becomes readable when a handler has left something. */
int signals_descriptor(void);
/* Empties the descriptor. */
void signals_drain(void);
/* Stops the process group with the default action; returns when it goes on. */
void signals_stop_now(void);

/* Remembers how the terminal is set and what leaves the screen, for handlers to use. */
bool restore_prepare(int input, int output);
/* Adds to what is written on leaving; capability strings may be NULL. */
void restore_add(const char *capability);
/* Whether a handler that ends the process must restore the terminal first. */
void restore_arm(bool armed);
/* Says that mouse reports are on and must be turned off on leaving. */
void restore_mouse(bool on);
/* Restores the terminal if armed; safe in a signal handler. */
void restore_now(void);
/* Sets the terminal's modes back as they were found. */
void restore_modes(void);

/* type.c: asks the terminal's description what it can do, before anything is written, and tells
   restore_add what leaves the screen. */
enum terminal_status type_check(void);
/* Clears a row of a terminal without a second screen, where the picture stays when the program
   leaves; past ncurses, which goes on to think that the row is there. */
void type_clear_row(int y);

/* colors.c: pairs of ink and paper. */

/* Prepares for a number of colours, 0 for none. */
void colors_prepare(int count);
/* How many colours are in use: 256, 16, 8 or 0. */
int colors_count(void);
/* The pair for an ink and a paper, -1 for the terminal's own; 0 when none is left. */
int colors_pair(int ink, int paper);

/* input.c */
void input_prepare(void);
void input_close(void);
/* Whether the mouse is listened to. */
bool input_mouse_is_on(void);

/* terminal.c: brings the size in line with the terminal; true when it changed. */
bool terminal_adopt_size(void);
/* terminal.c: takes the screen again after others had it. */
void terminal_resume(void);

#endif
