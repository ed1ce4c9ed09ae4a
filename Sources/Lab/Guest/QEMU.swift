import CEmbedded
import CLinux
import Engine

/// A running QEMU, and what connects to it. One that was started here has sockets without names and a file in
/// memory without one, so nobody else can reach them, and all of it is gone when this program is.
final class QEMU {
  /// The console of the guest.
  let console: Console
  /// QEMU's debugger.
  let debugger: Debugger
  /// QEMU's monitor.
  let monitor: Monitor
  /// The guest's RAM.
  let memory: GuestMemory

  /// `nil` for one that somebody else started.
  private let process: Int32?
  private let words: Wire
  private var hasEnded = false

  /// Starts QEMU.
  init(
    _ options: GuestOptions, _ architecture: GuestArchitecture,
    accelerator: GuestOptions.Accelerator,
  ) throws(LabError) {
    let pluggable = PluggableMemory(options, architecture)
    let memory = try GuestMemory.make(
      size: pluggable?.machineRAM ?? options.ram, architecture, plugged: pluggable?.ownFile)
    let kernel = try Self.file("guest-kernel", options.kernel)
    defer { descriptor_close(kernel) }
    let archive = Initramfs(program: Self.firstProgram(architecture), files: options.files)
    let initramfs = try Self.file("guest-initramfs", archive.bytes)
    defer { descriptor_close(initramfs) }
    let (console, consoleEnd) = try Wire.pair()
    let (debugger, debuggerEnd) = try Wire.pair()
    let (monitor, monitorEnd) = try Wire.pair()
    let (words, wordsEnd) = try Wire.pair()
    let disk = try Self.file("guest-snapshots", SnapshotDisk.bytes)
    defer { descriptor_close(disk) }
    let path = { (file: Int32) in "/proc/self/fd/\(file)" }
    var arguments = [
      "-M", "\(options.machine ?? architecture.machine),memory-backend=ram",
      "-accel", accelerator == .kvm ? "kvm" : "tcg",
      "-cpu", options.cpu ?? (accelerator == .kvm ? "host" : architecture.cpu),
      "-smp", "\(options.cpus)", "-m", pluggable?.size ?? "\(options.ram >> 20)M",
      "-object",
      "memory-backend-file,id=ram,size=\(memory.size),mem-path=\(path(memory.file)),share=on",
      "-nodefaults", "-display", "none", "-no-reboot", "-nographic", "-monitor", "none",
      "-chardev", "socket,id=monitor,fd=\(monitorEnd.descriptor)",
      "-mon", "chardev=monitor,mode=control",
      "-drive", "file=\(path(disk)),format=qcow2,if=none,id=snapshots",
      "-kernel", path(kernel), "-initrd", path(initramfs),
      "-append", Self.commandLine(options, architecture),
      "-chardev", "socket,id=console,fd=\(consoleEnd.descriptor)", "-serial", "chardev:console",
      "-chardev", "socket,id=debugger,fd=\(debuggerEnd.descriptor)", "-gdb", "chardev:debugger",
    ]
    if let pluggable, let second = memory.plugged {
      arguments += pluggable.device(path: path(second.memory.file))
    }
    arguments += options.arguments
    let name = options.qemu ?? architecture.program
    let kept =
      [
        memory.file, kernel, initramfs, disk, monitorEnd.descriptor, consoleEnd.descriptor,
        debuggerEnd.descriptor,
      ] + [memory.plugged?.memory.file].compactMap(\.self)
    process = try Self.start(name, arguments, kept, output: wordsEnd.descriptor)
    self.memory = memory
    self.console = Console(console)
    self.debugger = Debugger(debugger)
    self.monitor = Monitor(monitor)
    self.words = words
  }

  /// Connects to one that somebody else started. It has a debugger and memory, and no monitor.
  init(
    attachingTo attachment: GuestAttachment, _ architecture: GuestArchitecture, ramEnd: UInt64,
  ) throws(LabError) {
    memory = try .attached(attachment, architecture, ramEnd: ramEnd)
    debugger = Debugger(try attachment.connect())
    // Nobody is at the other ends.
    console = Console(try Wire.pair().own)
    monitor = Monitor(try Wire.pair().own)
    words = try Wire.pair().own
    process = nil
  }

  /// Whether it was started here.
  var isOwn: Bool { process != nil }

  deinit {
    guard let process else {
      // It belongs to the user who started it.
      try? debugger.detach()
      return
    }
    if !hasEnded { process_end(process) }
  }

  /// The guest's first program.
  static func firstProgram(_ architecture: GuestArchitecture) -> [UInt8] {
    let file = unsafe architecture.name == .arm64 ? embedded_init_arm64() : embedded_init_x86_64()
    return unsafe Array(UnsafeBufferPointer(start: file.bytes, count: file.size))
  }

  static func commandLine(
    _ options: GuestOptions, _ architecture: GuestArchitecture,
  ) -> String {
    var words = ["console=\(architecture.console)", "quiet", "panic=-1"]
    // On a loaded machine the translator's timer may come too late for the kernel's check of it, which then
    // waits for ever.
    if architecture.name == .x86_64 { words.append("no_timer_check") }
    if options.nodes > 1 { words.append("numa=fake=\(options.nodes)") }
    if !options.randomises { words.append("nokaslr") }
    if let pluggable = PluggableMemory(options, architecture) { words += pluggable.words }
    if !options.append.isEmpty { words.append(options.append) }
    return words.joined(separator: " ")
  }

  static func file(_ label: String, _ bytes: [UInt8]) throws(LabError) -> Int32 {
    let size = UInt64(bytes.count)
    let file = unsafe memory_file(label, size)
    guard file >= 0 else { throw .system(what: label, reason: Wire.reason(-file)) }
    guard size > 0, let start = unsafe memory_file_map(file, bytes.count) else {
      descriptor_close(file)
      throw .system(what: label, reason: "no memory")
    }
    unsafe bytes.withUnsafeBytes { source in
      unsafe start.copyMemory(
        from: source.baseAddress ?? UnsafeRawPointer(start), byteCount: bytes.count)
    }
    unsafe memory_file_unmap(start, bytes.count)
    return file
  }

  static func start(
    _ program: String, _ arguments: [String], _ kept: [Int32], output: Int32,
  ) throws(LabError) -> Int32 {
    let process = Program.start(program, arguments, keeping: kept, output: output)
    guard process > 0 else {
      throw .notStarted(program: program, reason: Wire.reason(-process))
    }
    return process
  }

  /// What QEMU said on its way out, if it is gone; else `nil`.
  func lastWords() -> String? {
    if !hasEnded, let process {
      var status: Int32 = 0
      guard unsafe process_has_ended(process, &status) != 0 else { return nil }
      hasEnded = true
    }
    let bytes = (try? words.read(milliseconds: 100)) ?? []
    let text = String(decoding: bytes.suffix(600), as: UTF8.self)
    return text.split(separator: "\n").suffix(2).joined(separator: "; ")
  }
}

/// The guest's console: what it has printed.
final class Console {
  private let wire: Wire
  private(set) var text: [UInt8] = []
  /// Of a console that prints for ever the last part is kept.
  private static let limit = 1 << 20

  init(_ wire: Wire) { self.wire = wire }

  /// Takes what has come; waits so long for it if nothing has. False when QEMU is gone.
  @discardableResult
  func take(milliseconds: Int = 0) -> Bool {
    while true {
      guard let bytes = try? wire.read(milliseconds: milliseconds) else { return false }
      if bytes.isEmpty { return true }
      text += bytes
      if text.count > Self.limit { text.removeFirst(text.count - Self.limit / 2) }
      if milliseconds > 0 { return true }
    }
  }

  /// The last lines, in one.
  func lastLines(_ count: Int = 6) -> String {
    take()
    let lines = String(decoding: text.suffix(4000), as: UTF8.self).split { $0.isNewline }
      .filter { !$0.hasPrefix("directmap-lab") }
    return lines.suffix(count).joined(separator: " | ")
  }
}
