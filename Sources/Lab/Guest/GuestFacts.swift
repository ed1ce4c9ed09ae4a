public import Engine

/// What a guest shows of itself: the kernel's own text, read by its first program.
public struct GuestFacts: Sendable {
  /// `/proc/version` without the end of its line: `Linux version 6.1.0-57-cloud-amd64 (...) #1 ...`.
  public let versionLine: String
  /// The kernel's release as its source has it: `6.1.192`; Debian's release names only the series.
  public let release: String
  /// The command line that it was booted with.
  public let commandLine: String
  /// Its CPU.
  public let cpu: CPUFeatures
  /// Whether its page tables have five levels.
  public var hasFiveLevels: Bool { cpu[.la57] }
  /// `/proc/iomem`.
  let iomem: String

  /// Reads the files as the first program puts them together: `==> PATH <==` and the text.
  init(_ files: [String: [UInt8]]) throws(LabError) {
    func text(_ path: String) throws(LabError) -> String {
      guard let bytes = files[path], !bytes.isEmpty else { throw .notUnderstood(path) }
      return String(decoding: bytes, as: UTF8.self)
    }
    versionLine = try text("/proc/version").split(separator: "\n").first.map(String.init) ?? ""
    commandLine = try text("/proc/cmdline").split(separator: "\n").first.map(String.init) ?? ""
    iomem = try text("/proc/iomem")
    release = Self.release(versionLine)
    let cpuinfo = try text("/proc/cpuinfo")
    let flags = Set(
      cpuinfo.split(separator: "\n").first { $0.hasPrefix("flags") }?.split(separator: " ") ?? [])
    var cpu = CPUFeatures()
    cpu.cpus = max(1, cpuinfo.split(separator: "\n").count { $0.hasPrefix("processor") })
    if !flags.isEmpty {
      cpu[.pse] = flags.contains("pse")
      cpu[.gbpages] = flags.contains("pdpe1gb")
      cpu[.nx] = flags.contains("nx")
      cpu[.pge] = flags.contains("pge")
      cpu[.clflush] = flags.contains("clflush")
      cpu[.pti] = flags.contains("pti")
      // The kernel takes the flag away where it does not use five levels.
      cpu[.la57] = flags.contains("la57")
    }
    self.cpu = cpu
  }

  /// The version in a line: of Debian's `#1 SMP Debian 6.1.192-3 (date)` the second, else the first.
  static func release(_ line: String) -> String {
    let words = line.split(separator: " ")
    if let place = words.firstIndex(of: "Debian"), place + 1 < words.count,
      words[place + 1].first?.isNumber == true
    {
      return String(words[place + 1].prefix { $0.isNumber || $0 == "." })
    }
    return words.count > 2 ? String(words[2].prefix { $0.isNumber || $0 == "." }) : ""
  }

  /// The major and the minor number of the release.
  public var version: KernelVersion? { KernelVersion(release) }

  /// Takes apart what the first program puts together.
  static func files(in text: [UInt8]) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    let mark = Array("\n==> ".utf8)
    var starts: [Int] = []
    var place = 0
    while place + mark.count <= text.count {
      if text[place] == 10, text[place..<place + mark.count].elementsEqual(mark) {
        starts.append(place)
      }
      place += 1
    }
    for (index, start) in starts.enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1] : text.count
      let part = text[start + mark.count..<end]
      guard let lineEnd = part.firstIndex(of: 10) else { continue }
      let path = String(decoding: part[part.startIndex..<lineEnd].dropLast(4), as: UTF8.self)
      files[path] = Array(part[(lineEnd + 1)...])
    }
    return files
  }
}
