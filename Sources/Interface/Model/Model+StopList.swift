import Keys
import Language
import Parsing
import Scenarios
import Screen

// The list of stops over the map.

extension Model {
  /// A key in the list of stops.
  mutating func receiveInStops(_ input: Input, _ action: Action?, _ index: Int) -> [Effect] {
    let items = stops.items
    let item = items.indices.contains(index) ? items[index] : nil
    switch (input, action) {
    case (.character("a"), _): edit(Stop?.none, number: 0)
    case (.character("d"), _), (.key(.delete), _):
      guard let item else { return [.bell] }
      _ = stops.remove(item.number)
      show(.stops(max(0, min(index, stops.items.count - 1))))
    case (.character(" "), _):
      guard let item else { return [.bell] }
      _ = stops.enable(item.number, !item.stop.isEnabled)
    case (_, .down): show(.stops(max(0, min(index + 1, items.count - 1))))
    case (_, .up): show(.stops(max(0, index - 1)))
    case (_, .first): show(.stops(0))
    case (_, .last): show(.stops(max(0, items.count - 1)))
    case (_, .zoomIn): edit(item?.stop, number: item?.number ?? 0)
    case (_, .close), (_, .cancel), (_, .stopList): layers.removeLast()
    case (_, .leave): return [.quit(0)]
    default: return [.bell]
    }
    return []
  }

  private mutating func show(_ layer: Layer) { layers[layers.count - 1] = layer }

  /// Opens a line with a stop, to change it; without one, to write one.
  private mutating func edit(_ stop: Stop?, number: Int) {
    var editor = LineEditor(.stop(number))
    editor.replace(with: stop?.scenarioText ?? "break ")
    layers.append(.line(editor))
  }

  /// Takes a line over into the list: under the number of an old stop, or as another one.
  mutating func takeStop(_ text: String, number: Int) -> String? {
    do throws(ParseError) {
      guard case .stop(let stop) = try Parser(file: ":").statement(ofLine: text)?.statement else {
        return "a line that begins with break or watch"
      }
      if number > 0 {
        stops.replace(number, with: stop)
      } else if stops.add(stop) == nil {
        return "there are \(StopList.countMax) stops already; delete some first"
      }
      return nil
    } catch {
      return "column \(error.location.column): \(error.reason)"
    }
  }
}
