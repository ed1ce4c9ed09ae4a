public import History
import Lanes

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
  /// has gone back stays there. Where the simulation goes on with the map, it waits until the map is shown
  /// again.
  mutating func see(_ sighting: Sighting) {
    files.causes = sighting.causes
    refreshCauses()
    if let observation = sighting.observation { files.unshown.append(observation) }
    guard lane.source.isMap, !files.unshown.isEmpty else { return }
    let unshown = files.unshown
    files.unshown = []
    let moment = timeline.moment
    let isAtEnd = moment == timeline.end
    timeline.go(to: timeline.end)
    var before = timeline.machine
    for observation in unshown {
      before = timeline.machine
      timeline.observe(observation)
    }
    guard isAtEnd else {
      timeline.go(to: moment)
      return
    }
    lane.arrive(from: before, follows: options.followsChanges)
    lane.isFlashing = true
  }

  /// Shows who asked for what, the most expensive first.
  mutating func showCauses() {
    guard !files.causes.isEmpty else {
      return say("directmap watch shows who requested what, with tracefs", .failed)
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
