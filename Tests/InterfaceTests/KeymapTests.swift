import Engine
import Foundation
import Language
import Screen
import Testing

@testable import Interface
@testable import Keys
@testable import Lanes

struct KeymapTests {
  private let bindings = Keymap.standard.bindings

  @Test func `no key does two things`() {
    let inputs = bindings.flatMap(\.inputs)
    #expect(Set(inputs).count == inputs.count)
  }

  @Test func `every name in the table is a key`() {
    for binding in bindings {
      #expect(!binding.inputs.isEmpty, "\(binding.help)")
      for input in binding.inputs { #expect(Input(name: input.name) == input) }
    }
  }

  @Test func `no key is a digit, which makes a count`() {
    for input in bindings.flatMap(\.inputs) {
      if case .character(let character) = input { #expect(character.wholeNumberValue == nil) }
    }
  }

  @Test func `every binding is in the help`() {
    let help = HelpPage.lines(.standard).map { line -> String in
      guard case .key(let keys, let help) = line else { return "\n" }
      return keys.isEmpty ? " \(help)" : "\n\(keys)\t\(help)"
    }
    for binding in bindings {
      #expect((help.joined() + "\n").contains("\n\(binding.keys)\t\(binding.help)\n"))
    }
  }

  @Test func `every command of the language that is a call is in the list, under its heading`() {
    let calls = Command.all.filter(\.isCall)
    #expect(calls.count > 60)
    var heading = ""
    var found: [String: String] = [:]
    for row in CallMenu.rows {
      switch row {
      case .heading(let text): heading = text
      case .item(let item): found[item.name] = heading
      }
    }
    for command in calls where command.group != .setup {
      #expect(found[command.name] == command.group.rawValue)
    }
    #expect(found.count == calls.count)
    for operation in SetMemory.allCases { #expect(found[operation.name] != nil) }
    for operation in SetPages.allCases { #expect(found[operation.name] != nil) }
    for name in ["alloc_pages", "free_pages", "shrink", "reclaim", "supply", "fail blocks"] {
      #expect(found[name] != nil)
    }
  }

  @Test func `all that can be shown is in one list`() throws {
    let names = ViewMenu.rows.map(\.name)
    #expect(Set(names).count == names.count)
    for panel in SidePanel.allCases { #expect(names.contains(panel.rawValue)) }
    for space in MapSpace.allCases { #expect(names.contains(space.rawValue)) }
  }

  @Test func `docs/keys.md is what the table says`() throws {
    let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/keys.md").standardizedFileURL
    if ProcessInfo.processInfo.environment["RECORD"] == "all" {
      try FileManager.default.createDirectory(
        at: page.deletingLastPathComponent(), withIntermediateDirectories: true)
      try HelpPage.markdown.write(to: page, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: page, encoding: .utf8) == HelpPage.markdown)
  }
}
