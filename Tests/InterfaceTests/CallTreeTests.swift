import Engine
import History
import Lanes
import Language
import Narration
import Parsing
import Scenarios
import TestSupport
import Testing

/// The events of the last line of a scenario, and the tree they make.
private func opened(_ text: String) throws -> (events: [Event], tree: CallTree) {
  let scenario = try Scenario(parsing: text, file: "t")
  let kernel = scenario.kernel ?? .linux7_2
  let machine: Machine
  if scenario.machine != nil || !scenario.policies.names.isEmpty {
    let description = try #require(
      scenario.ownMachine ?? MachineDescription(builtIn: scenario.machine ?? "teaching-4g"))
    machine = try Machine(
      booting: description, kernel: kernel, options: BootOptions(policies: scenario.policies))
  } else {
    machine = Machine.ofLargeLeaves(kernel: kernel)
  }
  var runner = Runner(scenario.statements, on: machine)
  var events: [Event] = []
  while let step = try runner.next(logging: true) {
    if case .called(_, _, _, let log) = step.outcome { events = log?.events ?? [] }
  }
  return (events, CallTree(events, policies: scenario.policies.names))
}

/// The tree as indented text: function names with results, lines by their short sentences, folded.
private func sketch(_ text: String, around line: Int? = nil) throws -> [String] {
  let (events, tree) = try opened(text)
  let window = tree.window(around: line.map { tree.lines[$0] }, height: 10_000)
  #expect(window.rows.count == window.total)
  return window.rows.map { row in
    let indent = String(repeating: " ", count: row.depth)
    func name(_ node: Int) -> String {
      switch tree.nodes[node].function {
      case .call: "call"
      case .kernel(let function): function.name
      case .policy(let policy): policy?.rawValue ?? "?"
      case .remedy(let function): function.name
      case .seen(let place): tree.seen[place].name
      }
    }
    func result(_ node: Int) -> String {
      switch tree.nodes[node].result {
      case .nothing: ""
      case .code(let code): " = \(code.name)"
      case .splits(let splits): splits ? " = split" : " = stays"
      case .collapses(let collapses): collapses ? " = collapsed" : " = 0"
      case .remedy(let result): result.words.map { " = \($0)" } ?? ""
      case .word(let text): " = \(text)"
      }
    }
    switch row.kind {
    case .function(let node): return indent + name(node) + result(node)
    case .line(let event): return indent + events[event].sentence(.short)
    case .turns(let count, let functions, let line):
      let what = functions.map(name).joined(separator: " + ")
      return indent + "\(count) x " + what + (line.map { events[$0].sentence(.short) } ?? "")
    }
  }
}

@Suite struct CallTreeTests {
  @Test func `a page of a 1G leaf goes through two splits`() throws {
    #expect(
      try sketch("set_memory_ro pfn:0x180000") == [
        "change_page_attr_set_clr = 0",
        " __change_page_attr_set_clr = 0",
        "  __change_page_attr = 0",
        "   should_split_large_page = split",
        "    1 of 262144 pages: split to 512 x 2M",
        "   split_large_page = 0",
        "    one 1G leaf becomes 512 x 2M",
        "    flush_tlb_all: all entries, all CPUs",
        "   should_split_large_page = split",
        "    1 of 512 pages: split to 512 x 4K",
        "   split_large_page = 0",
        "    one 2M leaf becomes 512 x 4K",
        "    flush_tlb_all: all entries, all CPUs",
        "   4K: clears RW D",
        " cpa_flush",
        "  __cpa_flush_tlb: 1 page, each CPU",
      ])
  }

  @Test func `rox folds equal pages and collapses`() throws {
    #expect(
      try sketch(
        """
        set_memory_ro pfn:0x180000
        set_memory_rw pfn:0x180000
        touch write pfn:0x180000
        set_memory_rox pfn:0x180000 512
        """) == [
          "change_page_attr_set_clr = 0",
          " __change_page_attr_set_clr = 0",
          "  512 x __change_page_attr",
          " cpa_flush",
          "  flush_tlb_all: all entries, all CPUs",
          "  cpa_collapse_large_pages",
          "   collapse_pmd_page = collapsed",
          "    512 x 4K become one 2M leaf",
          "   collapse_pud_page = 0",
          "    no 1G: entry 1 differs in RW D NX",
          "   flush_tlb_all: all entries, all CPUs",
        ])
  }

  @Test func `the current turn is opened, those around it stay folded`() throws {
    let text = """
      set_memory_4k pfn:0x180000 512
      set_memory_ro pfn:0x180000 8
      """
    // The lines are the two functions entered, then one for each page.
    let rows = try sketch(text, around: 2 + 4)
    #expect(
      rows.prefix(5) == [
        "change_page_attr_set_clr = 0", " __change_page_attr_set_clr = 0",
        "  4 x __change_page_attr", "  __change_page_attr = 0", "  3 x __change_page_attr",
      ])
  }

  @Test func `an array goes page by page and stops large leaves from staying`() throws {
    let rows = try sketch("set_pages_array_uc pfn:0x180000 4")
    #expect(rows[0] == "memtype_reserve = 0")
    #expect(rows[1] == " 4 x books: 1 page UC-")
    #expect(rows[2] == "change_page_attr_set_clr = 0")
    #expect(rows[4] == "  __change_page_attr = 0")
    #expect(rows.contains("  3 x __change_page_attr"))
    let (_, tree) = try opened("set_pages_array_uc pfn:0x180000 4")
    #expect(tree.nodes.count { $0.function == .kernel(.changePageAttr) } == 4)
  }

  @Test func `an alias turns up behind each page`() throws {
    let rows = try sketch(
      """
      vmap buf pfn:0x180000 6
      set_memory_ro pfn:0x180000 6
      set_memory_ro buf 6
      """)
    #expect(
      rows == [
        "change_page_attr_set_clr = 0",
        " __change_page_attr_set_clr = 0",
        "  6 x __change_page_attr + cpa_process_alias",
        " cpa_flush",
        "  flush_tlb_all: all entries, all CPUs",
      ])
  }

  @Test func `a hole behind the area fails the call`() throws {
    // A page of the area is taken away behind CPA's back by the engine's own refusal of holes.
    let events: [Event] = [
      .entered(.changePageAttrSetClr, 0xffff_c900_0000_0000, 2),
      .asked(RequestMasks(set: [], clear: .writable)),
      .entered(.changePageAttrLoop, 0xffff_c900_0000_0000, 2),
      .counted(.cpa4KSetChecked, 1),
      .decided(.entryKept(0xffff_c900_0000_0000, .present)),
      .decided(.holeRefused(0xffff_c900_0000_1000)),
      .left(.changePageAttrLoop, .fault),
      .flushed(.allAfterFailure),
      .left(.changePageAttrSetClr, .fault),
    ]
    let tree = CallTree(events)
    let functions = tree.nodes.map(\.function)
    #expect(
      functions == [
        .call, .kernel(.changePageAttrSetClr), .kernel(.changePageAttrLoop),
        .kernel(.changePageAttr), .kernel(.changePageAttr), .kernel(.cpaProcessFault),
      ])
    #expect(
      tree.nodes.map(\.result) == [
        .nothing, .code(.fault), .code(.fault), .code(.success), .code(.fault), .nothing,
      ])
    #expect(tree.nodes[4].address == 0xffff_c900_0000_1000)
  }

  @Test func `an alias that fails takes its request with it`() throws {
    let address: VirtualAddress = 0xffff_c900_0000_0000
    let events: [Event] = [
      .entered(.changePageAttrSetClr, address, 1), .entered(.changePageAttrLoop, address, 1),
      .counted(.cpa4KSetChecked, 1),
      .decided(.entryChanged(address, old: .pageKernel, new: .present)),
      .entered(.cpaProcessAlias, address, 1),
      .decided(.aliasInDirectMap(0xffff_8881_8000_0000, 1)),
      .entered(.changePageAttrLoop, 0xffff_8881_8000_0000, 1),
      .entered(.shouldSplitLargePage, 0xffff_8881_8000_0000, 1),
      .decided(.splitPartial(0xffff_8881_8000_0000, .size2M, firstPage: 0, covered: 1)),
      .left(.shouldSplitLargePage, .success),
      .entered(.splitLargePage, 0xffff_8881_8000_0000, 512),
      .left(.splitLargePage, .noMemory), .left(.changePageAttrLoop, .noMemory),
      .left(.cpaProcessAlias, .noMemory), .left(.changePageAttrLoop, .noMemory),
      .flushed(.allAfterFailure), .left(.changePageAttrSetClr, .noMemory),
    ]
    let tree = CallTree(events)
    let failed = tree.nodes.filter { $0.result == .code(.noMemory) }.map(\.function)
    #expect(
      failed == [
        .kernel(.changePageAttrSetClr), .kernel(.changePageAttrLoop), .kernel(.cpaProcessAlias),
        .kernel(.changePageAttrLoop), .kernel(.changePageAttr), .kernel(.splitLargePage),
      ])
    // The step that was complete before the alias is no part of the failure.
    #expect(tree.nodes[3].function == .kernel(.changePageAttr))
    #expect(tree.nodes[3].result == .code(.success))
    #expect(tree.nodes[3].events == 2..<4)
  }

  @Test func `a freed area goes through the direct map twice`() throws {
    let rows = try sketch(
      """
      machine teaching-4g
      vmalloc code 4 reset
      set_memory_rox code 4
      vfree code
      """)
    let reset = try #require(rows.firstIndex { $0.hasPrefix("vm_reset_perms") })
    #expect(
      rows[(reset + 1)...].prefix(4) == [
        " 4 x __change_page_attr_set_clr", " flush_tlb_kernel_range: 17313038333 pages, so all",
        " addresses of freed areas usable again", " 4 x __change_page_attr_set_clr",
      ])
  }

  @Test func `policies decide in functions of their own`() throws {
    let rows = try sketch(
      """
      kernel linux-6.1
      policy aaronlu-2022
      set_memory_ro pfn:0x140000
      set_memory_rw pfn:0x140000
      touch write pfn:0x140000
      set_memory_ro pfn:0x140000
      set_memory_rw pfn:0x140000
      """)
    #expect(rows.contains { $0.contains("aaronlu-2022") })
    #expect(rows.contains { $0.contains("one 2M leaf") })
    let kirill = try sketch(
      """
      kernel linux-5.11
      policy kirill-2020
      set_memory_ro pfn:0x140000
      set_memory_rw pfn:0x140000
      """)
    let flush = try #require(kirill.firstIndex { $0.hasSuffix("cpa_flush") })
    #expect(kirill[flush + 1].contains("kirill-2020"))
  }

  @Test func `a cache works in functions that have the names of its patch`() throws {
    let text = """
      machine teaching-4g
      kernel linux-5.11
      policy edgecombe-2021
      vmalloc code 5 group
      """
    let (events, tree) = try opened(text)
    let rows = try sketch(text)
    let first = try #require(
      events.compactMap { event in
        if case .memory(.allocated(let block, _)) = event, block.order == 9 {
          block.first.hex
        } else {
          nil
        }
      }.first)
    #expect(rows.first == "__get_grouped_page = pfn \(first)")
    #expect(
      rows.prefix(5).dropFirst() == [
        " __remove_first_page = NULL", "  list_lru_get_mru = NULL",
        " __replenish_grouped_pages = pfn \(first)", "  no cached page is left",
      ])
    #expect(rows.contains("  511 x __free_grouped_page"))
    #expect(rows.contains("4 x __get_grouped_page"))
    let taken = tree.nodes.filter { $0.function == .remedy(.getGroupedPage) }
    #expect(taken.count == 5 && taken.allSatisfy { $0.argument == .node(nil) })
  }

  @Test func `a shrinker counts, walks its list and disposes of the pages`() throws {
    let rows = try sketch(
      """
      machine teaching-4g
      kernel linux-5.11
      policy edgecombe-2021
      vmalloc code 5 group
      reclaim edgecombe-2021 2 node 0
      """)
    #expect(
      rows.prefix(5) == [
        "do_shrink_slab = 128", " grouped_shrink_count = 507", " grouped_shrink_scan = 128",
        "  list_lru_shrink_walk = 128", "   128 x grouped_isolate",
      ])
    #expect(rows.contains("  __dispose_pages"))
  }

  @Test func `a kernel that stops ends every function with it`() throws {
    let (_, tree) = try opened(bugScenario)
    let stopped = tree.nodes.filter { $0.result == .code(.bug) }.map(\.function)
    #expect(stopped.contains(.policy(.hyeyooCount2022)))
    #expect(stopped.contains(.kernel(.changePageAttrSetClr)))
    #expect(stopped.contains(.kernel(.changePageAttr)))
  }
}
