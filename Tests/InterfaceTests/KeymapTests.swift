import Engine
import Foundation
import Screen
import Testing

@testable import Interface

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

  @Test func `marks keep their keys free`() {
    for name in ["m", "'"] {
      #expect(Input(name: name).flatMap { Keymap.standard[$0] } == nil)
    }
  }

  @Test func `every binding is in the help`() {
    for binding in bindings {
      #expect(HelpPage.lines(.standard).contains(.key(binding.keys, binding.help)))
    }
  }

  @Test func `every call of the kernel's has a key or a line in the list`() {
    let names = CallMenu.entries.map(\.name)
    #expect(Set(names).count == names.count)
    for operation in SetMemory.allCases { #expect(names.contains(operation.name)) }
    for operation in SetPages.allCases { #expect(names.contains(operation.name)) }
    for operation in SetPagesArray.allCases { #expect(names.contains(operation.name)) }
    for operation in SetDirectMap.allCases { #expect(names.contains(operation.name)) }
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
