#include "baseline.h"

#include <fcntl.h>
#include <unistd.h>

int baseline_numbers(const char *path, uint64_t *sum)
{
    static _Thread_local unsigned char piece[1 << 16];
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return -1;
    enum { between, decimal, hexadecimal } state = between;
    uint64_t word = 0;
    ssize_t count;
    while ((count = read(file, piece, sizeof piece)) > 0) {
        for (ssize_t i = 0; i < count; i++) {
            unsigned digit = piece[i] - '0';
            unsigned letter = (piece[i] | 0x20) - 'a';
            if (state == hexadecimal && (digit < 10 || letter < 6)) {
                word = word << 4 | (digit < 10 ? digit : letter + 10);
            } else if (state != hexadecimal && digit < 10) {
                word = word * 10 + digit;
                state = decimal;
            } else if (state == decimal && word == 0 && piece[i] == 'x') {
                state = hexadecimal;
            } else if (state != between) {
                *sum += word;
                word = 0;
                state = between;
            }
        }
    }
    *sum += word;
    close(file);
    return count < 0 ? -1 : 0;
}
