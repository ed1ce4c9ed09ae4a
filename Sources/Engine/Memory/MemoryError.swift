/// Why a page cannot be taken or given back. The memory is as it was.
public enum MemoryError: Error, Equatable, Sendable {
  /// Orders are 0 to 10.
  case badOrder(Int)
  /// The frame is not a multiple of the block's pages.
  case misaligned(PFN, order: Int)
  /// The frame is no RAM.
  case noRAM(PFN)
  /// Boot keeps the page.
  case reserved(PFN)
  /// The page is off the lists and owned by nobody: some call is about to take it or to give it back.
  case unowned(PFN)
  /// The page is free already, as part of this block.
  case alreadyFree(PFN, PageState.Block)
  /// The page is part of a block of another place or order.
  case wrongBlock(PFN, order: Int, allocated: PageState.Block)
  /// There is no such node.
  case noSuchNode(Int, nodes: Int)
  /// The node has no memory, and no other may serve.
  case nodeWithoutMemory(Int)
  /// Nobody of this name holds pages.
  case unknownOwner(Name)
  /// Somebody of this name holds pages already.
  case ownerExists(Name)
  /// The machine came from a recording, which does not tell who holds which page.
  case unknownMemory
  /// This many pages or operations are more than one call may have.
  case tooMany(UInt64, limit: UInt64)
  /// A share in percent is 0 to 100.
  case badPercentage(Int)
}

extension MemoryError: CustomStringConvertible {
  /// The reason and the way out, in one line.
  public var description: String {
    switch self {
    case .badOrder(let order): "\(order) is no order; blocks have orders 0 (4K) to 10 (4M)"
    case .misaligned(let pfn, let order):
      "no block of order \(order) begins at pfn \(pfn.hex); begin at a multiple of "
        + "\(1 << order) frames"
    case .noRAM(let pfn): "pfn \(pfn.hex) is no RAM of this machine"
    case .reserved(let pfn):
      "pfn \(pfn.hex) is kept by boot and was never allocated; free only what was allocated"
    case .unowned(let pfn):
      "pfn \(pfn.hex) is off the free lists and owned by nobody yet; let the call that moves it end "
        + "first"
    case .alreadyFree(let pfn, let block):
      "pfn \(pfn.hex) is free already, in the block of order \(block.order) at pfn "
        + "\(block.first.hex)"
    case .wrongBlock(let pfn, let order, let block):
      "pfn \(pfn.hex) is not allocated as a block of order \(order); free pfn "
        + "\(block.first.hex) with order \(block.order)"
    case .noSuchNode(let node, let nodes):
      "there is no node \(node); this machine has nodes 0 to \(nodes - 1)"
    case .nodeWithoutMemory(let node): "node \(node) has no memory; name another node"
    case .unknownOwner(let name):
      "nobody called \(name) holds pages; take some with alloc_pages"
    case .ownerExists(let name):
      "\(name) holds pages already; free_pages them first or choose another name"
    case .unknownMemory:
      "a recording does not tell who holds which page; boot a machine instead"
    case .tooMany(let asked, let limit): "\(asked) are too many for one call; at most \(limit)"
    case .badPercentage(let percent): "\(percent) is no share; give 0 to 100 percent"
    }
  }
}
