import Engine
import KernelText

extension MachineOptions {
  /// The machine of a saved `/proc/iomem`.
  static func reading(ofIomem path: String) throws(UserError) -> MachineReading {
    let text = try CommandLine.text(ofFile: path, .fileOrPipe)
    if MachineText(recognising: text) == .dmesg {
      throw UserError("\(path) is a kernel log; read it with --dmesg")
    }
    do {
      return try MachineReading(IomemText(text), named: path)
    } catch {
      throw UserError(inFile: path, error)
    }
  }

  /// The machine of a saved kernel log, which is read line by line: it may be of any length.
  static func reading(ofLog path: String) throws(UserError) -> MachineReading {
    var stream = DmesgStream()
    var kind: MachineText?
    var problem: KernelTextError?
    try CommandLine.forEachLine(ofFile: path) { line in
      if kind == nil { kind = MachineText(recognisingLine: line) }
      do throws(KernelTextError) {
        try stream.read(line: line)
      } catch {
        problem = error
      }
      return problem == nil && kind != .iomem
    }
    if kind == .iomem { throw UserError("\(path) is /proc/iomem; read it with --iomem") }
    do throws(KernelTextError) {
      if let problem { throw problem }
      return try MachineReading(stream.finish(), named: path)
    } catch {
      throw UserError(inFile: path, error)
    }
  }

  /// What should be known about the kernel that is booted in place of the one that a log is of.
  static func note(
    on choice: KernelChoice, for reading: MachineReading, isChosen: Bool,
  ) -> String? {
    guard let release = reading.release, let version = reading.version else { return nil }
    let name = choice.profile.name
    if isChosen {
      if choice.profile
        == KernelProfile.choice(forRelease: release, on: choice.profile.architecture).profile
      {
        return nil
      }
      return "the log is of Linux \(release), and \(name) is booted, as was asked for"
    }
    if choice.profile.version == version {
      if case .update = choice.reason {
        return "the log is of Linux \(release); \(name) is booted: \(choice.reason)"
      }
      return "the log is of Linux \(release); \(name) is booted"
    }
    return "the log is of Linux \(release); \(name), \(choice.reason), is booted; "
      + "--kernel chooses another"
  }
}
