/// What a terminal can deliver.
public enum Input: Hashable, Sendable {
  /// A character that was typed.
  case character(Character)
  /// A key that types no character.
  case key(Key)
  /// A character typed with the control key held: a lower-case letter or one of `@ [ \ ] ^ _`.
  ///
  /// Ctrl-I, Ctrl-M and Ctrl-H cannot be distinguished from tab, enter and backspace, and arrive as
  /// these.
  case control(Character)
  /// The mouse.
  case mouse(Mouse)
  /// The terminal has another size.
  case resize(Size)
  /// The program was stopped and continues; the screen has been redrawn already.
  case resumed
  /// No input arrived within the given time.
  case timeout
  /// The terminal is gone; no more input will arrive.
  case end

  /// A key that types no character.
  public enum Key: Hashable, Sendable {
    /// The arrows.
    case up, down, left, right
    /// Ends a line, and zooms in.
    case enter
    /// Deletes to the left, and zooms out.
    case backspace
    /// Escape, pressed alone.
    case escape
    /// Tab, and tab with shift.
    case tab, backtab
    /// Home and End.
    case home, end
    /// Page Up and Page Down.
    case pageUp, pageDown
    /// The insert and delete keys.
    case insert, delete
    /// F1 and so on.
    case function(Int)
  }

  /// What the mouse did, and where.
  public struct Mouse: Hashable, Sendable {
    /// What the mouse did.
    public enum Action: String, CaseIterable, Sendable {
      /// A button went down.
      case left, middle, right
      /// The left button was pressed again at once, on the same cell.
      case double
      /// A button came up.
      case release
      /// The wheel turned.
      case wheelUp, wheelDown
    }

    /// What the mouse did.
    public var action: Action
    /// The cell it was on.
    public var position: Point

    /// Makes a report of the mouse.
    public init(_ action: Action, at position: Point) {
      self.action = action
      self.position = position
    }
  }
}
