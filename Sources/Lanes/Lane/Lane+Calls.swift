import Engine

// What a call by key acts on.

extension Lane {
  /// The area that shows the selected page, and which of its pages does.
  public var alias: AreaPage? {
    machine.areas.live.lazy.compactMap { AreaPage(of: place.selection, in: $0, machine) }.first
  }

  /// Where a call by key goes.
  public var target: Call.Target {
    if place.space != .direct {
      guard let area = machine.areas.area(at: place.elsewhere) else {
        return .virtual(place.elsewhere)
      }
      return .area(area.name, page: place.elsewhere - area.start)
    }
    if place.aimsAtArea, let alias { return .area(alias.area.name, page: alias.page) }
    return .frame(place.selection)
  }

  /// The first of `a1`, `a2` and so on that no area has.
  package var freeAreaName: Name? {
    for number in 1...(machine.areas.live.count + 1) {
      if let name = Name("a\(number)"), machine.areas.area(named: name) == nil { return name }
    }
    return nil
  }
}
