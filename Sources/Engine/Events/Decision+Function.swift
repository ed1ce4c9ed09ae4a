extension Decision {
  /// The kernel function that makes the decision; `nil` for what policies and the page allocator
  /// decide.
  public var function: KernelFunction? {
    switch self {
    case .entryKept, .entryChanged: .changePageAttr
    case .holeSkipped, .holeRefused: .cpaProcessFault
    case .sameProtection, .preserved, .splitForced, .splitPartial, .splitProtected:
      .shouldSplitLargePage
    case .bitsRefused: .staticProtections
    case .writableAndExecutable: .verifyRWX
    case .aliasInDirectMap, .aliasInHighMap: .cpaProcessAlias
    case .typeConflict: .memtypeReserve
    case .typeNotFreed: .memtypeFree
    case .nothingChanged: .changePageAttrSetClr
    case .collapseFailed(_, let size, _), .collapseDone(_, let size):
      size == .size1G ? .collapsePUDPage : .collapsePMDPage
    case .process(let decision): decision.function
    case .linearMap(let decision): decision.function
    case .mergeWaits, .mergeDone, .policy, .memory, .vmalloc: nil
    }
  }
}

extension PolicyName {
  /// The function of the policy's patch that looks whether a table can go, where it has a name.
  public var mergeFunction: String? {
    policy.mergeFunction
  }

  /// Whether the policy counts entries that change, or splits: its code runs at each step of the walk.
  public var followsEntries: Bool { policy.hooks.contains(.entries) }

  /// Whether the policy looks at a request's range before its flush.
  public var followsFlushes: Bool { policy.hooks.contains(.flushes) }
}
