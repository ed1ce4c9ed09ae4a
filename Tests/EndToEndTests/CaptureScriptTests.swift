import Foundation
import TestSupport
import Testing

/// `Assets/capture/capture.sh` on a folder that replaces tracefs, with test doubles of the commands
/// through which the script reaches the kernel.
@Suite struct CaptureScriptTests {
  private static let script = ProjectFiles.root.appending(path: "Assets/capture/capture.sh").path

  /// A tracefs with another user's trace, and test doubles: `mkdir` and `rmdir` do what the kernel
  /// does to an instance, `uname` takes the time that a test needs.
  private func tracefs(lacking: String = "nothing") throws -> Folder {
    let folder = try Folder()
    let made = try Shell.run(
      #"""
      mkdir -p bin proc tracing/instances/theirs tracing/events/module/module_load
      echo 1 > tracing/tracing_on; echo 1408 > tracing/buffer_size_kb; echo old > tracing/trace
      echo function > tracing/current_tracer; echo 1 > tracing/events/module/module_load/enable
      echo 'p:theirs/open do_sys_open' > tracing/kprobe_events
      echo 'ffffffff81000000 t __vmap_pages_range_noflush' > proc/kallsyms
      printf 'MemTotal: 4 kB\nDirectMap4k: 100 kB\nDirectMap2M: 200 kB\n' > proc/meminfo
      echo 'direct_map_level2_splits 7' > proc/vmstat
      cat > bin/mkdir <<'END'
      #!/bin/sh
      /usr/bin/mkdir "$@" && cd "$1" && echo 0 > buffer_size_kb && echo 1 > tracing_on || exit
      : > trace_marker; echo recorded > trace
      for cpu in 0 1 2 3; do /usr/bin/mkdir -p per_cpu/cpu$cpu; done
      for event in change_page_attr_set_clr vmap_pages_0 vmap_pages_128; do
        /usr/bin/mkdir -p events/directmap/$event events/module/module_load
      done
      rm -rf events/directmap/$LACKING
      END
      printf '#!/bin/sh\nrm -r "$1"\n' > bin/rmdir
      printf '#!/bin/sh\nsleep "$PAUSE"; echo 6.12.99\n' > bin/uname
      chmod +x bin/*
      """#, in: folder.path)
    try #require(made.status == 0, "\(made.errors)")
    return folder
  }

  /// Runs lines of bash, in which `capture` is the script, `ended` the same until a signal; a probe
  /// that was removed is no longer listed.
  private func run(
    _ lines: String, _ folder: Folder, lacking: String = "nothing", pause: String = "0",
  ) throws -> Program.Result {
    try Shell.run(
      #"""
      export DIRECTMAP_TRACING=$PWD/tracing DIRECTMAP_PROC=$PWD/proc PATH=$PWD/bin:$PATH
      export LACKING=\#(lacking) PAUSE=\#(pause)
      settle() {
        awk '/^-:/ { for (i in line) if (index(line[i], ":" substr($0, 3) " ")) delete line[i]; next }
          { line[++n] = $0 } END { for (i = 1; i <= n; i++) if (i in line) print line[i] }' \
          tracing/kprobe_events > bin/probes && cat bin/probes > tracing/kprobe_events
      }
      capture() { local status=0; sh \#(Self.script) "$@" || status=$?; settle; return $status; }
      ended() {
        local status=0
        timeout --preserve-status -s $1 1 sh \#(Self.script) start || status=$?
        settle
        return $status
      }
      \#(lines)
      """#, in: folder.path)
  }

  /// All files of the tracefs, with their content.
  private func state(_ folder: Folder) throws -> String {
    try Shell.run(
      "find tracing | sort; find tracing -type f | sort | xargs tail -n +1", in: folder.path
    ).output
  }

  @Test func `records in an instance of its own, and takes all away`() throws {
    let folder = try tracefs()
    let before = try state(folder)
    let started = try run("capture start", folder)
    #expect(started.status == 0, "\(started.errors)")
    let instance = "tracing/instances/directmap"
    #expect(folder.text("\(instance)/tracing_on") == "1\n")
    // 64 MiB in all, on four CPUs.
    #expect(folder.text("\(instance)/buffer_size_kb") == "16384\n")
    #expect(folder.text("\(instance)/events/directmap/enable") == "1\n")
    #expect(folder.text("\(instance)/events/module/module_load/enable") == "1\n")
    #expect(
      folder.text("\(instance)/events/directmap/vmap_pages_128/filter")
        == "addr >= 0xffffffffc0000000\n")
    #expect(
      folder.text("\(instance)/trace_marker")
        == "start DirectMap4k=100kB DirectMap2M=200kB direct_map_level2_splits=7 \n")
    let probes = folder.text("tracing/kprobe_events")
    #expect(probes.hasPrefix("p:theirs/open do_sys_open\np:directmap/set_memory_ro set_memory_ro "))
    #expect(probes.contains("\nr:directmap/execmem_alloc_ret execmem_alloc ptr=$retval:x64\n"))
    let marked = try run("capture mark loaded; capture mark 'a b'", folder)
    #expect(marked.status == 1 && marked.errors.contains("a mark is a word"))
    #expect(folder.text("\(instance)/trace_marker").hasPrefix("loaded DirectMap4k=100kB "))
    let again = try run("capture start", folder)
    #expect(again.status == 1)
    #expect(again.errors.contains("a recording is under way, or was left: stop FILE saves it"))
    #expect(folder.text("\(instance)/tracing_on") == "1\n")
    let stopped = try run("capture stop trace.txt", folder)
    #expect(stopped.status == 0, "\(stopped.errors)")
    #expect(folder.text("trace.txt") == "recorded\n")
    #expect(try state(folder) == before)
    let none = try run("capture stop other.txt; capture mark x; capture discard", folder)
    #expect(none.status == 0 && none.errors.contains("nothing is recorded; start begins"))
  }

  @Test func `leaves nothing where a start fails, or ends by a signal`() throws {
    let folder = try tracefs()
    let before = try state(folder)
    let failed = try run("capture start", folder, lacking: "change_page_attr_set_clr")
    #expect(failed.status == 1)
    #expect(failed.errors.contains("this kernel cannot probe change_page_attr_set_clr"))
    #expect(try state(folder) == before)
    for (signal, status) in [("HUP", 129), ("INT", 130), ("TERM", 143)] {
      let ended = try run("ended \(signal)", folder, pause: "20")
      #expect(ended.status == Int32(status), "\(signal): \(ended)")
      #expect(try state(folder) == before, "\(signal)")
    }
    // After SIGKILL, `discard` removes what is left.
    let killed = try run("ended KILL", folder, pause: "20")
    #expect(killed.status == 137)
    #expect(folder.text("tracing/kprobe_events").contains("\np:directmap/set_memory_ro "))
    let discarded = try run("capture discard", folder)
    #expect(discarded.status == 0, "\(discarded.errors)")
    #expect(try state(folder) == before)
  }

  @Test func `writes to a new file only, and keeps the trace where it cannot`() throws {
    let folder = try tracefs()
    let before = try state(folder)
    _ = try run(
      "capture start; echo precious > notes; ln -s notes link; ln -s gone nowhere", folder)
    for name in ["notes", "link", "nowhere", "/dev/null", "."] {
      let refused = try run("capture stop \(name)", folder)
      #expect(refused.status == 1 && refused.errors.contains("\(name) exists; give a new name"))
      // Nothing has ended.
      #expect(folder.text("tracing/instances/directmap/tracing_on") == "1\n")
    }
    #expect(folder.text("notes") == "precious\n")
    let nowhere = try run("capture stop no/such", folder)
    #expect(nowhere.status == 1 && nowhere.errors.contains("the trace is kept, switched off"))
    let full = try run(
      """
      head -c 100000 /dev/zero > tracing/instances/directmap/trace
      (ulimit -f 8; trap '' XFSZ; capture stop trace.txt)
      """, folder)
    #expect(full.status == 1 && full.errors.contains("could not be written whole"), "\(full)")
    #expect(!(try folder.names.contains("trace.txt")))
    let stopped = try run("capture stop trace.txt; wc -c < trace.txt", folder)
    #expect(stopped.output == "100000\n", "\(stopped)")
    #expect(try state(folder) == before)
  }

  @Test func `refuses what cannot be recorded`() throws {
    let folder = try tracefs()
    let before = try state(folder)
    for (lines, reason) in [
      ("DIRECTMAP_BUFFER_KB=64M capture start", "DIRECTMAP_BUFFER_KB=64M is no number of KiB"),
      ("DIRECTMAP_TRACING=/nosuch capture start", "mount -t tracefs nodev /nosuch"),
      ("capture stop x", "nothing is recorded; start begins"),
    ] {
      let result = try run(lines, folder)
      #expect(result.status == 1 && result.errors.contains(reason), "\(result)")
    }
    #expect(try run("capture; capture stop", folder).status == 2)
    #expect(try state(folder) == before)
  }

  @Test func `shellcheck finds nothing`() throws {
    let scripts = ["Assets/capture/capture.sh", ".ci/run", ".ci/install", ".ci/static"]
    try OtherProgram.run(
      "shellcheck", scripts.map { ProjectFiles.root.appending(path: $0).path })
  }
}
