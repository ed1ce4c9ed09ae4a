"""Puts orders to terminals, and characters that nobody sees, into everything that the program reads,
and looks at every byte that it writes.

usage: inject.py PROGRAM ROOT SEED COUNT

Each of COUNT runs gives the real program a file, a name, an argument, a line or a variable of the
environment with something of the kind in it. What it prints must be UTF-8 and hold no control but line
feed and tab, no character that is invisible or reorders others. Where it draws a screen, only the orders
of a screen may come. Ends with status 1 and a line for each run that lets something out.
"""
import fcntl
import json
import os
import pty
import random
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata

PAYLOADS = [
    b"\x1b]52;c;cm0gLXJmIH4K\x07", b"\x1b]2;owned\x07", b"\x1b[31m", b"\x1b[2J", b"\x1bP+q544e\x1b\\", b"\x1bc",
    b"\x07", b"\x08\x08", b"\x0b", b"\x0c", b"\r", b"\x7f", b"\x00", b"\x9b31m", b"\xc2\x9b31m", b"\xc2\x9d52;c;eA==\xc2\x9c",
    b"\xff", b"\xc0\x80", b"\xe2\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80",
    "\u202egnp.exe".encode(), "\u2066x\u2069".encode(), "\u200e".encode(), "\u061c".encode(), "\u200b".encode(),
    "\u200d".encode(), "\ufeff".encode(), "\u2028".encode(), "\u2029".encode(), "\u00ad".encode(),
    "\u034f".encode(), "\u115f".encode(), "\u3164".encode(), "\ufe0f".encode(), "\U000e0041".encode(),
]
IGNORABLE = [(0x34F, 0x34F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2065, 0x2065),
             (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0xE0000, 0xE0FFF)]


def is_unseen(character):
    code = ord(character)
    return (unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp", "Cs")
            or any(first <= code <= last for first, last in IGNORABLE))


def trouble(data):
    """What is wrong with bytes that go out as text; None where nothing is."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"no UTF-8 at byte {error.start}: {data[max(0, error.start - 40):error.start + 20]!r}"
    for index, character in enumerate(text):
        if character not in "\n\t" and is_unseen(character):
            return f"U+{ord(character):04X} in {text[max(0, index - 60):index + 20]!r}"
    return None


# What ncurses sends for the screens of xterm-256color: cursor, looks, modes, sets of characters.
ORDER = re.compile(rb"\x1b\[[0-9;?>]*[A-Za-z@]|\x1b\[[0-9;]*[`d]|\x1b[()][A-Z0-9]|\x1b[=>78M]|[\r\n\t\x07\x08\x0e\x0f]")


def screen_trouble(data):
    return trouble(ORDER.sub(b"", data))


class Runs:
    def __init__(self, program, root, seed):
        self.program, self.root, self.random = program, root, random.Random(seed)
        self.files = {
            "recording": self.lines("Assets/recordings/linux-7.2.12/rox-1.jsonl", 5),
            "grouping": self.lines(self.first("Assets/recordings/grouping-2021"), 5),
            "iomem": self.text(self.named("iomem")), "dmesg": self.text(self.named("dmesg")),
            "trace": self.lines(self.named("trace"), 60), "leaves": self.lines(self.named("leaves"), 20),
        }
        scenarios = os.path.join(root, "Assets/scenarios")
        self.scenarios = [self.text(os.path.join("Assets/scenarios", name))
                          for name in sorted(os.listdir(scenarios)) if "2021" not in name][:24]
        self.demo = self.text("Assets/demos/first-split.dmap")
        self.files["toml"] = self.output(["config", "--no-config"])
        self.files["sheet"] = self.output(["quiz", "--seed", "3", "--count", "3"])
        self.files["session"] = (
            b"session 1\nmachine teaching-4g\nkernel linux-7.2\nset_memory_ro pfn:0x140000\n"
            b"mark here\nbreak split do \"note \\\"words\\\"\"\nset_memory_rw pfn:0x140000\n"
            b"branch two from main 1\nset_memory_nx pfn:0x150000\nend 3\n")
        self.files["own-iomem"] = (
            b'iomem "00001000-0009fbff : System RAM"\niomem "00100000-7ffdbfff : System RAM"\n'
            b'kernel linux-7.2\nset_memory_ro pfn:0x4000\nnote "words"\nwhy pfn:0x4000\n'
            b'module load m text=8K\nexpect 1 == 1\n')

    def first(self, folder):
        return os.path.join(folder, sorted(os.listdir(os.path.join(self.root, folder)))[0])

    def named(self, word):
        for top in ("Assets/workloads", "Tests/KernelTextTests/Recorded"):
            for folder, _, names in sorted(os.walk(os.path.join(self.root, top))):
                for name in sorted(names):
                    if word in name and not name.endswith((".json", ".md")):
                        return os.path.relpath(os.path.join(folder, name), self.root)
        sys.exit(f"no file is called {word}")

    def text(self, path):
        with open(os.path.join(self.root, path), "rb") as file:
            return file.read(60_000)

    def lines(self, path, count):
        return b"".join(self.text(path).splitlines(keepends=True)[:count])

    def output(self, arguments):
        return subprocess.run([self.program] + arguments, stdout=subprocess.PIPE).stdout

    def payload(self):
        chosen = self.random.choice(PAYLOADS)
        return chosen if self.random.random() < 0.7 else chosen + self.random.choice(PAYLOADS)

    def injected(self, data):
        """The bytes with one to three payloads, where a field begins, in the middle or instead of a word."""
        for _ in range(self.random.randint(1, 3)):
            payload = self.payload()
            way = self.random.random()
            if way < 0.25:
                # As JSON and TOML escape it.
                payload = json.dumps(payload.decode("utf-8", "replace"))[1:-1].encode()
            places = [match for match in re.finditer(rb"[A-Za-z0-9_.-]+", data)]
            if not places:
                return data + payload
            match = self.random.choice(places)
            if way < 0.5:
                data = data[:match.start()] + payload + data[match.end():]
            else:
                place = self.random.randint(match.start(), match.end())
                data = data[:place] + payload + data[place:]
        return data

    def argument(self):
        return self.payload().replace(b"\x00", b"\x01")

    def name(self, stem, ending):
        return stem + self.argument().replace(b"/", b"|") + ending

    def write(self, data, ending):
        name = self.name(b"a", ending) if self.random.random() < 0.3 else b"a" + ending
        with open(name, "wb") as file:
            file.write(data)
        return name

    def case(self):
        """The arguments, standard input, environment, and whether a screen is drawn."""
        pick, environment = self.random.choice, {}
        kind = pick(["recording", "grouping", "iomem", "dmesg", "trace", "leaves", "toml", "sheet", "session",
                     "own-iomem", "scenario", "scenario", "scenario", "demo", "argument", "argument", "name",
                     "plain", "environment", "prefix", "module", "screen"])
        if kind in ("recording", "grouping"):
            file = self.write(self.injected(self.files[kind]), b".jsonl")
            return pick([["verify", file], ["verify", "-q", file], ["play", file, "--plain", "--all"], ["run", file],
                         ["record", file, "-o", "-", "--format", pick(["txt", "svg", "cast"])]]), b"", {}, False
        if kind in ("iomem", "dmesg"):
            file = self.write(self.injected(self.files[kind]), b".txt")
            ways = [["boot", "--" + kind, file, "--format", pick(["meminfo", "ptdump", "vmstat", "leaves"])],
                    ["run", "-", "--" + pick(["iomem", "dmesg"]), file], ["boot", "--dmesg", file]]
            return pick(ways), b"set_memory_ro pfn:0x4000\n", {}, False
        if kind in ("trace", "leaves"):
            trace, leaves = self.files["trace"], self.files["leaves"]
            file = self.write(self.injected(trace) if kind == "trace" else trace, b".trace")
            other = self.write(self.injected(leaves) if kind == "leaves" else leaves, b".leaves")
            kernel = ["--kernel", "linux-6.12"] if self.random.random() < 0.8 else []
            return pick([["replay", file, "--as-scenario"] + kernel,
                         ["replay", file, "--leaves-before", other] + kernel,
                         ["replay", file, "--leaves-before", other, "--leaves-after", other, "--format", "json"]
                         + kernel]), b"", {}, False
        if kind == "toml":
            file = self.write(self.injected(self.files["toml"]), b".toml")
            return pick([["config", "--config", file], ["config", "--config", file, "--path"],
                         ["play", "--plain", "--all", "--config", file],
                         ["record", "d.dmap", "-o", "-", "--format", "txt", "--config", file]]), b"", {}, False
        if kind == "sheet":
            file = self.write(self.injected(self.files["sheet"]), b".txt")
            return ["quiz", "--grade", file] + pick([[], ["--json"]]), b"", {}, False
        if kind in ("session", "own-iomem", "scenario", "demo"):
            text = (pick(self.scenarios) if kind == "scenario" else self.demo if kind == "demo" else self.files[kind])
            file = self.write(self.injected(text), b".dmap")
            return self.scenario_way(file), b"", {}, False
        if kind == "argument":
            bad = self.argument()
            return pick([
                [bad], ["run", bad], ["--" + "x", bad], [b"--" + bad], ["run", b"--" + bad], ["boot", "--machine", bad],
                ["boot", "--kernel", bad], ["boot", "--cpu", bad], ["boot", "--policy", bad], ["boot", "--format", bad],
                ["run", "d.dmap", "--break", bad], ["run", "d.dmap", "--watch", bad], ["run", "d.dmap", "--to", bad],
                ["lesson", bad], ["lesson", bad + b".dmap"], ["quiz", "--topic", bad], ["quiz", "--seed", bad],
                ["record", "d.dmap", "-o", bad], ["record", "d.dmap", "-o", "-", "--format", "cast", "--title", bad],
                ["record", "d.dmap", "-o", "-", "--format", "svg", "--title", bad],
                ["record", "d.dmap", "-o", "-", "--format", "txt", "--title", bad],
                ["record", "d.dmap", "-o", "-", "--format", "txt", "--size", bad, "--still", bad],
                ["record", "d.dmap", "-o", b"x/" + bad + b".cast"], ["help", bad], ["play", "--theme", bad, "--plain"],
                ["play", "d.dmap", "--plain", "--all", "--variant", bad + b"=kernel:linux-6.1"],
                ["compare", "d.dmap", "--variant", bad + b"=kernel:linux-6.1", "--variant", b"b=kernel:" + bad],
                ["compare", "d.dmap", "--variant", bad + b"=", "--format", pick(["text", "json", "svg"])],
                ["linear-map", "--machine", bad], ["replay", bad, "--page-offset", bad, "--leaves-before", "x"],
                ["config", "--config", bad], ["validate", bad], ["verify", bad], ["install", bad],
                ["---completion", bad, "--", bad], ["--generate-completion-script", bad],
            ]), b"", {}, False
        if kind == "name":
            file = self.name(b"n", pick([b".dmap", b".jsonl", b".toml", b".ko", b""]))
            if self.random.random() < 0.6:
                with open(file, "wb") as out:
                    out.write(pick([b"set_memory_ro pfn:0x140000\n", b"foo\n", b"\xff\n", b"", self.files["recording"],
                                    self.files["iomem"], b"expect 1 == 2\n", b'tlb skylake list "x" all\n']))
            return pick([["run", file], ["run", file, "--format", "json"], ["validate", file],
                         ["validate", "--json", file], ["verify", file], ["boot", "--iomem", file],
                         ["boot", "--dmesg", file], ["play", file, "--plain", "--all"],
                         ["record", file, "-o", "-", "--format", pick(["cast", "svg", "txt"])],
                         ["compare", file, "--variant", "a=", "--variant", "b=kernel:linux-6.1", "--format",
                          pick(["text", "json", "svg"])],
                         ["replay", file, "--as-scenario"], ["quiz", "--grade", file], ["config", "--config", file],
                         ["config", "--path", "--config", file]]), b"", {}, False
        if kind == "plain":
            lines = [b"why pfn:0x140000", b"set_memory_ro pfn:0x140000", b"break split do \"note \\\"a\\\"\"", b"mark a",
                     b"find owner kernel", b"note \"words\"", b"stops", b"marks", b"open x", b"help step", b"goto 1",
                     b"save x/y", b"what-if set_memory_ro pfn:1", b"compare a=kernel:linux-6.1", b"tlb skylake", b"map"]
            text = b"\n".join(self.injected(self.random.choice(lines)) for _ in range(8)) + b"\n"
            return ["play", "--plain"], text, {}, False
        if kind == "environment":
            environment = {pick(["HOME", "XDG_CONFIG_HOME", "TERM", "NO_COLOR", "LANG"]).encode(): self.argument()}
            return pick([["config"], ["config", "--path"], ["play"], ["play", "d.dmap"], ["install", "--dry-run"],
                         ["boot"]]), b"", environment, False
        if kind == "prefix":
            return ["install", "--dry-run", "--prefix", self.argument()] + pick([[], ["--uninstall"]]), b"", {}, False
        if kind == "module":
            file = self.name(b"m", b".ko")
            with open(file, "wb") as out:
                out.write(pick([b"\x7fELF", b"", b"\x7fELF\x02\x01\x01" + self.injected(b"text data" * 20)]))
            line = pick([b"module load m ko:" + file, b"tlb skylake list \"" + file + b"\" all",
                         b"iomem \"" + self.injected(b"00001000-0009fbff : System RAM") + b"\""])
            return pick([["run", "-"], ["validate", "-"], ["validate", "--json", "-"]]), line + b"\n", {}, False
        file = self.write(self.injected(pick([self.demo, self.files["session"], self.files["own-iomem"],
                                              pick(self.scenarios), self.files["recording"]])),
                          pick([b".dmap", b".jsonl"]))
        return ["play", file], b"", {}, True

    def scenario_way(self, file):
        return self.random.choice([
            ["run", file], ["run", file, "--format", "json"], ["run", file, "--format", "meminfo"], ["validate", file],
            ["validate", "--json", file], ["play", file, "--plain", "--all"],
            ["record", file, "-o", "-", "--format", "txt"], ["record", file, "-o", "-", "--format", "svg"],
            ["record", file, "-o", "-", "--format", "cast"], ["lesson", file],
            ["compare", file, "--variant", "a=", "--variant", "b=kernel:linux-6.12", "--format",
             self.random.choice(["text", "json", "svg"])],
            ["run", file, "--break", "split", "--break", "if DirectMap4k > 99999999"],
        ])

    def run(self):
        arguments, given, environment, is_screen = self.case()
        command = [os.fsencode(part) for part in [self.program] + arguments]
        if b"--no-config" not in command and b"--config" not in command:
            environment.setdefault(b"XDG_CONFIG_HOME", b"/nonexistent")
        environment = {**os.environb, **environment}
        if is_screen:
            return command, [screen_trouble(drawn(command, environment, self.random))]
        result = subprocess.run(command, input=given, env=environment, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, timeout=120)
        problems = [trouble(result.stdout), trouble(result.stderr)]
        if result.returncode < 0:
            problems.append(f"ended by signal {-result.returncode}")
        if (b"--json" in command or command[-1] == b"json") and result.stdout:
            try:
                json.loads(result.stdout)
            except ValueError as error:
                problems.append(f"no JSON: {error}: {result.stdout[:200]!r}")
        return command, problems


def drawn(command, environment, choices):
    """What the program sends to a terminal while keys are pressed."""
    environment = {**environment, b"TERM": b"xterm-256color", b"LC_ALL": b"C.UTF-8"}
    child, terminal = pty.fork()
    if child == 0:
        os.execve(command[0], command, environment)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    sent, data, deadline = 0, b"", time.monotonic() + 60
    keys = [b">", b".", b"v", b"c", b"B", b"\x1b", b"?", b"\x1b", b"Q", b"Q"]
    while time.monotonic() < deadline:
        ready, _, _ = select.select([terminal], [], [], 0.05)
        if ready:
            try:
                piece = os.read(terminal, 65536)
            except OSError:
                break
            if not piece:
                break
            data += piece
        elif sent < len(keys):
            try:
                os.write(terminal, keys[sent])
            except OSError:
                break
            sent += 1
    os.close(terminal)
    os.waitpid(child, 0)
    return data


def main():
    program, root, seed, count = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    runs, failures = Runs(os.path.abspath(program), os.path.abspath(root), seed), 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with open("d.dmap", "w") as file:
            file.write("machine teaching-4g\nkernel linux-7.2\nset_memory_ro pfn:0x140000\n")
        for number in range(count):
            command, problems = runs.run()
            for problem in filter(None, problems):
                failures += 1
                print(f"run {number} of seed {seed}: {command[1:]!r}: {problem}", file=sys.stderr)
            for name in os.listdir(b"."):
                if name != b"d.dmap" and os.path.isfile(name):
                    os.unlink(name)
    print(f"{count} runs, {failures} let something out")
    sys.exit(1 if failures else 0)


main()
