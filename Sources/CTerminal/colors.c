#include "internal.h"

#include <ncurses.h>
#include <string.h>

/* The pair for ink and paper, each shifted by one so that 0 is the terminal's own. */
static int pairs[257][257];
static int colors, next_pair, own_ink, own_paper;

void colors_prepare(int count) {
  colors = 0;
  next_pair = 1;
  memset(pairs, 0, sizeof pairs);
  if (count < 8 || !has_colors() || start_color() == ERR) return;
  own_ink = own_paper = -1;
  if (use_default_colors() == ERR) {
    own_ink = COLOR_WHITE;
    own_paper = COLOR_BLACK;
  }
  int most = count < COLORS ? count : COLORS;
  colors = most >= 256 ? 256 : most >= 16 ? 16 : most >= 8 ? 8 : 0;
}

int colors_count(void) { return colors; }

int colors_pair(int ink, int paper) {
  if (colors == 0 || ink >= colors || paper >= colors) return 0;
  if (ink < 0 && paper < 0) return 0;
  int *pair = &pairs[ink + 1][paper + 1];
  if (*pair == 0 && next_pair < COLOR_PAIRS) {
    int shown_ink = ink < 0 ? own_ink : ink;
    int shown_paper = paper < 0 ? own_paper : paper;
    if (init_extended_pair(next_pair, shown_ink, shown_paper) != ERR) *pair = next_pair++;
  }
  return *pair;
}
