import ArgumentParser
import Configuration
import Engine
import FoundationEssentials
import Interface
import Lab
import Lanes
import Language
import Scenarios

/// `directmap lab`: the screen over a real kernel that runs in QEMU, and what else is done with one.
struct LabCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lab",
    abstract: "Make calls on a real kernel that runs in QEMU.",
    discussion: """
      The kernel needs no module, no debug information and no change. Its functions are called through \
      QEMU's debugger, and its page tables are read in its memory after each call. docs/lab.md explains \
      how, and what cannot be seen from outside.
      """,
    subcommands: [LabScreenCommand.self, LabCheckCommand.self, LabRecordCommand.self],
    defaultSubcommand: LabScreenCommand.self)
}

/// `directmap lab KERNEL`: the screen.
struct LabScreenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "screen",
    abstract: "Show a real kernel's direct map, and make calls on it by keys.",
    discussion: """
      Each call is made by the kernel, and simulated beside it: the line of the calls says whether both \
      did the same.
      """)

  @Argument(
    help: "The kernel: its image, or Debian's package of it; the newest in /boot if left out.",
    completion: .file(extensions: ["deb"]))
  var kernel: String?

  @Option(
    help: ArgumentHelp("Calls to make first: a scenario.", valueName: "file"),
    completion: .file(extensions: ["dmap"]))
  var script: String?

  @Flag(name: .long, help: "Draw no screen: read lines, and say every event as a sentence.")
  var plain = false

  @OptionGroup var guest: GuestMachineOptions
  @OptionGroup var choice: GuestChoice
  @OptionGroup var terminal: TerminalOptions

  @MainActor
  func run() async throws {
    let (configuration, problems) = try terminal.configuration(
      ProcessInfo.processInfo.environment)
    CommandLine.tell(problems: problems)
    let scenario = try script.map { try ScenarioFile($0).read() }
    let lab = try LabKernel.booted(
      try guest.options(choice, kernel: kernel), choice, as: try guest.profile(),
      tellsUsual: true)
    var model: Model
    do throws(RunError) {
      model = try Model(over: lab, playing: scenario?.statements ?? [])
    } catch {
      throw UserError(error.description)
    }
    let notice = Configuration.notice(problems)
    if plain {
      let status = try PlainLoop.run(model, configuration, notice, tellsAll: false)
      if status != 0 { throw ExitCode(status) }
      return
    }
    let status = try ScreenLoop.run(model, configuration, notice)
    if status != 0 { throw ExitCode(status) }
  }
}

/// The kernel of the commands that take no file first.
struct LabKernelImage: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The kernel: its image, or Debian's package of it; the newest in /boot if left out.",
      valueName: "kernel"), completion: .file(extensions: ["deb"]))
  var kernel: String?
}

/// Options that say what QEMU's machine is, for the commands that boot nothing else.
struct GuestMachineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Start no QEMU: work with one that runs, by the Unix socket of its debugger; with --memory and --proc.",
      valueName: "socket"), completion: .file())
  var attach: String?

  @Option(
    help: ArgumentHelp("The memory file of a QEMU that runs.", valueName: "file"),
    completion: .file())
  var memory: String?

  @Option(
    help: ArgumentHelp(
      "A folder with copies of its guest's /proc/" + GuestAttachment.names.joined(separator: ", ")
        + ".", valueName: "folder"), completion: .directory)
  var proc: String?

  @Option(help: ArgumentHelp("QEMU's CPU, such as max or qemu64,+la57.", valueName: "cpu"))
  var cpu: String?

  @Option(help: ArgumentHelp("QEMU's machine, such as q35 or virt.", valueName: "machine"))
  var machine: String?

  @Option(help: ArgumentHelp("More words for the kernel's command line.", valueName: "line"))
  var append: String?

  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "The kernel whose rules simulate its calls; the nearest if left out.", valueName: "kernel"),
    completion: .list(KernelProfile.all.map(\.name)))
  var rules: String?

  /// The options of a guest.
  func options(_ choice: GuestChoice, kernel: String?) throws(UserError) -> GuestOptions {
    if let attachment = try attachment(kernel) {
      var options = GuestOptions(kernel: [], named: "the guest at \(attachment.debugger)")
      options.attachment = attachment
      return options
    }
    var options = try choice.options(kernel: kernel)
    options.cpu = cpu
    options.machine = machine
    options.append = append ?? ""
    return options
  }

  /// The guest that is to be attached to.
  private func attachment(_ kernel: String?) throws(UserError) -> GuestAttachment? {
    guard let attach else {
      guard memory == nil, proc == nil else {
        throw UserError("--memory and --proc are for a QEMU that runs; add --attach SOCKET")
      }
      return nil
    }
    guard let memory, let proc else {
      throw UserError(
        "--attach needs --memory FILE, the guest's RAM, and --proc FOLDER with copies of its /proc/"
          + GuestAttachment.names.joined(separator: ", "))
    }
    guard kernel == nil else {
      throw UserError("the guest at \(attach) runs its kernel already; leave out \(kernel ?? "")")
    }
    var files: [String: [UInt8]] = [:]
    for name in GuestAttachment.names {
      files["/proc/\(name)"] = [UInt8](try CommandLine.bytes(ofFile: "\(proc)/\(name)"))
    }
    return GuestAttachment(debugger: attach, memory: memory, files: files)
  }

  /// The rules that are asked for.
  func profile() throws(UserError) -> KernelProfile? {
    guard let rules else { return nil }
    return try MachineOptions.kernel(rules)
  }
}

extension Model {
  /// A real kernel, and calls that were made on it, seen from the beginning of the next one.
  nonisolated init(
    over lab: LabKernel, playing statements: [LocatedStatement] = [],
  ) throws(RunError) {
    var setup = BootSetup(lab.description, kernel: lab.machine.kernel)
    setup.file = lab.name
    let lane = Lane(
      observing: lab, named: lab.name, from: lab.machine, setup: setup, at: lab.firstPage)
    if statements.isEmpty {
      self.init(lane, beside: [])
    } else {
      try self.init(playing: statements, on: lane)
    }
  }
}
