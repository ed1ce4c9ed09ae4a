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
  ///
  /// `restore_large_pages()` of Kirill Shutemov's RFC of April 2020, `set_pte_adjust_nr_same_prot()` of
  /// Aaron Lu's of August 2022. The other two are a mail without code and a prototype.
  public var mergeFunction: String? {
    switch self {
    case .kirill2020: "restore_large_pages"
    case .aaronLu2022: "set_pte_adjust_nr_same_prot"
    default: nil
    }
  }
}
