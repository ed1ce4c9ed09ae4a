/// What events have in common that say the same of another page: rows of one shape are folded.
///
/// Equal shapes tell the same, but for addresses and frames.
public struct EventShape: Hashable, Sendable {
  private var kind: UInt64
  private var detail: UInt64

  init(_ kind: Kind, _ detail: UInt64 = 0) {
    self.kind = UInt64(kind.rawValue)
    self.detail = detail
  }

  /// A shape of something that is no event, such as a function with its result.
  public init(tag: UInt64, _ detail: UInt64 = 0) {
    kind = tag &+ 256
    self.detail = detail
  }

  /// One word for both.
  private var word: UInt64 { Self.mix(kind, detail) }

  /// The shape of this one followed by another.
  public func followed(by other: EventShape) -> EventShape {
    var both = self
    both.detail = Self.mix(word, other.word)
    return both
  }

  static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    var value = (a ^ (b &+ 0x9e37_79b9_7f4a_7c15 &+ (a << 6) &+ (a >> 2)))
    value = (value ^ (value >> 31)) &* 0xbf58_476d_1ce4_e5b9
    return value ^ (value >> 29)
  }

  /// All kinds of events, the families flattened.
  enum Kind: UInt8 {
    case entered, asked, left, remedyEntered, remedyLeft, seenEntered, seenLeft, seenWrote,
      seenReached, mapped,
      unmapped, entryWritten
    case tableInstalled, tableBacked, tableFreed, tableTracked, kept, supply, counted, flushed
    case memoryTypeSet, areaAdded, areaFreed, areasPurged, systemRunning, stopped, kernelSetReadOnly
    // Decisions.
    case entryKept, entryChanged, holeSkipped, holeRefused, sameProtection, preserved, splitForced
    case splitPartial, splitProtected, bitsRefused, writableAndExecutable, aliasInDirectMap
    case aliasInHighMap, typeConflict, typeNotFreed, nothingChanged, collapseFailed, mergeWaits,
      mergeDone
    case collapseDone, policyDecision, memoryDecision, vmallocDecision
    case batched, mustFlush, gatherFull, pteHoleSkipped
    case pagesOnly, blocksAllowed, mappedApart, areaRefused, cannotSetDirectMap, mirrored
    case pastPageArray, notMirrored, walkerMetBlock, borderAligned, singlePage, nothingToSplit,
      splitBlock
    case dropCont, splitAllToPages
    // The page allocator.
    case unlisted, listed, relisted, retyped, allocated, released, handed, divided, handedOver
    case listedRun, ownerNamed, movedToNode, aged, scattered, queued, unqueued, freeFactor
    // Caches of policies.
    case pageAdded, pageTaken, pageIsolated, policyChange
    // Processes.
    case rangeMapped, rangeRemoved, gatherBegan, gathered, batchOpened, tlbFlushed
    case delayedRmapsRemoved, chunkFreed, batchesEmptied, gatherFinished, tablesGathered
    case tableBatchOpened, tableBatchFreed
    // The linear map.
    case cleared, tableAllocated, tableZeroed, tableCameZeroed, fixmapSet, fixmapCleared, filled
    case barriers, andSoOn, groupsAndSoOn
    case rewritten, splitToPages, splitCounted, contDropped, flushedRange, memoryAdded
  }
}
