import TestSupport

/// A line of the documents that a reader would type into a shell.
struct DocumentedCommand: Sendable, CustomStringConvertible {
  /// Its place.
  let place: String
  /// The line as written there, with its continuations, without the comment.
  let text: String
  /// The line with placeholders replaced by real names.
  let line: String

  var description: String { "\(place): \(text)" }

  /// What a shell would make of the line: words, whole where they are in single quotes.
  var words: [String] {
    line.matches(of: /(?:'[^']*'|[^ '])+/).map { $0.output.filter { $0 != "'" } }
  }

  /// Whether it opens the screen.
  var opensScreen: Bool {
    let words = line.split(separator: " ")
    if words.count == 1 || words[1] == "--record" { return true }
    return ["play", "lesson", "lab"].contains(words[1]) && !words.contains("--plain")
      && !["check", "record"].contains(words.dropFirst(2).first)
      && !words.contains("--notes")
  }

  /// The file that it writes, if it writes one and prints nothing.
  var writtenFile: String? {
    let words = line.split(separator: " ")
    for word in [">", "--output", "-o"] {
      guard let place = words.firstIndex(of: word[...]), place + 1 < words.count else { continue }
      return String(words[place + 1])
    }
    return nil
  }

  /// Its exit status: 3 if it says where to stop.
  var status: Int32 { line.contains("--break") || line.contains("--watch") ? 3 : 0 }

  /// Every line that begins with the program's name.
  /// Those that need a real kernel are run by ``LabPageTests``.
  static let all = everything.filter { !$0.needsKernel }
  private static let everything = DocumentPage.all.flatMap(\.blocks).flatMap(commands)

  /// Those that run on a real kernel and open no screen.
  static let onKernel = everything.filter { $0.needsKernel && !$0.opensScreen }

  /// Whether it needs a real kernel.
  private var needsKernel: Bool { text.contains("KERNEL") }

  private static func commands(_ block: DocumentPage.Block) -> [DocumentedCommand] {
    var found: [DocumentedCommand] = []
    var open: (number: Int, text: String)?
    for (index, line) in block.lines.enumerated() {
      let isContinued = line.hasSuffix("\\")
      let piece = String(withoutComment(isContinued ? String(line.dropLast()) : line))
      if let start = open {
        open?.text = start.text + " " + piece.drop { $0 == " " }
      } else if piece == "directmap" || piece.hasPrefix("directmap "),
        // A worksheet begins like this, which is not a command.
        !piece.hasPrefix("directmap quiz  version")
      {
        open = (block.line + index, piece)
      }
      if let command = open, !isContinued {
        let text = command.text.split(separator: " ").joined(separator: " ")
        found.append(
          DocumentedCommand(
            place: "\(block.page):\(command.number)", text: text, line: filled(text)))
        open = nil
      }
    }
    return found
  }

  /// The line up to a `#` after a space, if there is one.
  private static func withoutComment(_ line: String) -> Substring {
    line.firstRange(of: " #").map { line[..<$0.lowerBound] } ?? line[...]
  }

  /// The values of placeholders, by the commands that use them. The first match counts.
  private static let names: [(of: String, word: String, stands: String)] = [
    ("open", "FILE...", boot + "ptdump.txt " + boot + "iomem.txt " + boot + "meminfo.txt"),
    ("doctor", "FILE...", boot + "ptdump.txt " + boot + "iomem.txt " + boot + "vmstat.txt"),
    ("open", "monday.ptdump", boot + "ptdump.txt"),
    ("open", "friday.ptdump", boot + "leaves.txt"),
    ("open", "trace.txt", workload + "workload.ftrace.txt"),
    ("open", "leaves-before.txt", workload + "leaves-before.txt"),
    ("diff", "A", boot + "leaves.txt"), ("diff", "B", boot + "leaves.txt"),
    ("replay", "RECORDING", watch), ("open", "RECORDING", watch),
    ("replay TRACE", "TRACE", workload + "workload.ftrace.txt"),
    ("replay", "FILE", workload + "leaves-before.txt"),
    ("replay", "trace.txt", capture + "trace.txt"),
    ("replay", "leaves-before.txt", capture + "leaves-before.txt"),
    ("replay", "leaves-after.txt", capture + "leaves-after.txt"),
    ("--iomem", "FILE", boot + "iomem.txt"),
    ("--dmesg", "FILE", boot + "dmesg.txt"),
    ("--against", "meminfo.txt", boot + "meminfo.txt"),
    ("--ptdump", "FILE", "Tests/KernelTextTests/Recorded/field/arm64-bbml2/ptdump"),
    // All of them take a minute in a debug build, and have a test of their own.
    ("verify", "Assets/recordings", "Assets/recordings/*/basic-1.jsonl"),
    ("", "FILE", "Assets/scenarios/first-split.dmap"),
    ("", "tour.dmap", "Assets/scenarios/tour.dmap"),
    ("", "try.dmap", "Assets/scenarios/first-split.dmap"),
    ("lesson", "NAME", "one-page"),
    ("--kernel", "K", "linux-6.12"), ("--machine", "M", "teaching-4g"),
    ("--policy", "P", "none"), ("--format", "F", "json"), ("--to", "N", "1"),
  ]
  private static let workload = "Assets/workloads/linux-6.12.117/bpf/"
  private static let watch = "Tests/KernelTextTests/Recorded/watch/linux-6.1.192.txt"
  private static let capture = "Tests/KernelTextTests/Recorded/captures/linux-6.12.117/"
  private static let boot = "Tests/KernelTextTests/Recorded/boots/linux-6.12.117/boot-4g/"

  private static func filled(_ text: String) -> String {
    let words = text.split(separator: " ").map { word in
      let bare = word.filter { $0 != "[" && $0 != "]" }
      let name = names.first { bare == $0.word && text.contains($0.of) }
      return name?.stands ?? bare
    }
    return words.joined(separator: " ")
  }
}
