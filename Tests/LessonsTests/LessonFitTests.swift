import Engine
import History
import Interface
import Lessons
import Narration
import Screen
import Testing
import Views

@testable import Lanes

/// Nothing that a lesson is about is cut, on small screens and on large ones.
struct LessonFitTests {
  private static let sizes = [
    Size(width: 80, height: 24), Size(width: 100, height: 30), Size(width: 120, height: 40),
  ]

  /// The most single steps in a part; the rest of its calls is made at once.
  private static let stepsMax = 20

  @Test(arguments: ReadLesson.names, sizes)
  func `captions, tasks, the current line and its rule are whole`(
    name: String, size: Size,
  ) throws {
    let read = try ReadLesson(name)
    var model = try read.model()
    _ = model.update(.input(.resize(size)))
    var goings = 0
    while let progress = model.lesson, !progress.isOver, goings < 100 {
      var steps = 0
      check(model, size, name)
      while model.timeline.moment != model.timeline.end, steps < Self.stepsMax {
        _ = model.update(.input(.character(".")))
        check(model, size, name)
        steps += 1
      }
      _ = model.update(.input(.character("z")))
      goings += 1
    }
    check(model, size, name)
    #expect(model.lesson?.isOver == true)
  }

  /// What a caption sends the reader to is on the screen.
  private func checkPanels(_ words: String, _ model: Model, _ canvas: Canvas, _ place: String) {
    let shown = canvas.words(in: canvas.bounds)
    if words.contains("the trace") {
      #expect(model.options.sidePanel == .trace, "\(place): the trace is not shown")
    }
    if words.contains("the panel 'why") {
      #expect(shown.contains("notoneleaf?"), "\(place): why is not shown")
    }
    if words.contains("'to clear'") {
      #expect(shown.contains("Toclear:"), "\(place): what clears it is not shown")
    }
    if words.contains("panel 'here'"), model.options.sidePanel == .trace {
      let leaf = model.machine.tables.lookup(model.lane.selectedAddress)
      let bits = leaf.map { $0.flags.text($0.size) } ?? "no leaf"
      #expect(shown.contains(bits.oneLine), "\(place): the entry is not shown")
    }
  }

  private func check(_ model: Model, _ size: Size, _ name: String) {
    let caption = model.captionText
    guard let layout = model.layout(size, caption) else {
      Issue.record("\(name): no layout at \(size)")
      return
    }
    let canvas = screen(model, size: size, glyphs: .unicode)
    let part = (model.lesson?.part ?? 0) + 1
    let place = "\(name) at \(size), part \(part), \(model.timeline.moment)"
    if let caption, let area = layout.caption {
      let shown = canvas.words(in: area.inset(by: 1))
      let wanted = [caption.heading, caption.task?.text ?? "", caption.state] + caption.paragraphs
      for text in wanted { #expect(shown.contains(text.oneLine), "\(place): \(text)") }
    } else {
      #expect(caption == nil, "\(place): no room for the caption")
    }
    if let caption {
      checkPanels(caption.allText.joined(separator: " ").lowercased(), model, canvas, place)
    }
    for (area, name) in [(layout.header, "the first line"), (layout.sentence, "the sentence")] {
      let shown = canvas.words(in: area)
      #expect(!shown.contains("\u{2026}"), "\(place): \(name) is cut: \(shown)")
    }
    if let side = layout.side {
      let isEmpty = !canvas.words(in: side.inset(by: 1)).contains(where: \.isLetter)
      #expect(!isEmpty, "\(place): the panel beside the map is empty")
    }
    let isInside = model.timeline.moment.event > 0
    // Side by side each variant has a row.
    if model.notice == nil, !model.lanes.isComparing, isInside || model.lane.note == nil {
      let lengths: [CallWords.Length] = isInside ? [.whole] : [.whole, .brief]
      let sentences = lengths.map { model.lane.sentence(model.keymap, $0) }
      let shown = canvas.words(in: layout.sentence)
      #expect(sentences.contains { shown.contains($0.oneLine) }, "\(place): \(sentences[0])")
    }
    // Other panels may take the place of the trace.
    guard model.options.sidePanel == .trace, let area = layout.trace,
      let event = model.lane.currentEvent
    else { return }
    let line =
      switch event {
      // What a function was called with may be left out.
      case .entered(let function, _, _): function.name
      case .remedy(.entered(let function, _)): function.name
      default: event.sentence(.short)
      }
    #expect(canvas.words(in: area.inset(by: 1)).contains(line.oneLine), "\(place): \(line)")
  }
}

extension Canvas {
  /// The text of an area as one line.
  fileprivate func words(in area: Rect) -> String {
    var text = ""
    for y in area.y..<area.bottom {
      for x in area.x..<area.right { text.unicodeScalars.append(self[x, y].scalar) }
      text += " "
    }
    return text.oneLine
  }
}

extension String {
  /// The text without spaces, which are lost where lines are broken.
  fileprivate var oneLine: String { filter { !$0.isWhitespace } }
}
