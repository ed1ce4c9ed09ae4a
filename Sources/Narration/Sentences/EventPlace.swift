import Engine
public import History

/// Where in a call an event stands: what it takes to tell the rule behind it with its numbers.
public struct EventPlace: Equatable, Sendable {
  /// The innermost kernel function under way; `nil` for none.
  public var function: KernelFunction?
  /// The innermost function of a remedy, if it was entered behind that one.
  public var remedy: RemedyFunction?
  /// The pages that function was given.
  public var pages: PageCount
  /// What the request under way asks for, if that is known.
  public var masks: RequestMasks?
  /// The policy whose rule is at work, if one's is.
  public var policy: PolicyName?
  /// Whether the request came to another mapping of its pages before.
  public var visitedAlias: Bool
  /// The kernel version.
  public var kernel: KernelProfile
  /// The rules that are on, whose lines are told.
  public var rules: [Rule] = []
  /// The function of a real kernel that the event is about.
  public var seen: SeenFunction?

  /// Creates a place.
  public init(
    function: KernelFunction? = nil, pages: PageCount = 0, masks: RequestMasks? = nil,
    policy: PolicyName? = nil, visitedAlias: Bool = false, kernel: KernelProfile,
  ) {
    self.function = function
    self.pages = pages
    self.masks = masks
    self.policy = policy
    self.visitedAlias = visitedAlias
    self.kernel = kernel
  }
}

extension Event {
  /// The rule behind the event in plain English, with the numbers of this case; where no rule is
  /// applied, what the event does.
  public func rule(at place: EventPlace) -> String {
    if case .entered(let function, let address, let pages) = self {
      return function.purpose(address, pages, place.masks)
    }
    if case .remedy(.entered(let function, let argument)) = self {
      return function.purpose(argument)
    }
    if case .seen(let step) = self, let seen = place.seen { return seen.sentence(step) }
    if case .flushed(let flush) = self { return flush.rule(at: place) ?? sentence() }
    if case .decided(.policy(.ruleRan)) = self { return sentence(by: place.rules) }
    if case .decided(.aliasInDirectMap) = self { return sentence() + Self.crossing(place) }
    if case .decided(.collapseFailed(_, .size1G, _)) = self, place.policy == nil {
      return sentence() + " (Tried only where 4K just became 2M.)"
    }
    return sentence()
  }

  /// Which bits go along to the direct map.
  private static func crossing(_ place: EventPlace) -> String {
    guard let masks = place.masks, masks.set.union(masks.clear).contains(.nx),
      place.kernel.aliasNX == .stripped
    else { return "" }
    let rest = masks.set.union(masks.clear).subtracting(.nx)
    return rest.isEmpty
      ? " But NX stays out of it, and nothing else is asked for."
      : " \(rest.text(.size4K)) cross over, NX does not."
  }

  /// Where the rule stands in the source: its function and the kernel version, or the policy.
  public func source(at place: EventPlace) -> String? {
    if case .decided(.policy(.ruleRan(let ran))) = self { return ran.place(in: place.rules) }
    if let policy = place.policy {
      return policy.mergeFunction.map { "\($0)(), \(policy.rawValue)" } ?? policy.rawValue
    }
    var function = place.function
    switch self {
    case .entered(let entered, _, _): function = entered
    case .remedy(.entered(let function, _)), .remedy(.left(let function, _)):
      return function.source(place.kernel)
    case .seen: return place.seen?.source
    case .decided(.policy), .policy: return place.remedy?.source(place.kernel)
    case .decided(.vmalloc(let decision)): return decision.source(place.kernel)
    case .memory(.handed(let handover)):
      return place.remedy?.source(place.kernel) ?? handover.cache.rawValue
    case .decided(.memory), .memory: return "mm/page_alloc.c, \(place.kernel.version)"
    case .decided(let decision): function = decision.function ?? function
    case .entryWritten, .tableInstalled, .tableBacked, .tableFreed, .flushed, .left, .asked: break
    case .process: return "mm/mmu_gather.c, \(place.kernel.version)"
    case .mapped, .unmapped, .tableTracked, .kept, .supply, .counted, .memoryTypeSet,
      .vmalloc, .systemRunning, .stopped, .kernelSetReadOnly,
      .linearMap:
      return nil
    }
    guard let function else { return nil }
    let name = function == .shouldSplitLargePage ? "__\(function.name)" : function.name
    return "\(name)(), \(place.kernel.version)"
  }
}

extension RemedyFunction {
  /// Where it stands: in the patch of a policy, or in the kernel.
  fileprivate func source(_ kernel: KernelProfile) -> String {
    "\(name)(), \(policy?.rawValue ?? kernel.version)"
  }
}

extension KernelProfile {
  /// The version alone: `7.2`.
  var version: String {
    name.hasPrefix("linux-") ? String(name.dropFirst("linux-".count)) : name
  }
}

extension Flush {
  /// Why it is this flush and no other; `nil` where there is no choice.
  fileprivate func rule(at place: EventPlace) -> String? {
    let ceiling = Machine.singlePageFlushCeiling.rawValue
    switch (self, place.function) {
    case (.pages(let pages), .cpaFlush?):
      return "\(pages.words), not above tlb_single_page_flush_ceiling \(ceiling): each CPU forgets "
        + "\(pages == 1 ? "it alone" : "them one by one")."
    case (.all, .cpaFlush?):
      return place.pages.rawValue > ceiling
        ? "\(place.pages.words) > tlb_single_page_flush_ceiling \(ceiling): every CPU forgets everything."
        : place.visitedAlias
          ? "Another mapping of the pages was visited: whatever the count of \(place.pages.rawValue), "
            + "every CPU forgets everything."
          : "Tables went, so every CPU forgets everything."
    case (.all, .cpaCollapseLargePages?):
      return "Tables went: every CPU forgets everything before their pages are freed."
    case (.all, .splitLargePage?):
      return "Every split ends like this: flush_tlb_all empties the TLB of every CPU."
    case (.kernelRange(let pages), _) where pages.rawValue > ceiling:
      return
        "\(pages.words) > tlb_single_page_flush_ceiling \(ceiling): flush_tlb_kernel_range empties the "
        + "TLB."
    case (.kernelRangeToEnd, .cpaFlush?):
      return
        "Another mapping of the pages was visited: the range ends at TLB_FLUSH_ALL, and every CPU forgets "
        + "everything."
    default: return nil
    }
  }
}
