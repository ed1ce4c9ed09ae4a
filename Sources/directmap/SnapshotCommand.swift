import ArgumentParser
import CLinux
import Engine
import FoundationEssentials
@unsafe @preconcurrency import Glibc
import KernelText
import Maps
import Scenarios

/// `directmap snapshot`: what a report on a real machine needs, in one file.
struct SnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot",
    abstract: "Save what this machine shows of its direct map in one file.",
    discussion: """
      The file is a tar archive, packed by zstd where that is installed, which open, diff and doctor \
      read. As root it has the map itself. So that it can be mailed, kernel addresses are moved to \
      where they lie without randomisation, and the host's name, most of the log and most of the \
      command line are left out; README in the archive lists what. Nothing is changed on the machine.
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The file: NAME.tar.zst, or NAME.tar, which is not packed.", valueName: "file"),
    completion: .file())
  var output: String

  @Flag(help: "Keep kernel addresses as they are.")
  var addresses = false

  @Flag(help: "Keep the host's name, and the log and the command line whole.")
  var names = false

  @Flag(help: "Replace a file that is there.")
  var force = false

  @Option(help: ArgumentHelp("Where procfs is mounted.", valueName: "folder"))
  var proc = "/proc"

  func validate() throws {
    guard output.hasSuffix(".tar.zst") || output.hasSuffix(".tar") else {
      throw ValidationError("--output needs a name that ends in .tar.zst or .tar")
    }
  }

  func run() throws {
    let place = try OutputPlace(output, force ? .any : .free, force: "--force")
    var snapshot = Snapshot(proc)
    snapshot.gather()
    let archive = snapshot.archive(keepsAddresses: addresses, keepsNames: names)
    for line in snapshot.lacks { CommandLine.tell(line) }
    guard output.hasSuffix(".zst") else {
      _ = try place.write(archive, permissions: 0o600)
      return CommandLine.say("\(output): \(archive.count) bytes, \(snapshot.names)")
    }
    if let packed = try UnpackedFile.packed(archive) {
      _ = try place.write(packed, permissions: 0o600)
      return CommandLine.say("\(output): \(packed.count) bytes, \(snapshot.names)")
    }
    let plain = String(output.dropLast(4))
    let other = try OutputPlace(plain, force ? .any : .free, force: "--force")
    _ = try other.write(archive, permissions: 0o600)
    CommandLine.tell("zstd is not installed: the file is not packed, and is called \(plain)")
    CommandLine.say("\(plain): \(archive.count) bytes, \(snapshot.names)")
  }
}

/// The texts of a machine.
private nonisolated struct Snapshot {
  private let proc: String
  private var texts: [(name: String, text: String)] = []
  private var directMap: Range<VirtualAddress>?
  /// What is not in it, and why, in a line each.
  private(set) var lacks: [String] = []

  init(_ proc: String) { self.proc = proc }

  private static let files = [
    "iomem", "meminfo", "vmstat", "zoneinfo", "buddyinfo", "pagetypeinfo", "modules",
    "vmallocinfo", "cmdline", "version",
  ]
  private static let dumps = [
    "page_tables/kernel", "page_tables/current_kernel", "kernel_page_tables",
  ]

  /// The names of the texts.
  var names: String { texts.map(\.name).joined(separator: ", ") }

  mutating func gather() {
    for name in Self.files {
      if let text = try? CommandLine.text(ofFile: "\(proc)/\(name)"), !text.isEmpty {
        texts.append((name, text))
      } else {
        lacks.append("\(name) is left out: \(proc)/\(name) cannot be read")
      }
    }
    if let iomem = texts.first(where: { $0.name == "iomem" })?.text, (try? IomemText(iomem)) == nil
    {
      texts.removeAll { $0.name == "iomem" }
      lacks.append("iomem is left out: it hides its addresses; run this as root")
    }
    readLog()
    readMap()
  }

  private mutating func readLog() {
    var bytes = [CChar](repeating: 0, count: 4 << 20)
    let count = unsafe kernel_log(&bytes, bytes.count)
    guard count > 0 else {
      lacks.append("dmesg is left out: the kernel's log is for root only")
      return
    }
    let text = String(decoding: bytes.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    texts.append(("dmesg", text))
  }

  /// The map: from the tables themselves, else the kernel's own dump of them.
  private mutating func readMap() {
    if let map = try? ReadMap(core: FileAtOffsets("\(proc)/kcore")) {
      let end = map.leaves.last.flatMap { run in
        AddressLayout.directMapFrame(of: run.start).map { $0 + run.pages }
      }
      if let base = map.base, let end {
        let start = VirtualAddress(base)
        directMap = start..<start + (end - 0)
      }
      texts.append(("leaves", LeavesText.text(of: map.leaves)))
      nameAreas()
    } else {
      lacks.append("leaves is left out: \(proc)/kcore cannot be read")
    }
    for name in Self.dumps {
      let path = "/sys/kernel/debug/\(name)"
      guard let text = try? CommandLine.text(ofFile: path), !text.isEmpty else { continue }
      texts.append(("ptdump", text))
      break
    }
  }

  /// Whose memory lies where: addresses alone do not tell that elsewhere.
  private mutating func nameAreas() {
    func text(_ name: String) -> String { texts.first { $0.name == name }?.text ?? "" }
    guard let file = try? FileAtOffsets("\(proc)/kcore"),
      let tables = try? LiveTables(file, ram: [])
    else { return }
    let areas = NamedAreas(
      tables, modules: try? ModulesText(text("modules")),
      areas: try? VmallocText(text("vmallocinfo")))
    if !areas.runs.isEmpty { texts.append(("areas", areas.text)) }
  }

  func archive(keepsAddresses: Bool, keepsNames: Bool) -> [UInt8] {
    let host = (try? CommandLine.text(ofFile: "\(proc)/sys/kernel/hostname")) ?? ""
    var rule = Discretion(
      directMap: directMap,
      hostName: keepsNames ? "" : String(host.prefix { $0 != "\n" && $0 != "." }))
    var kept = texts
    if !keepsNames {
      for index in kept.indices {
        switch kept[index].name {
        case "dmesg": kept[index].text = Discretion.log(kept[index].text)
        case "cmdline": kept[index].text = Discretion.commandLine(kept[index].text) + "\n"
        case "version": kept[index].text = Discretion.withoutBuilder(kept[index].text[...])
        default: break
        }
      }
    }
    if !keepsAddresses { for text in kept { rule.look(at: text.text) } }
    var tar = TarWriter()
    tar.add("snapshot/README", Array(readme(keepsAddresses, keepsNames).utf8))
    for (name, text) in kept {
      // These name frames, and no addresses.
      let isCleaned = !keepsAddresses && name != "leaves" && name != "areas"
      tar.add("snapshot/\(name)", Array((isCleaned ? rule.cleaned(text) : text).utf8))
    }
    return tar.archive
  }

  private func readme(_ keepsAddresses: Bool, _ keepsNames: Bool) -> String {
    var lines = ["\(Program.title) snapshot", "Read it with: directmap open FILE"]
    lines.append(
      keepsAddresses
        ? "Kernel addresses are as they were."
        : "Kernel addresses are moved to where they lie without randomisation. Physical addresses are "
          + "as they were.")
    if !keepsNames {
      lines.append(
        "Left out: the host's name, words of the command line that do not concern memory, lines of the "
          + "log that do not.")
    }
    return (lines + lacks).map { $0 + "\n" }.joined()
  }
}
