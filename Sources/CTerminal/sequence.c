#include "internal.h"

#include <ctype.h>
#include <ncurses.h>
#include <string.h>

/* Escape sequences that ncurses does not know are read whole, so that no part of them is taken for keys. */

enum { longest = 4096, patience_milliseconds = 50 };

/* The next character of a sequence, which arrives at once or not at all; false where none comes. */
static bool next_character(WINDOW *pad, wint_t *value) {
  wtimeout(pad, patience_milliseconds);
  int result = wget_wch(pad, value);
  wtimeout(pad, 0);
  return result == OK;
}

/* Reads the text of OSC, DCS, SOS, PM and APC up to BEL or ST. */
static void skip_string(WINDOW *pad) {
  wint_t value = 0, last = 0;
  for (int length = 0; length < longest && next_character(pad, &value); length++) {
    if (value == 7 || (last == 27 && value == '\\') || value == 0x9C) return;
    last = value;
  }
}

static uint32_t key_of_final(wint_t final) {
  switch (final) {
  case 'A': return TERMINAL_UP;
  case 'B': return TERMINAL_DOWN;
  case 'C': return TERMINAL_RIGHT;
  case 'D': return TERMINAL_LEFT;
  case 'F': return TERMINAL_END;
  case 'H': return TERMINAL_HOME;
  case 'M': return TERMINAL_ENTER;
  case 'Z': return TERMINAL_BACKTAB;
  default: return 0;
  }
}

/* The keys of VT220, by the number before the tilde. */
static uint32_t key_of_number(const char *number) {
  static const struct { const char *number; uint32_t key; } keys[] = {
    {"1", TERMINAL_HOME}, {"2", TERMINAL_INSERT}, {"3", TERMINAL_DELETE}, {"4", TERMINAL_END},
    {"5", TERMINAL_PAGE_UP}, {"6", TERMINAL_PAGE_DOWN}, {"7", TERMINAL_HOME}, {"8", TERMINAL_END},
  };
  for (size_t index = 0; index < sizeof keys / sizeof *keys; index++)
    if (strcmp(number, keys[index].number) == 0) return keys[index].key;
  return 0;
}

/* Reads a control sequence after ESC [. */
static struct sequence control_sequence(WINDOW *pad) {
  char parameters[16] = "";
  size_t count = 0;
  bool has_more = false;
  wint_t value = 0;
  for (int length = 0; length < longest && next_character(pad, &value); length++) {
    if (value >= 0x40 && value <= 0x7E) {
      if (has_more) break;
      if (value == '~' && strcmp(parameters, "200") == 0)
        return (struct sequence){.kind = SEQUENCE_PASTE_BEGINS};
      if (value == '~' && strcmp(parameters, "201") == 0)
        return (struct sequence){.kind = SEQUENCE_PASTE_ENDS};
      /* With parameters, keys are held that make another key of it. */
      uint32_t key = value == '~' ? key_of_number(parameters) : count == 0 ? key_of_final(value) : 0;
      if (key == 0) break;
      return (struct sequence){.kind = SEQUENCE_KEY, .key = key};
    }
    if (value < 0x20 || value > 0x3F) break;
    if (count + 1 < sizeof parameters) parameters[count++] = (char)value;
    else has_more = true;
    parameters[count] = 0;
  }
  return (struct sequence){.kind = SEQUENCE_UNKNOWN};
}

struct sequence sequence_read(void *source) {
  WINDOW *pad = source;
  wint_t value = 0;
  /* ncurses has waited for what may follow an Escape already. */
  int result = wget_wch(pad, &value);
  if (result == ERR) return (struct sequence){.kind = SEQUENCE_NONE};
  /* A key, or a character, with Alt held. */
  if (result != OK) return (struct sequence){.kind = SEQUENCE_UNKNOWN};
  switch (value) {
  case '[': return control_sequence(pad);
  case 'O': {
    if (!next_character(pad, &value)) break;
    uint32_t key = key_of_final(value);
    if (key != 0) return (struct sequence){.kind = SEQUENCE_KEY, .key = key};
    break;
  }
  case ']': case 'P': case 'X': case '^': case '_': skip_string(pad); break;
  default:
    /* A letter or a digit was pressed with Alt held. Anything else, such as the colon of a line, follows
       an Escape that the user typed ahead. */
    if (value < 0x80 && isalnum((int)value)) break;
    unget_wch(value);
    return (struct sequence){.kind = SEQUENCE_NONE};
  }
  return (struct sequence){.kind = SEQUENCE_UNKNOWN};
}
