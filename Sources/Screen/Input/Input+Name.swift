extension Input {
  /// The input's name in help, key files and scripts: `x`, `Space`, `Enter`, `F5`, `C-r`,
  /// `Resize:80x24`, `Mouse:left:10:4`.
  public var name: String {
    switch self {
    case .character(" "): "Space"
    case .character(let character): String(character)
    case .key(let key): key.name
    case .control(let character): "C-\(character)"
    case .mouse(let mouse):
      "Mouse:\(mouse.action.rawValue):\(mouse.position.x):\(mouse.position.y)"
    case .resize(let size): "Resize:\(size)"
    case .resumed: "Resumed"
    case .timeout: "Timeout"
    case .end: "HangUp"
    }
  }

  /// Reads what ``name`` writes; names of keys in any case.
  ///
  /// Ctrl with a letter reads as what a terminal delivers: `C-m` is Enter, `C-R` is `C-r`.
  public init?(name: String) {
    if let character = name.first, name.count == 1 {
      guard let input = Input(typed: character) else { return nil }
      self = input
      return
    }
    let lower = name.lowercased()
    if lower.hasPrefix("c-"), let character = lower.last, lower.count == 3 {
      guard let input = Input(control: character) else { return nil }
      self = input
    } else if let key = Key(lowercasedName: lower) {
      self = .key(key)
    } else {
      switch lower {
      case "space": self = .character(" ")
      case "c-space": self = .control("@")
      case "resumed": self = .resumed
      case "timeout": self = .timeout
      case "hangup": self = .end
      default:
        guard let input = Input(parts: name.split(separator: ":")) else { return nil }
        self = input
      }
    }
  }

  /// The meaning of a character as it comes from a terminal, control characters included.
  public init?(typed character: Character) {
    guard let scalar = character.unicodeScalars.first, scalar.value < 32 || scalar.value == 127
    else {
      self = .character(character)
      return
    }
    switch scalar.value {
    case 8, 127: self = .key(.backspace)
    case 9: self = .key(.tab)
    case 13: self = .key(.enter)
    case 27: self = .key(.escape)
    default:
      guard let letter = Unicode.Scalar(scalar.value + 64) else { return nil }
      self = .control(Character(Character(letter).lowercased()))
    }
  }

  private init?(control character: Character) {
    guard let value = character.uppercased().unicodeScalars.first?.value,
      (64..<96).contains(value), let scalar = Unicode.Scalar(value - 64)
    else { return nil }
    self.init(typed: Character(scalar))
  }

  private init?(parts: [Substring]) {
    switch (parts.first?.lowercased(), parts.count) {
    case ("resize", 2):
      guard let size = Size(parts[1]) else { return nil }
      self = .resize(size)
    case ("mouse", 4):
      guard let action = Mouse.Action(rawValue: String(parts[1])), let x = Int(parts[2]),
        let y = Int(parts[3])
      else { return nil }
      self = .mouse(Mouse(action, at: Point(x: x, y: y)))
    default: return nil
    }
  }
}

extension Input.Key {
  /// The name of the key.
  public var name: String {
    if case .function(let number) = self { return "F\(number)" }
    return Self.names.first { $0.0 == self }?.1 ?? ""
  }

  /// Reads what ``name`` writes, given in lower case.
  init?(lowercasedName: String) {
    if let key = Self.names.first(where: { $0.1.lowercased() == lowercasedName })?.0 {
      self = key
      return
    }
    guard lowercasedName.hasPrefix("f"), let number = Int(lowercasedName.dropFirst()),
      (1...63).contains(number)
    else { return nil }
    self = .function(number)
  }

  /// Every key that has one name; the function keys are numbered.
  static let names: [(Input.Key, String)] = [
    (.up, "Up"), (.down, "Down"), (.left, "Left"), (.right, "Right"), (.enter, "Enter"),
    (.backspace, "Backspace"), (.escape, "Esc"), (.tab, "Tab"), (.backtab, "S-Tab"),
    (.home, "Home"), (.end, "End"), (.pageUp, "PageUp"), (.pageDown, "PageDown"),
    (.insert, "Insert"), (.delete, "Delete"),
  ]
}
