import Engine

extension ProcessCall {
  /// The call as a line of the scenario language.
  var scenarioText: String {
    switch self {
    case .mmap(let name, let pages, let order, let traits, let place):
      "mmap \(name) \(pages.rawValue)" + (order == 0 ? "" : " order \(order)")
        + (traits.contains(.file) ? " file" : "") + (traits.contains(.dirty) ? " dirty" : "")
        + (place.map { " at \($0.hex)" } ?? "")
    case .zap(let name, let part): "zap \(name)" + (part?.scenarioText ?? "")
    case .munmap(let name): "munmap \(name)"
    case .exitMmap: "exit_mmap"
    }
  }

  /// How many pages the call names, for a judgement of how many events it has: none, as what is alike
  /// happens in one event.
  var pages: PageCount { 0 }
}

extension ProcessCall.Part {
  /// The part behind the name of its range.
  fileprivate var scenarioText: String {
    (first == 0 ? "" : "+\(first.rawValue)") + (count.map { " \($0.rawValue)" } ?? "")
  }
}
