import Engine

extension ProcessCall {
  /// The call as a line of the scenario language.
  var scenarioText: String { switch self {} }

  /// How many pages the call names.
  var pages: PageCount { switch self {} }
}
