import CTerminal
import Screen

extension Input {
  /// Converts what the C side read into the program's own input; nil for what has no meaning here.
  ///
  /// - Parameter takesPaste: whether what is pasted counts as typed; it is dropped elsewhere.
  init?(_ raw: terminal_input, takesPaste: Bool) {
    switch terminal_input_kind(rawValue: UInt32(raw.kind)) {
    case TERMINAL_CHARACTER:
      guard let scalar = Unicode.Scalar(raw.code) else { return nil }
      self.init(typed: Character(scalar))
    case TERMINAL_PASTED:
      guard takesPaste, let scalar = Unicode.Scalar(raw.code) else { return nil }
      self = .character(Character(scalar))
    case TERMINAL_KEY:
      guard let key = Key(raw.code) else { return nil }
      self = .key(key)
    case TERMINAL_MOUSE:
      let position = Point(x: Int(raw.x), y: Int(raw.y))
      self = .mouse(Mouse(Mouse.Action(raw.code), at: position))
    case TERMINAL_RESIZED:
      self = .resize(Size(width: Int(raw.x), height: Int(raw.y)))
    case TERMINAL_RESUMED: self = .resumed
    case TERMINAL_TIMED_OUT: self = .timeout
    default: self = .end
    }
  }
}

extension Input.Key {
  /// The key with a number of `terminal_key`.
  fileprivate init?(_ code: UInt32) {
    if code > TERMINAL_F0.rawValue {
      self = .function(Int(code - TERMINAL_F0.rawValue))
      return
    }
    switch terminal_key(rawValue: code) {
    case TERMINAL_UP: self = .up
    case TERMINAL_DOWN: self = .down
    case TERMINAL_LEFT: self = .left
    case TERMINAL_RIGHT: self = .right
    case TERMINAL_ENTER: self = .enter
    case TERMINAL_BACKSPACE: self = .backspace
    case TERMINAL_BACKTAB: self = .backtab
    case TERMINAL_HOME: self = .home
    case TERMINAL_END: self = .end
    case TERMINAL_PAGE_UP: self = .pageUp
    case TERMINAL_PAGE_DOWN: self = .pageDown
    case TERMINAL_INSERT: self = .insert
    case TERMINAL_DELETE: self = .delete
    default: return nil
    }
  }
}

extension Input.Mouse.Action {
  /// The action with a number of `terminal_mouse`.
  fileprivate init(_ code: UInt32) {
    self =
      switch terminal_mouse(rawValue: code) {
      case TERMINAL_LEFT_DOWN: .left
      case TERMINAL_LEFT_TWICE: .double
      case TERMINAL_MIDDLE_DOWN: .middle
      case TERMINAL_RIGHT_DOWN: .right
      case TERMINAL_WHEEL_UP: .wheelUp
      case TERMINAL_WHEEL_DOWN: .wheelDown
      default: .release
      }
  }
}
