enum FrameBenchmarks {
  static func frame() -> [Measurement] { [] }
}
