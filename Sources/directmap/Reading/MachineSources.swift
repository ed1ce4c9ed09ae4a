import ArgumentParser
import Engine
import KernelText
import Maps

extension SourceKind: ExpressibleByArgument {}

/// How sources of a real machine are read: for every command that takes some.
struct SourceOptions: ParsableArguments {
  @Option(
    name: .customLong("as"),
    help: ArgumentHelp(
      "What all sources are, where their contents do not show it: "
        + SourceKind.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "kind"))
  var kind: SourceKind?

  @Option(
    help: ArgumentHelp(
      "The kernel whose rules apply; by default the nearest to the one in the sources.",
      valueName: "kernel"),
    completion: .list(KernelProfile.all.map(\.name)))
  var kernel: String?

  @Option(
    help: ArgumentHelp(
      "The address of frame 0, for a dump that is cut off at its start, and for a trace.",
      valueName: "address"))
  var pageOffset: String?

  /// The address, if one is given.
  func offset() throws(UserError) -> VirtualAddress? {
    guard let pageOffset else { return nil }
    return try VirtualAddress(kernelAddress: pageOffset, of: "--page-offset")
  }
}

extension VirtualAddress {
  /// The address of a page of the kernel's half, as an option gives it.
  nonisolated init(kernelAddress text: String, of option: String) throws(UserError) {
    let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
    guard let number = UInt64(digits, radix: 16), number >> 63 == 1, number % 4096 == 0 else {
      throw UserError(
        "\(option) \(text) is no kernel address of a page; give one such as 0xffff888000000000")
    }
    self.init(number)
  }
}

/// A real machine as its sources show it.
nonisolated struct SeenMachine: Sendable {
  /// What the sources tell together.
  var evidence: MachineEvidence
  /// The names of the sources.
  var names: [String]
  /// Traces among them.
  var traces: [String]
  /// Recordings of a watch among them.
  var watches: [(name: String, recording: WatchRecording)]
  /// The rules that hold.
  var kernel: KernelProfile
  /// The map that is shown first; `nil` without one.
  var map: MachineEvidence.NamedMap?
  /// The machine with the leaves of that map.
  var machine: Machine?
  /// The machine before it booted, if iomem or a log tells its memory.
  var reading: MachineReading?
  /// The machine at the end of boot, by the model.
  var booted: Machine?
  /// What is to be said.
  var report: MapReport

  /// Reads sources.
  ///
  /// - Parameters:
  ///   - policies: remedies that the kernel of the machine is taken to have.
  ///   - leavesBefore: a map to begin with, before a trace.
  ///   - progress: where that tells how far it is, and looks whether it is to stop.
  init(
    _ paths: [String], _ kind: SourceKind?, kernel name: String?, pageOffset: VirtualAddress?,
    policies: PolicySet = .none, leavesBefore: String? = nil, progress: WorkProgress? = nil,
  ) throws {
    var reader = SourceReader()
    reader.pageOffset = pageOffset
    reader.progress = progress
    if let leavesBefore { try reader.read(leavesBefore) }
    for path in paths { try reader.read(path, as: kind) }
    reader.nameAreas()
    evidence = reader.evidence
    names = reader.names
    traces = reader.traces
    watches = reader.watches
    kernel = try Self.kernel(name, evidence)
    var notes = reader.notes
    map = evidence.maps.first
    let label = paths.count == 1 ? paths[0] : "the machine"
    do throws(KernelTextError) {
      reading = try evidence.machine(named: label)
    } catch {
      throw UserError("\(label): \(error)")
    }
    if let reading, reading.description.architecture == kernel.architecture {
      do throws(BootError) {
        booted = try Machine(booting: reading.description, kernel: kernel)
      } catch {
        notes.append("what boot gives cannot be told: \(error)")
      }
    }
    if let map {
      do throws(KernelTextError) {
        machine = try Self.machine(map.map, kernel, evidence, reading, booted, policies)
      } catch {
        throw UserError("\(map.name): \(error)")
      }
    }
    report = MapReport(
      evidence, map: map, on: machine, kernel: kernel, reading: reading, booted: booted,
      sources: names)
    report.notes += notes
    if let note = Self.note(on: kernel, evidence, isChosen: name != nil) {
      report.notes.append(note)
    }
  }

  /// Why the rules are those of a kernel, where that is not plain from its version.
  private static func note(
    on kernel: KernelProfile, _ evidence: MachineEvidence, isChosen: Bool,
  ) -> String? {
    guard let release = evidence.kernelName else { return nil }
    let choice = evidence.kernelChoice
    if isChosen {
      guard choice.profile != kernel else { return nil }
      return
        "the kernel is Linux \(release); the rules of \(kernel.name) are used, as was asked for"
    }
    switch choice.reason {
    case .version, .unknown: return nil
    case .update, .nearest, .features, .contradicted:
      return
        "the kernel is Linux \(release); the rules of \(kernel.name) are used: \(choice.reason)"
    }
  }

  private static func kernel(
    _ name: String?, _ evidence: MachineEvidence,
  ) throws(UserError) -> KernelProfile {
    guard let name else { return evidence.kernel }
    let kernel = try MachineOptions.kernel(name)
    guard let architecture = evidence.architecture, architecture != kernel.architecture else {
      return kernel
    }
    throw UserError(
      "the sources are of \(architecture.rawValue), and \(kernel.name) is for another architecture; "
        + "leave --kernel out")
  }

  /// The machine of a map, with what else is told of it.
  static func machine(
    _ map: ReadMap, _ kernel: KernelProfile, _ evidence: MachineEvidence,
    _ reading: MachineReading?, _ booted: Machine?, _ policies: PolicySet,
  ) throws(KernelTextError) -> Machine {
    try map.machine(
      kernel: kernel, cpu: reading?.description.cpu ?? CPUFeatures(),
      ram: booted?.memory.ranges ?? [], kernelImage: reading?.description.image,
      kilobytes: evidence.kilobytes, policies: policies)
  }
}
