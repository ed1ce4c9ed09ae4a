import Engine
import Language
import Parsing
import Testing

/// The statement of a line that must parse.
func parse(_ line: String) throws -> Statement? {
  try Parser(file: "t").statement(ofLine: line)?.statement
}

/// The call of a line that must parse.
func parseCall(_ line: String) throws -> Call? {
  if case .call(let call)? = try parse(line) { call } else { nil }
}

/// The words of the error of a text that must not parse; `nil` if it does.
func parseError(_ text: String, machines: [String]? = nil) -> String? {
  do throws(ParseError) {
    _ = try Scenario(parsing: text, file: "t", machines: machines)
    return nil
  } catch {
    return error.description
  }
}

@Suite struct ParserTests {
  @Test(arguments: Command.all.map(\.name))
  func `reads the example of every command and prints it back`(name: String) throws {
    let command = try #require(Command.named(name))
    let statement = try #require(try parse(command.example))
    #expect(statement.commandName == name)
    #expect(try parse(statement.scenarioText) == statement)
    #expect(command.help.count <= 120)
    #expect(command.help.hasSuffix(".") || command.help.hasSuffix("N."))
  }

  @Test func `has a command for every call and no name twice`() {
    let names = Command.all.map(\.name)
    #expect(Set(names).count == names.count)
    for operation in SetMemory.allCases { #expect(names.contains(operation.name)) }
    for operation in SetPages.allCases { #expect(names.contains(operation.name)) }
    for operation in SetPagesArray.allCases { #expect(names.contains(operation.name)) }
    for operation in SetDirectMap.allCases { #expect(names.contains(operation.name)) }
    for name in ["vmap", "vmap_page_range", "vunmap", "touch", "collapse"] {
      #expect(names.contains(name))
    }
  }

  @Test func `reads every kind of target`() throws {
    let name = try #require(Name("area"))
    let targets: [(String, Call.Target)] = [
      ("area", .area(name, page: 0)),
      ("area+3", .area(name, page: 3)),
      ("area + 0x10", .area(name, page: 16)),
      ("area+2M", .area(name, page: 512)),
      ("pfn:0x180000", .frame(0x180000)),
      ("pfn:1572864+5", .frame(0x180005)),
      ("phys:0x180000000", .frame(0x180000)),
      ("phys:6G", .frame(0x180000)),
      ("phys:0x180000fff+1", .frame(0x180001)),
      ("0xffff888180000000", .virtual(0xffff_8881_8000_0000)),
      ("0xffff_8881_8000_0000+1", .virtual(0xffff_8881_8000_1000)),
    ]
    for (text, target) in targets {
      #expect(try parse("set_memory_ro \(text)") == .call(.setMemory(.ro, target, 1)), "\(text)")
    }
  }

  @Test func `takes a plain count as pages and one with a unit as a length`() throws {
    let counts: [(String, PageCount)] = [
      ("", 1), ("8", 8), ("0x10", 16), ("4K", 1), ("8k", 2), ("2M", 512), ("1G", 262144),
      ("1_000", 1000), ("4T", 0x4000_0000),
    ]
    for (text, count) in counts {
      #expect(
        try parse("set_memory_ro pfn:1 \(text)") == .call(.setMemory(.ro, .frame(1), count)),
        "\(text)")
    }
  }

  @Test func `fills in what may be left out`() throws {
    let name = try #require(Name("a"))
    let lines: [(String, Call)] = [
      ("touch pfn:1", .touch(.write, .frame(1), 1)),
      ("touch read a 2", .touch(.read, .area(name, page: 0), 2)),
      ("poke pfn:1 without P", .poke(.frame(1), EntryPoke(clear: .present))),
      (
        "poke a+1 with RW G without P A flush",
        .poke(
          .area(name, page: 1),
          EntryPoke(set: [.writable, .global], clear: [.present, .accessed], flushes: true))
      ),
      ("vmap a pfn:1", .vmap(name, FrameStride(first: 1, count: 1), at: nil)),
      ("vmap a pfn:1 stride 2", .vmap(name, FrameStride(first: 1, stride: 2, count: 1), at: nil)),
      (
        "vmap a pfn:1 4 stride 2 at 0xffffc90000000000",
        .vmap(
          name, FrameStride(first: 1, stride: 2, count: 4), at: AddressLayout.vmallocStart)
      ),
      ("vmap_page_range a pfn:512 2M", .vmapPageRange(name, 512, 512, at: nil)),
      ("set_direct_map_valid_noflush pfn:1 true", .setDirectMapValid(1, 1, true)),
      ("set_direct_map_valid_noflush pfn:1 9 false", .setDirectMapValid(1, 9, false)),
      ("set_pages_array_wc pfn:1 3", .setPagesArray(.wc, FrameStride(first: 1, count: 3))),
      ("collapse pfn:512", .collapse(.frame(512), 1)),
    ]
    for (line, call) in lines { #expect(try parse(line) == .call(call), "\(line)") }
  }

  @Test func `reads texts with escapes and leaves comments out`() throws {
    #expect(try parse(#"note "a \"b\" # \\ \n\t" # c"#) == .note("a \"b\" # \\ \n\t"))
    #expect(try parse("pause#now") == .pause)
    #expect(try parse("  # nothing") == nil)
    #expect(try parse("") == nil)
    #expect(try parse("pause\r") == .pause)
  }

  @Test func `takes policies in any order, also those that need others`() throws {
    let text = "policy merge-on-free\npolicy kirill-2020\npolicy unmapped-2022\npause"
    let scenario = try Scenario(parsing: text, file: "t")
    #expect(
      scenario.policies == (try PolicySet([.mergeOnFree, .kirill2020, .unmapped2022])))
    let again = try Scenario(parsing: scenario.scenarioText, file: "t")
    #expect(again.policies == scenario.policies)
  }

  @Test func `takes what may be left out in any order`() throws {
    let name = try #require(Name("a"))
    var options = UserCall.VmallocOptions()
    options.node = 1
    options.allowsHuge = true
    options.flags = [.group, .resetsPermissions]
    options.gfp = GFPFlags(rawValue: 0xc40)
    let call = Call.user(.vmalloc(name, 512, options))
    #expect(try parse("vmalloc a 2M gfp 0xc40 huge reset node 1 group") == .call(call))
    #expect(
      try parse("vmap a pfn:1 stride 2 9")
        == .call(.vmap(name, FrameStride(first: 1, stride: 2, count: 9), at: nil)))
    #expect(parseError("vmap a pfn:1 stride 2 stride 3") != nil)
  }

  @Test func `keeps setup apart and places statements by line and column`() throws {
    let text = """
      # A comment.
      machine teaching-4g
      kernel linux-7.2
      cpu pti on
      cpu count 2

        set_memory_ro pfn:1
      pause
      """
    let scenario = try Scenario(parsing: text, file: "f.dmap")
    #expect(scenario.machine == "teaching-4g")
    #expect(scenario.kernel == .linux7_2)
    #expect(scenario.cpu == [.feature(.pti, true), .count(2)])
    #expect(scenario.calls == [.setMemory(.ro, .frame(1), 1)])
    #expect(scenario.statements.map(\.location.description) == ["f.dmap:7:3", "f.dmap:8:1"])
  }
}
