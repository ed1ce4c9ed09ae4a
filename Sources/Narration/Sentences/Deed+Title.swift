public import History

extension Deed {
  /// What was done, in a line: a call as the language writes it, or what the observer called it.
  public var title: String {
    switch self {
    case .call(let call): call.scenarioText
    case .observed(let observation): observation.call?.scenarioText ?? observation.title
    }
  }
}
