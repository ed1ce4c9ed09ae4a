import Engine
import History
import Screen
import Testing

@testable import Interface
@testable import Lanes
@testable import Views

/// The map of other parts of the address space than the direct map.
struct SpaceTests {
  /// A model with an area of small pages, one of 2M leaves, and one that is freed.
  private static func model() throws -> Model {
    try scenarioModel(
      """
      machine teaching-4g
      kernel linux-7.2
      vmalloc gone 10
      vmalloc small 20
      vmalloc big 1024 huge
      vfree gone
      """)
  }

  @Test func `the map shows vmalloc space with areas, guard pages and freed areas`() throws {
    var model = try Self.model()
    model.press("$ A")
    #expect(model.lane.place.space == .vmalloc)
    let pages = model.lane.map[.size4K]
    // Ten freed pages and their guard page wait for the flush; twenty pages, and another guard.
    #expect(pages.slots[0...10].allSatisfy { $0.kind == .reserved })
    #expect(pages.slots[11...30].allSatisfy { $0.kind == .leaf && $0.worst == .rwNX })
    #expect(pages.slots[31].kind == .reserved)
    // The array of page pointers of the large area, and its guard page.
    #expect(pages.slots[32...33].allSatisfy { $0.kind == .leaf })
    #expect(pages.slots[34].kind == .reserved)
    #expect(pages.slots[35...].allSatisfy { $0.kind == .hole })
    let blocks = model.lane.map[.size2M]
    #expect(blocks.slots[0].kind == .splitTo4K)
    #expect(blocks.slots[1...2].allSatisfy { $0.kind == .leaf })
    #expect(blocks.slots[3].kind == .reserved)
  }

  @Test func `a page has two addresses, and the map goes from one to the other`() throws {
    var model = try Self.model()
    model.press("$ A")
    #expect(model.lane.areaHere?.name.description == "small")
    model.press("5 Right")
    let address = model.lane.place.elsewhere
    #expect(address == AddressLayout.vmallocStart + 16)
    let pfn = try #require(model.machine.frame(at: address))
    #expect(model.selection == pfn)
    model.press("A A")
    #expect(model.lane.place.space == .direct)
    #expect(model.selection == pfn)
    #expect(model.lane.alias?.area.name.description == "small")
    model.press("A")
    #expect(model.lane.place.elsewhere == address)
  }

  @Test func `calls go to the selected page of the area`() throws {
    var model = try Self.model()
    model.press("$ A")
    let big = try #require(Name("big").flatMap { model.machine.areas.area(named: $0) })
    model.lane.select(page: PFN((big.start - model.machine.vmallocRange.lowerBound).rawValue + 3))
    model.press("r")
    let call = model.timeline.steps.last?.call
    #expect(call == .setMemory(.ro, .area(big.name, page: 3), 1))
    // The leaf of the area split, and the selection stays in the area.
    #expect(model.lane.map[.size2M].slots[1].kind == .splitTo4K)
    #expect(model.lane.place.space == .vmalloc)
    #expect(model.lane.map[.size4K].slots[3].worst == .roNX)
    #expect(model.lane.map[.size4K].slots[3].isChanged)
  }

  @Test func `the direct map around the frame stands beside, and shows what a change does there`()
    throws
  {
    var model = try Self.model()
    let size = Size(width: 120, height: 40)
    func text(_ model: Model) -> String {
      screen(model, size: size, glyphs: .unicode).text(planes: [.characters])
    }
    #expect(!text(model).contains("direct: "))
    model.press("$ A")
    #expect(text(model).contains("direct: 2M  in 1G slot"))
    model.press("r")
    // The alias split the leaf that maps the frame there.
    #expect(model.lane.twinSize == .size4K)
    #expect(text(model).contains("direct: 4K  in 2M slot"))
    #expect(model.lane.twin.map[.size4K].slots.count { $0.worst == .roNX && $0.isChanged } == 1)
    // The 1G slots come back with the keys.
    model.press("Tab")
    #expect(model.focus == .size1G)
    #expect(text(model).contains("1G  vmalloc"))
  }

  @Test func `the selection goes no further than the last area's slot`() throws {
    var model = try Self.model()
    model.press("$ A 9 9 9 9 9 9 9 9 Right")
    #expect(model.lane.page.rawValue < model.lane.pageEnd)
    model.press("A")
    #expect(model.lane.place.space == .modules)
    #expect(model.lane.map[.size4K].slots.allSatisfy { $0.kind == .hole })
    #expect(model.notice?.text == "the map shows the module area, where nothing is mapped yet")
  }

  @Test func `stepping follows the changes in the shown space, both ways`() throws {
    var model = try Self.model()
    model.press("^ A > > >")
    #expect(model.lane.areaHere?.name.description == "big")
    model.press("< <")
    #expect(model.machine.areas.live.count == 1)
    #expect(model.lane.map[.size2M].slots[1...2].allSatisfy { $0.kind == .hole })
  }

  @Test func `the memory of a process is a map too, as long as there is one`() throws {
    var model = try scenarioModel(
      """
      machine teaching-4g
      kernel linux-6.12
      mmap heap 4M order 9
      zap heap+512 512
      munmap heap
      """)
    model.press("^ A A A")
    #expect(model.lane.place.space == .direct)
    model.press(">")
    #expect(model.runCommand("space process").error == nil)
    #expect(model.lane.place.space == .process)
    #expect(model.lane.map[.size2M].slots.count { $0.kind == .splitTo4K } == 2)
    #expect(model.lane.map[.size4K].slots.allSatisfy { $0.kind == .leaf })
    let frame = try #require(model.machine.frame(at: model.lane.place.elsewhere))
    #expect(model.selection == frame)
    model.press(">")
    #expect(model.lane.map[.size2M].slots.count { $0.kind == .reserved } == 1)
    model.press(">")
    #expect(model.lane.map[.size2M].slots.allSatisfy { $0.kind == .hole })
    #expect(model.runCommand("space moon").error?.hasPrefix("no space is called moon") ?? false)
  }

  @Test func `RAM that is not mapped yet is told from addresses without RAM`() throws {
    var model = try scenarioModel(
      "machine arm64-16g\nkernel linux-6.9-rc2-arm64\nmap_mem\n")
    func text() -> String {
      screen(model, size: Size(width: 120, height: 40), glyphs: .unicode)
        .text(planes: [.characters])
    }
    #expect(!text().contains("not mapped yet"))
    model.press("1 7 .")
    for words in [
      "  not mapped yet", "RAM, not mapped yet", ": not mapped", "fixmap PUD PMD  TLBIs",
    ] {
      #expect(text().contains(words), "\(words)")
    }
    let slots = model.lane.map[.size1G].slots
    #expect(slots[..<16].allSatisfy { $0.kind == .unmapped } && slots[16].kind == .hole)
    #expect(model.lane.plainSelection.hasSuffix("RAM that is not mapped yet."))
    #expect(model.lane.plainMap.contains("Not mapped yet: 16 GiB of 16 GiB of RAM."))
    model.press(">")
    #expect(model.lane.map[.size1G].slots[..<16].allSatisfy { $0.kind == .splitTo4K })
    #expect(!text().contains("not mapped yet"))
  }

  @Test func `arm64 has sums, words and a descriptor of its own`() throws {
    let description = try #require(MachineDescription(builtIn: "arm64-16g"))
    var cpu = description
    cpu.cpu[.bbml2] = true
    let kernel = KernelProfile.linux7_0Arm64
    var model = Model(
      try Machine(booting: cpu, kernel: kernel), setup: BootSetup(cpu, kernel: kernel))
    #expect(model.runCommand("set_direct_map_invalid_noflush pfn:0x142345").error == nil)
    let text = screen(model, size: Size(width: 120, height: 40), glyphs: .unicode)
      .text(planes: [.characters])
    for words in ["32M ", "64K ", "fixmap TLBIs", "WRITE AF GLOBAL", "16 as one", "linear map"] {
      #expect(text.contains(words), "\(words)")
    }
    // One page left: its group of 64K, and that of 32M around it, lost CONT.
    #expect(model.lane.map[.size4K].slots.count { $0.isAlone } == 16)
    #expect(model.lane.map[.size2M].slots.count { $0.isAlone } == 15)
    #expect(model.lane.map.leaves?.blocks1G == 15)
  }
}
