/// x86's CPA in common code, on arm64: an experiment after a plan of Mike Rapoport, 2026 (a public branch on
/// 7.2-rc1; CONFIG_GENERIC_SET_MEMORY, mm/set_memory.c).
///
/// CPA's core moves out of arch/x86, and the architectures keep hooks for splits, flushes, aliases and faults.
/// riscv, then arm64 switch to it. The plan says of arm64: without FEAT_BBM level 2 the linear map changes only
/// where `can_set_direct_map()` says so; with it, arm64 splits on the way as x86 does; and CONT sizes come from a
/// helper that is given the entry. The header has CPA_COLLAPSE.
///
/// What that comes to here: a request leaves alone what has its attributes already, so nothing splits for it; it
/// changes whole leaves in one piece and splits at its borders only; it takes linear-map addresses, as x86's does;
/// `set_memory_rox()` is one request, and collapses the range it was asked for, to 2M and then to 1G; there is one
/// flush, a full one where the linear map's alias of an area was visited or a table went.
///
/// What the plan leaves open, and what is done here: the arm64 part is not written, so all of this is a guess of
/// it. Whether collapsed blocks get CONT again (here they do not); whether a table may become a block while it is
/// used (here with FEAT_BBM level 2 alone); what a request at a linear-map address returns where the map cannot
/// be changed (here 0, as `set_direct_map_*()` today). On x86 nothing would change.
struct GenericCPA2026: PublishedPolicy {
  var name: PolicyName { .genericCPA2026 }
  var hooks: PolicyHooks { [] }

  func adjust(_ kernel: inout KernelProfile) {
    kernel.linearMap.hasGenericCPA = true
    kernel.collapses = true
    kernel.hasRox = true
  }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    [
      .count("blocks split", Int64(machine.linearMapBooks.splits)),
      .count("collapses to 2M", machine.counters[.level2Collapses]),
      .count("collapses to 1G", machine.counters[.level3Collapses]),
      .note("set_memory_rox() puts blocks of the linear map together again, where it is asked to."),
      .note("An experiment: the arm64 part of the plan is not written."),
    ]
  }
}
