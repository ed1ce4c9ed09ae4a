import CLinux

/// The same boot without us: QEMU alone with the same kernel, first program and machine, without a
/// debugger, a monitor or shared memory. What booting a guest is measured against.
public enum BareBoot {
  /// Boots until the first program has printed its line, and ends QEMU.
  ///
  /// - Returns: the time from the start of QEMU to that line.
  public static func run(_ options: GuestOptions) throws(LabError) -> Duration {
    guard let architecture = GuestArchitecture(ofKernel: options.kernel) else {
      throw .notAKernel("\(options.kernelName) is no bootable kernel")
    }
    let clock = ContinuousClock()
    let start = clock.now
    let kernel = try QEMU.file("guest-kernel", options.kernel)
    defer { descriptor_close(kernel) }
    let archive = Initramfs(program: QEMU.firstProgram(architecture), files: options.files)
    let initramfs = try QEMU.file("guest-initramfs", archive.bytes)
    defer { descriptor_close(initramfs) }
    let (wire, consoleEnd) = try Wire.pair()
    let (_, wordsEnd) = try Wire.pair()
    let arguments = [
      "-M", options.machine ?? architecture.machine,
      "-accel", options.accelerator == .kvm ? "kvm" : "tcg",
      "-cpu", options.cpu ?? architecture.cpu,
      "-smp", "\(options.cpus)", "-m", "\(options.ram >> 20)M",
      "-nodefaults", "-display", "none", "-no-reboot", "-nographic", "-monitor", "none",
      "-kernel", "/proc/self/fd/\(kernel)", "-initrd", "/proc/self/fd/\(initramfs)",
      "-append", QEMU.commandLine(options, architecture),
      "-chardev", "socket,id=console,fd=\(consoleEnd.descriptor)", "-serial", "chardev:console",
    ]
    let process = try QEMU.start(
      options.qemu ?? architecture.program, arguments,
      [kernel, initramfs, consoleEnd.descriptor], output: wordsEnd.descriptor)
    defer { process_end(process) }
    let console = Console(wire)
    let mark = Array("directmap-lab ".utf8)
    while clock.now - start < .seconds(options.bootSeconds) {
      guard console.take(milliseconds: 50) else { break }
      if console.text.split(separator: 10).contains(where: { $0.starts(with: mark) }) {
        return clock.now - start
      }
    }
    throw .tooSlow(
      what: "booting", seconds: options.bootSeconds, console: console.lastLines())
  }
}
