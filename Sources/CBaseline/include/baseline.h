#ifndef DIRECTMAP_BASELINE_H
#define DIRECTMAP_BASELINE_H

#include <stddef.h>
#include <stdint.h>

/// Four levels of 512-entry tables, built of plain 4 KiB allocations.
typedef struct baseline_tables baseline_tables;

/// Tables that map so many blocks of 2M from `address` on, all by 4K entries.
baseline_tables *baseline_make(uint64_t address, size_t blocks);
void baseline_free(baseline_tables *tables);

/// For each address: walks the four levels and stores the entry with bits cleared and set.
void baseline_walk_and_store(
    baseline_tables *tables, const uint64_t *addresses, size_t count, uint64_t clear, uint64_t set);

/// The same, each walk beginning when the entry before it is known, as one call after another does.
void baseline_walk_and_store_in_turn(
    baseline_tables *tables, const uint64_t *addresses, size_t count, uint64_t clear, uint64_t set);

/// Writes 512 entries, `step` apart, `times` times over the same table.
void baseline_fill_512(uint64_t *words, uint64_t first, uint64_t step, size_t times);

/// Allocates `count` tables of 512 entries and fills each; then frees them all.
void baseline_allocate_and_fill_512(size_t count, uint64_t first, uint64_t step);

/// Keeps freed memory in the process, so that no allocation waits for the kernel to hand out pages.
void baseline_keep_freed_memory(void);

/// The bytes that are allocated now, with what the allocator needs to keep them apart.
uint64_t baseline_allocated_bytes(void);

/// The CPU time of the process in seconds.
double baseline_cpu_seconds(void);

/// Runs a program with one argument and its output thrown away; the CPU seconds it took, or a
/// negative number if it cannot be run.
double baseline_run(const char *path, const char *argument);

/// The sum of 512 words at a time over `count` words: reading at the speed of memory.
uint64_t baseline_sum(const uint64_t *words, size_t count);

/// A free list of pages: doubly linked, one node of 64 bytes (the size of `struct page`) a page.
typedef struct baseline_pages baseline_pages;

/// `count` pages of which those of `list` are on the list, in this order.
baseline_pages *baseline_pages_make(size_t count, const uint64_t *list, size_t length);
void baseline_pages_free(baseline_pages *pages);

/// Takes `count` pages off the head of the list, then puts them back at the head: the one taken as
/// number `order[i]` as the i-th.
void baseline_pages_take_and_give(
    baseline_pages *pages, const uint64_t *order, size_t count);

/// So many accesses to random words of a range in a TLB of 64 and 1536 entries, all pages of 4K; how
/// many miss both levels. No tables are looked at.
uint64_t baseline_tlb(uint64_t start, uint64_t bytes, uint64_t count);

/// Reads a file and turns every number in it into a word, decimal or hexadecimal with `0x`; adds the
/// words to a sum. -1 if the file cannot be read.
int baseline_numbers(const char *path, uint64_t *sum);

#endif
