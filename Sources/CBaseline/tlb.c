#include "baseline.h"

#include <string.h>

enum { first_sets = 16, first_ways = 4, second_sets = 128, second_ways = 12 };

static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

/// Moves a tag to the front of its set; whether it was there.
static int use(uint64_t *set, int ways, uint64_t tag)
{
    for (int way = 0; way < ways; way++)
        if (set[way] == tag) {
            memmove(set + 1, set, way * sizeof *set);
            set[0] = tag;
            return 1;
        }
    return 0;
}

static void insert(uint64_t *set, int ways, uint64_t tag)
{
    memmove(set + 1, set, (ways - 1) * sizeof *set);
    set[0] = tag;
}

uint64_t baseline_tlb(uint64_t start, uint64_t bytes, uint64_t count)
{
    static uint64_t first[first_sets][first_ways], second[second_sets][second_ways];
    uint64_t state = 0x9e3779b97f4a7c15 + 1, walks = 0;
    memset(first, 0, sizeof first);
    memset(second, 0, sizeof second);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t offset = (uint64_t)((unsigned __int128)next(&state) * (bytes / 8) >> 64) * 8;
        uint64_t page = (start + offset) >> 12;
        uint64_t *low = first[page % first_sets], *high = second[page % second_sets];
        if (use(low, first_ways, page + 1))
            continue;
        if (!use(high, second_ways, page + 1)) {
            walks++;
            insert(high, second_ways, page + 1);
        }
        insert(low, first_ways, page + 1);
    }
    return walks;
}
