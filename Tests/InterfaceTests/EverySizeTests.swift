import Engine
import Interface
import Screen
import Testing
import Views

struct EverySizeTests {
  @Test(arguments: [Glyphs.unicode, .ascii])
  func `every size composes`(glyphs: Glyphs) throws {
    var models = [try bootedModel()]
    var model = try bootedModel()
    model.press("1 6 r 4 a P < 5 .")
    models.append(model)
    model.press("?")
    models.append(model)
    model.press("Esc i")
    models.append(model)
    model.press("Esc :")
    model.type("set_memory_rx pfn:0x140000")
    model.press("Enter")
    models.append(model)
    model.press("Esc q")
    models.append(model)
    model.press("Esc v v")
    models.append(model)
    model.press("v")
    models.append(model)
    var compared = try comparedModel(bugScenario, [.hyeyooCount2022], [.aaronLu2022])
    compared.press("$ . r")
    models.append(compared)
    compared.press("e v v < .")
    models.append(compared)
    for width in [1, 2, 3, 20, 35, 36, 37, 57, 73, 80, 101, 102, 119, 120, 165, 200, 204, 300] {
      for height in [1, 2, 3, 20, 21, 22, 23, 24, 31, 32, 34, 40, 60, 77, 100] {
        for model in models {
          let canvas = screen(model, size: Size(width: width, height: height), glyphs: glyphs)
          #expect(canvas.cells.count == width * height)
        }
      }
    }
  }

  @Test func `a terminal that is too small says what is needed`() throws {
    let model = try bootedModel()
    let canvas = screen(model, size: Size(width: 30, height: 10), glyphs: .unicode)
    #expect(canvas.text(planes: [.characters]).contains("30x10, needs 36x21"))
  }

  @Test func `ASCII screens hold nothing but ASCII`() throws {
    var model = try bootedModel()
    model.press("r")
    var models = [model]
    model.press("?")
    models.append(model)
    var compared = try comparedModel(bugScenario, [.hyeyooCount2022], [.hyeyooBitmap2022])
    compared.press("$")
    for _ in 0..<4 {
      models.append(compared)
      compared.press("e v")
    }
    for model in models { expectASCII(model) }
  }

  private func expectASCII(_ model: Model) {
    for size in goldenSizes {
      let canvas = screen(model, size: size, glyphs: .ascii)
      #expect(canvas.cells.allSatisfy { $0.scalar.isASCII })
    }
  }
}
