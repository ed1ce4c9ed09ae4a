public import Language
public import Screen

/// What can happen to the screen.
public enum Message: Equatable, Sendable {
  /// The terminal delivered something.
  case input(Input)
  /// The terminal cannot report the mouse that was asked for.
  case noMouse
  /// What ``Effect/save(path:text:replacing:command:)`` came to.
  case saved(SaveOutcome)
  /// What recording the screen came to, or what put an end to it.
  case recording(RecordingOutcome)
  /// Something was seen of a running kernel.
  case seen(Sighting)
  /// A presenter carries out a line of a script.
  case perform(LocatedStatement)
  /// Time goes on by itself, up to the end.
  case play
  /// The time asked for by ``Effect/tick(afterMilliseconds:)`` is over.
  case tick
}

/// A file that the screen asked to be written, and what it is.
struct Writing: Equatable, Sendable {
  var path: String
  var what: String
}

/// What the screen asks of the program around it.
public enum Effect: Equatable, Sendable {
  /// The end, with this status.
  case quit(Int32)
  /// To stop as Ctrl-Z does.
  case suspend
  /// To paint everything again.
  case redraw
  /// To listen to the mouse, or no more.
  case mouse(Bool)
  /// To save a text to a file, as this command says, and to send ``Message/saved(_:)``. The command
  /// with an exclamation mark replaces any file.
  case save(path: String, text: String, replacing: Replacing, command: String)
  /// To open a file.
  case open(path: String)
  /// To record what is shown from here on, to a file or to one whose name is free, and to send
  /// ``Message/recording(_:)``. Whether any file of the name may go; else one that can be made again.
  case startRecording(path: String?, replaces: Bool)
  /// To record no more, and to send the same.
  case stopRecording
  /// To ring.
  case bell
  /// To send one ``Message/tick`` so much later, in place of any asked for before.
  case tick(afterMilliseconds: Int)
  /// To send no tick.
  case noTick
}
