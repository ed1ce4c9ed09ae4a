import Engine
import FoundationEssentials
@unsafe @preconcurrency import Glibc
import KernelText
import Maps
import Recordings

/// Reads what is given of a real machine, and tells by its contents what it is.
nonisolated struct SourceReader {
  /// What the sources tell together.
  private(set) var evidence = MachineEvidence()
  /// The names of what was read, in order.
  private(set) var names: [String] = []
  /// Traces, which are read when the map that they begin with is known.
  private(set) var traces: [String] = []
  /// Memory of kernels.
  private var cores: [String] = []
  /// Recordings of a watch, by name: what follows the first of their readings.
  private(set) var watches: [(name: String, recording: WatchRecording)] = []
  /// What should be known of the sources.
  private(set) var notes: [String] = []

  /// The address of frame 0 in a dump, where the user gives it.
  var pageOffset: VirtualAddress?
  /// Where long reading tells how far it is, and looks whether it is to stop.
  var progress: WorkProgress?

  /// Reads a file, a folder or an archive.
  ///
  /// - Parameter kind: what it is, where the user says it.
  mutating func read(_ path: String, as kind: SourceKind? = nil) throws {
    if let folder = try? OutputFolder(path) {
      let before = names.count
      let maps = evidence.maps.count
      try read(folder, named: path.hasSuffix("/") ? String(path.dropLast()) : path, 0)
      if names.count == before {
        throw UserError(
          "\(path) is a directory without a file of a name such as iomem, dmesg, meminfo or ptdump; "
            + "name the files")
      }
      keepBestMap(from: maps)
      return
    }
    let (file, unpacked) = try Self.unpacked(path)
    let found = try kind ?? Self.kind(of: file, path)
    if found.isMemory, unpacked != nil {
      throw UserError("\(path) is packed memory of a kernel; unpack it first")
    }
    // What was unpacked is there as long as this holds it.
    try withExtendedLifetime(unpacked) { try read(path, found) { try file.open() } }
    names.append(path)
  }

  /// A file as it is, or what it holds, where it is packed and the program that unpacks it is installed.
  private static func unpacked(
    _ path: String,
  ) throws -> (file: RereadFile, unpacked: UnpackedFile?) {
    let file = try RereadFile(path)
    var lines = LineStream(try file.open())
    guard let compression = Compression(beginning: try lines.beginning(16)) else {
      return (file, nil)
    }
    guard let unpacked = try UnpackedFile(path, compression) else {
      throw UserError(
        "\(path) is compressed; unpack it with \(compression.unpacker) first, or install "
          + compression.rawValue)
    }
    return (try RereadFile(unpacked.path), unpacked)
  }

  private static func kind(of file: RereadFile, _ path: String) throws -> SourceKind {
    var lines = LineStream(try file.open())
    let beginning = try lines.beginning(SourceKind.beginning)
    if let kind = SourceKind(beginning: beginning) { return kind }
    if let form = OtherForm(beginning: beginning) { throw UserError("\(path) is \(form.words)") }
    if Recording.recognizes(Data(beginning)) {
      throw UserError("\(path) is a recording of calls; directmap play shows it")
    }
    let kinds = SourceKind.allCases.map(\.rawValue).joined(separator: ", ")
    throw UserError(
      "nothing in \(path) shows what it is; say so with --as, which knows \(kinds)")
  }

  /// Looks up the frames of modules and areas, where both the tables and lists of them were given.
  mutating func nameAreas() {
    guard evidence.namedAreas == nil, let core = cores.first,
      evidence.modules != nil || evidence.areas != nil, let file = try? FileAtOffsets(core),
      let tables = try? LiveTables(file, ram: [])
    else { return }
    let found = NamedAreas(tables, modules: evidence.modules, areas: evidence.areas)
    if !found.runs.isEmpty { evidence.namedAreas = found }
  }

  // MARK: - Folders and archives

  private static let deepest = 16

  private mutating func read(
    _ folder: OutputFolder, named path: String, _ depth: Int,
  ) throws {
    for name in folder.names.filter({ !$0.hasPrefix(".") }).sorted() {
      guard let status = try? folder.status(name) else { continue }
      let inside = "\(path)/\(name)"
      let kind = status.st_mode & S_IFMT
      if kind == S_IFDIR, depth < Self.deepest, let next = try? OutputFolder(inside) {
        try read(next, named: inside, depth + 1)
      } else if kind == S_IFREG, Self.isKnown(name) {
        try readFound(inside) { try FileBytes(inside, .file) }
      }
    }
  }

  /// Reads a file that was found: one that cannot be read is told and left out.
  private mutating func readFound(_ name: String, _ open: () throws -> any ByteSource) throws {
    do {
      var lines = LineStream(try open())
      guard let kind = SourceKind(beginning: try lines.beginning(SourceKind.beginning)),
        kind != .tar
      else { return }
      try read(name, kind, open)
      names.append(name)
    } catch let error as UserError {
      notes.append("\(error.description); it is left out")
    }
  }

  private mutating func readArchive(
    _ path: String, _ open: () throws -> any ByteSource,
  ) throws {
    var archive = TarReader(try open())
    let maps = evidence.maps.count
    let limit = 256 << 20
    while let member = try archive.next() {
      guard Self.isKnown(member.name.lastPathComponent) else { continue }
      guard member.size <= limit else {
        notes.append(
          "\(path): \(member.name) is longer than \(limit >> 20) MiB and left out; unpack it")
        continue
      }
      let bytes = try archive.contents(limit: limit)
      try readFound("\(path):\(member.name)") { BytesInMemory(bytes) }
    }
    keepBestMap(from: maps)
  }

  /// Of one machine one map is shown: the one that tells most.
  private mutating func keepBestMap(from place: Int) {
    for name in evidence.keepBestMap(from: place) {
      notes.append(
        "\(name) is left out, as \(evidence.maps[place].name) is a map of the same machine; name it to see "
          + "it")
    }
  }

  /// Whether a file has a name under which the kernel, sos, or a user keeps what is read here.
  private static func isKnown(_ name: String) -> Bool {
    let stem = name.lowercased().split(separator: ".").first ?? ""
    return [
      "iomem", "dmesg", "meminfo", "vmstat", "zoneinfo", "buddyinfo", "pagetypeinfo", "modules",
      "vmallocinfo", "areas", "cmdline", "version", "ptdump", "kernel", "current_kernel", "leaves",
      "kernel_page_tables", "journal", "kern", "trace", "proc-modules",
      "watch",
      "kallsyms", "system",
    ].contains { stem == $0 || stem.hasPrefix($0 + "-") || stem.hasPrefix($0 + "_") }
  }

  // MARK: - One source

  private mutating func read(
    _ path: String, _ kind: SourceKind, _ open: () throws -> any ByteSource,
  ) throws {
    do {
      switch kind {
      case .ptdump:
        let map = try ReadMap(dump: try open(), base: pageOffset, progress: progress)
        evidence.maps.append(MachineEvidence.NamedMap(name: path, map: map))
      case .tlb:
        let map = try ReadMap(tlb: try open(), progress: progress)
        evidence.maps.append(MachineEvidence.NamedMap(name: path, map: map))
      case .leaves:
        let map = try ReadMap(leaves: try open(), progress: progress)
        evidence.maps.append(MachineEvidence.NamedMap(name: path, map: map))
      case .core:
        let map = try ReadMap(core: FileAtOffsets(path), progress: progress)
        evidence.maps.append(MachineEvidence.NamedMap(name: path, map: map))
        cores.append(path)
      case .kdump:
        let file = try KdumpFile(path)
        let map = try ReadMap(
          memory: file, size: file.size, .addresses, info: file.info, progress: progress)
        evidence.maps.append(MachineEvidence.NamedMap(name: path, map: map))
      case .qemu:
        let file = try FileAtOffsets(path)
        let map = try ReadMap(memory: file, size: file.size, .guest, progress: progress)
        evidence.maps.append(MachineEvidence.NamedMap(name: path, map: map))
      case .watch: readWatch(path, try WatchRecording(try open(), progress: progress))
      case .tar: try readArchive(path, open)
      case .trace:
        traces.append(path)
        let told = try FtraceStream.survey(try open()).kernelVersion
        let name = told ?? CommandLine.kernelVersion(beside: path)
        evidence.release =
          evidence.release ?? name.map { $0.hasPrefix("linux-") ? String($0.dropFirst(6)) : $0 }
      case .dmesg: try readLog(path, try open())
      case .iomem: evidence.iomem = try IomemText(try text(open))
      case .meminfo: evidence.meminfo = try NameValueText(try text(open))
      case .vmstat: evidence.vmstat = try NameValueText(try text(open))
      case .zoneinfo: evidence.zones = try ZonesText(try text(open))
      case .buddyinfo: evidence.buddy = try BuddyCounts(try text(open))
      case .pagetypeinfo: evidence.blockTypes = try BlockTypes(try text(open))
      case .modules: evidence.modules = try ModulesText(try text(open))
      case .vmallocinfo: evidence.areas = try VmallocText(try text(open))
      case .areas: evidence.namedAreas = try NamedAreas(try text(open))
      case .kallsyms: evidence.features = try symbols(open).features
      case .cmdline: evidence.commandLine = try text(open)
      case .version: evidence.release = try text(open).kernelRelease
      }
    } catch {
      throw UserError(reading: path, error)
    }
  }

  /// The first reading is a map, and its counters are meminfo and vmstat.
  private mutating func readWatch(_ path: String, _ recording: WatchRecording) {
    evidence.maps.append(MachineEvidence.NamedMap(name: path, map: recording.firstMap))
    evidence.release = evidence.release ?? recording.machine.release
    let lines = (recording.readings.first?.counters.values ?? []).map { "\($0.name) \($0.value)\n" }
    let counters = try? NameValueText(lines.joined())
    evidence.meminfo = evidence.meminfo ?? counters
    evidence.vmstat = evidence.vmstat ?? counters
    notes += recording.notes.map { "\(path): \($0)" }
    watches.append((path, recording))
  }

  private func symbols(_ open: () throws -> any ByteSource) throws -> SymbolsText {
    var lines = LineStream(try open())
    var symbols = SymbolsText()
    while try lines.advance() { symbols.read(line: lines.text) }
    return symbols
  }

  private func text(_ open: () throws -> any ByteSource) throws -> String {
    let source = try open()
    var lines = LineStream(source)
    var text = ""
    while try lines.advance() {
      text += lines.text + "\n"
      if text.utf8.count > 64 << 20 {
        throw UserError("the text is longer than 64 MiB; give the file that the kernel shows")
      }
    }
    return text
  }

  /// Reads a log; one that begins too late to show the memory is told, and its other lines count.
  private mutating func readLog(_ path: String, _ source: any ByteSource) throws {
    var stream = DmesgStream()
    var lines = LineStream(source)
    while try lines.advance() { try stream.read(line: lines.text) }
    let (log, lack) = try stream.finishOrLack()
    evidence.log = log
    guard let lack else { return }
    evidence.release = evidence.release ?? stream.release
    notes.append("\(path) has no \(lack): it begins too late to show the memory")
  }
}

/// What a file is that is not read here, with the way out.
private nonisolated struct OtherForm {
  let words: String

  /// Judges by the beginning; `nil` for all else.
  init?(beginning bytes: ArraySlice<UInt8>) {
    func begins(_ text: String) -> Bool { bytes.starts(with: text.utf8) }
    if begins("makedumpfile") {
      words = "a flattened kdump file; `makedumpfile -R FILE < it` puts it together"
    } else {
      return nil
    }
  }
}
