public import Engine

extension Machine {
  /// The runs of the direct map, up to the end of RAM.
  public var directMapLeaves: [LeafRun] {
    tables.runs(from: directMapRange.lowerBound, pages: memory.end - PFN(0))
  }
}

extension [LeafRun] {
  /// Moves the runs of a direct map to where a layout has it.
  public mutating func move(to layout: AddressLayout) {
    for index in indices {
      guard let pfn = AddressLayout.directMapFrame(of: self[index].start) else { continue }
      self[index].start = layout.directMapAddress(of: pfn)
    }
  }
}

/// Leaves by size, as in the tables.
public struct LeafCounts: Codable, Equatable, Sendable {
  /// Leaves of 4K.
  public var of4K: UInt64
  /// Leaves of 2M.
  public var of2M: UInt64
  /// Leaves of 1G.
  public var of1G: UInt64

  /// Creates counts.
  public init(of4K: UInt64 = 0, of2M: UInt64 = 0, of1G: UInt64 = 0) {
    self.of4K = of4K
    self.of2M = of2M
    self.of1G = of1G
  }

  /// Counts the leaves of a direct map.
  public init(_ machine: Machine) {
    self.init()
    for run in machine.directMapLeaves {
      switch run.size {
      case .size4K: of4K += run.leafCount
      case .size2M: of2M += run.leafCount
      case .size1G: of1G += run.leafCount
      case nil: break
      }
    }
  }

  enum CodingKeys: String, CodingKey {
    case of4K = "4K"
    case of2M = "2M"
    case of1G = "1G"
  }
}
