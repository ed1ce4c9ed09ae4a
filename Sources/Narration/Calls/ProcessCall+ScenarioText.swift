import Engine

extension ProcessCall {
  /// The call's command in the scenario language.
  var name: String {
    switch self {
    case .mmap: "mmap"
    case .zap: "zap"
    case .munmap: "munmap"
    case .exitMmap: "exit_mmap"
    }
  }

  /// What follows the command in a line.
  var operandText: String {
    switch self {
    case .mmap(let name, let pages, let order, let traits, let place):
      "\(name) \(pages.rawValue)" + (order == 0 ? "" : " order \(order)")
        + (traits.contains(.file) ? " file" : "") + (traits.contains(.dirty) ? " dirty" : "")
        + (place.map { " at \($0.hex)" } ?? "")
    case .zap(let name, let part): "\(name)" + (part?.scenarioText ?? "")
    case .munmap(let name, let part): "\(name)" + (part?.scenarioText ?? "")
    case .exitMmap: ""
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
