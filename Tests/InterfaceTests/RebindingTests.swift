import Engine
import History
import Interface
import Keys
import Screen
import Testing
import Views

/// That every text names the key that is really bound.
struct RebindingTests {
  private func rebound(_ model: Model) -> Model {
    var model = model
    let keymap = Keymap.standard.rebinding([
      (.undo, [.character("Z")]), (.help, [.key(.function(1))]), (.setMemory(.ro), [.control("r")]),
      (.nextEvent, []), (.close, [.key(.function(10))]), (.down, [.character("J")]),
    ])
    model.adopt(keymap: keymap, options: ViewOptions(), paceIndex: 99)
    return model
  }

  private func text(_ model: Model, _ size: Size = Size(width: 120, height: 40)) -> String {
    screen(model, size: size, glyphs: .unicode).text(planes: [.characters])
  }

  @Test func `hints, welcome and messages follow`() throws {
    var model = rebound(try bootedModel())
    let first = text(model)
    #expect(first.contains("F1 help") && first.contains("C-r splits") && first.contains("Z undo"))
    #expect(first.contains("splits: this page turns read-only"))
    let hints = first.split(separator: "\n").last { $0.contains("F1 help") }
    #expect(hints?.contains("next  ") == false, "what has no key is not hinted at")
    model.press("r")
    #expect(model.notice?.text == "r does nothing here; F1 lists the keys")
    #expect(model.press("C-r").contains(.bell) == false)
    #expect(model.timeline.steps.count == 1)
    model.press("Z")
    #expect(model.timeline.moment == .start)
    #expect(text(model).contains("<next-event> steps into it"))
  }

  @Test func `help lists what is bound, and lists obey it`() throws {
    var model = rebound(try bootedModel())
    model.press("F1")
    let help = text(model, Size(width: 120, height: 220))
    #expect(help.contains("F1          This list"))
    #expect(help.contains("(none)      Next event"))
    model.press("J")
    #expect(model.layers == [.help(HelpPlace(first: 1))])
    model.press("Down")
    #expect(model.layers == [.help(HelpPlace(first: 2))])
    model.press("F10")
    #expect(model.layers.isEmpty)
    model.press("F10")
    #expect(model.layers == [.leaving])
    #expect(text(model).contains("F10 or Enter quits"))
    #expect(model.press("F10") == [.quit(0)])
  }

  @Test func `a pace beyond the last is the last, and both of two variants get the keys`() throws {
    var model = rebound(try comparedModel("set_memory_ro pfn:0x140000", [], []))
    #expect(model.playback.index == Playback.paces.count - 1)
    model.press("e")
    #expect(model.keymap.key(.undo) == "Z")
    model.press("e")
    #expect(model.keymap.key(.undo) == "Z")
  }
}
