/// What users that are not simulated left a page of the linear map as.
public enum SettledPage: Equatable, Sendable {
  /// Read-only: a page of a read-only area, by `change_memory_common()`.
  case readOnly
  /// As boot made it.
  case ordinary
  /// Invalid: a free object of KFENCE, by `kfence_protect_page()`.
  case invalid
}

extension Machine {
  /// Changes pages of arm64's linear map one by one, with all that this splits, as a running system did
  /// whose users are not simulated: which frames they got is known from a recording alone.
  public mutating func settle(_ frames: Range<PFN>, as state: SettledPage) {
    var sink = EventListener.silent
    for frame in frames.lowerBound.rawValue..<frames.upperBound.rawValue {
      let address = directMapAddress(of: PFN(frame))
      switch state {
      case .readOnly: _ = updateRange(address, 1, set: [], clear: .writable, &sink)
      case .ordinary: _ = updateRange(address, 1, set: [.present, .writable], clear: [], &sink)
      case .invalid: _ = updateRange(address, 1, set: [], clear: .present, &sink)
      }
    }
  }
}
