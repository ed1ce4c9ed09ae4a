/// "mm/vmalloc: Hugepage vmalloc mappings", Nicholas Piggin, version 2, April 2020: vmalloc tries 2M
/// blocks for whatever is mapped as ordinary kernel memory (PAGE_KERNEL) and has 2M for each node,
/// without being asked to; memory whose permissions change stays with 4K entries. If one block cannot
/// be had, the whole area is made of single pages.
///
/// The size test is that of the postings of 2019 and of August 2020: the size divided by the nodes,
/// unless the caller names one. The posting of April 2020 is only known from the reply to it.
///
/// A hunk of the patch lets the alignment of `ioremap()` areas exceed `IOREMAP_MAX_ORDER`.
struct HugeVmalloc2020: PublishedPolicy {
  var name: PolicyName { .hugeVmalloc2020 }
  var hooks: PolicyHooks { [] }

  func adjust(_ kernel: inout KernelProfile) {
    kernel.vmallocsHugeByDefault = true
    kernel.alignsIoremapAsAsked = true
  }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    let use = machine.vmallocUse
    return [
      .count("2M leaves", Int64(use.leaves2M)),
      .count("bytes nobody asked for", Int64(use.unused.bytes)),
      .note("vmalloc tries 2M blocks first for all ordinary memory of 2M and more a node."),
    ]
  }
}

/// What the review of the patch asks for: `vmap()` of frames in a row from a 2M boundary on uses 2M
/// leaves for whole blocks. Will Deacon, April 2020. No kernel does it.
struct HugeVmap2020: PublishedPolicy {
  var name: PolicyName { .hugeVmap2020 }
  var hooks: PolicyHooks { [] }

  func adjust(_ kernel: inout KernelProfile) { kernel.vmapsHuge = true }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    [.note("vmap uses 2M leaves for whole blocks of frames in a row from a 2M boundary on.")]
  }
}

/// The boot parameter `nohugevmalloc`: a request for 2M leaves gets 4K entries.
struct NoHugeVmalloc: PublishedPolicy {
  var name: PolicyName { .noHugeVmalloc }
  var hooks: PolicyHooks { [] }

  func adjust(_ kernel: inout KernelProfile) { kernel.hasHugeVmalloc = false }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    [.note("vmalloc maps 4K entries only, whatever its callers allow.")]
  }
}
