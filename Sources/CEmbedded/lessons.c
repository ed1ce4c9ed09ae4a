#include "embedded.h"

static const unsigned char one_page[] = {
#embed "../Lessons/Texts/one-page.dmap"
};
static const unsigned char missing_merge[] = {
#embed "../Lessons/Texts/missing-merge.dmap"
};
static const unsigned char grouping_cache[] = {
#embed "../Lessons/Texts/grouping-cache.dmap"
};
static const unsigned char merge_on_free[] = {
#embed "../Lessons/Texts/merge-on-free.dmap"
};
static const unsigned char modules_and_bpf[] = {
#embed "../Lessons/Texts/modules-and-bpf.dmap"
};
static const unsigned char secret_memory[] = {
#embed "../Lessons/Texts/secret-memory.dmap"
};
static const unsigned char huge_vmalloc[] = {
#embed "../Lessons/Texts/huge-vmalloc.dmap"
};
static const unsigned char zapping[] = {
#embed "../Lessons/Texts/zapping.dmap"
};
static const unsigned char arm64_linear_map[] = {
#embed "../Lessons/Texts/arm64-linear-map.dmap"
};
static const unsigned char own_rule[] = {
#embed "../Lessons/Texts/own-rule.dmap"
};
static const unsigned char shortest_break[] = {
#embed "../Lessons/Texts/shortest-break.dmap"
};

#define LESSON(name, bytes) {name, bytes, sizeof(bytes)}

static const struct embedded_file lessons[] = {
    LESSON("one-page", one_page),
    LESSON("missing-merge", missing_merge),
    LESSON("grouping-cache", grouping_cache),
    LESSON("merge-on-free", merge_on_free),
    LESSON("modules-and-bpf", modules_and_bpf),
    LESSON("secret-memory", secret_memory),
    LESSON("huge-vmalloc", huge_vmalloc),
    LESSON("zapping", zapping),
    LESSON("arm64-linear-map", arm64_linear_map),
    LESSON("own-rule", own_rule),
    LESSON("shortest-break", shortest_break),
};

size_t embedded_lesson_count(void) { return sizeof(lessons) / sizeof(lessons[0]); }

struct embedded_file embedded_lesson(size_t number) { return lessons[number]; }
