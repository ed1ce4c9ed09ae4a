import Screen
import Testing

struct InputTests {
  private let keys: [Input.Key] = [
    .up, .down, .left, .right, .enter, .backspace, .escape, .tab, .backtab, .home, .end, .pageUp,
    .pageDown, .insert, .delete, .function(1), .function(12), .function(63),
  ]

  private var inputs: [Input] {
    let others: [Input] = [
      .resize(Size(width: 80, height: 24)), .resize(Size(width: 1, height: 1)), .resumed, .timeout,
      .end, .mouse(Input.Mouse(.wheelUp, at: Point(x: 10, y: 4))),
      .mouse(Input.Mouse(.left, at: Point(x: 0, y: 0))), .character("é"), .character("漢"),
    ]
    return others + keys.map(Input.key)
      + (32..<127 as Range<UInt8>).map { .character(Character(Unicode.Scalar($0))) }
  }

  @Test func `every input reads back from its name`() {
    for input in inputs {
      #expect(Input(name: input.name) == input, "\(input.name)")
    }
    #expect(Set(inputs.map(\.name)).count == inputs.count)
  }

  @Test func `every control character reads back from its name`() {
    for value in 0..<32 as Range<UInt8> {
      let input = Input(typed: Character(Unicode.Scalar(value)))
      #expect(input != nil)
      if let input { #expect(Input(name: input.name) == input, "\(input.name)") }
    }
  }

  @Test func `names are the ones of help and key files`() {
    let names: [(Input, String)] = [
      (.control("r"), "C-r"), (.key(.enter), "Enter"), (.character("x"), "x"),
      (.character(" "), "Space"), (.key(.function(5)), "F5"), (.key(.backtab), "S-Tab"),
      (.resize(Size(width: 80, height: 24)), "Resize:80x24"),
      (.mouse(Input.Mouse(.left, at: Point(x: 10, y: 4))), "Mouse:left:10:4"),
    ]
    for (input, name) in names { #expect(input.name == name) }
  }

  @Test func `names of keys read in any case, and control as the terminal delivers it`() {
    #expect(Input(name: "enter") == .key(.enter))
    #expect(Input(name: "PAGEUP") == .key(.pageUp))
    #expect(Input(name: "f10") == .key(.function(10)))
    #expect(Input(name: "C-R") == .control("r"))
    #expect(Input(name: "c-m") == .key(.enter))
    #expect(Input(name: "C-i") == .key(.tab))
    #expect(Input(name: "C-[") == .key(.escape))
    #expect(Input(name: "C-Space") == .control("@"))
    #expect(Input(name: "X") == .character("X"))
    #expect(Input(name: "f") == .character("f"))
  }

  @Test func `what names no input is refused`() {
    let words = [
      "", "xy", "C-", "C-é", "C-1", "F0", "F64", "Fx", "Resize", "Resize:80", "Resize:-1x4",
      "Mouse:left:1", "Mouse:up:1:2", "Hyper-x", "C-rr",
    ]
    for word in words { #expect(Input(name: word) == nil, "\(word)") }
  }
}
