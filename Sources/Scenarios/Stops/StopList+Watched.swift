public import Engine

extension StopList {
  /// The pages whose entries stops ask for, where there are any: a real kernel watches these.
  public func watchedPages(on machine: Machine) -> [VirtualAddress] {
    enabled.compactMap { item in
      guard case .entry(let region) = item.stop.condition else { return nil }
      return try? machine.address(of: region.target, 1)
    }
  }
}
