public import Engine
public import History
import Language

extension StopList {
  /// The pages whose entries stops ask for, where there are any, and the functions: a real kernel watches
  /// these.
  public func watched(on machine: Machine) -> WatchedKernel {
    var watched = WatchedKernel()
    for item in enabled {
      switch item.stop.condition {
      case .entry(let region):
        if let address = try? machine.address(of: region.target, 1) {
          watched.pages.append(address)
        }
      case .function(let name): watched.functions.append(name)
      case .split, .merge, .nearMerge, .fallback, .flushFull, .call, .expression, .reading, .drift,
        .invariant:
        break
      }
    }
    return watched
  }
}
