public import History

/// What was seen of a running kernel at once.
public struct Sighting: Equatable, Sendable {
  /// Which look it was: each has another number.
  public var number: UInt64
  /// What changed on the map; `nil` if nothing did.
  public var observation: Observation?
  /// Who asked for what so far, the most expensive first, in lines.
  public var causes: [String]

  /// Creates a sighting.
  public init(number: UInt64, observation: Observation?, causes: [String]) {
    self.number = number
    self.observation = observation
    self.causes = causes
  }

  /// Whether both are the same look.
  public static func == (a: Sighting, b: Sighting) -> Bool { a.number == b.number }
}

extension Model {
  /// Adds what was seen at the end of the lane of observed steps. Who stands at the end sees it happen; who
  /// has gone back stays there. Where the simulation goes on with the map, it is not shown.
  mutating func see(_ sighting: Sighting) {
    files.causes = sighting.causes
    refreshCauses()
    guard let observation = sighting.observation, lane.source.isMap else { return }
    let moment = timeline.moment
    guard moment != timeline.end else {
      let before = timeline.machine
      timeline.observe(observation)
      lane.arrive(from: before, follows: options.followsChanges)
      lane.isFlashing = true
      return
    }
    timeline.go(to: timeline.end)
    timeline.observe(observation)
    timeline.go(to: moment)
  }

  /// Shows who asked for what, the most expensive first.
  mutating func showCauses() {
    guard !files.causes.isEmpty else {
      return say("who asked for what is told by directmap watch, with tracefs", .failed)
    }
    layers.append(.report(Report(title: Self.causesTitle, lines: files.causes)))
  }

  private static var causesTitle: String { "who split what, by cost" }

  /// Keeps the list up to date while it is read.
  private mutating func refreshCauses() {
    for (index, layer) in layers.enumerated() {
      guard case .report(var report) = layer, report.title == Self.causesTitle else { continue }
      report.lines = files.causes
      layers[index] = .report(report)
    }
  }
}
