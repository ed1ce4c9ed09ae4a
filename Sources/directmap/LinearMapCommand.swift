import ArgumentParser
import Engine
import KernelText
import Lanes
import Language
import Scenarios

/// `directmap linear-map`: counts what building the linear map of arm64 takes.
struct LinearMapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "linear-map",
    abstract: "Count what building the linear map of arm64 takes: tables, leaves, invalidations.",
    discussion: """
      The memory is one bank from address 0 on. Counted are page-table pages, leaves by size, and \
      the TLB invalidations before and after the series of April 2024; a cost model gives times \
      beside those that were published.
      """)

  /// What to print.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    /// A table.
    case text
    /// One object.
    case json
  }

  @Option(help: ArgumentHelp("How much memory, such as 64G, 512G or 1T.", valueName: "size"))
  var ram: String

  @Option(
    help: ArgumentHelp(
      "What rodata= says, in the kernel's own words: full, on, off, and from 6.18 on on, noalias, off. "
        + "Without it single pages can become read-only.", valueName: "word"))
  var rodata: String?

  @Option(
    help: ArgumentHelp(
      "The kernel: " + KernelProfile.arm64.map(\.name).joined(separator: ", ") + ".",
      valueName: "kernel"))
  var kernel = KernelProfile.linux6_12Arm64.name

  @Option(
    help: ArgumentHelp(
      "Switch features: bbml2, bbml2_all, debug_pagealloc, kfence, kfence_late, realm; with `no` "
        + "before them, off.", valueName: "feature,..."))
  var cpu: String?

  @Option(help: ArgumentHelp("What to print.", valueName: "format"))
  var format = Format.text

  func run() throws {
    var description = MachineDescription.arm64(name: "the machine", bytes: try bytes())
    if let cpu { try description.cpu.switchFeatures(cpu) }
    let kernel = try profile()
    if let rodata {
      let words = kernel.linearMap.rodata
      guard let isFull = words.isFull(rodata) else {
        throw UserError(
          "\(kernel.name) refuses rodata=\(rodata); it knows \(words.known.joined(separator: ", "))"
        )
      }
      description.cpu[.rodataFull] = isFull
    }
    let machine = try MachineOptions.boot(BootSetup(description, kernel: kernel))
    let report = LinearMapReport(machine)
    switch format {
    case .text: CommandLine.say(report.lines.joined(separator: "\n"))
    case .json: CommandLine.say(json: report.json)
    }
  }

  private func profile() throws(UserError) -> KernelProfile {
    if let profile = KernelProfile.arm64.first(where: { $0.name == kernel }) { return profile }
    if let profile = KernelProfile.arm64.first(where: { $0.name == "linux-\(kernel)-arm64" }) {
      return profile
    }
    do {
      return try Choice.named(kernel, in: KernelProfile.arm64, by: \.name, what: "arm64 kernel")
    } catch {
      throw UserError("\(error)")
    }
  }

  /// The size in bytes: a number and K, M, G or T, of whole pages.
  private func bytes() throws(UserError) -> UInt64 {
    let wrong = UserError(
      "--ram \(ram) is no amount of memory; give a number and K, M, G or T, such as 64G")
    let units: [Character: UInt64] = ["K": 10, "M": 20, "G": 30, "T": 40]
    guard let last = ram.last else { throw wrong }
    let shift = units[last]
    let digits = shift == nil ? ram[...] : ram.dropLast()
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
      let number = UInt64(digits)
    else { throw wrong }
    let (bytes, overflows) = number.multipliedReportingOverflow(by: 1 << (shift ?? 0))
    guard !overflows, bytes <= 64 << 40 else {
      throw UserError("--ram \(ram) is more than the linear map has room for; give 64T or less")
    }
    guard bytes > 0, bytes % 4096 == 0 else {
      throw UserError("--ram \(ram) is no number of whole pages of 4K, or none at all")
    }
    return bytes
  }
}
