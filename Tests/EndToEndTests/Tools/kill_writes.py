"""Kills the program at random moments of writing, and looks at what lies there then.

usage: kill_writes.py PROGRAM COUNT SEED [KIND...]

For each kind of file COUNT runs are ended by SIGKILL: every other one at any moment, the others just
after the file under its own name (.directmap-*.tmp) appeared. Under the final name there must be
nothing, what was there before, or a whole file; beside it at most one file that was left, which the next
run removes. Ends with status 1 if that does not hold, and prints what happened otherwise.
"""
import glob
import json
import os
import pty
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree

DEMO = """machine teaching-4g
kernel linux-7.2
set_memory_ro pfn:0x140000
wait 1s
set_memory_rw pfn:0x140000
key "< . . ."
wait 1s
"""
SESSION = "".join(f"set_memory_ro pfn:{0x140000 + index:#x}\n" for index in range(300))
KEYS = b"r,,,.....w<<>>?sr,.w"


def whole_session(text):
    """A session whose number of calls is the one that its last line says."""
    last = text.rstrip("\n").split("\n")[-1]
    count = len(re.findall(r"^set_memory", text, re.M))
    return bool(re.fullmatch(r"end \d+", last)) and int(last[4:]) == count and text.endswith("\n")


def whole_script(text):
    return text.endswith("\n") and len(re.findall(r"^set_memory", text, re.M)) == 300


def whole_keys(text):
    return text.endswith("\n") and text.count("machine ") == 1 and '"' not in re.sub(
        r'"[^"\n]*"', "", text)


def whole_cast(text):
    lines = [json.loads(line) for line in text.split("\n")[:-1]]
    return text.endswith("\n") and lines[0]["version"] == 2 and all(len(l) == 3 for l in lines[1:])


def whole_svg(text):
    xml.etree.ElementTree.fromstring(text)
    return text.endswith("</svg>\n")


def whole_txt(text):
    return text.rstrip("\n").split("\n")[-1].startswith("--- end ")


WHOLE = {"session": whole_session, "script": whole_script, "keys": whole_keys, "cast": whole_cast,
         "svg": whole_svg, "txt": whole_txt}
# The name of the file, what is given to the program, and what is typed.
KINDS = {
    "session": ("x.session", ["play", "--plain", "--no-config", "x.session"],
                b"".join(b"set_memory_ro pfn:0x150000\nsave\n" for _ in range(20))),
    "script": ("x.script", ["play", "--plain", "--no-config", "start.dmap"],
               b"goto 100%\n" + b"script! x.script\n" * 20),
    "cast": ("x.cast", ["record", "demo.dmap", "-o", "x.cast", "--no-config"], None),
    "svg": ("x.svg", ["record", "demo.dmap", "-o", "x.svg", "--no-config"], None),
    "txt": ("x.txt", ["record", "demo.dmap", "-o", "x.txt", "--no-config"], None),
    "live-cast": ("x.cast", ["--no-config", "--record", "x.cast"], KEYS),
    "live-svg": ("x.svg", ["--no-config", "--record", "x.svg"], KEYS),
    "live-txt": ("x.txt", ["--no-config", "--record", "x.txt"], KEYS),
    "live-keys": ("x.dmap", ["--no-config", "--record", "x.dmap"], KEYS),
}


def form(kind, name):
    if kind == "live-keys":
        return "keys"
    return kind.removeprefix("live-")


def start(program, kind, folder):
    _, arguments, typed = KINDS[kind]
    if kind.startswith("live-"):
        process, terminal = pty.fork()
        if process == 0:
            os.chdir(folder)
            os.environ["TERM"] = "xterm-256color"
            os.execv(program, [program] + arguments)
        os.set_blocking(terminal, False)
        return process, terminal
    child = subprocess.Popen([program] + arguments, cwd=folder, stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if typed:
        child.stdin.write(typed)
        child.stdin.flush()
    return child, None


def drain(terminal):
    try:
        while os.read(terminal, 1 << 16):
            pass
    except OSError:
        pass


def run(program, kind, folder, delay, waits_for_file):
    """Runs until the kill; whether the program was still there."""
    process, terminal = start(program, kind, folder)
    number = process if terminal is not None else process.pid
    begin = time.monotonic()
    typed = KINDS[kind][2] if terminal is not None else b""
    deadline = begin + (10 if waits_for_file else delay)
    while time.monotonic() < deadline:
        if waits_for_file and glob.glob(f"{folder}/.directmap-*.tmp"):
            time.sleep(delay)
            break
        if terminal is not None:
            drain(terminal)
            if typed and time.monotonic() - begin > 0.02:
                try:
                    os.write(terminal, typed[:1])
                    typed = typed[1:]
                except OSError:
                    pass
        if terminal is None and process.poll() is not None:
            break
        time.sleep(0.0002 if waits_for_file else 0.001)
    try:
        os.kill(number, signal.SIGKILL)
    except ProcessLookupError:
        pass
    if terminal is None:
        process.stdin.close()
        return process.wait() == -signal.SIGKILL
    _, status = os.waitpid(number, 0)
    os.close(terminal)
    return os.WIFSIGNALED(status)


def attack(program, kind, count, source):
    name = KINDS[kind][0]
    check = WHOLE[form(kind, name)]
    found = {"killed": 0, "none": 0, "whole": 0, "left": 0, "most left": 0}
    wrong = 0
    folder = tempfile.mkdtemp(prefix="directmap-kills-")
    try:
        with open(f"{folder}/demo.dmap", "w") as file:
            file.write(DEMO)
        with open(f"{folder}/start.dmap", "w") as file:
            file.write("machine teaching-4g\nkernel linux-7.2\n" + SESSION)
        first = "machine teaching-4g\nkernel linux-7.2\n" + SESSION
        begin = time.monotonic()
        is_live = kind.startswith("live-")
        span = 0.4 if is_live else 0.15
        for index in range(count):
            path = f"{folder}/{name}"
            if kind == "session":
                with open(path, "w") as file:
                    file.write("session 1\n" + first + "cursor main 300\nend 300\n")
            elif is_live and os.path.exists(path):
                os.remove(path)
            elif index % 4 == 0 and os.path.exists(path):
                os.remove(path)
            waits = index % 2 == 0
            delay = source.uniform(0, 0.004 if waits and not is_live else span)
            if run(program, kind, folder, delay, waits):
                found["killed"] += 1
            left = glob.glob(f"{folder}/.directmap-*.tmp")
            found["left"] += len(left)
            found["most left"] = max(found["most left"], len(left))
            if len(left) > 1:
                wrong += 1
                print(f"{kind}, run {index}: left {left}")
            if not os.path.exists(path):
                found["none"] += 1
                continue
            with open(path, errors="replace") as file:
                text = file.read()
            try:
                is_whole = check(text)
            except (ValueError, SyntaxError, KeyError, IndexError, TypeError):
                is_whole = False
            if is_whole:
                found["whole"] += 1
            else:
                wrong += 1
                shutil.copy(path, f"/tmp/directmap-half-{kind}-{index}")
                print(f"{kind}, run {index}: half a file of {len(text)} characters")
        words = ", ".join(f"{key} {value}" for key, value in found.items())
        print(f"{kind}: {count} runs, {words}, wrong {wrong}, {time.monotonic() - begin:.0f} s",
              flush=True)
    finally:
        shutil.rmtree(folder)
    return wrong


def main():
    program, count, seed = os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    source = random.Random(seed)
    kinds = sys.argv[4:] or list(KINDS)
    sys.exit(1 if sum(attack(program, kind, count, source) for kind in kinds) else 0)


main()
