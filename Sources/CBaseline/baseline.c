#define _GNU_SOURCE
#include "baseline.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { entries = 512 };

struct baseline_tables {
    uint64_t *root;
    uint64_t **all;
    size_t count;
};

static uint64_t *add_table(baseline_tables *tables)
{
    uint64_t *table = aligned_alloc(4096, entries * sizeof(uint64_t));
    if (!table)
        abort();
    for (size_t i = 0; i < entries; i++)
        table[i] = 0;
    tables->all = realloc(tables->all, (tables->count + 1) * sizeof(uint64_t *));
    if (!tables->all)
        abort();
    tables->all[tables->count++] = table;
    return table;
}

static uint64_t *below(baseline_tables *tables, uint64_t *table, unsigned index)
{
    if (!table[index])
        table[index] = (uint64_t)(uintptr_t)add_table(tables) | 0x63;
    return (uint64_t *)(uintptr_t)(table[index] & ~(uint64_t)0xfff);
}

baseline_tables *baseline_make(uint64_t address, size_t blocks)
{
    baseline_tables *tables = calloc(1, sizeof *tables);
    if (!tables)
        abort();
    tables->root = add_table(tables);
    for (size_t block = 0; block < blocks; block++) {
        uint64_t start = address + block * 0x200000;
        uint64_t *pud = below(tables, tables->root, start >> 39 & 511);
        uint64_t *pmd = below(tables, pud, start >> 30 & 511);
        uint64_t *pte = below(tables, pmd, start >> 21 & 511);
        for (size_t i = 0; i < entries; i++)
            pte[i] = (block * entries + i) << 12 | 0x163;
    }
    return tables;
}

void baseline_free(baseline_tables *tables)
{
    for (size_t i = 0; i < tables->count; i++)
        free(tables->all[i]);
    free(tables->all);
    free(tables);
}

__attribute__((noinline)) void baseline_walk_and_store(
    baseline_tables *tables, const uint64_t *addresses, size_t count, uint64_t clear, uint64_t set)
{
    const uint64_t frame = ~(uint64_t)0xfff;
    for (size_t i = 0; i < count; i++) {
        uint64_t a = addresses[i];
        uint64_t *pud = (uint64_t *)(uintptr_t)(tables->root[a >> 39 & 511] & frame);
        uint64_t *pmd = (uint64_t *)(uintptr_t)(pud[a >> 30 & 511] & frame);
        uint64_t *pte = (uint64_t *)(uintptr_t)(pmd[a >> 21 & 511] & frame);
        uint64_t *entry = &pte[a >> 12 & 511];
        *entry = (*entry & ~clear) | set;
    }
}

__attribute__((noinline)) void baseline_walk_and_store_in_turn(
    baseline_tables *tables, const uint64_t *addresses, size_t count, uint64_t clear, uint64_t set)
{
    const uint64_t frame = ~(uint64_t)0xfff;
    uint64_t last = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t a = addresses[i] + (last >> 62);
        uint64_t *pud = (uint64_t *)(uintptr_t)(tables->root[a >> 39 & 511] & frame);
        uint64_t *pmd = (uint64_t *)(uintptr_t)(pud[a >> 30 & 511] & frame);
        uint64_t *pte = (uint64_t *)(uintptr_t)(pmd[a >> 21 & 511] & frame);
        uint64_t *entry = &pte[a >> 12 & 511];
        last = (*entry & ~clear) | set;
        *entry = last;
    }
}

__attribute__((noinline)) static void fill(uint64_t *words, uint64_t first, uint64_t step)
{
    for (size_t i = 0; i < entries; i++)
        words[i] = first + i * step;
}

void baseline_fill_512(uint64_t *words, uint64_t first, uint64_t step, size_t times)
{
    for (size_t i = 0; i < times; i++)
        fill(words, first + i, step);
}

void baseline_allocate_and_fill_512(size_t count, uint64_t first, uint64_t step)
{
    uint64_t **tables = malloc(count * sizeof *tables);
    if (!tables)
        abort();
    for (size_t i = 0; i < count; i++) {
        tables[i] = malloc(entries * sizeof(uint64_t));
        if (!tables[i])
            abort();
        fill(tables[i], first + i, step);
    }
    for (size_t i = 0; i < count; i++)
        free(tables[i]);
    free(tables);
}

__attribute__((noinline)) uint64_t baseline_sum(const uint64_t *words, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += words[i];
    return sum;
}

void baseline_keep_freed_memory(void)
{
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_TOP_PAD, 64 << 20);
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
}

uint64_t baseline_allocated_bytes(void)
{
    return mallinfo2().uordblks + mallinfo2().hblkhd;
}

double baseline_cpu_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double baseline_run(const char *path, const char *argument)
{
    pid_t child = fork();
    if (child < 0)
        return -1;
    if (child == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        dup2(null, 2);
        execlp(path, path, argument, (char *)0);
        _exit(127);
    }
    int status;
    struct rusage usage;
    if (wait4(child, &status, 0, &usage) < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return -1;
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

struct page {
  struct page *next;
  struct page *previous;
  uint64_t rest[6];
};

struct baseline_pages {
  struct page head;
  struct page *pages;
  struct page **taken;
};

static void push(struct page *head, struct page *page) {
  page->next = head->next;
  page->previous = head;
  head->next->previous = page;
  head->next = page;
}

static void take_out(struct page *page) {
  page->previous->next = page->next;
  page->next->previous = page->previous;
}

baseline_pages *baseline_pages_make(size_t count, const uint64_t *list, size_t length) {
  baseline_pages *pages = malloc(sizeof *pages);
  if (!pages) return NULL;
  pages->pages = calloc(count, sizeof *pages->pages);
  pages->taken = calloc(count, sizeof *pages->taken);
  if (!pages->pages || !pages->taken) {
    baseline_pages_free(pages);
    return NULL;
  }
  pages->head.next = pages->head.previous = &pages->head;
  for (size_t i = length; i-- > 0;) push(&pages->head, &pages->pages[list[i]]);
  return pages;
}

void baseline_pages_free(baseline_pages *pages) {
  if (!pages) return;
  free(pages->pages);
  free(pages->taken);
  free(pages);
}

void baseline_pages_take_and_give(
    baseline_pages *pages, const uint64_t *order, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct page *page = pages->head.next;
    take_out(page);
    pages->taken[i] = page;
  }
  for (size_t i = 0; i < count; i++) push(&pages->head, pages->taken[order[i]]);
}
