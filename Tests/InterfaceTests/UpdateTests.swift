import Engine
import Foundation
import History
import Screen
import Testing

@testable import Interface
@testable import Keys
@testable import Lanes
@testable import Views

struct UpdateTests {
  @Test func `a key makes a call on as many pages as the count says`() throws {
    var model = try bootedModel()
    model.press("1 6 r")
    #expect(model.timeline.steps.map(\.call) == [.setMemory(.ro, .frame(0x140000), 16)])
    #expect(model.count == nil)
    #expect(model.timeline.steps.map { $0.summary.kinds.intersection(.split) } == [.split])
    #expect(model.timeline.steps.map(\.returned) == [.success])
    #expect(model.hasBegun)
  }

  @Test(arguments: [
    ("fail blocks on", "made requests for 2M blocks fail"),
    ("alloc_pages a 2", "took a block of 4 pages"),
    ("scatter b 16K 50 1", "took 4 pages and freed 50 % of them"),
    ("set_memory_rw pfn:0x140000", "found nothing to change"),
  ]) func `a call that changes no entry says what it did`(line: String, words: String) throws {
    var model = try bootedModel()
    _ = model.runCommand(line)
    #expect(model.lane.sentence(model.keymap).contains(words))
  }

  @Test func `the header shows the whole call where the names leave no room`() throws {
    var model = try comparedModel(
      "kernel linux-6.1\nsecretmem fault token", [.unmapped2022], [.mergeOnFree, .unmapped2022])
    model.press("$")
    for width in [80, 100, 120] {
      let canvas = screen(model, size: Size(width: width, height: 30), glyphs: .unicode)
      let row = String(String.UnicodeScalarView((0..<width).map { canvas[$0, 0].scalar }))
      #expect(row.contains("secretmem fault token"), "\(row)")
    }
  }

  @Test func `a change asks for one tick, which ends the flash`() throws {
    var model = try bootedModel()
    #expect(model.press("r") == [.tick(afterMilliseconds: 300)])
    #expect(model.lane.isFlashing)
    #expect(model.update(.tick) == [.noTick])
    #expect(!model.lane.isFlashing)
    #expect(model.lane.changes.contains(0x140000))
  }

  @Test func `nothing asks for a tick while nothing moves`() throws {
    var model = try bootedModel()
    #expect(model.press("Right Down Tab Enter Backspace 5 Esc ? q : Esc") == [])
  }

  @Test func `undo and redo go by calls`() throws {
    var model = try bootedModel()
    model.press("r Right w u")
    #expect(model.timeline.moment == Moment(call: 1))
    model.press("u")
    #expect(model.timeline.moment == .start)
    model.press("2 C-r")
    #expect(model.timeline.moment == Moment(call: 2))
    #expect(model.press("C-r").contains(.bell))
  }

  @Test func `a call in the past begins a branch and says so`() throws {
    var model = try bootedModel()
    model.press("r Right r Right r u u P")
    #expect(model.timeline.steps.count == 2)
    #expect(model.timeline.steps.count == 2)
    #expect(
      model.notice?.text
        == "Done here, in the past: this is branch b1 from here on; the calls that came later "
        + "stay on main.")
  }

  @Test func `a call inside a call completes that one first`() throws {
    var model = try bootedModel()
    model.press("r < . . . . Right Right r")
    #expect(model.timeline.steps.count == 2)
    #expect(model.timeline.moment == Moment(call: 2))
    #expect(model.timeline.steps.map { $0.summary.kinds.intersection(.split) } == [.split, []])
  }

  @Test func `events go forward and back to the same machines`() throws {
    var model = try bootedModel()
    model.press("3 r <")
    var sums = [model.machine.checksum]
    while model.timeline.moment != model.timeline.end {
      model.press(".")
      sums.append(model.machine.checksum)
    }
    for sum in sums.reversed() {
      #expect(model.machine.checksum == sum)
      model.press(",")
    }
    #expect(model.timeline.moment == .start)
  }

  @Test func `moving keeps to the slots there are`() throws {
    var model = try bootedModel()
    model.press("S-Tab S-Tab")
    #expect(model.focus == .size1G)
    model.press("Right")
    #expect(model.selection == 0x140000)
    model.press("9 9 Left")
    #expect(model.selection == 0x140000)
    model.press("Home")
    #expect(model.selection == 0)
    model.press("End")
    #expect(model.selection == 0x140000)
    model.press("Up Enter Right")
    #expect(model.focus == .size2M)
    #expect(model.selection == 0x140200)
  }

  @Test func `n and N go to where the map is not alike`() throws {
    var model = try bootedModel()
    model.press("5 Right 3 r Home n")
    #expect(model.selection == 0x140005)
    model.press("n")
    #expect(model.selection == 0x140008)
    model.press("N")
    #expect(model.selection == 0x140007)
  }

  @Test func `vmap names areas by itself and vunmap frees the one here`() throws {
    var model = try bootedModel()
    model.press("8 a Right a")
    #expect(model.machine.areas.live.map { "\($0.name)" } == ["a1", "a2"])
    #expect(model.lane.alias?.area.name == Name("a1"))
    #expect(model.lane.alias?.page == 1)
    model.press("o r")
    #expect(
      model.timeline.steps.last?.call
        == Name("a1").map { .setMemory(.ro, .area($0, page: 1), 1) })
    model.press("f f")
    #expect(model.machine.areas.live.isEmpty)
    #expect(model.press("f") == [.bell])
  }

  @Test func `a line that is wrong changes nothing and stays`() throws {
    var model = try bootedModel()
    model.press(":")
    model.type("set_memory_ro nothing")
    #expect(model.press("Enter") == [.bell])
    guard case .line(let editor)? = model.layers.last else {
      Issue.record("The line is closed.")
      return
    }
    #expect(editor.error?.contains("nothing") == true)
    #expect(editor.text == "set_memory_ro nothing")
    #expect(model.timeline.steps.isEmpty)
  }

  @Test func `the command line completes, remembers and restarts`() throws {
    var model = try bootedModel()
    model.press(":")
    model.type("set_memory_rox")
    model.press("Tab")
    model.type("pfn:0x140000 2")
    model.press("Enter")
    #expect(model.timeline.steps.map(\.call) == [.setMemory(.rox, .frame(0x140000), 2)])
    model.press(": Up")
    guard case .line(let editor)? = model.layers.last else {
      Issue.record("There is no line.")
      return
    }
    #expect(editor.text == "set_memory_rox pfn:0x140000 2")
    model.press("C-u")
    model.type("kernel linux-6.12")
    model.press("Enter")
    #expect(model.machine.kernel == .linux6_12)
    // The same call on another branch; what was called before is on the first one.
    #expect(model.timeline.steps.map(\.call) == [.setMemory(.rox, .frame(0x140000), 2)])
    #expect(model.timeline.branches.map(\.name) == ["main", "linux-6.12"])
    #expect(model.layers.isEmpty)
  }

  @Test func `go to a step takes numbers and percentages`() throws {
    var model = try bootedModel()
    model.press("r Right r Right r Right r g")
    model.type("50%")
    model.press("Enter")
    #expect(model.timeline.moment == Moment(call: 2))
    model.press("g")
    model.type("9")
    #expect(model.press("Enter") == [.bell])
    model.press("Backspace")
    model.type("4")
    model.press("Enter")
    #expect(model.timeline.moment == model.timeline.end)
  }

  @Test func `a jump shows what the call it arrives behind did`() throws {
    var model = try scenarioModel(
      """
      set_memory_ro pfn:0x140003
      set_memory_ro pfn:0x150005
      set_memory_ro pfn:0x160007
      set_memory_ro pfn:0x170009
      """)
    model.press("g")
    model.type("3")
    model.press("Enter")
    #expect(model.timeline.moment.call == 3)
    #expect(model.selection == 0x160007)
    #expect(model.lane.changes.contains(0x160007))
    #expect(!model.lane.changes.contains(0x150005))
    let read = MapPicture(model.machine, around: model.selection, changes: model.lane.changes)
    #expect(model.lane.map.panels == read.panels)
  }

  @Test func `search goes to frames, addresses and areas`() throws {
    var model = try bootedModel()
    model.press("4 a")
    for (text, pfn) in [
      ("pfn:0x100123", 0x100123), ("phys:5G", 0x140000), ("a1+2", 0x140002),
      ("0xffff888000001000", 1), ("4096", 4096),
    ] as [(String, UInt64)] {
      model.press("/")
      model.type(text)
      model.press("Enter")
      #expect(model.selection == PFN(pfn), "\(text)")
    }
  }

  @Test func `q asks before it leaves, Q does not`() throws {
    var model = try bootedModel()
    #expect(model.press("q") == [])
    #expect(model.press("x") == [])
    #expect(model.layers.isEmpty)
    #expect(model.timeline.steps.isEmpty)
    #expect(model.press("q q") == [.quit(0)])
    #expect(model.press("Q") == [.quit(0)])
    #expect(model.press("C-c") == [])
    #expect(model.layers == [.leaving])
    #expect(model.press("C-c") == [.quit(130)])
    #expect(model.update(.input(.end)) == [.quit(129)])
  }

  @Test func `playing goes on by ticks to the end`() throws {
    var model = try scenarioModel(
      """
      set_memory_ro pfn:0x140000
      pause
      set_memory_rw pfn:0x140000
      """)
    #expect(model.press("Space") == [.tick(afterMilliseconds: 500)])
    _ = model.update(.tick)
    #expect(model.timeline.moment == Moment(call: 1))
    _ = model.update(.tick)
    #expect(!model.playback.isPlaying)
    model.press("Space")
    for _ in 0..<4 { _ = model.update(.tick) }
    #expect(model.timeline.moment == model.timeline.end)
    #expect(!model.playback.isPlaying)
    #expect(model.update(.tick) == [.noTick])
  }

  @Test func `any keys in any order trap nothing`() throws {
    let names =
      Keymap.standard.bindings.flatMap { $0.inputs.map(\.name) }
      .filter { !["Q", "C-c", "C-z"].contains($0) } + ["1", "0", "9", "Enter", "Tab"]
    for seed in 1...8 as ClosedRange<UInt64> {
      var model = try bootedModel()
      var state = seed &* 0x9e37_79b9_7f4a_7c15
      for _ in 0..<300 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        model.press(names[Int((state >> 33) % UInt64(names.count))])
        // Counts of millions are honest work, but not in a test.
        if let count = model.count, count > 4096 { model.press("Esc") }
        if case .line(let editor)? = model.layers.last, editor.text.count > 8 { model.press("Esc") }
      }
      _ = screen(model, size: Size(width: 120, height: 40), glyphs: .unicode)
    }
  }
}

struct MapPictureTests {
  @Test(arguments: 1...6)
  func `reading only what changed gives the same picture as reading all`(seed: UInt64) throws {
    var model = try bootedModel()
    var state = seed &* 0x9e37_79b9_7f4a_7c15
    let keys = ["r", "w", "x", "X", "R", "P", "p", "s", "a", "M", "u", "<", ".", ",", "Right", "n"]
    for _ in 0..<120 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let draw = Int(state >> 33)
      if draw % 5 == 0 { model.press("*") }
      model.press(keys[draw / 7 % keys.count])
      let whole = MapPicture(model.machine, around: model.selection, changes: model.lane.changes)
      let isSame = whole.panels == model.lane.map.panels
      #expect(isSame, "seed \(seed)")
    }
  }
}

extension UpdateTests {
  @Test func `what the terminal needs goes through every layer`() throws {
    var model = try bootedModel()
    model.press(":")
    #expect(model.press("C-z C-l") == [.suspend, .redraw])
    #expect(model.layers == [.line(LineEditor(.command))])
    #expect(model.press("C-c") == [])
    #expect(model.layers.isEmpty)
  }

  @Test func `a whole slot is counted from its first page`() throws {
    var model = try bootedModel()
    model.press("3 Right S-Tab * r")
    #expect(model.timeline.steps.map(\.call) == [.setMemory(.ro, .frame(0x140000), 512)])
    #expect(model.machine.directMapKilobytes(.size1G) == 3 << 20)
  }
}

struct CallSentenceTests {
  @Test(arguments: [
    (
      "r",
      "set_memory_ro pfn:0x140000 split a 1G leaf into 512 x 2M, a 2M leaf into 512 x 4K and "
        + "rewrote 1 entry; TLB: 2 full flushes, 1 page."
    ),
    ("X", "set_memory_nx pfn:0x140000 found nothing to change."),
    ("2 a", "vmap a1 pfn:0x140000 2 made an area of 2 pages with 4K entries."),
    (
      "s Right r Left R",
      "set_memory_rox pfn:0x140000 rewrote 1 entry; TLB: 1 page. "
        + "No merge to 2M: its first entry is marked KERNEL_4K, split on request."
    ),
    (
      "r * R",
      "set_memory_rox pfn:0x140000 512 rewrote 512 entries and merged 512 x 4K into a 2M leaf; "
        + "TLB: 2 full flushes."
    ),
    ("S-Tab S-Tab * r", "set_memory_ro pfn:0x140000 262144 rewrote 1 entry; TLB: 1 full flush."),
  ])
  func `a call is told in a sentence`(keys: String, sentence: String) throws {
    var model = try bootedModel()
    model.press(keys)
    #expect(model.lane.sentence(model.keymap) == sentence)
  }

  @Test func `a call that fails tells its error`() throws {
    var model = try bootedModel()
    model.press(":")
    model.type("set_memory_uc pfn:0x140000 4")
    model.press("Enter :")
    model.type("set_memory_wc pfn:0x140000")
    model.press("Enter")
    #expect(
      model.lane.sentence(model.keymap)
        == "set_memory_wc pfn:0x140000 returned -EBUSY: a page has another cache type."
    )
    #expect(model.timeline.steps.map(\.returned) == [.success, .busy])
  }

  @Test func `merges are told`() throws {
    var model = try bootedModel()
    model.press("x X w t M")
    #expect(model.lane.sentence(model.keymap).contains("merged 512 x 4K into a 2M leaf"))
    #expect(model.lane.sentence(model.keymap).contains("merged 512 x 2M into a 1G leaf"))
  }
}

struct HintTests {
  @Test func `the last row tells the count and the pace`() throws {
    var model = try bootedModel()
    model.press("1 6")
    let size = Size(width: 80, height: 24)
    #expect(screen(model, size: size, glyphs: .unicode).rowText(23).hasPrefix(" count 16  ? help"))
    model.press("r ^ Space")
    let row = screen(model, size: size, glyphs: .unicode).rowText(23)
    #expect(row.hasPrefix(" playing, a call every 1.0 s  ? help"))
  }
}
