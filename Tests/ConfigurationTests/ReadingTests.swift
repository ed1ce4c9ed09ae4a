import Configuration
import Engine
import Interface
import Keys
import Lanes
import Screen
import Testing

struct ReadingTests {
  private func read(_ text: String) -> (Configuration, [String]) {
    let (configuration, problems) = Configuration.read(Array(text.utf8), file: "c.toml")
    return (configuration, problems.map(\.description))
  }

  @Test func `an empty file leaves all as it is`() {
    let (configuration, problems) = read("")
    #expect(problems.isEmpty)
    #expect(configuration == Configuration())
    #expect(configuration.keymap == .standard)
  }

  @Test func `every setting of the screen arrives, with its line`() {
    let (configuration, problems) = read(
      """
      [screen]
      theme = "light"
      colors = 8
      glyphs = "ascii"
      mouse = true
      letters = true
      follow = false
      panel = "memory"
      speed = 9
      overlay = "pages"
      caption-size = 3
      """)
    #expect(problems.isEmpty)
    #expect(configuration.theme == Setting("light", from: .line(2, file: "c.toml")))
    #expect(configuration.colors == Setting(.eight, from: .line(3, file: "c.toml")))
    #expect(configuration.glyphs.value == .ascii)
    #expect(configuration.letters.value == .always)
    #expect(configuration.speed == Setting(9, from: .line(9, file: "c.toml")))
    let options = configuration.viewOptions
    #expect(options.theme == .light)
    #expect(options.usesMouse && options.showsLetters && !options.followsChanges)
    #expect(options.sidePanel == .memory)
    #expect(configuration.overlay == Setting(.pages, from: .line(10, file: "c.toml")))
    #expect(options.overlay == .pages)
    #expect(options.captionSize == .wide && options.bandsCaptions)
  }

  // MARK: - Keys

  @Test func `keys can be given, taken from others and taken away`() throws {
    let (configuration, problems) = read(
      """
      [keys]
      next-event = ["n", "F8"]
      set_memory_ro = "C-r"
      leave = []
      """)
    #expect(problems.isEmpty)
    let keymap = configuration.keymap
    #expect(keymap[.character("n")] == .nextEvent)
    #expect(keymap[.key(.function(8))] == .nextEvent)
    #expect(keymap[.character(".")] == nil)
    #expect(keymap[.control("r")] == .setMemory(.ro))
    #expect(keymap[.character("r")] == nil)
    #expect(keymap[.character("Q")] == nil)
    #expect(keymap.binding(of: .redo)?.inputs == [])
    #expect(keymap.binding(of: .nextChange)?.inputs == [])
    #expect(configuration.keyOrigins["redo"] == .line(3, file: "c.toml"))
    #expect(keymap.key(.redo) == "<redo>")
  }

  @Test func `a key for two actions is told with both, and the first has it`() {
    let (configuration, problems) = read("[keys]\nundo = \"Z\"\nredo = [\"Z\", \"W\"]\n")
    #expect(
      problems == [
        "c.toml:3: 'Z' is given to undo on line 2 and to redo here; undo has it; choose another key "
          + "for one of them"
      ])
    #expect(configuration.keymap[.character("Z")] == .undo)
    #expect(configuration.keymap[.character("W")] == .redo)
  }

  @Test func `a way out of the program always stays`() {
    let (configuration, problems) = read(
      "[keys]\nclose = []\nleave = []\ninterrupt = []\nundo = \"C-c\"\n")
    #expect(problems.count == 1)
    #expect(problems.first?.contains("no key is left that ends the program") == true)
    #expect(configuration.keymap[.control("c")] == .interrupt)
    #expect(configuration.keymap.hasWayOut)
  }

  @Test func `every action has a name of its own, and every name is found`() {
    let names = Keymap.standard.bindings.map(\.action.name)
    #expect(Set(names).count == names.count)
    for binding in Keymap.standard.bindings {
      let isPlain = binding.action.name.utf8.allSatisfy {
        ($0 >= 0x61 && $0 <= 0x7a) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2d || $0 == 0x5f
      }
      #expect(isPlain, "\(binding.action.name)")
      #expect(Keymap.standard.action(named: binding.action.name) == binding.action)
    }
  }

  // MARK: - Themes

  @Test func `a theme of one's own changes what it names`() throws {
    let (configuration, problems) = read(
      """
      [screen]
      theme = "mine"
      [themes.mine]
      base = "light"
      text = "#0000ff"
      hole = 250
      rw-nx = { ink = 208, ink16 = 9, ink8 = 1, paper = 17, bold = true }
      ro-nx = { ink = "default", underline = false }
      """)
    #expect(problems.isEmpty)
    let theme = configuration.chosenTheme
    #expect(theme.name == "mine" && theme.paper == .light)
    #expect(theme.style(.text).foreground.index256 == 21)
    #expect(theme.style(.hole).foreground.index256 == 250)
    let style = theme.style(.rwNX)
    #expect(style.foreground == Color(208, 9, 1))
    #expect(style.background.index256 == 17)
    #expect(style.attributes == .bold && style.attributesMonochrome.contains(.bold))
    #expect(theme.style(.roNX).foreground.isTerminalDefault)
    #expect(!theme.style(.roNX).attributesMonochrome.contains(.underline))
    #expect(theme.style(.roX) == Theme.light.style(.roX))
    #expect(configuration.viewOptions.themes.last == theme)
  }

  // MARK: - What is wrong

  @Test(arguments: [
    ("[screen]\ntheme = \"ligth\"", 2, "did you mean 'light'?"),
    ("[screen]\ntheme = 3", 2, "write \"light\""),
    ("[screen]\ncolors = 1000", 2, "there are auto, 256, 16, 8, none"),
    ("[screen]\nmouse = 1", 2, "write true or false"),
    ("[screen]\nspeed = 10", 2, "write a number from 1 to 9"),
    ("[screen]\nspeed = 1.5", 2, "write a number from 1 to 9"),
    ("[screen]\npannel = \"why\"", 2, "did you mean 'panel'?"),
    ("[screen.inner]\nx = 1", 2, "write inner = VALUE below [screen]"),
    ("screen = 1", 1, "below [screen]"),
    ("[scren]\ntheme = \"dark\"", 1, "did you mean 'screen'?"),
    ("thme = 1", 1, "there are [keys], [screen], [themes]"),
    ("[keys]\nnxt-event = \"n\"", 2, "did you mean 'next-event'?"),
    ("[keys]\nundo = 1", 2, "write \"KEY\""),
    ("[keys]\nundo = [1]", 2, "write its name in quotes"),
    ("[keys]\nundo = \"Entre\"", 2, "keys are single characters"),
    ("[keys]\nundo = \"5\"", 2, "digits make counts"),
    ("[keys]\nundo = \"Timeout\"", 2, "it is no key"),
    ("[keys]\nundo = \"Mouse:left:1:1\"", 2, "the mouse has no bindings"),
    ("[keys]\nundo.x = \"z\"", 2, "below [keys]"),
    ("[themes.x]\nbase = \"darkk\"", 2, "did you mean 'dark'?"),
    ("[themes.x]\nbase = 1", 2, "write \"dark\""),
    ("[themes.x]\nbordr = 1", 2, "did you mean 'border'?"),
    ("[themes.x]\ntext = 256", 2, "from 0 to 255"),
    ("[themes.x]\ntext = \"#12345\"", 2, "from 0 to 255"),
    ("[themes.x]\ntext = \"#+12345\"", 2, "from 0 to 255"),
    ("[themes.x]\ntext = { ink16 = 16 }", 2, "from 0 to 15"),
    ("[themes.x]\ntext = { blod = true }", 2, "did you mean 'bold'?"),
    ("[themes.x]\ntext = { bold = 1 }", 2, "write true or false"),
    ("[themes.x]\ntext = { ink.a = 1 }", 2, "write text = { ink = 208 }"),
    ("[themes.light]\ntext = 1", 1, "choose another name"),
    ("[themes]\nx = 1", 2, "below [themes.NAME]"),
  ])
  func `what cannot be used is told with its line and a way out, and the rest counts`(
    text: String, line: Int, wayOut: String,
  ) {
    let (configuration, problems) = read(
      text + "\n[screen]\nfollow = false\n".replacingIfTwice(text))
    #expect(problems.count == 1, "\(problems)")
    #expect(problems.first?.hasPrefix("c.toml:\(line): ") == true, "\(problems)")
    #expect(problems.first?.contains(wayOut) == true, "\(problems)")
    #expect(configuration.follow.value == false)
  }

  @Test func `a file that is too long is not used, and many problems are counted`() {
    let long = [UInt8](repeating: 0x20, count: Configuration.sizeLimitBytes + 1)
    let (configuration, problems) = Configuration.read(long, file: "c.toml")
    #expect(configuration == Configuration())
    #expect(problems.map(\.description).first?.contains("longer than 1 MiB") == true)
    let (other, many) = read(
      String(repeating: "nonsense\n", count: 500) + "[screen]\nspeed = 2\n")
    #expect(many.count == Configuration.problemLimit + 1)
    #expect(many.last?.contains("400 more problems") == true)
    #expect(other.speed.value == 2)
  }
}

extension String {
  /// The text without a heading that another one has already.
  fileprivate func replacingIfTwice(_ text: String) -> String {
    text.hasPrefix("[screen]\n") ? "\n" + dropFirst("\n[screen]\n".count) : self
  }
}
