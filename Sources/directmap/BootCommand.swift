import ArgumentParser
import Engine
import KernelText
import Maps

/// `directmap boot`: boots a machine and prints what the kernel would show of its direct map.
struct BootCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "boot",
    abstract: "Boot a machine and print its direct map as the kernel would.",
    discussion: """
      With --against the machine is held against what a real kernel showed later: what was split since \
      boot, or which lines of its page-table dump differ. Guesses about a machine that is read \
      from a file are printed on standard error.
      """)

  @OptionGroup
  var options: MachineOptions

  @Option(
    help: ArgumentHelp(
      "Boot nothing: take the leaves of a saved page-table dump, for --format leaves, ptdump or "
        + "meminfo.", valueName: "file"),
    completion: .file())
  var ptdump: String?

  @Option(
    help: ArgumentHelp(
      "A saved /proc/meminfo, /proc/vmstat or page-table dump of the machine to compare with; may be "
        + "repeated.", valueName: "file"),
    completion: .file())
  var against: [String] = []

  @Option(
    help: ArgumentHelp(
      "What to print; by default meminfo, on arm64 ptdump.", valueName: "format"))
  var format: MachineFormat?

  func validate() throws {
    if !against.isEmpty, format != nil {
      throw ValidationError("--against prints a comparison; leave --format out")
    }
    guard ptdump != nil else { return }
    guard options.machine == nil, options.iomem == nil, options.dmesg == nil, against.isEmpty,
      options.cpu == nil, options.append == nil, options.rodata == nil, options.policy.isEmpty
    else {
      throw ValidationError(
        "--ptdump takes the machine as it is: give no more than --kernel with it")
    }
    switch format {
    case nil, .leaves, .ptdump, .meminfo: break
    case .vmstat, .buddyinfo, .pagetypeinfo, .cpaStats:
      throw ValidationError("a page-table dump has leaves only: choose leaves, ptdump or meminfo")
    }
  }

  func run() throws {
    if let ptdump { return try show(try machine(ofDump: ptdump)) }
    let shown = try against.map { path in
      (path, try Self.shown(path))
    }
    let reading = try options.read()
    let machine = try MachineOptions.boot(reading.setup)
    if shown.isEmpty { return try show(machine) }
    for (path, text) in shown {
      CommandLine.say(line: "\(path):")
      for line in text.comparison(with: machine, missing: reading.missingImage) {
        CommandLine.say(line: "  \(line)")
      }
    }
  }

  private func show(_ machine: Machine) throws(UserError) {
    let format = format ?? .usual(on: machine.architecture)
    try format.check(on: machine.architecture)
    CommandLine.put(format.text(of: machine))
  }

  private static func shown(_ path: String) throws(UserError) -> ShownText {
    let text = try CommandLine.text(ofFile: path, .fileOrPipe)
    do {
      return try ShownText(text)
    } catch {
      throw UserError(inFile: path, error)
    }
  }

  /// The machine of a page-table dump. A kernel of the other architecture is refused.
  private func machine(ofDump path: String) throws(UserError) -> Machine {
    let dump: ReadMap
    do {
      dump = try ReadMap(dump: try FileBytes(path, .fileOrPipe))
    } catch {
      throw UserError(reading: path, error)
    }
    let kernel = try options.kernel.map(MachineOptions.kernel) ?? .standard(for: dump.architecture)
    guard kernel.architecture == dump.architecture else {
      throw UserError(
        "\(path) is a dump of \(dump.architecture.rawValue), and \(kernel.name) is for another "
          + "architecture; leave --kernel out")
    }
    do throws(KernelTextError) {
      return try dump.machine(kernel: kernel)
    } catch {
      throw UserError(inFile: path, error)
    }
  }
}
