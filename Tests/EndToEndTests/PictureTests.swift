import Foundation
import TestSupport
import Testing

/// A picture in the documents, and the command that makes it: in the file that it shows, or of a machine that
/// was read, on the page.
private struct Picture: CustomTestStringConvertible {
  /// The path of the picture.
  var path: String
  /// The file with the command.
  var source: String
  /// The words of the command, without the program and what follows `--output`.
  var arguments: [String]
  var testDescription: String { path }

  /// All pictures that files below `Assets` and pages know how to make.
  static let all: [Picture] =
    ProjectFiles.list("Assets", ending: "dmap").flatMap { source in
      (try? ProjectFiles.text(source)).map { pictures(in: $0, source) } ?? []
    } + pages.flatMap { page in (try? ProjectFiles.text(page)).map(opened) ?? [] }
  static let pages = ["README.md"] + ProjectFiles.list("docs", ending: "md")

  /// `directmap open SOURCE --format svg > Assets/pictures/NAME.svg`, in running text.
  private static func opened(page: String) -> [Picture] {
    page.matches(of: /`directmap (open [^`>]+) > (Assets\/pictures\/[^` ]+)`/).map { match in
      let words = match.1.split(separator: " ").map(String.init)
      return Picture(path: String(match.2), source: words[1], arguments: words)
    }
  }

  private static func pictures(in text: String, _ source: String) -> [Picture] {
    text.split(separator: "\n").compactMap { line in
      guard line.hasPrefix("# directmap record ") else { return nil }
      var words = line.dropFirst("# directmap ".count).split(separator: " ").map(String.init)
      guard let option = words.firstIndex(of: "--output"), option + 1 < words.count else {
        return nil
      }
      let path = words[option + 1]
      words.removeSubrange(option...(option + 1))
      return path.hasPrefix("Assets/pictures/")
        ? Picture(path: path, source: source, arguments: words) : nil
    }
  }

  /// Whether it shows a real kernel: what that does to its own pages differs from kernel to kernel.
  var needsKernel: Bool { arguments.contains("KERNEL") }

  /// The bytes that the command makes now.
  func made() throws -> Data {
    let file = FileManager.default.temporaryDirectory.appending(
      path: "directmap-\(UUID().uuidString).svg")
    defer { try? FileManager.default.removeItem(at: file) }
    let place = ProjectFiles.root.appending(path: source).path
    let words = arguments.map {
      $0 == source ? place : $0 == "KERNEL" ? (LabKernels.x86 ?? $0) : $0
    }
    let isPrinted = arguments.first == "open"
    let result = try Program.run(
      words + ["--no-config"] + (isPrinted ? [] : ["--output", file.path]))
    #expect(result.status == 0, "\(result.errors)")
    return isPrinted ? Data(result.output.utf8) : try Data(contentsOf: file)
  }
}

@Suite(.waitsForPrograms) struct PictureTests {
  @Test(arguments: Picture.all) private func `a picture shows what the program shows today`(
    picture: Picture,
  ) throws {
    #expect(picture.arguments.contains(picture.source), "the command is about its own file")
    if picture.needsKernel {
      #expect(try ProjectFiles.bytes(picture.path).count < 500 * 1024)
      return
    }
    let made = try picture.made()
    if ProcessInfo.processInfo.environment["RECORD"] == "all" {
      try made.write(to: ProjectFiles.root.appending(path: picture.path))
    }
    let isFresh = try made == ProjectFiles.bytes(picture.path)
    #expect(isFresh, "\(picture.path) is stale: run it with RECORD=all")
    #expect(made.count < 500 * 1024)
  }

  @Test func `every picture of the documents is made by a command, and every one is shown`() throws
  {
    let known = Set(Picture.all.map(\.path))
    #expect(known.count >= 2)
    let folder = ProjectFiles.root.appending(path: "Assets/pictures")
    let there = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(Set(there.map { "Assets/pictures/" + $0 }) == known)
    var shown: Set<String> = []
    for page in Picture.pages {
      for match in try ProjectFiles.text(page).matches(
        of: /\]\((?:\.\.\/)?(Assets\/pictures\/[^)]+)\)/)
      {
        shown.insert(String(match.1))
      }
    }
    #expect(shown == known)
  }
}
