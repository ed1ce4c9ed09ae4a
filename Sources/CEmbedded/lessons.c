#include "embedded.h"

static const struct embedded_lesson lessons[] = {
    {"one-page", (const char[]){
#embed "../Lessons/Texts/one-page.dmap" suffix(, 0)
    }},
    {"missing-merge", (const char[]){
#embed "../Lessons/Texts/missing-merge.dmap" suffix(, 0)
    }},
    {"grouping-cache", (const char[]){
#embed "../Lessons/Texts/grouping-cache.dmap" suffix(, 0)
    }},
    {"merge-on-free", (const char[]){
#embed "../Lessons/Texts/merge-on-free.dmap" suffix(, 0)
    }},
    {"modules-and-bpf", (const char[]){
#embed "../Lessons/Texts/modules-and-bpf.dmap" suffix(, 0)
    }},
    {"secret-memory", (const char[]){
#embed "../Lessons/Texts/secret-memory.dmap" suffix(, 0)
    }},
    {"huge-vmalloc", (const char[]){
#embed "../Lessons/Texts/huge-vmalloc.dmap" suffix(, 0)
    }},
    {"zapping", (const char[]){
#embed "../Lessons/Texts/zapping.dmap" suffix(, 0)
    }},
    {"arm64-linear-map", (const char[]){
#embed "../Lessons/Texts/arm64-linear-map.dmap" suffix(, 0)
    }},
    {"own-rule", (const char[]){
#embed "../Lessons/Texts/own-rule.dmap" suffix(, 0)
    }},
    {"shortest-break", (const char[]){
#embed "../Lessons/Texts/shortest-break.dmap" suffix(, 0)
    }},
};

size_t embedded_lesson_count(void) { return sizeof(lessons) / sizeof(lessons[0]); }

struct embedded_lesson embedded_lesson(size_t number) { return lessons[number]; }
