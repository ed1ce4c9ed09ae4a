public import Engine
import KernelText

/// A recording of what a probe module did on a real kernel: it called functions by name, walked the
/// kernel's page tables and counted calls.
///
/// `docs/formats.md` tells what its lines are.
public struct ProbeRecording: Sendable {
  /// The kernel's release and its command line.
  let release: String
  /// The rules of the kernel.
  public let kernel: KernelProfile
  let commands: [Command]

  /// A command that the probe was given, and its answer.
  struct Command: Sendable {
    /// The number of its line.
    var line: Int
    /// The step that it belongs to.
    var step: String
    /// Its words.
    var words: [Substring]
    /// The lines of the answer.
    var answer: [Substring] = []

    /// The first word.
    var name: Substring { words.first ?? "" }

    /// The words of the first line of the answer that begins with a word.
    func answer(_ first: Substring) -> [Substring]? {
      answer.lazy.map { $0.split(separator: " ") }.first { $0.first == first }
    }

    /// The number that the call returned: hexadecimal for calls of any function, decimal for those
    /// that return an `int`.
    var returned: Int64? {
      guard let word = answer("ret")?.dropFirst().first else { return nil }
      if name == "calli" || name == "apply" { return Int64(word) }
      return UInt64(hex: word).map { Int64(bitPattern: $0) }
    }
  }

  /// Whether a text begins as a recording of a probe does.
  static func recognizes(_ text: Substring) -> Bool {
    guard text.hasPrefix("# ") else { return false }
    return text.range(of: "\n> ") != nil
  }

  /// Reads the text.
  init(_ text: String) throws(X86RecordingError) {
    var commands: [Command] = []
    var release = ""
    var step = "start"
    for line in TextLine.lines(of: text) {
      if line.number == 1 {
        release = String(line.text.dropFirst(2))
      } else if let words = line.text.after("> ") {
        commands.append(
          Command(line: line.number, step: step, words: words.split(separator: " ")))
      } else if let heading = line.text.after("# ") {
        step = heading == "end" ? step : String(heading)
      } else if !commands.isEmpty, !line.isBlank {
        commands[commands.count - 1].answer.append(line.text)
      }
    }
    Self.repeatAnswers(&commands)
    guard let kernel = KernelProfile.recorded(release) else {
      throw X86RecordingError(
        line: 1, reason: "\"\(release.prefix(40))\" is no release of a kernel whose rules are known"
      )
    }
    guard !commands.isEmpty else {
      throw X86RecordingError(line: 1, reason: "no command follows; the file may be cut off")
    }
    self.release = release
    self.kernel = kernel
    self.commands = commands
  }

  /// In the small form an answer that is that of the same command before is a line `=`.
  private static func repeatAnswers(_ commands: inout [Command]) {
    var before: [[Substring]: [Substring]] = [:]
    for index in commands.indices {
      if commands[index].answer == ["="] {
        commands[index].answer = before[commands[index].words] ?? []
      } else {
        before[commands[index].words] = commands[index].answer
      }
    }
  }

  /// Makes the calls here and compares what the probe saw.
  ///
  /// - Throws: ``X86RecordingError`` if no machine can be booted for it.
  public func check() throws(X86RecordingError) -> RecordingCheck {
    var run = try ProbeRun(self)
    for command in commands { run.perform(command) }
    return run.finished()
  }
}

extension ProbeRecording {
  /// The machine that was recorded: what its `/proc/iomem` says, if that was read.
  func machine() throws(X86RecordingError) -> Machine {
    var description: MachineDescription?
    if let iomem = commands.first(where: { $0.words == ["!cat", "/proc/iomem"] }) {
      do throws(KernelTextError) {
        let text = try IomemText(iomem.answer.joined(separator: "\n"))
        description = try text.machine(named: "probe")
      } catch {
        throw X86RecordingError(line: iomem.line, reason: error.reason)
      }
    }
    guard var description = description ?? MachineDescription(builtIn: "teaching-4g") else {
      throw X86RecordingError(line: nil, reason: "there is no machine to run on")
    }
    if !commands.contains(where: { $0.words == ["!cat", "/proc/iomem"] }) {
      // The memory of QEMU's `pc` with 4 GiB.
      description.e820 = Self.qemuMap
    }
    let words = release.split(separator: " ")
    for (name, isOn) in KernelCommandLine(release[...]).switches(
      on: .x86_64, KernelVersion(release))
    { description.cpu[name] = isOn }
    if hasTwoNodes { description.nodes = Self.twoNodes }
    var options = BootOptions()
    if words.contains("nohugevmalloc"), let policies = try? PolicySet([.noHugeVmalloc]) {
      options.policies = policies
    }
    do {
      return try Machine(booting: description, kernel: kernel, options: options)
    } catch {
      throw X86RecordingError(line: nil, reason: "its machine cannot boot: \(error)")
    }
  }

  /// Whether pages of a second node were seen.
  private var hasTwoNodes: Bool {
    commands.contains { command in
      command.answer.contains { $0.hasPrefix("0x(") && $0.range(of: " N1=") != nil }
    }
  }

  private static var qemuMap: [MachineDescription.E820Entry] {
    [(0x1000, 0x9_fc00), (0x10_0000, 0xbffe_0000), (0x1_0000_0000, 0x1_4000_0000)].map {
      MachineDescription.E820Entry(PhysicalAddress($0.0)..<PhysicalAddress($0.1), .usable)
    }
  }

  private static var twoNodes: [NUMANode] {
    let half: PFN = 0x10_0000
    return [
      NUMANode(ranges: [0..<half], distances: [10, 20]),
      NUMANode(ranges: [half..<AddressLayout.pfnLimit], distances: [20, 10]),
    ]
  }
}
