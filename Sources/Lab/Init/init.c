/* The guest's first program: shows the kernel's own text to the machine outside, then waits.

   It has no library. What it reads lies in `mail`, which the outside finds as the first argument of the
   sched_yield() that this program calls for ever; at each of them the outside may stop the machine, read
   the mail, leave a command there, and call functions of the kernel. */

typedef unsigned long word;

#if defined(__x86_64__)
/* A system call of at most five arguments; the sixth is 0. */
static word call(word n, word a, word b, word c, word d, word e) {
  word result;
  register word r10 __asm__("r10") = d;
  register word r8 __asm__("r8") = e;
  register word r9 __asm__("r9") = 0;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}
#define YIELD_NAME "__x64_sys_sched_yield"
enum { READ = 0, WRITE = 1, CLOSE = 3, MMAP = 9, MUNMAP = 11, YIELD = 24, AFFINITY = 203, MOUNT = 165, REMOVE_MODULE = 176,
       OPENAT = 257, INSERT_MODULE = 313, TRUNCATE = 77, BPF = 321, PROTECT = 10, ADVISE = 28, MEMORY_FILE = 319,
       PIPE = 293, CLONE = 56, WAIT = 61, EXIT = 231 };
__asm__(".globl _start\n_start:\n  xor %ebp, %ebp\n  and $-16, %rsp\n  call run\n");
#elif defined(__aarch64__)
static word call(word n, word a, word b, word c, word d, word e) {
  register word x8 __asm__("x8") = n;
  register word x0 __asm__("x0") = a;
  register word x1 __asm__("x1") = b;
  register word x2 __asm__("x2") = c;
  register word x3 __asm__("x3") = d;
  register word x4 __asm__("x4") = e;
  register word x5 __asm__("x5") = 0;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}
#define YIELD_NAME "__arm64_sys_sched_yield"
enum { READ = 63, WRITE = 64, CLOSE = 57, MMAP = 222, MUNMAP = 215, YIELD = 124, AFFINITY = 122, MOUNT = 40, REMOVE_MODULE = 106,
       OPENAT = 56, INSERT_MODULE = 273, TRUNCATE = 46, BPF = 280, PROTECT = 226, ADVISE = 233, MEMORY_FILE = 279,
       PIPE = 59, CLONE = 220, WAIT = 260, EXIT = 94 };
__asm__(".globl _start\n_start:\n  mov x29, #0\n  bl run\n");
#endif

enum { SIZE = 32 << 20, HERE = -100, SECRET = 447 };

/* What both sides see. The outside writes `order` and its texts, and clears `done`. */
static struct {
  /* The text that was read: its first byte and its length. */
  word text, length;
  /* A letter that says what to do, or 0; and what came of it. */
  word order, result;
  char name[256];
  char more[256];
} mail __attribute__((aligned(4096)));

static word put_file(const char *path, char *to, word room) {
  word file = call(OPENAT, (word)HERE, (word)path, 0, 0, 0);
  word used = 0;
  if ((long)file < 0) return 0;
  while (used < room) {
    long got = (long)call(READ, file, (word)to + used, room - used, 0, 0);
    if (got <= 0) break;
    used += (word)got;
  }
  call(CLOSE, file, 0, 0, 0, 0);
  return used;
}

static word length_of(const char *text) {
  word length = 0;
  while (text[length]) length++;
  return length;
}

static long write_file(const char *path, const char *text) {
  word file = call(OPENAT, (word)HERE, (word)path, 1, 0, 0);
  long result;
  if ((long)file < 0) return (long)file;
  result = (long)call(WRITE, file, (word)text, length_of(text), 0, 0);
  call(CLOSE, file, 0, 0, 0, 0);
  return result;
}

/* Adds a file to the text, behind a line with its path. */
static void show(const char *path) {
  char *text = (char *)mail.text;
  const char *head = "\n==> ", *rest = path;
  while (*head) text[mail.length++] = *head++;
  while (*rest) text[mail.length++] = *rest++;
  for (head = " <==\n"; *head;) text[mail.length++] = *head++;
  mail.length += put_file(path, text + mail.length, SIZE - 4096 - mail.length);
}

static long insert_module(const char *path, const char *words) {
  word file = call(OPENAT, (word)HERE, (word)path, 0, 0, 0);
  long result;
  if ((long)file < 0) return (long)file;
  result = (long)call(INSERT_MODULE, file, (word)words, 0, 0, 0);
  call(CLOSE, file, 0, 0, 0, 0);
  return result;
}

/* Gives the process this many bytes of secret memory and touches each page; its address, or an error. */
static long take_secret(word bytes) {
  word file = call(SECRET, 0, 0, 0, 0, 0);
  long place;
  if ((long)file < 0) return (long)file;
  place = (long)call(TRUNCATE, file, bytes, 0, 0, 0);
  /* Shared, readable and writable. */
  if (place == 0) place = (long)call(MMAP, 0, bytes, 3, 1, file);
  call(CLOSE, file, 0, 0, 0, 0);
  if (place > 0)
    for (word page = 0; page < bytes; page += 4096) *(volatile char *)(place + (long)page) = 1;
  return place;
}

/* A program of the type of socket filters: this many times `w1 = 0x12345678`, then `r0 = 0` and `exit`. Its
   file, or an error. */
static long load_program(word count) {
  struct {
    unsigned type, count;
    word instructions, license;
    unsigned level, size;
    word log;
    unsigned version, flags;
  } attributes = {1, 0, 0, (word) "GPL", 0, 0, 0, 0, 0};
  word *at = (word *)((mail.text + mail.length + 7) & ~7UL);
  if (count > 4000 || mail.length + (count + 3) * 8 > SIZE) return -7;
  attributes.instructions = (word)at;
  for (word place = 0; place < count; place++) at[place] = 0x12345678000001b4UL;
  at[count] = 0xb7;
  at[count + 1] = 0x95;
  attributes.count = (unsigned)count + 2;
  return (long)call(BPF, 5, (word)&attributes, sizeof attributes, 0, 0);
}

enum { ANONYMOUS, FOLIOS, SHARED_WRITTEN, SHARED_READ_ONLY, SHARED_READ, PRIVATE_WRITTEN };

/* Maps a range of a kind at an address and touches each page: what a zap will remove. The address, or an
   error. */
static long make_range(word address, word bytes, word kind) {
  word file, page;
  long place;
  if (kind <= FOLIOS) {
    /* Private and anonymous, at this very address. */
    place = (long)call(MMAP, address, bytes, 3, 0x32, (word)-1);
    if (place < 0) return place;
    /* MADV_HUGEPAGE, or MADV_NOHUGEPAGE. */
    call(ADVISE, address, bytes, kind == FOLIOS ? 14 : 15, 0, 0);
    for (page = 0; page < bytes; page += 4096) *(volatile char *)(address + page) = 1;
    /* One page read-only and back: then each folio is mapped page by page. */
    for (page = 0; kind == FOLIOS && page < bytes; page += 2 << 20) {
      call(PROTECT, address + page, 4096, 1, 0, 0);
      call(PROTECT, address + page, 4096, 3, 0, 0);
    }
    return place;
  }
  file = call(MEMORY_FILE, (word) "range", 0, 0, 0, 0);
  if ((long)file < 0) return (long)file;
  if (kind == SHARED_WRITTEN)
    call(TRUNCATE, file, bytes, 0, 0, 0);
  else
    for (page = 0; page < bytes; page += 4096) call(WRITE, file, mail.text, 4096, 0, 0);
  place = (long)call(MMAP, address, bytes, kind == SHARED_READ_ONLY ? 1 : 3, kind == PRIVATE_WRITTEN ? 0x12 : 0x11, file);
  call(CLOSE, file, 0, 0, 0, 0);
  if (place < 0) return place;
  for (page = 0; page < bytes; page += 4096) {
    volatile char *first = (volatile char *)(address + page);
    if (kind == SHARED_WRITTEN || kind == PRIVATE_WRITTEN)
      *first = 1;
    else
      (void)*first;
  }
  return place;
}

/* A process beside this one, and the file by which it is told to exit. */
static word child, child_end;

/* Starts a process with ranges of its own: an address, bytes and a kind each, until one has no bytes. 0 when it
   has them all, or an error. */
static long start_child(const word *ranges) {
  int down[2], up[2];
  long result = (long)call(PIPE, (word)down, 0, 0, 0, 0);
  if (result < 0) return result;
  result = (long)call(PIPE, (word)up, 0, 0, 0, 0);
  if (result < 0) return result;
  /* SIGCHLD: a copy of everything. */
  child = call(CLONE, 17, 0, 0, 0, 0);
  if (child == 0) {
    for (result = 0; result >= 0 && ranges[1]; ranges += 3) result = make_range(ranges[0], ranges[1], ranges[2]);
    /* The text that was read belongs to no range. */
    call(MUNMAP, mail.text, SIZE, 0, 0, 0);
    call(WRITE, (word)up[1], (word)&result, sizeof result, 0, 0);
    call(READ, (word)down[0], (word)&result, sizeof result, 0, 0);
    call(EXIT, 0, 0, 0, 0, 0);
  }
  call(CLOSE, (word)down[0], 0, 0, 0, 0);
  call(CLOSE, (word)up[1], 0, 0, 0, 0);
  child_end = (word)down[1];
  if ((long)child < 0)
    result = (long)child;
  else if (call(READ, (word)up[0], (word)&result, sizeof result, 0, 0) != sizeof result)
    result = -5;
  call(CLOSE, (word)up[0], 0, 0, 0, 0);
  return result < 0 ? result : 0;
}

/* Has that process exit, and waits until it has. */
static long end_child(void) {
  long result;
  call(WRITE, child_end, (word)&child, sizeof child, 0, 0);
  call(CLOSE, child_end, 0, 0, 0, 0);
  result = (long)call(WAIT, child, 0, 0, 0, 0);
  return result < 0 ? result : 0;
}

static void obey(void) {
  const word *words = (const word *)mail.name;
  switch (mail.order) {
    case 'r':
      mail.length = 0;
      show(mail.name);
      mail.result = mail.length;
      break;
    case 'w': mail.result = (word)write_file(mail.name, mail.more); break;
    case 'i': mail.result = (word)insert_module(mail.name, mail.more); break;
    case 'd': mail.result = call(REMOVE_MODULE, (word)mail.name, 0, 0, 0, 0); break;
    case 'u': mail.result = call(MUNMAP, *(word *)mail.name, *(word *)mail.more, 0, 0, 0); break;
    case 's': mail.result = (word)take_secret(*(word *)mail.name); break;
    case 'b': mail.result = (word)load_program(*(word *)mail.name); break;
    case 'z': mail.result = (word)make_range(words[0], words[1], words[2]); break;
    case 'f': mail.result = (word)start_child(words); break;
    case 'x': mail.result = (word)end_child(); break;
    case 'v': mail.result = call(ADVISE, words[0], words[1], words[2], 0, 0); break;
    case 'c': mail.result = call(CLOSE, *(word *)mail.name, 0, 0, 0, 0); break;
    default: mail.result = (word)-22;
  }
  mail.order = 0;
}

static void put_hex(char *to, word value) {
  for (int digit = 15; digit >= 0; digit--) *to++ = "0123456789abcdef"[value >> (4 * digit) & 15];
}

/* Where a function lies that begins a line's last word in the text; 0 if none does. */
static word find(const char *name) {
  const char *text = (const char *)mail.text, *end = text + mail.length;
  word size = length_of(name);
  for (const char *at = text + 20; at + size < end; at++) {
    word matched = 0, value = 0;
    if (at[-1] != ' ' || at[size] != '\n') continue;
    while (matched < size && at[matched] == name[matched]) matched++;
    if (matched < size) continue;
    for (const char *digit = at - 19; digit < at - 3; digit++)
      value = value << 4 | (word)(*digit <= '9' ? *digit - '0' : *digit - 'a' + 10);
    return value;
  }
  return 0;
}

/* Tells the outside by the console where the mail is, and where to wait for the next sched_yield(). */
static void announce(const char *function) {
  static char line[] = "\ndirectmap-lab 0000000000000000 0000000000000000\n";
  put_hex(line + 15, (word)&mail);
  put_hex(line + 32, find(function));
  call(WRITE, 1, (word)line, sizeof line - 1, 0, 0);
}

__attribute__((noreturn, used)) void run(void) {
  call(MOUNT, (word) "proc", (word) "/proc", (word) "proc", 0, 0);
  call(MOUNT, (word) "sys", (word) "/sys", (word) "sysfs", 0, 0);
  write_file("/proc/sys/kernel/kptr_restrict", "0");
  static const word first_cpu = 1;
  call(AFFINITY, 0, sizeof first_cpu, (word)&first_cpu, 0, 0);
  mail.text = call(MMAP, 0, SIZE, 3, 0x22, (word)-1);
  show("/proc/version");
  show("/proc/cmdline");
  show("/proc/iomem");
  show("/proc/cpuinfo");
  show("/proc/meminfo");
  show("/proc/kallsyms");
  announce(YIELD_NAME);
  for (;;) {
    call(YIELD, (word)&mail, 0, 0, 0, 0);
    if (mail.order) obey();
  }
}
