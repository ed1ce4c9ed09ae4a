"""Random keys, lines, resizes and signals on the program in a terminal of its own.

    keys.py PROGRAM SECONDS [SEED]

Works in a new folder, so that what the program saves goes nowhere else. Ends with status 1 where the
program ends by a signal that was not sent to end it, with an odd status, or stops answering; the last
inputs are then told.
"""
import fcntl, os, pty, random, select, shutil, signal, struct, sys, tempfile, termios, time

program, seconds = os.path.abspath(sys.argv[1]), float(sys.argv[2])
seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
chance = random.Random(seed)

KEYS = (
    list("rwxRWXnpaAlLfFkKgGhjklHJKL.,<>[]{}()uUcC0123456789 tTvVmMsSdDeEoOiIzZbByY?/%$^*+-=_~`!@&")
    + ["\r", "\t", "\x1b", "\x7f", "\x0c", "\x01", "\x05", "\x15", "\x17", "\x14", "\x02"]
    + ["\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1bOA", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F"]
    + ["\x1b[3~", "\x1b[2~", "\x1b[Z", "\x1bOP", "\x1b[15~", "\x1b[M !!", "\x1b[<0;10;10M", "\xc3\xa9"]
    + ["\xff", "\x00", "\x1b[200~", "\x1b]0;x\x07", "\x1b[999999999C", "\xe2\x80\xae"]
)
LINES = [
    "set_memory_ro pfn:0x140000 %d", "set_memory_4k pfn:0x140000 1G", "set_memory_rox pfn:0x140000 512",
    "vmap a pfn:0x140000 40 stride 3", "vunmap a", "vmalloc v 600", "vfree v", "age 1 20000", "save s%d",
    "save! s%d", "open s%d", "open nothing", "open .", "break split", "watch pfn:0x140000", "delete 1",
    "break call set_memory_ro do \"nonsense\"", "theme light", "boot teaching-4g linux-6.1", "help",
    "branch new b%d", "branch switch main", "branch compare main", "compare policy:aaronlu-2022",
    "go %d", "next split", "why pfn:0x140000", "what-if set_memory_ro pfn:0x140000 700", "tlb skylake",
    "record x.cast", "record x.svg", "record", "script x.dmap", "predict on", "predict off", "mark m",
    "set_memory_ro pfn:0x%x", "expect DirectMap4k == %d", "\x1b[31m", "q", "A" * 3000, "module_load m text=24K",
]


def start():
    words = [[program], [program, "play", "--machine", "giant-64t"], [program, "lesson", "one-page"],
             [program, "play", "--predict"], [program, "play", "--no-config"]]
    word = chance.choice(words)
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM=chance.choice(["xterm-256color", "xterm", "vt100", "screen", "linux"]), LANG="C.UTF-8")
        os.execv(word[0], word)
    os.set_blocking(fd, False)
    resize(fd, 120, 40)
    return pid, fd, word


def resize(fd, width, height):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))


def drain(fd, wait):
    """What the program printed; None when it has ended."""
    global printed
    got = b""
    while select.select([fd], [], [], wait)[0]:
        try:
            part = os.read(fd, 1 << 16)
        except OSError:
            return None
        if not part:
            return None
        got += part
        printed = (printed + part)[-600:]
        wait = 0
    return got


def send(fd, data):
    """Writes all of it while the program reads; whether it did within a minute."""
    until = time.monotonic() + 60
    while data and time.monotonic() < until:
        try:
            data = data[os.write(fd, data[:512]):]
        except BlockingIOError:
            if drain(fd, 0.05) is None:
                return True
        except OSError:
            return True
    return not data


def end_of(pid):
    done, status = os.waitpid(pid, os.WNOHANG)
    return None if done == 0 else status


def fail(reason):
    print(f"seed {seed}: {reason}\nlast inputs: {[text[:60] for text in last[-60:]]!r}")
    sys.exit(1)


folder = tempfile.mkdtemp()
os.chdir(folder)
os.environ["HOME"] = folder
finish = time.monotonic() + seconds
runs = inputs = resizes = signals = 0
last, ended_by, printed = [], None, b""
pid, fd, word = start()
while time.monotonic() < finish:
    ended_by = None
    roll = chance.random()
    text = ""
    if roll < 0.72:
        text = chance.choice(KEYS)
    elif roll < 0.92:
        line = chance.choice(LINES)
        text = ":" + (line % chance.randrange(1, 3000) if "%" in line else line) + "\r"
    elif roll < 0.97:
        resize(fd, *chance.choice([(1, 1), (36, 21), (80, 24), (120, 40), (200, 60), (500, 200), (35, 20), (80, 5)]))
        resizes += 1
    else:
        one = chance.choice([signal.SIGWINCH, signal.SIGCONT, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
        if one in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            if chance.random() > 0.1:
                one = signal.SIGWINCH
            else:
                ended_by = one
        os.kill(pid, one)
        signals += 1
        text = f"<signal {one}>" if ended_by else ""
    if text and not ended_by:
        if not send(fd, text.encode("latin-1", "replace")):
            fail("reads nothing for a minute")
        inputs += 1
    last.append(text)
    alive = drain(fd, 0.5 if ended_by else 0)
    if inputs % 200 == 0 and not ended_by and alive is not None:
        # It answers: after Esc and a repaint something is printed.
        send(fd, b"\x1b\x1b\x0c")
        if drain(fd, 60) == b"":
            fail("no answer in a minute")
    status = end_of(pid) if alive is not None else os.waitpid(pid, 0)[1]
    if status is None:
        continue
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) != ended_by:
        if os.WTERMSIG(status) not in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            fail(f"ended by signal {os.WTERMSIG(status)}")
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) not in (0, 129, 130, 143):
        fail(f"{word} ended with status {os.WEXITSTATUS(status)}, saying {printed!r}")
    os.close(fd)
    runs += 1
    last = []
    pid, fd, word = start()
os.kill(pid, signal.SIGKILL)
shutil.rmtree(folder, ignore_errors=True)
print(f"seed {seed}: {inputs} keys and lines, {resizes} resizes, {signals} signals, {runs + 1} runs, all well")
