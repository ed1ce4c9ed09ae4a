import Engine
import History
import Screen
import TestSupport
import Testing

@testable import Interface
@testable import Lanes
@testable import Views

/// What the colours of the map mean besides permissions.
struct OverlayTests {
  /// The grouping cache fills, hands out, takes back and hands out again.
  private static let cache = """
    machine teaching-4g
    kernel linux-5.11
    policy edgecombe-2021
    vmalloc code 3 group reset
    set_memory_ro code 3
    vfree code
    vmalloc more 2 group reset
    """

  /// How many pages of the panel of 4K pages have each letter.
  private static func letters(_ model: Model) -> [Unicode.Scalar: Int] {
    let panel = model.lane.map[.size4K]
    var counts: [Unicode.Scalar: Int] = [:]
    for index in 0..<512 {
      guard let tint = model.lane.tints(panel)?[index] else { continue }
      counts[tint.letter, default: 0] += 1
    }
    return counts
  }

  /// The letter of the slot around the selection.
  private static func letter(_ model: Model, _ size: LeafSize) -> Unicode.Scalar? {
    let panel = model.lane.map[size]
    return model.lane.tints(panel)?[panel.index(of: model.lane.page)].letter
  }

  @Test func `a key goes round what the colours mean, and says which`() throws {
    var model = try bootedModel()
    for overlay in MapOverlay.allCases.dropFirst() + [.permission] {
      model.press("O")
      #expect(model.options.overlay == overlay)
      #expect(model.lane.overlay == overlay)
      #expect(model.notice?.text == "the colours show \(overlay.words)")
      #expect((model.lane.tints == nil) == (overlay == .permission))
    }
  }

  @Test func `a command chooses one by its name`() throws {
    var model = try bootedModel()
    model.press(":")
    model.type("overlay wear")
    model.press("Enter")
    #expect(model.options.overlay == .wear)
    model.press(":")
    model.type("overlay age")
    model.press("Enter")
    guard case .line(let editor) = model.layers.last else {
      Issue.record("the line is gone")
      return
    }
    #expect(editor.error?.contains("no overlay is called age; there are permission, pages") == true)
  }

  @Test func `classes of an overlay have letters and lines of their own`() {
    for overlay in MapOverlay.allCases {
      let classes = overlay.classes
      #expect(classes.count <= TintCounts.scalarCount)
      #expect(Set(classes.map(\.letter)).count == classes.count, "\(overlay)")
      for tint in classes { #expect((tint.legend ?? "").count <= ScreenLayout.legendWidth - 6) }
    }
    #expect(TintClass.pages.count == TintCode.Pages.count)
    #expect(TintClass.pages[Int(TintCode.Pages.out)].words == "handed out by the cache")
    #expect(TintClass.wear[Int(TintCode.Wear.written(3))].letter == "3")
    #expect(TintClass.who.count == Int(TintCode.Who.first) + CallUser.allCases.count)
    #expect(
      TintClass.pageblocks.count == Int(TintCode.Pageblocks.first) + MigrateType.allCases.count)
  }

  @Test func `the grouping cache is seen: what it holds, the next, what is out and what came back`()
    throws
  {
    var model = try scenarioModel(Self.cache)
    model.press("O >")
    #expect(Self.letters(model) == ["h": 3, "c": 508, ">": 1])
    #expect(Self.letter(model, .size2M) == ">" && Self.letter(model, .size1G) == ">")
    model.press("> >")
    // The page that was freed last goes out first.
    #expect(Self.letters(model) == ["r": 2, "c": 509, ">": 1])
    model.press(">")
    #expect(Self.letters(model) == ["h": 2, "c": 509, ">": 1])
    model.press("< <")
    #expect(Self.letters(model) == ["h": 3, "c": 508, ">": 1])
    model.press("^")
    #expect(Self.letters(model) == ["9": 512])
  }

  @Test func `here says in words what the colour says`() throws {
    var model = try scenarioModel(Self.cache)
    model.press("O >")
    #expect(model.lane.overlayWords == ["handed out by the cache"])
    model.press("S-Tab")
    #expect(
      model.lane.overlayWords == [
        "handed out by the cache", "2M: 508 in the cache, 3 handed out, 1 next out",
      ])
    let canvas = screen(model, size: Size(width: 120, height: 40), glyphs: .unicode)
    let rows = (0..<40).map { canvas.rowText($0) }
    #expect(rows.contains { $0.contains("pages: handed out by the cache") })
  }

  @Test func `an allocation and a free flash the pages they take and give, in every overlay`()
    throws
  {
    for overlay in MapOverlay.allCases {
      var model = try bootedModel()
      while model.options.overlay != overlay { model.press("O") }
      model.press(":")
      model.type("alloc_pages p 2")
      model.press("Enter")
      let name = try #require(Name("p"))
      let owner = try #require(model.machine.physical.owner(named: name))
      let block = try #require(model.machine.physical.blocks(of: owner).first)
      let panel = model.lane.map[.size4K]
      #expect(model.lane.isFlashing, "\(overlay)")
      let changed = panel.slots.indices.filter { panel.slots[$0].isChanged }
      #expect(changed == (0..<4).map { panel.index(of: block.first) + $0 }, "\(overlay)")
      #expect(model.selection == block.first)
    }
  }

  @Test func `a merge on free is seen: buddies join, and what holds it back is lit`() throws {
    var model = try scenarioModel(
      """
      machine teaching-4g
      kernel linux-6.1
      policy unmapped-2022
      policy merge-on-free
      secretmem fault key
      secretmem fault token
      secretmem release key
      drain
      secretmem release token
      drain
      """)
    model.press("O > > > >")
    let panel = model.lane.map[.size4K]
    #expect(panel.enclosing == nil)
    let lit = try #require(model.lane.tints?.lit)
    // The other page blocks it, and nothing else.
    #expect(lit.count == 1)
    let page = panel.page(of: try #require(lit.first))
    model.lane.select(page: page)
    _ = model.update(.tick)
    #expect(model.lane.overlayWords[0].hasSuffix("blocks the merge"))
    // It goes to the CPU's list; in the drain its buddies leave their lists, one after the other.
    model.options.followsChanges = false
    let index = panel.index(of: page)
    var letters: [Unicode.Scalar] = []
    var joined: Set<Int> = []
    while model.timeline.moment.call < 6 {
      model.press(".")
      if let letter = Self.letter(model, .size4K), letter != letters.last { letters.append(letter) }
      let slots = model.lane.map[.size4K].slots
      if model.timeline.moment.call < 6, !slots[index].isChanged {
        joined.formUnion(slots.indices.filter { slots[$0].isChanged })
      }
    }
    // The page is nobody's while its buddies leave their lists, and then part of one large block.
    #expect(letters.contains("w") && letters.last == "A")
    #expect(joined.count == 511)
    #expect(model.lane.tints?.lit.isEmpty == true)
    #expect(model.lane.map[.size4K].enclosing?.size == .size2M)
    model.press("O")
    #expect(Self.letter(model, .size2M) == "m")
    model.press("O")
    #expect(Self.letter(model, .size2M) == "=")
  }

  @Test func `wear and who tell of calls`() throws {
    var model = try scenarioModel(
      """
      machine teaching-4g
      kernel linux-7.2
      set_memory_ro pfn:0x140000
      set_memory_rw pfn:0x140000
      module load m1 text=24K data=8K rodata=8K ro_after_init=4K init_text=4K
      touch write pfn:0x140000
      collapse pfn:0x140000 512
      """)
    model.press("O O O > >")
    #expect(Self.letter(model, .size4K) == "2" && Self.letter(model, .size2M) == "S")
    #expect(
      model.lane.overlayWords == [
        "4K page: written by 2 calls, 1 to 2",
        "2M: written by 2 calls, 1 to 2", "2M: split by call 1",
      ])
    model.press("O")
    #expect(Self.letter(model, .size4K) == "s" && Self.letter(model, .size2M) == "s")
    #expect(model.lane.overlayWords[0] == "written last by call 2: set_memory_rw pfn:0x140000")
    #expect(
      model.lane.overlayWords[1] == "2M split by call 1: set_memory_ro pfn:0x140000")
    model.press("$")
    model.lane.select(PFN(0x140000))
    _ = model.update(.tick)
    model.press("O O O O")
    #expect(model.options.overlay == .wear)
    #expect(Self.letter(model, .size2M) == "=")
    model.press("^")
    model.lane.select(PFN(0x140000))
    _ = model.update(.tick)
    #expect(Self.letter(model, .size2M) == "-" && Self.letter(model, .size1G) == "-")
  }

  @Test(arguments: [TintCode.Pages.boot, TintCode.Pages.user])
  func `a cell of many pages shows its cache first, then what most of them are`(code: UInt8) {
    func shown(_ pairs: [(UInt8, UInt32)]) -> UInt8 {
      var counts = TintCounts()
      for (code, count) in pairs { counts[Int(code)] += count }
      return TintReader.choice(counts, .pages)
    }
    let free = TintCode.Pages.free
    #expect(shown([(code, 200), (free, 150), (free + 3, 162)]) == free + 3)
    #expect(shown([(code, 256), (free + 8, 256)]) == code)
    #expect(shown([(code, 400), (TintCode.Pages.cached, 1), (free, 111)]) == TintCode.Pages.cached)
    #expect(shown([(TintCode.Pages.out, 3), (TintCode.Pages.cached, 2)]) == TintCode.Pages.out)
    #expect(
      shown([(TintCode.Pages.out, 300), (TintCode.Pages.next, 1), (code, 200)])
        == TintCode.Pages.next)
    #expect(shown([(TintCode.hole, 512)]) == TintCode.hole)
  }

  @Test func `one Unmapped pageblock among Movable ones is seen in the slot of 1G`() {
    func type(_ type: MigrateType) -> UInt8 { TintCode.Pageblocks.first + type.rawValue }
    var counts = TintCounts()
    counts[Int(type(.movable))] = 511 * 512
    #expect(TintReader.choice(counts, .pageblocks) == type(.movable))
    counts[Int(type(.unmapped))] = 512
    #expect(TintReader.choice(counts, .pageblocks) == type(.unmapped))
  }

  /// From what changed, and from nothing.
  @Test(arguments: MapOverlay.allCases.dropFirst(), [0, 1] as [UInt64])
  func `however one got there, the colours are those of a fresh look`(
    overlay: MapOverlay, seed: UInt64,
  ) throws {
    var random = SeededGenerator(seed: seed)
    var model = try scenarioModel(
      """
      machine teaching-4g
      kernel linux-6.1
      policy pte-cache-2021
      vmalloc code 5 group reset
      set_memory_ro code 5
      module load m1 text=24K data=8K rodata=8K ro_after_init=4K init_text=4K
      secretmem fault s1
      vfree code
      alloc_pages hog 4
      module unload m1
      secretmem release s1
      """)
    while model.options.overlay != overlay { model.press("O") }
    let keys = [
      ">", "<", ".", ".", ",", "u", "C-r", "^", "$", "Left", "PageUp", "Tab", "r", "w", "b", "U",
      "A",
    ]
    for _ in 0..<70 {
      let key = random.pick(keys)
      model.press(key)
      let lane = model.lane
      let stamp = try #require(lane.tints?.stamp)
      var timeline = lane.timeline
      var history = PageHistory()
      history.follow(&timeline)
      var reader = TintReader(overlay, lane.machine, history, timeline.steps)
      let fresh = OverlayPicture(
        MapPicture(lane.machine, around: lane.page, in: lane.place.space, changes: lane.changes),
        stamp: stamp, &reader)
      #expect(stamp.moment == lane.timeline.moment && stamp.bases == lane.map.panels.map(\.base))
      try #require(fresh == lane.tints, "\(key) at \(lane.timeline.moment)")
    }
  }

  @Test func `variants side by side show the overlay, and where it differs`() throws {
    var model = try comparedModel(
      """
      kernel linux-5.11
      vmalloc code 3 group reset
      """, [], [.edgecombe2021])
    model.press("$ O")
    #expect(model.lanes.list.allSatisfy { $0.overlay == .pages && $0.tints != nil })
    let canvas = screen(model, size: Size(width: 120, height: 40), glyphs: .unicode)
    let text = canvas.text(planes: [.characters])
    #expect(text.contains("% same leaves, another colour"))
    #expect(canvas.cells.contains { $0.scalar == "%" && $0.modifiers.contains(.differs) })
  }

  @Test func `without a screen the overlay is told in sentences`() throws {
    var session = PlainSession(try scenarioModel(Self.cache))
    _ = session.answers(to: "overlay pages")
    _ = session.answers(to: ">")
    let lines = session.answers(to: "map")
    #expect(lines.contains("The colours show what pages are used for."))
    #expect(lines.contains("508 pages: in the cache."))
    #expect(lines.contains("3 pages: handed out by the cache."))
    let page = session.answers(to: "inspect code+0")
    #expect(page.contains("In the overlay pages: handed out by the cache."))
  }
}
