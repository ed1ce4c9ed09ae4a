import History

// Commands that go through time.

extension ScreenCommand {
  static var travelling: [ScreenCommand] { [] }
  static var branching: [ScreenCommand] { [] }
  static var stopping: [ScreenCommand] { [] }
  static var asking: [ScreenCommand] { [] }
}
