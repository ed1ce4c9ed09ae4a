/// Branch predictors and BPF packs, kernel/bpf/core.c of 7.2.13 and 7.3.4: a predictor may remember code of a
/// program that went, and a classic program, which anybody may load, must not be reached by that.
///
/// The switch is a static key, on where the CPU needs it. A new pack and one that a program left are dirty. eBPF
/// takes the first dirty pack with room, classic BPF the first clean one; either goes on to the first pack with
/// room. Only a classic program that comes into a dirty pack flushes the predictors, and then all packs are clean.
/// Off, all go to the first pack with room, as before.
struct DirtyPacks: PublishedPolicy {
  var name: PolicyName { .dirtyPacks }
  var hooks: PolicyHooks { [] }

  func adjust(_ kernel: inout KernelProfile) { kernel.prefersDirtyPacks = true }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    let packs = machine.kept.value.packs
    return [
      .count("packs", Int64(packs.count)),
      .count("of them dirty", Int64(packs.count(where: \.isDirty))),
      .count("flushes of branch predictors", Int64(machine.kept.value.predictorFlushes)),
      .note("eBPF goes where predictors remember code, classic BPF where they do not."),
      .note("A classic program in a dirty pack flushes them, and all packs are clean."),
    ]
  }
}

extension Machine {
  /// The packs in the order in which a program looks for room. Models the choice in `bpf_prog_pack_alloc()`.
  func packsToTry(isClassic: Bool, _ chunks: Int) -> [ProgPack] {
    let packs = kept.value.packs
    guard setup.kernel.prefersDirtyPacks else { return packs }
    return packs.filter { $0.isDirty != isClassic } + packs.filter { $0.isDirty == isClassic }
  }

  /// Flushes branch predictors where a classic program is about to come into a dirty pack.
  mutating func flushPredictor(
    before pack: ProgPack, isClassic: Bool, _ sink: inout EventListener,
  ) {
    guard setup.kernel.prefersDirtyPacks, isClassic, pack.isDirty else { return }
    emit(.kept(.predictorFlushed(before: pack.name)), &sink)
  }

  mutating func markDirty(_ pack: Name, _ sink: inout EventListener) {
    guard setup.kernel.prefersDirtyPacks,
      kept.value.packs.contains(where: { $0.name == pack && !$0.isDirty })
    else { return }
    emit(.kept(.packDirtied(pack)), &sink)
  }
}
