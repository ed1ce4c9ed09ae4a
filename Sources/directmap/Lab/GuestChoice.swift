import ArgumentParser
import Engine
import Lab
import Lanes

/// Options that say what the guest of a real kernel is.
struct GuestChoice: ParsableArguments {
  @Option(help: ArgumentHelp("RAM of the guest, such as 4G.", valueName: "size"))
  var ram: String?

  @Option(
    help: ArgumentHelp(
      "Memory for add_memory, whole sections of 128M, such as 1G.", valueName: "size"))
  var hotplug: String?

  @Option(help: ArgumentHelp("How many CPUs the guest has.", valueName: "n"))
  var cpus: Int?

  @Option(help: ArgumentHelp("How many nodes its kernel makes of the memory.", valueName: "n"))
  var nodes: Int?

  @Option(
    help: ArgumentHelp(
      "What executes the guest: auto is KVM where it works, else TCG.", valueName: "accelerator"),
    completion: .list(GuestOptions.Accelerator.allCases.map(\.rawValue)))
  var accel: String?

  @Option(
    help: ArgumentHelp(
      "QEMU's program, in place of qemu-system-x86_64 or qemu-system-aarch64.", valueName: "path"))
  var qemu: String?

  @Option(
    help: ArgumentHelp("One more argument for QEMU; may be repeated.", valueName: "argument"))
  var qemuArg: [String] = []

  @Option(
    help: ArgumentHelp(
      "Show these functions of the kernel inside each call, such as 'my_merge*'; usual means "
        + "those of set_memory.c, which the screen shows unless others are named, none means none; may "
        + "be repeated.", valueName: "pattern"))
  var functions: [String] = []

  /// The functions to stop at; `nil` for none.
  ///
  /// - Parameter isUsual: whether those of set_memory.c are told of where nothing is said.
  func patterns(isUsual: Bool) -> [String]? {
    if functions.isEmpty { return isUsual ? ["usual"] : nil }
    return functions.contains("none") ? nil : functions
  }

  @Option(
    help: ArgumentHelp(
      "The vmlinux of the same build, with debug information: shows where functions are in the source.",
      valueName: "file"), completion: .file())
  var vmlinux: String?

  @Option(
    help: ArgumentHelp(
      "Stop at every line of the source inside these functions, those inlined into them too; with "
        + "--vmlinux; may be repeated.", valueName: "pattern"))
  var lines: [String] = []

  @Option(
    help: ArgumentHelp(
      "The kernel's source: shows the lines of the function under way; with --vmlinux.",
      valueName: "folder"), completion: .directory)
  var source: String?

  @Option(
    help: ArgumentHelp(
      "A file that the guest gets, such as a module; may be repeated.", valueName: "file"),
    completion: .file())
  var with: [String] = []

  /// Gives the text of a file of the kernel's source.
  fileprivate var sourceText: (@Sendable (String) -> String?)? {
    guard let source else { return nil }
    return { path in try? CommandLine.text(ofFile: "\(source)/\(path)") }
  }

  /// The options of a guest with a kernel.
  ///
  /// - Parameter usualRAM: its RAM in bytes where none is chosen.
  func options(
    kernel path: String?, usualRAM: UInt64 = 2 << 30,
  ) throws(UserError) -> GuestOptions {
    guard source == nil || vmlinux != nil else {
      throw UserError(
        "--source shows lines only with --vmlinux FILE, which tells where functions stand")
    }
    guard lines.isEmpty || vmlinux != nil else {
      throw UserError("--lines needs --vmlinux FILE, which tells where lines begin")
    }
    let (bytes, name) = try CommandLine.kernel(path)
    var options = GuestOptions(kernel: bytes, named: name)
    options.ram = try ram.map { text throws(UserError) in try Self.bytes(text) } ?? usualRAM
    if let hotplug {
      options.hotplug = try Self.bytes(hotplug, of: "--hotplug")
      guard options.hotplug % (128 << 20) == 0 else {
        throw UserError("--hotplug \(hotplug) is no whole section; give a multiple of 128M")
      }
    }
    if let cpus {
      guard (1...64).contains(cpus) else {
        throw UserError("--cpus \(cpus) is no number of CPUs; give 1 to 64")
      }
      options.cpus = cpus
    }
    if let nodes {
      guard (1...64).contains(nodes) else {
        throw UserError("--nodes \(nodes) is no number of nodes; give 1 to 64")
      }
      options.nodes = nodes
    }
    if let accel {
      guard let chosen = GuestOptions.Accelerator(rawValue: accel) else {
        throw UserError("unknown --accel \"\(accel)\"; known are auto, kvm, tcg")
      }
      options.accelerator = chosen
    }
    options.qemu = qemu
    options.arguments = qemuArg
    for path in with {
      let bytes = try CommandLine.bytes(ofFile: path)
      options.files.append((path.lastPathComponent, [UInt8](bytes)))
    }
    return options
  }

  /// A size with K, M or G, a whole number of MiB from 256 MiB to 64 GiB.
  static func bytes(_ text: String, of option: String = "--ram") throws(UserError) -> UInt64 {
    let shifts: [Character: UInt64] = ["K": 10, "M": 20, "G": 30]
    let shift = text.last.flatMap { shifts[$0] }
    let digits = shift == nil ? text[...] : text.dropLast()
    let isDigits = !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber }
    guard isDigits, let number = UInt64(digits), number < 1 << 40,
      case let bytes = number << (shift ?? 0), bytes % (1 << 20) == 0,
      (256 << 20...64 << 30).contains(bytes)
    else {
      throw UserError("\(option) \(text) is no size; give whole MiB from 256M to 64G, such as 4G")
    }
    return bytes
  }
}

extension LabKernel {
  /// Boots a kernel in a guest with as much memory as a machine of a scenario.
  static func booted(
    _ kernel: String, _ choice: GuestChoice, _ options: MachineOptions, for setup: BootSetup,
    as profile: KernelProfile?,
  ) throws(UserError) -> LabKernel {
    let usable = setup.description.e820.filter { $0.kind == .usable }
    let bytes = usable.reduce(0) {
      $0 + ($1.range.upperBound.rawValue - $1.range.lowerBound.rawValue)
    }
    let unit: UInt64 = 256 << 20
    let usual = min(max((bytes + unit - 1) / unit * unit, 1 << 30), 16 << 30)
    var guest = try choice.options(kernel: kernel, usualRAM: usual)
    guest.append = options.append ?? ""
    return try .booted(guest, choice, as: profile)
  }

  /// Boots a kernel, and says on standard error what is being waited for.
  static func booted(
    _ options: GuestOptions, _ choice: GuestChoice, as profile: KernelProfile? = nil,
    tellsUsual: Bool = false,
  ) throws(UserError) -> LabKernel {
    do {
      return try ProgressLine.during("Booting \(options.kernelName)") { _ in
        let kernel = try LabKernel(booting: options, as: profile)
        if let vmlinux = choice.vmlinux {
          try kernel.readSources(of: vmlinux, text: choice.sourceText)
        }
        let patterns = choice.patterns(isUsual: tellsUsual)
        if patterns != nil || !choice.lines.isEmpty {
          try kernel.look(inside: patterns ?? [], lines: choice.lines)
        }
        return kernel
      }
    } catch {
      throw UserError("\(error)")
    }
  }
}
